"""The switch of languages, at the foot of each page."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from fedquery.desk import accounts, cookies, pages
from fedquery.desk.forms import chosen, text
from fedquery.desk.language import LANGUAGES
from fedquery.desk.own_pages import HOME, LONGEST, page_of_ours
from fedquery.desk.routing import open_act
from fedquery.desk.service import desk_of

_KEPT_S: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageForm:
    """Which language, and from which page."""

    language: str = chosen(*LANGUAGES)
    next: str = text(cap=LONGEST)


def routes() -> list[Route]:
    """List the routes."""
    return [open_act("/desk/language", choose_language, LanguageForm)]


async def choose_language(request: Request, form: LanguageForm) -> Response:
    """Keep a language in the account, and in the browser for the page to sign in."""
    desk, visitor = desk_of(request), pages.visitor_of(request)
    if visitor is not None:
        accounts.set_language(desk.connection, visitor.account_id, form.language)
    following = page_of_ours(form.next)
    response = pages.redirect(following if _can_be_read(request, following) else HOME)
    cookies.put(response, pages.LANGUAGE, form.language, longest_s=_KEPT_S)
    return response


def _can_be_read(request: Request, address: str) -> bool:
    # A page that answered a form stands at an address that only forms have.
    scope = {"type": "http", "method": "GET", "path": urlsplit(address).path}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
