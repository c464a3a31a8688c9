"""Serve an ASGI application over HTTP/1.1 in the caller's loop, until told to stop.

uvicorn does the work; this module gives it bounds, takes its access log, its version header and its
exits away, and stops it cleanly. Lifespan events are not sent: what an application needs is opened
and closed around the call of `serve`.
"""

import asyncio
import contextlib
import functools
import logging
import signal
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from fedquery.config.keyfile import read_private
from fedquery.errors import ConfigError
from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.http_protocol import BoundedHttpProtocol

_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_BACKLOG: Final = 512


@dataclass(frozen=True, slots=True)
class ServerTls:
    """Name the files of a server's certificate.

    Args:
        certificate: PEM file with the certificate, and any between it and its CA.
        key: PEM file with its private key.
    """

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Load the files.

        Raises:
            ConfigError: if they are missing, do not parse or do not belong together, or others can
                read the key.
        """
        read_private(self.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_passphrase)
        except (OSError, ValueError):
            raise ConfigError(
                f"cannot use the certificate {self.certificate} with the key {self.key}",
                do="Check that both files exist, are PEM, and belong together.",
            ) from None
        return context


def _no_passphrase() -> str:
    # Without this OpenSSL would ask on the terminal and the service would hang at its start.
    raise ValueError("the key has a passphrase")


class _Server(uvicorn.Server):
    """uvicorn's server, with its own way to listen and to be told to stop."""

    def __init__(
        self,
        config: uvicorn.Config,
        limits: HttpLimits,
        tls: ssl.SSLContext | None,
        on_ready: Callable[[int], None] | None,
        stop: asyncio.Event | None,
    ) -> None:
        super().__init__(config)
        self._told_by = stop
        self._limits = limits
        self._tls = tls
        self._on_ready = on_ready

    async def startup(self, sockets: object = None) -> None:
        del sockets
        protocol = functools.partial(
            BoundedHttpProtocol,
            self._limits,
            config=self.config,
            server_state=self.server_state,
            app_state={},
        )
        handshake_s = self._limits.handshake_s if self._tls is not None else None
        try:
            server = await asyncio.get_running_loop().create_server(
                protocol,
                self.config.host,
                self.config.port,
                ssl=self._tls,
                ssl_handshake_timeout=handshake_s,
                ssl_shutdown_timeout=handshake_s,
                backlog=_BACKLOG,
                # Otherwise two services could share one port, and neither would say so.
                reuse_port=False,
            )
        except OSError:
            raise ConfigError(
                f"cannot listen on {self.config.host} port {self.config.port}",
                do="Choose a free port and an address of this machine.",
            ) from None
        self.servers = [server]
        self.started = True
        if self._on_ready is not None:
            self._on_ready(server.sockets[0].getsockname()[1])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn would raise the signal again after a clean stop; the exit code is the caller's.
        loop = asyncio.get_running_loop()
        if self._told_by is not None:
            watch = loop.create_task(self._stop_when_told(self._told_by))
            try:
                yield
            finally:
                watch.cancel()
            return
        for number in _STOP_SIGNALS:
            loop.add_signal_handler(number, self._stop)
        try:
            yield
        finally:
            for number in _STOP_SIGNALS:
                loop.remove_signal_handler(number)

    async def _stop_when_told(self, told: asyncio.Event) -> None:
        await told.wait()
        self._stop()

    def _stop(self) -> None:
        # The second signal does not wait for running requests.
        self.force_exit = self.should_exit
        self.should_exit = True


async def serve(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    tls: ServerTls | None,
    limits: HttpLimits | None = None,
    on_ready: Callable[[int], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until SIGTERM, SIGINT or the event, then finish what runs and return.

    Args:
        app: the application; one from `make_app` brings its guard.
        host: the address to listen on.
        port: the port, 0 for any free one.
        tls: the certificate, or none for plain HTTP on a loopback address.
        limits: the bounds; the same that the application was made with.
        on_ready: called with the port once it accepts connections.
        stop: stops the server when set. Where it is given, signals are left to the caller.

    Raises:
        ConfigError: if the certificate is unusable or the port cannot be had.
    """
    bounds = limits or HttpLimits()
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedHttpProtocol,
        ws="none",
        lifespan="off",
        loop="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # A header of a client must not decide what its address is.
        proxy_headers=False,
        timeout_keep_alive=bounds.keep_alive_s,
        timeout_graceful_shutdown=bounds.stop_s,
    )
    context = tls.context() if tls is not None else None
    await _Server(config, bounds, context, on_ready, stop).serve()
