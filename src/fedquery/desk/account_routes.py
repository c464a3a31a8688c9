"""The first page, and the page of one's own account: its sessions, and how to end them."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.desk import pages
from fedquery.desk.access import NotThereError
from fedquery.desk.account_page import account_page
from fedquery.desk.forms import text
from fedquery.desk.roles import ANYBODY
from fedquery.desk.routing import act, open_page, page
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.tending import tend


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """Which session is to end."""

    session: str = text(cap=16)


def routes() -> list[Route]:
    """List the routes."""
    return [
        open_page("/", to_first_page),
        open_page("/desk", to_first_page),
        page("/desk/", first_page, roles=ANYBODY),
        page("/desk/account", own_account, roles=ANYBODY),
        act("/desk/account/sessions", end_session, EndSession, roles=ANYBODY),
    ]


async def to_first_page(_request: Request) -> Response:
    """Lead on whoever typed the address of the desk alone."""
    return pages.redirect("/desk/")


async def first_page(request: Request, visitor: Visitor) -> Response:
    """Show what the role of the visitor has."""
    return pages.render(request, "first.html", role=visitor.role)


async def own_account(request: Request, visitor: Visitor) -> Response:
    """Show the account with its sessions."""
    return account_page(request, visitor)


async def end_session(request: Request, visitor: Visitor, form: EndSession) -> Response:
    """End one session of the account, perhaps this one."""
    desk = desk_of(request)
    if not desk.ended.end(desk.connection, visitor.account_id, form.session):
        raise NotThereError
    # What was being written in it is gone with it.
    tend(desk)
    return pages.redirect("/desk/account")
