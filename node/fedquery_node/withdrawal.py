"""Withdraw records by reference: all that are named, or none, each line told by its number.

The claim rows of versions that can still be claimed know a row by the number of its subject. That
number must never come to stand for another identifier, or a claim on a withdrawn row would be told
another person's record. So a subject without a record keeps its number and loses its identifier.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from fedquery_node.import_row import RowError, reference_of

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
) -> Withdrawn:
    """Withdraw the records of a list of references in one transaction.

    Args:
        connection: the node's database, outside a transaction.
        dataset: the name of the dataset.
        lines: line numbers and references; the same one twice counts once.
        skip_unknown: whether references that no record has are passed over.

    Returns:
        What came of it; where a line was refused, nothing was withdrawn.
    """
    done = Withdrawn()
    named: set[str] = set()
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number, text in lines:
            try:
                reference = reference_of(text)
                if reference not in named:
                    _delete(connection, dataset, reference)
                    named.add(reference)
            except RowError as error:
                done.refused.setdefault(error.reason, []).append(number)
        if not done.refused.keys() - ({UNKNOWN} if skip_unknown else set()):
            done.withdrawn = len(named)
            forget_identifiers(connection, dataset)
        connection.execute("COMMIT" if done.withdrawn else "ROLLBACK")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return done


def count(connection: sqlite3.Connection, dataset: str) -> int:
    """Count the records of a dataset."""
    row = connection.execute("SELECT count(*) FROM record WHERE dataset = ?", (dataset,)).fetchone()
    return int(row[0])


def forget_identifiers(connection: sqlite3.Connection, dataset: str) -> None:
    """Take the identifiers out of subjects without a record, in the caller's transaction.

    A less exact form goes with the last identifier whose records are found under it.
    """
    connection.execute(
        "DELETE FROM found_under WHERE subject_id IN (SELECT id FROM subject WHERE dataset = ?)"
        " AND NOT EXISTS (SELECT 1 FROM record WHERE subject_id = found_under.subject_id)",
        (dataset,),
    )
    # No identifier begins so: theirs begin with their kind.
    connection.execute(
        "UPDATE subject SET identifier = CAST('withdrawn:' || id AS BLOB) WHERE dataset = ?"
        " AND NOT EXISTS (SELECT 1 FROM record WHERE subject_id = subject.id)"
        " AND NOT EXISTS (SELECT 1 FROM found_under WHERE form_id = subject.id)"
        " AND identifier != CAST('withdrawn:' || id AS BLOB)",
        (dataset,),
    )


def _delete(connection: sqlite3.Connection, dataset: str, reference: str) -> None:
    cursor = connection.execute(
        "DELETE FROM record WHERE dataset = ? AND reference = ?", (dataset, reference)
    )
    if not cursor.rowcount:
        raise RowError(UNKNOWN)
