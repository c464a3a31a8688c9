"""Routes of the desk: each says who may use it, and none is open by forgetting to.

`page` shows something, `act` does something with a form. Both look for the session and the role
first; `act` reads the form with its token as well. `open_page` and `open_act` are for those who are
not signed in: the pages to sign in, and files.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.config import logs
from fedquery.desk import forms
from fedquery.desk.pages import visitor_of
from fedquery.desk.refusals import ForbiddenError, LoginNeededError
from fedquery.desk.roles import Role
from fedquery.desk.sessions import Visitor

F = TypeVar("F")

Page = Callable[[Request, Visitor], Awaitable[Response]]
Act = Callable[[Request, Visitor, F], Awaitable[Response]]
OpenPage = Callable[[Request], Awaitable[Response]]
OpenAct = Callable[[Request, F], Awaitable[Response]]
DEFAULT_CAP: Final = forms.DEFAULT_CAP


def page(path: str, handler: Page, *, roles: frozenset[Role]) -> Route:
    """Make a route that shows something to whoever has one of the roles."""

    async def endpoint(request: Request) -> Response:
        _note(handler)
        return await handler(request, require(request, roles))

    return Route(path, endpoint, methods=["GET"])


def act(
    path: str, handler: Act[F], form: type[F], *, roles: frozenset[Role], cap: int = DEFAULT_CAP
) -> Route:
    """Make a route that does something for whoever has one of the roles.

    Args:
        path: its address.
        handler: does it.
        form: the dataclass of its form.
        roles: who may.
        cap: the most octets of the form.
    """

    async def endpoint(request: Request) -> Response:
        _note(handler)
        visitor = require(request, roles)
        return await handler(request, visitor, await forms.read(request, form, cap=cap))

    return Route(path, endpoint, methods=["POST"])


def open_page(path: str, handler: OpenPage) -> Route:
    """Make a route that shows something to anybody."""

    async def endpoint(request: Request) -> Response:
        _note(handler)
        return await handler(request)

    return Route(path, endpoint, methods=["GET"])


def open_act(path: str, handler: OpenAct[F], form: type[F]) -> Route:
    """Make a route that does something for anybody who sends its form from a page of ours."""

    async def endpoint(request: Request) -> Response:
        _note(handler)
        return await handler(request, await forms.read(request, form))

    return Route(path, endpoint, methods=["POST"])


def require(request: Request, roles: frozenset[Role]) -> Visitor:
    """Give the visitor of a page.

    Raises:
        LoginNeededError: if nobody is signed in.
        ForbiddenError: if their role does not have the page.
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise LoginNeededError
    if visitor.role not in roles:
        raise ForbiddenError
    return visitor


def _note(handler: Callable[..., object]) -> None:
    # The name of our own function, for the line of the log: an address has ids in it.
    logs.annotate(**{"class": handler.__name__})
