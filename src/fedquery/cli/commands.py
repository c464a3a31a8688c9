"""The commands of `fedquery`: those of an investigator, of an agency, and of a federation."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import click

from fedquery import __version__
from fedquery.cli.lazy import LazyGroup
from fedquery.desk.installed import require_installed


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, tuple[str, str, str]]] = {
        "lookup": ("fedquery.cli.lookup", "lookup", "Ask whether other nations know identifiers."),
        "screen": (
            "fedquery.cli.screening.command",
            "screen",
            "Ask about a list of any length out of a file.",
        ),
        "screenings": (
            "fedquery.cli.screening.kept",
            "screenings",
            "List and erase screenings that are kept.",
        ),
        "claim": ("fedquery.cli.claim", "claim", "Claim a hit: the holder's reference."),
        "case": ("fedquery.cli.case", "case", "Open cases, have them signed, close them."),
        "receipts": ("fedquery.cli.receipts", "receipts", "List and verify what was answered."),
        "status": ("fedquery.cli.receipts", "status", "Show a lookup again."),
        "doctor": ("fedquery.cli.doctor", "doctor", "Say which part is wrong, and what to do."),
        "policies": (
            "fedquery.cli.policies",
            "policies",
            "Show what other nations' policies permit, before asking.",
        ),
        "init": ("fedquery.cli.home", "init", "Make the home of an agency: keys and a card."),
        "members": ("fedquery.cli.home", "members", "Put a signed member list in force."),
        "federation": (
            "fedquery.cli.federation",
            "federation",
            "Make, sign and show member lists.",
        ),
        "policy": (
            "fedquery.cli.policy.command",
            "policy",
            "Check, explain and test policy files.",
        ),
        "audit": (
            "fedquery.cli.audit.command",
            "audit",
            "Verify, replay and compare logs.",
        ),
        "gateway": ("fedquery.gateway.command", "gateway", "Serve the SDK as JSON over HTTP."),
        "desk": ("fedquery.desk.command", "desk", "Serve the web pages of the agency's officers."),
        "demo": (
            "fedquery.cli.demo.command",
            "demo",
            "Six nations on this machine: ask and claim.",
        ),
        "completion": ("fedquery.cli.home", "completion", "Print the completion of a shell."),
    }

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, the desk's where its extra is installed."""
        if cmd_name == "desk":
            require_installed()
        return super().get_command(ctx, cmd_name)


def _default_home() -> Path:
    configured = os.environ.get("XDG_CONFIG_HOME")
    return (Path(configured) if configured else Path.home() / ".config") / "fedquery"


@click.group(cls=_Commands)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=_default_home,
    envvar="FEDQUERY_HOME",
    show_default="~/.config/fedquery",
    help="The directory with the agency's keys, settings and receipts.",
)
@click.version_option(__version__, prog_name="fedquery")
@click.pass_context
def cli(context: click.Context, home: Path) -> None:
    """Ask other nations whether they hold a record, without telling them what you asked."""
    context.obj = home
