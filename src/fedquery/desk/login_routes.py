"""The pages to sign in and out."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.config import logs
from fedquery.desk import cookies, pages
from fedquery.desk.door import LOOK
from fedquery.desk.forms import text
from fedquery.desk.known_browsers import KNOWN_MS
from fedquery.desk.own_pages import LONGEST, page_of_ours
from fedquery.desk.refusals import LoginFailedError, LoginWaitError
from fedquery.desk.roles import ANYBODY
from fedquery.desk.routing import act, open_act, open_page
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.signing_in import SigningIn

_LOGIN: Final = "/desk/login"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginForm:
    """What somebody types to sign in."""

    name: str = text(cap=128)
    password: str = text(cap=512)
    code: str = text(cap=32)
    next: str = text(cap=LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A form that has a button alone."""


def routes(signing_in: SigningIn) -> list[Route]:
    """List the routes.

    Args:
        signing_in: signs people in.
    """

    async def login(request: Request, form: LoginForm) -> Response:
        return await _login(request, form, signing_in)

    return [
        open_page(_LOGIN, login_page),
        open_act(_LOGIN, login, LoginForm),
        open_page(LOOK, session_state),
        act("/desk/logout", logout, Nothing, roles=ANYBODY),
    ]


async def login_page(request: Request) -> Response:
    """Ask for name, password and code."""
    following = page_of_ours(request.query_params.get("next", ""))
    if pages.visitor_of(request) is not None:
        return pages.redirect(following)
    return pages.render(request, "login.html", next=following, name="", message="", wait_s=0)


async def _login(request: Request, form: LoginForm, signing_in: SigningIn) -> Response:
    following = page_of_ours(form.next)
    address = request.client.host if request.client is not None else ""
    _ = pages.gettext_of(request)
    try:
        signed_in = await signing_in.sign_in(
            form.name,
            form.password,
            form.code,
            address,
            browser=cookies.read(request, cookies.BROWSER),
        )
    except (LoginFailedError, LoginWaitError) as error:
        logs.annotate(why=error.slug)
        wait_s = error.wait_s if isinstance(error, LoginWaitError) else 0
        response = pages.render(
            request,
            "login.html",
            status=429 if wait_s else 401,
            next=following,
            name=form.name,
            message=_(error.what),
            wait_s=wait_s,
        )
        if wait_s:
            response.headers["retry-after"] = str(wait_s)
        return response
    response = pages.redirect(following)
    cookies.put(response, cookies.SESSION, signed_in.token)
    longest_s = KNOWN_MS // 1000
    cookies.put(response, cookies.BROWSER, signed_in.browser, longest_s=longest_s)
    cookies.take_back(response, cookies.VISIT)
    return response


async def logout(request: Request, visitor: Visitor, _form: Nothing) -> Response:
    """End the session, and have the browser forget what it showed."""
    desk = desk_of(request)
    desk.ended.end(desk.connection, visitor.account_id, visitor.session_id)
    desk.drafts.forget(visitor.session_id_hash)
    desk.list_drafts.forget(visitor.session_id_hash)
    response = pages.redirect(_LOGIN)
    cookies.take_back(response, cookies.SESSION)
    # Pages are never kept (no-store); this is for whatever a browser keeps in spite of it.
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


async def session_state(request: Request) -> Response:
    """Say whether the session lives on, to a page that looks; this prolongs nothing."""
    return Response(status_code=204 if pages.visitor_of(request) is not None else 401)
