"""`fedquery desk`: serve the desk alone, on this machine, and open it in a browser."""

import asyncio
import secrets
from pathlib import Path
from typing import Final

import click

from fedquery.ask.client import Client
from fedquery.ask.signing_by_clock import sign_by_clock
from fedquery.config.browser import open_page
from fedquery.config.service import run_service, say_ready, wall_clock
from fedquery.desk.account_commands import account
from fedquery.desk.app import make_app
from fedquery.desk.door import LIMITS
from fedquery.desk.erase_command import erase
from fedquery.desk.serving import opened_desk
from fedquery.transport.http_host import LOOPBACK_NAMES
from fedquery.transport.http_server import serve

_PORT: Final = 8466
_HOST: Final = "127.0.0.1"


@click.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.pass_context
def desk(context: click.Context, *, port: int, no_browser: bool) -> int | None:
    """Serve the agency's web pages to this machine alone, until Ctrl-C."""
    if context.invoked_subcommand is not None:
        return None
    home: Path = context.obj
    return run_service(lambda stop: _serve(home, port, stop, browser=not no_browser))


desk.add_command(account)
desk.add_command(erase)


async def _serve(home: Path, port: int, stop: asyncio.Event, *, browser: bool) -> None:
    def ready(found: int) -> None:
        say_ready(found)
        if browser:
            # Nothing in it but the address: whoever opens it signs in.
            open_page(f"http://{_HOST}:{found}/desk/")

    async with (
        Client.open(home) as client,
        opened_desk(client, LOOPBACK_NAMES, clock=wall_clock, random=secrets.token_bytes) as pages,
    ):
        every_s = client.home.settings.checkpoint_every_s
        signing = asyncio.create_task(sign_by_clock(client, every_s, stop))
        try:
            await serve(
                make_app(pages),
                host=_HOST,
                port=port,
                tls=None,
                limits=LIMITS,
                on_ready=ready,
                stop=stop,
            )
        finally:
            stop.set()
            await signing
