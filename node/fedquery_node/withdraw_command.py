"""Withdraw as a command: the lock, the list, the report."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.storage.database import DirectoryLock
from fedquery_node import generations
from fedquery_node.commands import dataset_of
from fedquery_node.counts import LINES_NAMED
from fedquery_node.opening import PUBLISH_LOCK, opened
from fedquery_node.pacing import Pace
from fedquery_node.references import read_references
from fedquery_node.withdrawal import Withdrawn, withdraw


def withdraw_references(
    path: Path, dataset: str, file: Path | None, *, skip_unknown: bool, as_json: bool
) -> int:
    """Withdraw the records of a list of references and say what came of it.

    Args:
        path: the data directory.
        dataset: the name of the dataset.
        file: the list; standard input if None.
        skip_unknown: whether references that no record has are passed over.
        as_json: whether the report is JSON.

    Returns:
        OK, or DATA where nothing was withdrawn.

    Raises:
        FileError: if the list is unusable as a whole.
        BusyError: if an import or a publication is under way.
    """
    lines = read_references(file)
    with opened(path) as (home, connection), DirectoryLock(path, PUBLISH_LOCK):
        dataset_of(home, dataset)
        generations.take_back(connection, Pace())
        done = withdraw(connection, dataset, lines, skip_unknown=skip_unknown)
    click.echo(json.dumps(asdict(done)) if as_json else _withdrawn_text(done))
    return ExitCode.OK if done.withdrawn else ExitCode.DATA


def _withdrawn_text(done: Withdrawn) -> str:
    lines = [f"{done.withdrawn} records withdrawn"]
    for reason, numbers in sorted(done.refused.items()):
        named = ", ".join(map(str, numbers[:LINES_NAMED]))
        more = " ..." if len(numbers) > LINES_NAMED else ""
        lines.append(f"  refused  {len(numbers)}  {reason}  on line {named}{more}")
    lines.append(
        "publish now: until then questions are answered from the rows as they were"
        if done.withdrawn
        else "nothing was withdrawn; correct the lines, or pass over unknown references with"
        " --skip-unknown"
    )
    return "\n".join(lines)
