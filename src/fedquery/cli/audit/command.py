"""The commands of `fedquery audit`."""

from collections.abc import Mapping
from typing import ClassVar

import click

from fedquery.cli.lazy import LazyGroup


class _Commands(LazyGroup):
    # One line a command, so that branches that add some do not meet.
    lazy: ClassVar[Mapping[str, tuple[str, str, str]]] = {
        "export": ("fedquery.cli.audit.export", "export", "Write a log as plain files."),
        "verify": ("fedquery.cli.audit.verify", "verify", "Verify signature, tree and entries."),
        "replay": ("fedquery.cli.audit.replay", "replay_log", "Make each decision again."),
        "reconcile": (
            "fedquery.cli.audit.reconcile",
            "reconcile",
            "Pair each question in several logs.",
        ),
    }


@click.group(cls=_Commands)
def audit() -> None:
    """Verify, replay and compare logs, prove entries, count; as an auditor does, without a node.

    A LOG is a directory that `export` wrote, or the data directory of a node, a coordinator or an
    agency, whose service may be running. Exit code 8: something does not verify.
    """
