"""The commands of `fedquery policy`."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import ClassVar

import click

from fedquery.cli.lazy import LazyGroup
from fedquery.errors import ConfigError


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, tuple[str, str, str]]] = {
        "check": ("fedquery.cli.policy.check", "check", "Find everything wrong in policy files."),
        "explain": ("fedquery.cli.policy.explain", "explain", "Say policies in plain sentences."),
        "test": ("fedquery.cli.policy.run_tests", "test", "Run a policy file's own tests."),
        "diff": ("fedquery.cli.policy.diff", "diff", "Show what a new file changes for whom."),
        "simulate": (
            "fedquery.cli.policy.simulate",
            "simulate",
            "Decide a log's past questions by another file.",
        ),
        "try": ("fedquery.cli.policy.try_", "try_", "Show who may learn what, as a table."),
    }

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, where the policy engine is installed."""
        if cmd_name in self.lazy and find_spec("cedarpy") is None:
            raise ConfigError(
                "the policy engine is not installed here",
                do="Install it beside fedquery: pip install 'fedquery[policy]'.",
            )
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands)
def policy() -> None:
    """Check, explain, test, try and compare policies, as an auditor does, without node or key."""
