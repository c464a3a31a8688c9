"""The commands of `fedquery audit`."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import ClassVar

import click

from fedquery.cli.lazy import LazyGroup
from fedquery.errors import ConfigError


class _Commands(LazyGroup):
    # One line a command, so that branches that add some do not meet.
    lazy: ClassVar[Mapping[str, tuple[str, str, str]]] = {
        "collect": ("fedquery.cli.audit.collect", "collect", "Prove that answers were logged."),
        "erase": ("fedquery.cli.audit.erase", "erase", "Erase details whose time is over."),
        "hold": ("fedquery.cli.audit.hold", "hold", "Keep details beyond their time."),
        "install": ("fedquery.cli.audit.install", "install", "Name the auditor of this agency."),
        "key": ("fedquery.cli.audit.key", "key", "Make the key of a nation's auditor."),
        "open": ("fedquery.cli.audit.open_", "open_", "Show what stands beside an entry."),
        "stats": ("fedquery.cli.audit.stats", "stats", "Count what was asked, by month."),
        "sample": ("fedquery.cli.audit.sample", "sample", "Draw entries for a random check."),
        "export": ("fedquery.cli.audit.export", "export", "Write a log as plain files."),
        "verify": ("fedquery.cli.audit.verify", "verify", "Verify signature, tree and entries."),
        "prove": ("fedquery.cli.audit.prove", "prove", "Prove one entry, for a court file."),
        "replay": ("fedquery.cli.audit.replay", "replay_log", "Make each decision again."),
        "reconcile": (
            "fedquery.cli.audit.reconcile",
            "reconcile",
            "Pair each question in several logs.",
        ),
        "trust": ("fedquery.cli.audit.trust", "trust", "Show which witnesses are a quorum."),
    }

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; the one that decides again needs the policy engine, and no other."""
        if cmd_name == "replay" and find_spec("cedarpy") is None:
            raise ConfigError(
                "the policy engine is not installed here",
                do="Install it beside fedquery: pip install 'fedquery[policy]'.",
            )
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands)
def audit() -> None:
    """Verify, replay and compare logs, prove entries, count; as an auditor does, without a node.

    A LOG is a directory that `export` wrote, or the data directory of a node, a coordinator or an
    agency, whose service may be running. Exit code 8: something does not verify.
    """
