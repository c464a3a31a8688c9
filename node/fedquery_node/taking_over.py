"""Take what differs over into the records, in the caller's transaction.

The claim rows of versions that can still be claimed know a row by the number of its subject: see
`withdrawal`. Rows go in slices by the order of their identifiers, so that neighbours in the index
are written together.
"""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Final

_SLICE: Final = 50_000  # rows


def take_over(
    connection: sqlite3.Connection, dataset: str, now_ms: int, progress: Callable[[int], None]
) -> None:
    """Write what `difference.find` has noted.

    Args:
        connection: the node's database with the stage attached, inside a transaction.
        dataset: the name of the dataset.
        now_ms: the time that goes into `updated`.
        progress: called with the number of rows written so far.
    """
    written = 0
    for first, last, rows in _slices(connection):
        _write(connection, dataset, now_ms, first, last)
        written += rows
        progress(written)
    connection.execute(
        "DELETE FROM main.record WHERE dataset = ? AND reference IN"
        " (SELECT reference FROM stage.gone)",
        (dataset,),
    )
    _write_forms(connection, dataset)
    _forget_bereft(connection)


def _slices(connection: sqlite3.Connection) -> Iterator[tuple[int, int, int]]:
    last = 0
    while True:
        first, last_next, rows = connection.execute(
            "SELECT min(line), max(line), count(*) FROM"
            " (SELECT line FROM stage.changed WHERE line > ? ORDER BY line LIMIT ?)",
            (last, _SLICE),
        ).fetchone()
        if not rows:
            return
        last = last_next
        yield first, last, rows


def _write(
    connection: sqlite3.Connection, dataset: str, now_ms: int, first: int, last: int
) -> None:
    connection.execute(
        "INSERT INTO main.subject (dataset, identifier)"
        " SELECT ?, identifier FROM stage.changed JOIN stage.staged USING (line)"
        " WHERE line BETWEEN ? AND ? ORDER BY identifier ON CONFLICT DO NOTHING",
        (dataset, first, last),
    )
    # The same reference again replaces the record, so that a file can be imported twice.
    connection.execute(
        "INSERT INTO main.record (dataset, reference, subject_id, category, handling, summary,"
        " contact, first_seen_ms, last_seen_ms, updated_ms, release_to)"
        " SELECT ?1, staged.reference, subject.id, staged.category, staged.handling,"
        " staged.summary, staged.contact, staged.first_seen_ms, staged.last_seen_ms, ?2,"
        " staged.release_to FROM stage.changed JOIN stage.staged USING (line)"
        " JOIN main.subject ON subject.dataset = ?1 AND subject.identifier = staged.identifier"
        " WHERE line BETWEEN ?3 AND ?4 ORDER BY staged.identifier"
        " ON CONFLICT (dataset, reference) DO UPDATE SET subject_id = excluded.subject_id,"
        " category = excluded.category, handling = excluded.handling,"
        " summary = excluded.summary, contact = excluded.contact,"
        " first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms,"
        " updated_ms = excluded.updated_ms, release_to = excluded.release_to",
        (dataset, now_ms, first, last),
    )


def _write_forms(connection: sqlite3.Connection, dataset: str) -> None:
    connection.execute(
        "DELETE FROM main.found_under WHERE (form_id, subject_id) IN"
        " (SELECT form_id, subject_id FROM stage.form_gone)"
    )
    connection.execute(
        "INSERT INTO main.subject (dataset, identifier)"
        " SELECT DISTINCT ?, form FROM stage.form_new WHERE true ORDER BY form"
        " ON CONFLICT DO NOTHING",
        (dataset,),
    )
    connection.execute(
        "INSERT INTO main.found_under (form_id, subject_id)"
        " SELECT other.id, exact.id FROM stage.form_new"
        " JOIN main.subject AS other ON other.dataset = ?1 AND other.identifier = form_new.form"
        " JOIN main.subject AS exact ON exact.dataset = ?1"
        " AND exact.identifier = form_new.identifier WHERE true ON CONFLICT DO NOTHING",
        (dataset,),
    )


def _forget_bereft(connection: sqlite3.Connection) -> None:
    """Take the identifiers out of subjects that stand in no record any more.

    A record that has another identifier now, or is withdrawn, leaves the one before so.
    """
    without = (
        "subject_id IN (SELECT subject FROM stage.bereft)"
        " AND NOT EXISTS (SELECT 1 FROM main.record WHERE subject_id = found_under.subject_id)"
    )
    # A less exact form goes with the last identifier whose records are found under it.
    connection.execute(
        f"INSERT OR IGNORE INTO stage.bereft SELECT form_id FROM main.found_under WHERE {without}"  # noqa: S608 -- names of ours
    )
    connection.execute(f"DELETE FROM main.found_under WHERE {without}")  # noqa: S608 -- names of ours
    # No identifier begins so: theirs begin with their kind.
    connection.execute(
        "UPDATE main.subject SET identifier = CAST('withdrawn:' || id AS BLOB)"
        " WHERE id IN (SELECT subject FROM stage.bereft)"
        " AND NOT EXISTS (SELECT 1 FROM main.record WHERE subject_id = subject.id)"
        " AND NOT EXISTS (SELECT 1 FROM main.found_under WHERE form_id = subject.id)"
        " AND identifier != CAST('withdrawn:' || id AS BLOB)"
    )
