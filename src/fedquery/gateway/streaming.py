"""Streams of lines whose last one says so where they fail."""

import contextlib
from collections.abc import AsyncIterator

from fedquery.config import logs
from fedquery.encoding import canonical_json
from fedquery.errors import FedqueryError


async def checked(method: str, lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give lines, and where what makes them fails a last one that says so.

    Args:
        method: what is streamed, for the log.
        lines: the lines.
    """
    with logs.request(method, outcome="streamed"):
        try:
            async with contextlib.aclosing(lines) as open_lines:  # type: ignore[type-var]
                async for line in open_lines:
                    yield line
        except FedqueryError as error:
            document = {"type": "error", "slug": error.slug, "title": error.what, "do": error.do}
            yield canonical_json.dump(document) + b"\n"
