"""Keeping what an auditor's command found in the home of an agency, for the pages of its desk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fedquery.ask import audit_results
from fedquery.audit.kept_result import KeptResult, Result
from fedquery.config.service import wall_clock

F = TypeVar("F", bound=Callable[..., Any])


class Keeping:
    """Where a result is to be kept; nowhere without a name.

    Args:
        home: the home of the agency.
        name: the name, or None.

    Raises:
        InputError, NotMadeError, ConfigError: if it cannot be kept there, before any work is done.
    """

    def __init__(self, home: Path, name: str | None) -> None:
        if name is not None:
            audit_results.require_room(home, name)
        self._home = home
        self._name = name

    def keep(self, result: Result) -> None:
        """Keep a result that was computed just now.

        Raises:
            NotMadeError, ConfigError: if it cannot be written.
        """
        if self._name is None:
            return
        path = audit_results.keep(self._home, self._name, KeptResult(result, wall_clock()))
        click.echo(f"kept {path}", err=True)


def keep_option(command: F) -> F:
    """Add --keep-result; the command takes a `Keeping`."""
    return click.option(
        "--keep-result",
        "keeping",
        metavar="NAME",
        callback=lambda context, _parameter, name: Keeping(context.obj, name),
        help="Keep the result under this name in the agency's home, for the pages of auditors.",
    )(command)


def shown(path: str) -> str:
    """Give the name of a file so that a page can show it; what does not print is replaced."""
    return "".join(letter if letter.isprintable() else "?" for letter in path)
