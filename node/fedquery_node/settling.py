"""Remove what counts for nobody any more: replaced and withdrawn records, and what was given up.

The claim rows of versions that can still be claimed know a row by the number of its subject. That
number must never come to stand for another identifier, or a claim on a withdrawn row would be told
another person's record. So a subject without a record keeps its number and loses its identifier.

Each step looks anew at what is to be done, in a transaction of its own. So it may be broken off
anywhere, and two processes may do it at once. It touches nothing that counts, or is about to.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final

from fedquery_node.pacing import Pace

_IN_FORCE: Final = "SELECT in_force FROM generation"
# The generation that is being written stands behind the one in force, and nothing that was given up
# is left where one begins. So what is behind both was given up, and an index leads to it: rows that
# are being written are not looked through one by one, twice a second by each serving node.
_LAST: Final = "SELECT coalesce(coming, in_force) FROM generation"
_GIVEN_UP: Final = f"since > ({_LAST})"
# Rows that would have ended with it, and stay.
_RESTORED: Final = f"until > ({_LAST})"
_ENDED: Final = f"until <= ({_IN_FORCE})"


def is_needed(connection: sqlite3.Connection) -> bool:
    """Say whether there is anything to remove."""
    any_row = " UNION ALL ".join(
        f"SELECT 1 FROM {table} WHERE {which}"  # noqa: S608 -- names of ours
        for table in ("record_kept", "found_under_kept")
        for which in (_GIVEN_UP, _RESTORED, _ENDED)
    )
    (found,) = connection.execute(f"SELECT EXISTS ({any_row})").fetchone()
    return bool(found)


def settle(connection: sqlite3.Connection, pace: Pace) -> None:
    """Remove all of it.

    Args:
        connection: the node's database; in a transaction where the pace is one.
        pace: in which steps.

    Raises:
        sqlite3.Error: if the database fails; what is left is removed by the next call.
    """
    if is_needed(connection):
        pace.run(connection, lambda most: step(connection, most))


def step(connection: sqlite3.Connection, most: int) -> int:
    """Remove some of it, in the caller's transaction.

    Args:
        connection: the node's database.
        most: the rows of each sort that are touched, from 1 on.

    Returns:
        How many were; 0 where nothing is left.
    """
    restored = _restore(connection, most)
    subjects = _rows(
        connection,
        "DELETE FROM record_kept WHERE rowid IN (SELECT rowid FROM record_kept WHERE {} LIMIT ?)"
        " RETURNING subject_id",
        most,
    )
    forms = _rows(
        connection,
        "DELETE FROM found_under_kept WHERE (form_id, subject_id) IN"
        " (SELECT form_id, subject_id FROM found_under_kept WHERE {} LIMIT ?) RETURNING form_id",
        most,
    )
    forget_bereft(connection, subjects, forms)
    return restored + len(subjects) + len(forms)


def forget_bereft(
    connection: sqlite3.Connection, subjects: Iterable[int], forms: Iterable[int]
) -> None:
    """Take the identifiers out of those subjects that stand in no record any more.

    A less exact form goes with the last identifier whose records are found under it.

    Args:
        connection: the node's database, in the caller's transaction.
        subjects: the numbers of those of which a record went.
        forms: the numbers of those of which one found under them went.
    """
    named = set(subjects)
    less_exact = set(forms)
    for subject in named:
        less_exact.update(
            form
            for (form,) in connection.execute(
                "DELETE FROM found_under_kept WHERE subject_id = ?1 AND NOT EXISTS"
                " (SELECT 1 FROM record_kept WHERE subject_id = ?1) RETURNING form_id",
                (subject,),
            ).fetchall()
        )
    connection.executemany(
        # No identifier begins so: theirs begin with their kind.
        "UPDATE subject SET identifier = CAST('withdrawn:' || id AS BLOB) WHERE id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM record_kept WHERE subject_id = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM found_under_kept WHERE form_id = ?1)"
        " AND identifier != CAST('withdrawn:' || id AS BLOB)",
        ((number,) for number in sorted(named | less_exact)),
    )


def _restore(connection: sqlite3.Connection, most: int) -> int:
    restored = 0
    for table, key in (("record_kept", "rowid"), ("found_under_kept", "form_id, subject_id")):
        restored += connection.execute(
            f"UPDATE {table} SET until = NULL WHERE ({key}) IN"  # noqa: S608 -- names of ours
            f" (SELECT {key} FROM {table} WHERE {_RESTORED} LIMIT ?)",
            (most,),
        ).rowcount
    return restored


def _rows(connection: sqlite3.Connection, statement: str, most: int) -> list[int]:
    """Delete rows of both sorts that count for nobody, and give the subjects that they name."""
    return [
        number
        for which in (_GIVEN_UP, _ENDED)
        for (number,) in connection.execute(statement.format(which), (most,)).fetchall()
    ]
