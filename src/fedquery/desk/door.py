"""The door of the desk: what a request must be before any page looks at it.

In this order: it names a host that is served here (DNS rebinding), a form comes from a page of this
desk (CSRF), and whoever brings a session is named. Whoever brings none may send a small form and no
more. One line of the log says how each request ended, and names nobody.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fedquery.config import logs
from fedquery.desk import cookies, refusal_pages
from fedquery.desk.refusals import CrossSiteError, HostError
from fedquery.desk.service import Desk
from fedquery.errors import FedqueryError
from fedquery.transport.http_guard import Guard
from fedquery.transport.http_host import host_field, named_host
from fedquery.transport.http_limits import HttpLimits

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_READING: Final = frozenset({"GET", "HEAD"})
# Where a page asks whether its session lives on.
LOOK: Final = "/desk/session"
# For whoever is signed in: a picture of a phone, with what is typed beside it.
LARGEST_BODY: Final = 17 * 1024 * 1024
LIMITS: Final = HttpLimits(media_types=_FORMS)
# A page that follows answers is one request in work all the while.
_SIGNED_IN: Final = HttpLimits(
    media_types=_FORMS, body_octets=LARGEST_BODY, body_s=30.0, requests=128
)


class Door:
    """Let in what may come in.

    Args:
        app: the pages.
        desk: whose pages.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._desk = desk
        self._visitors = Guard(app, LIMITS, write=refusal_pages.written)
        self._officers = Guard(app, _SIGNED_IN, write=refusal_pages.written)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; connections of other kinds than HTTP are closed unanswered."""
        if scope["type"] != "http":
            return
        scope["desk"], scope["visitor"] = self._desk, None
        reading = scope["method"] in _READING
        with logs.request("desk", outcome="read" if reading else "sent") as line:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    line["code"] = int(message["status"])
                await send(message)

            try:
                _require_host(scope, self._desk.names)
                if not reading:
                    require_same_origin(scope)
            except FedqueryError as error:
                response = refusal_pages.refusal(Request(scope), error)
                await response(scope, receive, noted)
                return
            token = cookies.read(Request(scope), cookies.SESSION)
            if token:
                used = scope["path"] != LOOK
                scope["visitor"] = self._desk.visitor_of(token, used=used)
            guard = self._visitors if scope["visitor"] is None else self._officers
            await guard(scope, receive, noted)


def _require_host(scope: Scope, names: frozenset[str]) -> None:
    if named_host(scope) not in names:
        raise HostError


def require_same_origin(scope: Scope) -> None:
    """Check that a browser says of a request that a page of this very desk sent it.

    With `Referrer-Policy: no-referrer` browsers write `Origin: null` for forms (Fetch, 3.1), so
    `Sec-Fetch-Site` is what tells; an Origin that names a host must name this one.

    Raises:
        CrossSiteError: if it does not say so, or says nothing.
    """
    fields: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        fields.setdefault(name, []).append(value)
    sites, origins = fields.get(b"sec-fetch-site", []), fields.get(b"origin", [])
    if len(sites) > 1 or len(origins) > 1:
        raise CrossSiteError
    origin = origins[0].decode("latin-1") if origins else "null"
    own = origin != "null" and _is_own(origin, scope)
    if origin != "null" and not own:
        raise CrossSiteError
    if sites != [b"same-origin"] and (sites or not own):
        raise CrossSiteError


def _is_own(origin: str, scope: Scope) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme == scope.get("scheme") and parts.netloc.lower() == host_field(scope)
