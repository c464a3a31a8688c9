"""Render a page: its template, in the visitor's language, with what every page shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fedquery.desk import cookies, own_pages, sessions
from fedquery.desk.catalogue import Catalogue
from fedquery.desk.dates import Dates, zone_of
from fedquery.desk.language import LANGUAGES, N_, choose
from fedquery.desk.roles import ANYBODY, ASKERS, AUDITORS, SUPERVISORS, Role
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor

# A language that was chosen before anybody was signed in.
LANGUAGE: Final = "__Host-fedquery-language"
_VISIT_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the bar at the top.

    Attributes:
        address: where it leads.
        name: the msgid of its name.
        roles: who has it.
    """

    address: str
    name: str
    roles: frozenset[Role]


SECTIONS: Final = (
    Section("/desk/ask", N_("Ask"), ASKERS),
    Section("/desk/lists", N_("Lists"), ASKERS),
    Section("/desk/cases", N_("Cases"), ASKERS),
    Section("/desk/supervise", N_("Supervise"), SUPERVISORS),
    Section("/desk/federation", N_("Federation"), ANYBODY),
    Section("/desk/audit", N_("Audit"), AUDITORS),
)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("fedquery.desk", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # the extension adds it
    return environment


def visitor_of(request: Request) -> Visitor | None:
    """Say who looks at the page; None where nobody is signed in."""
    found = request.scope["visitor"]
    return found if isinstance(found, Visitor) else None


def catalogue_of(request: Request) -> Catalogue:
    """Give the texts in the language of whoever looks at the page."""
    visitor = visitor_of(request)
    tag = visitor.language if visitor is not None else ""
    if not tag:
        tag = cookies.read(request, LANGUAGE)
    if tag not in LANGUAGES:
        tag = choose(request.headers.get("accept-language", ""))
    return desk_of(request).catalogues[tag]


def gettext_of(request: Request) -> Callable[..., str]:
    """Give the function that says a text in the language of whoever looks at the page."""
    return catalogue_of(request).gettext


def dates_of(request: Request) -> Dates:
    """Give dates and numbers as whoever looks at the page writes them."""
    nation = desk_of(request).home.settings.nation
    return Dates(catalogue_of(request).language.tag, zone_of(nation))


def sections_of(role: Role) -> list[Section]:
    """List the sections that a role has."""
    return [section for section in SECTIONS if role in section.roles]


def render(request: Request, template: str, /, *, status: int = 200, **context: object) -> Response:
    """Render a page.

    Args:
        request: the request that is answered.
        template: the name of the template.
        status: the status of the answer.
        **context: what the template needs beyond what every page has.
    """
    desk, visitor, catalogue = desk_of(request), visitor_of(request), catalogue_of(request)
    visit = "" if visitor is not None else cookies.read(request, cookies.VISIT)
    fresh = visitor is None and not visit
    if fresh:
        visit = desk.random(_VISIT_LENGTH).hex()
    text = (
        _environment()
        .get_template(template)
        .render(
            **catalogue.for_templates(),
            **{
                "visitor": visitor,
                "csrf": visitor.csrf if visitor else sessions.csrf_of(desk.store.key, visit),
                "sections": sections_of(visitor.role) if visitor else [],
                "path": request.url.path,
                "here": own_pages.address_of(request),
                "agency": desk.home.settings.agency,
                "training": desk.training,
                "language": catalogue.language,
                "languages": list(LANGUAGES.values()),
                "reviewed": catalogue.reviewed,
                "dates": dates_of(request),
                "static": desk.static.address,
                "errors": {},
                **context,
            },
        )
    )
    response = HTMLResponse(text, status)
    response.headers["content-language"] = catalogue.language.html
    if fresh:
        cookies.put(response, cookies.VISIT, visit)
    return response


def redirect(address: str) -> Response:
    """Send the browser on to a page, which it gets with GET."""
    return RedirectResponse(address, 303)
