"""HTTP/1.1 for one connection, with a deadline and a cap for the head of each request.

uvicorn waits for ever for a head and takes one of any length; everything else is its own work.
"""

import asyncio
import contextlib
from typing import Any

import httptools
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.problems import Problem, problem


class BoundedHttpProtocol(HttpToolsProtocol):
    """Speak HTTP/1.1, ending connections whose request head is late or too long.

    Args:
        limits: the bounds.
        config: uvicorn's settings.
        server_state: what all connections of a server share.
        app_state: the state of uvicorn's lifespan, unused.
        _loop: the running loop.
    """

    def __init__(
        self,
        limits: HttpLimits,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_octets = 0
        self._in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Begin the first head, whose time runs before its first octet comes."""
        super().connection_made(transport)
        self._begin_head()
        if len(self.connections) > self._limits.connections:
            self.app = _refusing(problem(503, retry_after_s=2))

    def connection_lost(self, exc: Exception | None) -> None:
        """End the connection and its timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, within the cap of a head."""
        if self._in_head:
            self._head_octets += len(data)
        self._unset_keepalive_if_required()
        try:
            self._feed(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.send_400_response("")
        # A head that ended within this data was measured by on_headers_complete.
        if self._in_head and self._head_octets > self._limits.head_octets:
            self._abort()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            # The parser stops at an offer of another protocol and loses the body. Java's client
            # offers h2c with every request, so the head is read again without the offer
            # (RFC 9110, 7.8: a server may ignore it). A second stop, as CONNECT makes, is an error.
            head = self._head_without_offer()
            self.parser = httptools.HttpRequestParser(self)
            self.parser.feed_data(head + data[offer.args[0] :])

    def _head_without_offer(self) -> bytes:
        # Everything here has been parsed, so no part of it can hold the end of a line.
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/1.1", b"connection: close"]
        lines += [
            name + b": " + value
            for name, value in self.headers
            if name not in {b"connection", b"upgrade", b"http2-settings"}
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def on_message_begin(self) -> None:
        """Begin the head of the next request on this connection."""
        super().on_message_begin()
        if not self._in_head:
            self._begin_head()

    def on_headers_complete(self) -> None:
        """End the head and start the application, or its refusal."""
        if self.parser.should_upgrade():
            return
        self._stop_timer()
        self._in_head = False
        octets = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if octets > self._limits.head_octets:
            self.app = _refusing(problem(431))
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End the body of a request whose application has started."""
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what does not parse as HTTP with a problem document."""
        del msg
        what = problem(400)
        body = what.body()
        head = [b"HTTP/1.1 400 Bad Request\r\n"]
        head += [name + b": " + value + b"\r\n" for name, value in what.headers()]
        head.append(b"content-length: %d\r\ncache-control: no-store\r\n" % len(body))
        head.append(b"connection: close\r\n\r\n")
        self.transport.write(b"".join(head) + body)
        self.transport.close()

    def _begin_head(self) -> None:
        self._in_head = True
        self._head_octets = 0
        self._stop_timer()
        self._head_timer = self.loop.call_later(self._limits.head_s, self._abort)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _abort(self) -> None:
        # A close would wait for what this peer still has to read.
        if not self.transport.is_closing():
            self.transport.abort()


def _refusing(what: Problem) -> ASGIApp:
    async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
        body = what.body()
        headers = [
            *what.headers(),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        with contextlib.suppress(OSError):
            await send({"type": "http.response.start", "status": what.status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return refuse
