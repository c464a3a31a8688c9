"""`fedquery gateway`: serve the SDK over HTTP to an agency's own programs."""

import asyncio
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

import click

from fedquery.ask.client import Client
from fedquery.ask.signing_by_clock import sign_by_clock
from fedquery.config.service import run_service, say_ready, wall_clock
from fedquery.errors import ConfigError
from fedquery.gateway import tokens
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
@click.pass_obj
def serve(
    home: Path,
    *,
    host: str,
    port: int,
    name: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
) -> int:
    """Answer programs of this agency until SIGTERM; prints one line when ready."""
    tls = ServerTls(tls_cert, tls_key) if tls_cert is not None and tls_key is not None else None
    if tls is None and not is_loopback(host):
        raise ConfigError(
            "identifiers would cross the network in the clear",
            do="Give --tls-cert and --tls-key, or listen on 127.0.0.1.",
        )
    names = LOOPBACK_NAMES | {host, *name}
    return run_service(lambda stop: _serve(home, host, port, names, tls, stop=stop))


@gateway.group()
def token() -> None:
    """Make and take back the tokens of officers."""


@token.command()
@click.argument("officer")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True)
@click.pass_obj
def add(home: Path, *, officer: str, days: int) -> None:
    """Make a token for an officer; it is printed once, last on its line."""
    kept, shown = tokens.create(officer, days, wall_clock(), secrets.token_bytes)
    tokens.write(home, [*tokens.read(home), kept])
    click.echo(f"token {kept.token_id}, shown once: {shown}")


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def list_(home: Path, *, as_json: bool) -> None:
    """List the tokens: id, officer, until when."""
    known = tokens.read(home)
    if as_json:
        fields = [
            {
                "id": one.token_id,
                "officer": one.officer,
                "expires_ms": one.expires_ms,
                "revoked": one.revoked,
            }
            for one in known
        ]
        click.echo(json.dumps(fields, indent=2))
        return
    for one in known:
        until = datetime.fromtimestamp(one.expires_ms / 1000, UTC).strftime("%Y-%m-%d")
        state = "revoked" if one.revoked else f"until {until}"
        click.echo(f"{one.token_id}  {state:<16}  {one.officer}")


@token.command()
@click.argument("token_id")
@click.pass_obj
def revoke(home: Path, *, token_id: str) -> None:
    """Take a token back; its next request is refused."""
    tokens.write(home, tokens.revoke(tokens.read(home), token_id))
    click.echo("revoked")


async def _serve(
    home: Path,
    host: str,
    port: int,
    names: frozenset[str],
    tls: ServerTls | None,
    *,
    stop: asyncio.Event,
) -> None:
    async with Client.open(home) as client:
        screenings = Screenings(client, wall_clock)
        app = make_gateway_app(GatewayService(home, client, wall_clock), screenings)
        every_s = client.home.settings.checkpoint_every_s
        signing = asyncio.create_task(sign_by_clock(client, every_s, stop))
        try:
            await serve_http(
                HostGuard(app, names),
                host=host,
                port=port,
                tls=tls,
                limits=LIMITS,
                on_ready=say_ready,
                stop=stop,
            )
        finally:
            stop.set()
            await screenings.aclose()
            await signing
