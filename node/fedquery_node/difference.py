"""How staged rows differ from the records of a dataset: found without holding the database.

A nightly file of ten million rows changes a few thousand. Finding them reads the database as it
stands and locks nobody out; what is then written is only what differs.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Tables of the stage; they are written anew by each import, and what they hold is not kept.
_TABLES: Final = (
    "changed (line INTEGER PRIMARY KEY, subject INTEGER)",
    "gone (reference TEXT PRIMARY KEY)",
    "form_new (identifier BLOB NOT NULL, form BLOB NOT NULL)",
    "form_gone (form_id INTEGER NOT NULL, subject_id INTEGER NOT NULL)",
)
_SAME: Final = (
    "(subject.identifier, record.category, record.handling, record.summary, record.contact,"
    " record.first_seen_ms, record.last_seen_ms, record.release_to)"
)
_NEW: Final = (
    "(staged.identifier, staged.category, staged.handling, staged.summary, staged.contact,"
    " staged.first_seen_ms, staged.last_seen_ms, staged.release_to)"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows differ.

    Attributes:
        fit: the staged rows, withdrawals included.
        before: the records that the dataset has.
        added: the rows whose reference is new.
        changed: those that differ from the record of their reference.
        withdrawn: the records that go.
    """

    fit: int
    before: int
    added: int
    changed: int
    withdrawn: int


def attach(connection: sqlite3.Connection, path: Path) -> None:
    """Attach a stage to the node's database, as `stage`."""
    connection.execute("ATTACH DATABASE ? AS stage", (str(path),))


def detach(connection: sqlite3.Connection) -> None:
    """Let go of it."""
    connection.execute("DETACH DATABASE stage")


def find(connection: sqlite3.Connection, dataset: str, *, replace: bool, whole: bool) -> Difference:
    """Find what differs, and note it in the stage.

    Args:
        connection: the node's database with a stage attached, outside a transaction.
        dataset: the name of the dataset.
        replace: whether the staged rows are the whole dataset: other records go.
        whole: whether no row stays but those that are staged; then forms that no staged row has go.
    """
    # Deferred: of the node's database there is a state to read, and no lock.
    connection.execute("BEGIN")
    try:
        for table in _TABLES:
            connection.execute(f"DROP TABLE IF EXISTS stage.{table.partition(' ')[0]}")
            connection.execute(f"CREATE TABLE stage.{table} STRICT")
        _find_changed(connection, dataset)
        _find_gone(connection, dataset, replace=replace)
        _find_forms(connection, dataset, whole=whole)
        added = _count(connection, "stage.changed WHERE subject IS NULL")
        found = Difference(
            fit=_count(connection, "stage.staged"),
            before=_count_before(connection, dataset),
            added=added,
            changed=_count(connection, "stage.changed") - added,
            withdrawn=_count(connection, "stage.gone"),
        )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return found


def _find_changed(connection: sqlite3.Connection, dataset: str) -> None:
    connection.execute(
        "INSERT INTO stage.changed SELECT line, record.subject_id FROM stage.staged"  # noqa: S608 -- names of ours
        " LEFT JOIN main.record ON record.dataset = ? AND record.reference = staged.reference"
        " LEFT JOIN main.subject ON subject.id = record.subject_id"
        f" WHERE staged.identifier IS NOT NULL AND {_SAME} IS NOT {_NEW}",
        (dataset,),
    )


def _find_gone(connection: sqlite3.Connection, dataset: str, *, replace: bool) -> None:
    if replace:
        connection.execute(
            "INSERT INTO stage.gone SELECT reference FROM main.record"
            " WHERE dataset = ? AND NOT EXISTS (SELECT 1 FROM stage.staged"
            " WHERE staged.reference = record.reference AND staged.identifier IS NOT NULL)",
            (dataset,),
        )
    else:
        connection.execute(
            "INSERT INTO stage.gone SELECT record.reference FROM stage.staged"
            # In this order: SQLite would go through the whole dataset for a file of one row.
            " CROSS JOIN main.record ON record.dataset = ? AND record.reference = staged.reference"
            " WHERE staged.identifier IS NULL",
            (dataset,),
        )


def _find_forms(connection: sqlite3.Connection, dataset: str, *, whole: bool) -> None:
    kept = (
        " FROM main.found_under JOIN main.subject AS exact ON exact.id = found_under.subject_id"
        " JOIN main.subject AS other ON other.id = found_under.form_id WHERE exact.dataset = ?"
    )
    connection.execute(
        "INSERT INTO stage.form_new SELECT DISTINCT identifier, form FROM stage.form"  # noqa: S608 -- names of ours
        f" WHERE NOT EXISTS (SELECT 1{kept} AND exact.identifier = form.identifier"
        " AND other.dataset = exact.dataset AND other.identifier = form.form)",
        (dataset,),
    )
    if whole:
        connection.execute(
            f"INSERT INTO stage.form_gone SELECT form_id, subject_id{kept}"  # noqa: S608 -- names of ours
            " AND NOT EXISTS (SELECT 1 FROM stage.form WHERE form.identifier = exact.identifier"
            " AND form.form = other.identifier)",
            (dataset,),
        )


def _count_before(connection: sqlite3.Connection, dataset: str) -> int:
    """Count the records that are in force by indexes alone, and not row by row."""
    (found,) = connection.execute(
        "SELECT (SELECT count(*) FROM main.record_kept WHERE dataset = ?1)"
        " - (SELECT count(*) FROM main.record_kept WHERE +dataset = ?1"
        " AND since > (SELECT in_force FROM main.generation))"
        " - (SELECT count(*) FROM main.record_kept WHERE +dataset = ?1"
        " AND until <= (SELECT in_force FROM main.generation))",
        (dataset,),
    ).fetchone()
    return int(found)


def _count(connection: sqlite3.Connection, what: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])  # noqa: S608 -- names of ours
