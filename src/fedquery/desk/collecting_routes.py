"""The page on which an auditor holds the agency's answers against the logs of the nations."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.desk import pages
from fedquery.desk.collected_view import collected_view
from fedquery.desk.collecting import Collecting
from fedquery.desk.roles import AUDITORS
from fedquery.desk.routing import act, page
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of

ADDRESS: Final = "/desk/audit/answers"
# Without a script the page reads itself again while it goes on.
_AGAIN_S: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginForm:
    """Nothing but that it is to begin."""


def routes(collecting: Collecting) -> list[BaseRoute]:
    """List the routes.

    Args:
        collecting: what holds answers against logs.
    """

    async def answers_page(request: Request, _visitor: Visitor) -> Response:
        """Show how far it is, and what came of it last."""
        held, voice = collecting.held, voice_of(request)
        response = pages.render(
            request,
            "answers.html",
            held=held,
            done=voice.number(len(held.found)),
            error=None if held.error is None else (held.error.what, held.error.do),
            view=None if held.is_running else collected_view(held.found, voice),
        )
        if held.is_running:
            response.headers["refresh"] = str(_AGAIN_S)
        return response

    async def begin(_request: Request, _visitor: Visitor, _form: BeginForm) -> Response:
        """Begin, where it does not run already."""
        collecting.begin()
        return pages.redirect(ADDRESS)

    return [
        page(ADDRESS, answers_page, roles=AUDITORS),
        act(ADDRESS, begin, BeginForm, roles=AUDITORS),
    ]
