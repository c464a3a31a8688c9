"""Refusals as pages: what is wrong and what to do, in the visitor's language.

A program that follows a page by itself (fetch) gets a problem document instead.
"""

from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from fedquery.config import logs
from fedquery.desk import own_pages, pages
from fedquery.desk.language import N_
from fedquery.desk.refusals import LoginNeededError, LoginWaitError
from fedquery.errors import (
    BusyError,
    ConfigError,
    DiskFullError,
    EncodingError,
    FedqueryError,
    InputError,
    PeerError,
    ProofError,
    QuotaError,
    RefusedError,
    StorageError,
)
from fedquery.transport.http_guard import Written
from fedquery.transport.problems import MEDIA_TYPE, Problem, problem, problem_of

LOGIN: Final = "/desk/login"
# The text of the error is for operators.
_FULL: Final = (
    N_("The disk of this desk is full. What was to be done was not done."),
    N_(
        "Tell the operator of this desk. What is kept can be read meanwhile; try again when there"
        " is room."
    ),
)
_STATUS_OF_SLUG: Final = {
    "login": 401,
    "login-failed": 401,
    "login-wait": 429,
    "csrf": 403,
    "forbidden": 403,
    "host": 400,
    "malformed": 400,
    "not-found": 404,
    "id-reused": 409,
    "approval": 409,
    "review": 409,
    "list": 409,
}
_STATUS_OF: Final[dict[type[FedqueryError], int]] = {
    EncodingError: 400,
    QuotaError: 429,
    RefusedError: 403,
    InputError: 422,
    ProofError: 502,
    PeerError: 503,
    BusyError: 503,
    DiskFullError: 507,
    StorageError: 503,
    ConfigError: 503,
}
# What the guard and the framework refuse before or beside our own errors.
_WORDS: Final[dict[int, tuple[str, str]]] = {
    400: (N_("The request cannot be read."), N_("Open the page again, and send it from there.")),
    404: (N_("There is nothing here."), N_("Go back, or begin at the first page.")),
    405: (N_("There is nothing here."), N_("Go back, or begin at the first page.")),
    408: (N_("What was sent did not arrive in time."), N_("Send it again.")),
    413: (N_("What was sent is too large."), N_("Send less at once, or a smaller picture.")),
    415: (N_("The request cannot be read."), N_("Open the page again, and send it from there.")),
    500: (N_("Something unexpected happened."), N_("Tell the operator the reference.")),
    503: (N_("The desk has no room for this now."), N_("Wait a moment, then try again.")),
}


def refusal(request: Request, error: FedqueryError) -> Response:
    """Show one of our errors."""
    logs.annotate(why=error.slug)
    if not wants_page(request):
        found = _problem_of(error)
        headers = {
            name.decode("ascii"): value.decode("ascii")
            for name, value in found.headers()
            if name != b"content-type"
        }
        return Response(found.body(), found.status, headers=headers, media_type=MEDIA_TYPE)
    if isinstance(error, LoginNeededError) and request.method == "GET":
        following = quote(own_pages.address_of(request), safe="/")
        return pages.redirect(f"{LOGIN}?next={following}")
    what, do = _FULL if isinstance(error, DiskFullError) else (error.what, error.do)
    response = pages.render(
        request,
        "refusal.html",
        status=_status_of(error),
        what=what,
        do=do,
        reference="",
        sign_in=isinstance(error, LoginNeededError),
    )
    if isinstance(error, LoginWaitError):
        response.headers["retry-after"] = str(error.wait_s)
    return response


def written(what: Problem, scope: Scope) -> Written:
    """Write what the guard refuses."""
    logs.annotate(why=what.slug)
    request = Request(scope)
    if not wants_page(request):
        return what.headers(), what.body()
    response = of_status(request, what.status, what.reference)
    # The guard says by itself how long it is.
    headers = [pair for pair in response.raw_headers if pair[0] != b"content-length"]
    if what.retry_after_s >= 0:
        headers.append((b"retry-after", b"%d" % what.retry_after_s))
    return headers, bytes(response.body)


def of_status(request: Request, status: int, reference: str = "") -> Response:
    """Show what a status says that no error of ours came with."""
    if not wants_page(request):
        found = problem(status, reference=reference)
        return Response(found.body(), found.status, media_type=MEDIA_TYPE)
    what, do = _WORDS.get(status, _WORDS[500 if status >= 500 else 400])  # noqa: PLR2004 -- the classes of RFC 9110, 15
    return pages.render(
        request, "refusal.html", status=status, what=what, do=do, reference=reference, sign_in=False
    )


def wants_page(request: Request) -> bool:
    """Say whether a person looks at the answer, and not a program."""
    return "text/html" in request.headers.get("accept", "")


def _status_of(error: FedqueryError) -> int:
    by_slug = _STATUS_OF_SLUG.get(error.slug)
    if by_slug is not None:
        return by_slug
    return next((code for kind, code in _STATUS_OF.items() if isinstance(error, kind)), 500)


def _problem_of(error: FedqueryError) -> Problem:
    return problem_of(error, {type(error): _status_of(error)})
