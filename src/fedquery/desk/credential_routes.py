"""One's own password and one's own codes, changed on the page of one's account.

Who changes one of them types the password and a code of now first, as to sign in: a page that was
left open changes nothing. Afterwards every other session of the account has ended, and this one
goes on under another token.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.config import logs
from fedquery.desk import accounts, cookies, one_time_codes, pages, passwords, renewing
from fedquery.desk.account_page import account_page
from fedquery.desk.forms import text
from fedquery.desk.language import N_
from fedquery.desk.passwords import Fault
from fedquery.desk.refusals import LoginFailedError, LoginWaitError
from fedquery.desk.renewing import NewCodes
from fedquery.desk.roles import ANYBODY
from fedquery.desk.routing import act
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.signing_in import SigningIn

_Begun: TypeAlias = tuple[str, bytes]
_PIXELS_A_MODULE: Final = 5
_NOT_RIGHT: Final = N_("The password or the code is not right. A code can be used once.")
_DIFFERS: Final = N_("This is not the same as above.")
_NO_CODE_OF_IT: Final = N_("This is not a code of the new secret. Try the next one.")
_FAULTS: Final[dict[Fault, str]] = {
    "length": N_("A password has 12 to 256 characters. Four words of a book do."),
    "guessed": N_("Choose another one: without your name, and not one character again and again."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordForm:
    """The password of now, a code, and another password twice."""

    password: str = text(cap=512)
    code: str = text(cap=32)
    new: str = text(cap=512)
    again: str = text(cap=512)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesForm:
    """The password of now and a code of now."""

    password: str = text(cap=512)
    code: str = text(cap=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCodeForm:
    """The first code of the new secret."""

    code: str = text(cap=32)


@dataclass(frozen=True, slots=True)
class CredentialPages:
    """The pages that change what signs somebody in.

    Attributes:
        signing_in: looks at passwords and codes.
        new_codes: those that wait for their first code.
    """

    signing_in: SigningIn
    new_codes: NewCodes = field(repr=False)

    async def change_password(
        self, request: Request, visitor: Visitor, form: PasswordForm
    ) -> Response:
        """Change the password of the account."""
        fault = passwords.fault_of(form.new, visitor.name)
        # Before the code is used up.
        if fault is not None:
            return account_page(request, visitor, {"new": _FAULTS[fault]})
        if passwords.normal(form.again) != passwords.normal(form.new):
            return account_page(request, visitor, {"again": _DIFFERS})
        desk, address = desk_of(request), _address_of(request)
        try:
            account = await self.signing_in.prove(
                visitor.name, form.password, form.code, address, browser=_browser_of(request)
            )
            hashed = await self.signing_in.hashed(form.new)
            begun = renewing.change_password(desk, account, hashed, address)
        except (LoginFailedError, LoginWaitError) as error:
            return _refused(request, visitor, "password", error)
        return _goes_on(request, visitor, begun, "password")

    async def begin_codes(self, request: Request, visitor: Visitor, form: CodesForm) -> Response:
        """Draw another secret of codes, and show it this once."""
        desk = desk_of(request)
        try:
            account = await self.signing_in.prove(
                visitor.name,
                form.password,
                form.code,
                _address_of(request),
                browser=_browser_of(request),
            )
        except (LoginFailedError, LoginWaitError) as error:
            return _refused(request, visitor, "codes", error)
        secret = accounts.draw_code_secret(desk.random)
        self.new_codes.begin(visitor.session_id_hash, account, secret)
        agency = desk.home.settings.agency
        uri = one_time_codes.enrolment_uri(secret, account.name, agency)
        # Attributes alone draw it: the page's policy forbids styles that stand in a page. The light
        # ground is part of it, for cameras at night.
        drawn = segno.make(uri, error="m").svg_inline(
            scale=_PIXELS_A_MODULE, dark="#000", light="#fff", svgclass="qr"
        )
        return pages.render(
            request,
            "codes.html",
            picture=Markup(drawn),  # noqa: S704 -- drawn by us of modules; no text of the address is in it
            secret=one_time_codes.written(secret),
        )

    async def finish_codes(
        self, request: Request, visitor: Visitor, form: FirstCodeForm
    ) -> Response:
        """Put the new codes in force, once one of them was typed."""
        desk, session = desk_of(request), visitor.session_id_hash
        found = self.new_codes.take(session, form.code)
        if found is None:
            if not self.new_codes.is_waiting(session):
                return pages.redirect("/desk/account?done=none")
            errors = {"code": pages.gettext_of(request)(_NO_CODE_OF_IT)}
            return pages.render(
                request, "codes.html", status=422, picture="", secret="", errors=errors
            )
        begun = renewing.change_codes(desk, *found, _address_of(request))
        return _goes_on(request, visitor, begun, "codes")


def _refused(
    request: Request, visitor: Visitor, form: str, error: LoginFailedError | LoginWaitError
) -> Response:
    logs.annotate(why=error.slug)
    if isinstance(error, LoginWaitError):
        response = account_page(request, visitor, {form: error.what}, status=429)
        response.headers["retry-after"] = str(error.wait_s)
        return response
    return account_page(request, visitor, {form: _NOT_RIGHT})


def _goes_on(request: Request, visitor: Visitor, begun: _Begun, done: str) -> Response:
    """Lead back to the account under the token of the session that goes on."""
    token, session = begun
    desk_of(request).drafts.move(visitor.session_id_hash, session)
    desk_of(request).list_drafts.move(visitor.session_id_hash, session)
    response = pages.redirect(f"/desk/account?done={done}")
    cookies.put(response, cookies.SESSION, token)
    return response


def _address_of(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _browser_of(request: Request) -> str:
    return cookies.read(request, cookies.BROWSER)


def routes(signing_in: SigningIn) -> list[Route]:
    """List the routes.

    Args:
        signing_in: looks at passwords and codes.
    """
    those = CredentialPages(signing_in, NewCodes(signing_in.desk.clock))
    path = "/desk/account"
    return [
        act(f"{path}/password", those.change_password, PasswordForm, roles=ANYBODY),
        act(f"{path}/codes", those.begin_codes, CodesForm, roles=ANYBODY),
        act(f"{path}/codes/first", those.finish_codes, FirstCodeForm, roles=ANYBODY),
    ]
