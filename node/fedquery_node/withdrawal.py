"""Withdraw records by reference: all that are named, or none, each line told by its number."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from fedquery_node import generations
from fedquery_node.import_row import RowError, reference_of
from fedquery_node.pacing import Pace, pace_for

UNKNOWN = "reference-unknown"


@dataclass(slots=True)
class Withdrawn:
    """What came of a withdrawal.

    Attributes:
        withdrawn: the records that are gone.
        refused: for each reason, the lines.
    """

    withdrawn: int = 0
    refused: dict[str, list[int]] = field(default_factory=dict)


def withdraw(
    connection: sqlite3.Connection,
    dataset: str,
    lines: Iterable[tuple[int, str]],
    *,
    skip_unknown: bool,
    pace: Callable[[int], Pace] = pace_for,
) -> Withdrawn:
    """Withdraw the records of a list of references; all of them are out of force at one moment.

    Args:
        connection: the node's database, outside a transaction, under the lock of publications.
        dataset: the name of the dataset.
        lines: line numbers and references; the same one twice counts once.
        skip_unknown: whether references that no record has are passed over.
        pace: gives the steps in which so many are withdrawn.

    Returns:
        What came of it; where a line was refused, nothing was withdrawn.

    Raises:
        StorageError, sqlite3.Error: if the database fails.
    """
    done = Withdrawn()
    named: dict[str, None] = {}
    for number, text in lines:
        try:
            reference = reference_of(text)
            _require_known(connection, dataset, reference)
            named[reference] = None
        except RowError as error:
            done.refused.setdefault(error.reason, []).append(number)
    if named and not done.refused.keys() - ({UNKNOWN} if skip_unknown else set()):
        _withdraw(connection, dataset, named, pace(len(named)))
        done.withdrawn = len(named)
    return done


def _withdraw(
    connection: sqlite3.Connection, dataset: str, named: Iterable[str], pace: Pace
) -> None:
    left = iter(named)
    with pace.whole(connection), generations.coming(connection, pace) as number:

        def end_some(most: int) -> int:
            some = [(number, dataset, reference) for reference in islice(left, most)]
            connection.executemany(
                "UPDATE record_kept SET until = ?"
                " WHERE dataset = ? AND reference = ? AND until IS NULL",
                some,
            )
            return len(some)

        pace.run(connection, end_some)


def _require_known(connection: sqlite3.Connection, dataset: str, reference: str) -> None:
    found = connection.execute(
        "SELECT 1 FROM record WHERE dataset = ? AND reference = ?", (dataset, reference)
    ).fetchone()
    if found is None:
        raise RowError(UNKNOWN)
