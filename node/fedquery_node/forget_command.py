"""Give up versions that an older copy of the database does not know, as a command."""

import sys
from pathlib import Path

import click

from fedquery.storage.database import DirectoryLock
from fedquery_node import unknown_versions
from fedquery_node.opening import PUBLISH_LOCK, opened


def forget_versions(path: Path, *, agreed: bool) -> str:
    """Destroy seeds and indexes of versions that the database does not know, and say which.

    Args:
        path: the data directory.
        agreed: whether nobody is asked.

    Raises:
        BusyError: if an import or a publication is under way.
        LogForkedError: if there is evidence that the log went back: then `new-log` is the way out.
        click.UsageError, click.Abort: if nobody can be asked, or the answer is no.
    """
    with opened(path, checked=False) as (home, connection), DirectoryLock(path, PUBLISH_LOCK):
        unknown = unknown_versions.find(connection, path)
        if not unknown:
            return "this database knows every version that was published here"
        named = ", ".join(f"{one.dataset} {one.version}" for one in unknown)
        if not agreed:
            _ask(named)
        unknown_versions.forget(connection, path, home.keys)
    return f"forgotten: {named}; publish now"


def _ask(named: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here; nothing was forgotten without --yes")
    click.echo(f"published, and not in this database: {named}", err=True)
    click.confirm("Is the newer database lost for ever?", abort=True, err=True)
