"""Leave a demo running, and say how to ask it more."""

import json
import shlex
import signal
import sys

import click

from fedquery.cli.demo import data, sample_users
from fedquery.cli.demo.processes import Service, free_ports, require
from fedquery.cli.demo.showing import title
from fedquery.cli.demo.story import Walk, case_options, opened_day
from fedquery.config.browser import open_page

_OFFICER = "demo officer"


def keep(walk: Walk, *, desk: bool) -> None:
    """Start a gateway, print what can be pasted, and wait for Ctrl-C.

    Args:
        walk: the demo.
        desk: whether the gateway serves pages for sample users too, and a browser is opened.
    """
    federation = walk.federation
    (port,) = free_ports(1)
    home = str(federation.asker)
    token = require("fedquery.cli", "--home", home, "gateway", "token", "add", _OFFICER).out.split()
    users = sample_users.make(federation) if desk else []
    arguments = ["--home", home, "gateway", "serve", "--port", str(port)]
    arguments += ["--desk"] if desk else []
    gateway = Service(
        "gateway", "fedquery.cli", arguments, federation.root / "logs" / "gateway.log"
    )
    federation.services["gateway"] = gateway
    gateway.start()
    program = shlex.join([sys.executable, "-m", "fedquery.cli", "--home", home])
    case = shlex.join(case_options())
    title("It keeps running. Ask more, in another terminal:")
    phone = data.story(walk.seed).phone.canonical
    click.echo(f"  echo {phone} | {program} lookup {case}")
    click.echo(f"  {program} receipts")
    click.echo(f"  {program} doctor")
    click.echo("\n  or as a program would, through the agency's gateway:\n")
    click.echo(_curl(port, token[-1], phone))
    if desk:
        sample_users.say(users, port)
    click.echo("\n  Ctrl-C ends it.")
    sys.stdout.flush()
    if desk:
        open_page(f"http://127.0.0.1:{port}/desk/")
    signal.pause()


def _curl(port: int, token: str, phone: str) -> str:
    body = json.dumps(
        {
            "identifiers": [{"kind": "phone", "text": phone}],
            "case": {
                "number": "2026/118",
                "purpose": "fraud",
                "maximum_penalty_years": 10,
                "opened": opened_day(),
            },
        }
    )
    return (
        f"  curl -s http://127.0.0.1:{port}/v1/lookups -H 'Authorization: Bearer {token}'"
        f" -H 'Content-Type: application/json' -d '{body}'"
    )
