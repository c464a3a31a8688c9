"""Serve the files that pages load, to anybody: they are those of the release."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.desk.access import NotThereError
from fedquery.desk.routing import open_page
from fedquery.desk.service import desk_of
from fedquery.desk.static_files import PREFIX

# A year, as long as caches keep anything; the address changes with the content.
_FOR_EVER = "public, max-age=31536000, immutable"


def routes() -> list[Route]:
    """List the routes."""
    return [open_page(PREFIX + "{rest:path}", static_file)]


async def static_file(request: Request) -> Response:
    """Give one file."""
    found = desk_of(request).static.by_address.get(request.url.path)
    if found is None:
        raise NotThereError
    return Response(found.octets, media_type=found.media_type, headers={"cache-control": _FOR_EVER})
