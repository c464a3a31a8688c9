"""The guard around an HTTP application: nothing unread gets in, no exception gets out.

Pure ASGI. It reads the whole body before the application starts, so that slow, over-size and
compressed bodies are refused here, once, and it ends every exception in a problem with a reference.
It knows nothing of routes.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fedquery.config import logs
from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.problems import Problem, problem

Report = Callable[[BaseException], str]
# How a refusal is written: its headers and its body.
Written = tuple[list[tuple[bytes, bytes]], bytes]
Write = Callable[[Problem, Scope], Written]

_RETRY_AFTER_S: Final = 2
_METHODS_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_SECURITY_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_STRICT_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000")


def report_to_log(error: BaseException) -> str:
    """Log the class and place of an error, nothing that it says, and give the line's reference."""
    return logs.fault("http-fault", error)


def as_document(what: Problem, _scope: Scope) -> Written:
    """Write a refusal as a problem document."""
    return what.headers(), what.body()


class Guard:
    """Bound what comes in and hide what goes wrong.

    Args:
        app: the application.
        limits: the bounds.
        report: told of each error that the application did not handle; gives its reference.
        write: how a refusal is written; a problem document by default.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: HttpLimits,
        report: Report = report_to_log,
        write: Write = as_document,
    ) -> None:
        self._app = app
        self._limits = limits
        self._report = report
        self._write = write
        self._in_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; connections of other kinds than HTTP are closed unanswered."""
        if scope["type"] != "http":
            return
        answer = _Answer(send, scope, self._limits.stall_s, self._write)
        try:
            body = await self._body(scope, receive)
        except _Gone:
            return
        if isinstance(body, Problem):
            await answer.refuse(body)
            return
        # Counted only now: a client that sends slowly takes nobody's place.
        if self._in_work >= self._limits.requests:
            await answer.refuse(problem(503, retry_after_s=_RETRY_AFTER_S))
            return
        self._in_work += 1
        try:
            await self._app(scope, _once(body, receive), answer.send)
        except Exception as error:  # noqa: BLE001 -- the one place where any error ends
            await answer.refuse(problem(500, reference=self._report(error)))
        finally:
            self._in_work -= 1

    async def _body(self, scope: Scope, receive: Receive) -> bytes | Problem:
        refused = _refused_by_its_head(scope, self._limits)
        if refused is not None:
            return refused
        try:
            async with asyncio.timeout(self._limits.body_s):
                body = await _read_body(receive, self._limits.body_octets)
        except TimeoutError:
            return problem(408)
        return problem(413) if len(body) > self._limits.body_octets else body


class _Answer:
    """Send an answer with the security headers, giving up on a client that does not read."""

    def __init__(self, send: Send, scope: Scope, stall_s: float, write: Write) -> None:
        self._send = send
        self._scope = scope
        self._stall_s = stall_s
        self._write = write
        self._secure = scope.get("scheme") == "https"
        self._started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            message = {**message, "headers": self._with_security(message.get("headers", []))}
        async with asyncio.timeout(self._stall_s):
            await self._send(message)

    async def refuse(self, what: Problem) -> None:
        # Once an answer has begun, its connection is all that can still be ended: the server does
        # that when the guard returns without the end of the body.
        if self._started:
            return
        written, body = self._write(what, self._scope)
        # The rest of a refused body may be on its way: the connection cannot be used again.
        headers = [
            *written,
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        await self.send({"type": "http.response.start", "status": what.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    def _with_security(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        wanted = (*_SECURITY_HEADERS, _STRICT_TRANSPORT) if self._secure else _SECURITY_HEADERS
        return [*headers, *(pair for pair in wanted if pair[0] not in present)]


def _refused_by_its_head(scope: Scope, limits: HttpLimits) -> Problem | None:
    fields: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        fields.setdefault(name, []).append(value)
    status = _framing_fault(scope["method"], fields, limits.body_octets)
    if status is None and scope["method"] not in _METHODS_WITHOUT_BODY:
        status = None if _media_type_fits(fields, limits) else 415
    return problem(status) if status is not None else None


def _framing_fault(method: str, fields: dict[bytes, list[bytes]], cap: int) -> int | None:
    lengths = fields.get(b"content-length", [])
    chunked = b"transfer-encoding" in fields
    # Two ways to say where a body ends are how requests are smuggled (RFC 9112, 6.3).
    if len(lengths) > 1 or (lengths and chunked):
        return 400
    if b"content-encoding" in fields:
        return 415
    length = lengths[0] if lengths else b"0"
    # Digits are counted before they are converted, so that a long run of them costs nothing.
    if not length.isdigit() or len(length) > len(str(cap)) or int(length) > cap:
        return 413
    has_body = chunked or int(length) > 0
    return 400 if has_body and method in _METHODS_WITHOUT_BODY else None


def _media_type_fits(fields: dict[bytes, list[bytes]], limits: HttpLimits) -> bool:
    values = fields.get(b"content-type", [])
    if len(values) != 1:
        return False
    essence, _, parameter = values[0].decode("latin-1").lower().partition(";")
    if essence.strip() not in limits.media_types:
        return False
    return parameter.strip() in {"", "charset=utf-8"} or essence.strip().startswith("multipart/")


class _Gone(Exception):  # noqa: N818 -- no error: the client went away
    """The client closed the connection before its body was there."""


async def _read_body(receive: Receive, cap: int) -> bytes:
    body = bytearray()
    while len(body) <= cap:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)


def _once(body: bytes, receive: Receive) -> Receive:
    fed = False

    async def read() -> Message:
        nonlocal fed
        if fed:
            return await receive()
        fed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read
