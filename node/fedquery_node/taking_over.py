"""Write what differs into the records, as rows of a generation that is not in force yet.

Rows go in steps by the order of the stage, each sorted by identifier, so that neighbours in the
index are written together. What a step writes counts for nobody until the generation is in force.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fedquery_node.pacing import Pace

_DIFFERENCES: Final = ("changed", "gone", "form_new", "form_gone")


@dataclass(frozen=True, slots=True)
class Coming:
    """A generation that is being written.

    Attributes:
        connection: the node's database with the stage attached.
        dataset: the name of the dataset.
        number: the number of the generation.
        now_ms: the time that goes into `updated`.
    """

    connection: sqlite3.Connection
    dataset: str
    number: int
    now_ms: int

    def write(self, pace: Pace, progress: Callable[[int], None]) -> None:
        """Write what `difference.find` has noted.

        Args:
            pace: in which steps; where it is one, within a transaction.
            progress: called with the number of rows written so far.
        """
        written = 0

        def advance(rows: int) -> None:
            nonlocal written
            written += rows
            progress(written)

        # Records before forms: a form stands beside the subject of a record.
        for table, write in (
            ("changed", self._write_changed),
            ("gone", self._end_gone),
            ("form_new", self._write_forms),
            ("form_gone", self._end_forms),
        ):
            pace.run(self.connection, _Steps(self.connection, table, write), advance)

    def _write_changed(self, first: int, last: int) -> None:
        # What differs is looked up in what was read, and not the other way round: CROSS JOIN.
        self.connection.execute(
            "INSERT INTO main.subject (dataset, identifier)"
            " SELECT ?, identifier FROM stage.changed CROSS JOIN stage.staged USING (line)"
            " WHERE line BETWEEN ? AND ? ORDER BY identifier ON CONFLICT DO NOTHING",
            (self.dataset, first, last),
        )
        # The same reference again replaces the record, so that a file can be imported twice.
        self.connection.execute(
            "UPDATE main.record_kept SET until = ?2 WHERE dataset = ?1 AND until IS NULL"
            " AND reference IN (SELECT staged.reference FROM stage.changed"
            " CROSS JOIN stage.staged USING (line) WHERE line BETWEEN ?3 AND ?4"
            " AND changed.subject IS NOT NULL)",
            (self.dataset, self.number, first, last),
        )
        self.connection.execute(
            "INSERT INTO main.record_kept (dataset, reference, subject_id, category, handling,"
            " summary, contact, first_seen_ms, last_seen_ms, updated_ms, release_to, since)"
            " SELECT ?1, staged.reference, subject.id, staged.category, staged.handling,"
            " staged.summary, staged.contact, staged.first_seen_ms, staged.last_seen_ms, ?2,"
            " staged.release_to, ?5 FROM stage.changed CROSS JOIN stage.staged USING (line)"
            " JOIN main.subject ON subject.dataset = ?1 AND subject.identifier = staged.identifier"
            " WHERE line BETWEEN ?3 AND ?4 ORDER BY staged.identifier",
            (self.dataset, self.now_ms, first, last, self.number),
        )

    def _end_gone(self, first: int, last: int) -> None:
        self.connection.execute(
            "UPDATE main.record_kept SET until = ?2 WHERE dataset = ?1 AND until IS NULL"
            " AND reference IN (SELECT reference FROM stage.gone WHERE rowid BETWEEN ?3 AND ?4)",
            (self.dataset, self.number, first, last),
        )

    def _write_forms(self, first: int, last: int) -> None:
        self.connection.execute(
            "INSERT INTO main.subject (dataset, identifier)"
            " SELECT DISTINCT ?, form FROM stage.form_new WHERE rowid BETWEEN ? AND ? ORDER BY form"
            " ON CONFLICT DO NOTHING",
            (self.dataset, first, last),
        )
        self.connection.execute(
            "INSERT INTO main.found_under_kept (form_id, subject_id, since)"
            " SELECT other.id, exact.id, ?2 FROM stage.form_new"
            " JOIN main.subject AS other ON other.dataset = ?1 AND other.identifier = form_new.form"
            " JOIN main.subject AS exact ON exact.dataset = ?1"
            " AND exact.identifier = form_new.identifier"
            " WHERE form_new.rowid BETWEEN ?3 AND ?4",
            (self.dataset, self.number, first, last),
        )

    def _end_forms(self, first: int, last: int) -> None:
        self.connection.execute(
            "UPDATE main.found_under_kept SET until = ? WHERE until IS NULL"
            " AND (form_id, subject_id) IN (SELECT form_id, subject_id FROM stage.form_gone"
            " WHERE rowid BETWEEN ? AND ?)",
            (self.number, first, last),
        )


def changes(connection: sqlite3.Connection) -> int:
    """Count the rows that `difference.find` has noted."""
    return sum(
        connection.execute(f"SELECT count(*) FROM stage.{table}").fetchone()[0]  # noqa: S608 -- names of ours
        for table in _DIFFERENCES
    )


@dataclass(slots=True)
class _Steps:
    """Walks over a table of the stage, some rows at each call."""

    connection: sqlite3.Connection
    table: str
    write: Callable[[int, int], None]
    _last: int = 0

    def __call__(self, most: int) -> int:
        first, last, rows = self.connection.execute(
            "SELECT min(rowid), max(rowid), count(*) FROM (SELECT rowid"  # noqa: S608 -- names of ours
            f" FROM stage.{self.table} WHERE rowid > ? ORDER BY rowid LIMIT ?)",
            (self._last, most),
        ).fetchone()
        if rows:
            self.write(first, last)
            self._last = last
        return int(rows)
