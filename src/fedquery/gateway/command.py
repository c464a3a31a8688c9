"""`fedquery gateway`: serve the SDK over HTTP to an agency's own programs."""

import asyncio
import contextlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from starlette.types import ASGIApp

from fedquery.ask.client import Client
from fedquery.ask.signing_by_clock import sign_by_clock
from fedquery.config.service import run_service, say_ready, wall_clock
from fedquery.desk.installed import require_installed
from fedquery.errors import ConfigError
from fedquery.gateway import tokens
from fedquery.gateway.beside import Beside
from fedquery.gateway.routes import LIMITS, HostGuard, make_gateway_app
from fedquery.gateway.screenings import Screenings
from fedquery.gateway.service import GatewayService
from fedquery.transport.http_host import LOOPBACK_NAMES, is_loopback
from fedquery.transport.http_server import ServerTls
from fedquery.transport.http_server import serve as serve_http

_PORT = 8465
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def gateway() -> None:
    """Serve the SDK as JSON over HTTP, for programs in any language, inside the agency."""


@gateway.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True)
@click.option("--name", multiple=True, help="A host name that requests may use; repeat for more.")
@click.option("--tls-cert", type=_THERE, help="PEM; needed on any address but a loopback one.")
@click.option("--tls-key", type=_THERE, help="PEM, mode 0600.")
@click.option("--desk", is_flag=True, help="Serve the pages of officers too, at /desk/.")
@click.pass_obj
def serve(
    home: Path,
    *,
    host: str,
    port: int,
    name: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    desk: bool,
) -> int:
    """Answer programs of this agency until SIGTERM; prints one line when ready."""
    tls = ServerTls(tls_cert, tls_key) if tls_cert is not None and tls_key is not None else None
    if tls is None and not is_loopback(host):
        raise ConfigError(
            "identifiers would cross the network in the clear",
            do="Give --tls-cert and --tls-key, or listen on 127.0.0.1.",
        )
    names = LOOPBACK_NAMES | {one.lower() for one in (host, *name)}
    place = _Place(host, port, names, tls)
    return run_service(lambda stop: _serve(home, place, stop, desk=desk))


@gateway.group()
def token() -> None:
    """Make and take back the tokens of officers."""


@token.command()
@click.argument("officer")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True)
@click.option(
    "--supervisor",
    is_flag=True,
    help="It may also see, claim, erase and approve what others asked.",
)
@click.pass_obj
def add(home: Path, *, officer: str, days: int, supervisor: bool) -> None:
    """Make a token for an officer; it is printed once, last on its line.

    An officer sees, claims and erases what was asked with tokens of the same name alone.
    """
    kept, shown = tokens.create(
        officer, days, wall_clock(), secrets.token_bytes, supervisor=supervisor
    )
    tokens.write(home, [*tokens.read(home), kept])
    click.echo(f"token {kept.token_id}, shown once: {shown}")


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def list_(home: Path, *, as_json: bool) -> None:
    """List the tokens: id, officer, until when, and which are a supervisor's."""
    known = tokens.read(home)
    if as_json:
        fields = [
            {
                "id": one.token_id,
                "officer": one.officer,
                "expires_ms": one.expires_ms,
                "revoked": one.revoked,
                "supervisor": one.supervisor,
            }
            for one in known
        ]
        click.echo(json.dumps(fields, indent=2))
        return
    for one in known:
        until = datetime.fromtimestamp(one.expires_ms / 1000, UTC).strftime("%Y-%m-%d")
        state = "revoked" if one.revoked else f"until {until}"
        role = "supervisor" if one.supervisor else "officer"
        click.echo(f"{one.token_id}  {state:<16}  {role:<10}  {one.officer}")


@token.command()
@click.argument("token_id")
@click.pass_obj
def revoke(home: Path, *, token_id: str) -> None:
    """Take a token back; its next request is refused."""
    tokens.write(home, tokens.revoke(tokens.read(home), token_id))
    click.echo("revoked")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the gateway listens, and under which names."""

    host: str
    port: int
    names: frozenset[str]
    tls: ServerTls | None


async def _serve(home: Path, place: _Place, stop: asyncio.Event, *, desk: bool) -> None:
    async with contextlib.AsyncExitStack() as opened:
        client = await opened.enter_async_context(Client.open(home))
        screenings = Screenings(client, wall_clock)
        service = GatewayService(home, client, wall_clock)
        app: ASGIApp = HostGuard(make_gateway_app(service, screenings), place.names)
        if desk:
            app = Beside(await _pages(opened, client, place.names), app)
        every_s = client.home.settings.checkpoint_every_s
        signing = asyncio.create_task(sign_by_clock(client, every_s, stop))
        try:
            await serve_http(
                app,
                host=place.host,
                port=place.port,
                tls=place.tls,
                limits=LIMITS,
                on_ready=say_ready,
                stop=stop,
            )
        finally:
            stop.set()
            await screenings.aclose()
            await signing


async def _pages(
    opened: contextlib.AsyncExitStack, client: Client, names: frozenset[str]
) -> ASGIApp:
    require_installed()
    from fedquery.desk.app import make_app  # noqa: PLC0415 -- its packages are the desk's alone
    from fedquery.desk.serving import opened_desk  # noqa: PLC0415 -- as above

    desk = opened_desk(client, names, clock=wall_clock, random=secrets.token_bytes)
    return make_app(await opened.enter_async_context(desk))
