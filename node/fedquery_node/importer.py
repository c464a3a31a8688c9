"""Import records: all or nothing, idempotent by reference, refused rows named by line, reason."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from fedquery.identifiers import kinds
from fedquery.tabular import FileError, Row
from fedquery_node import spelling, withdrawal
from fedquery_node.config import NodeSettings
from fedquery_node.import_row import Record, RowError, RowReader

LINES_NAMED = 20
# Rows of a batch go in by the order of their identifiers, so that neighbours in the index are
# written together; a larger batch has more neighbours.
_BATCH = 20_000


@dataclass(slots=True)
class Report:
    """What came of an import.

    Attributes:
        rows: the rows of the file.
        imported: the rows that are in the database now.
        added: those whose reference is new.
        changed: those that differ from the record that their reference had.
        withdrawn: the records that the file does not name, where it is the whole dataset.
        before: the records that the dataset had.
        refused: for each reason, how many rows.
        lines: for each reason, the first lines.
        warnings: for each warning, how many rows.
    """

    rows: int = 0
    imported: int = 0
    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    before: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[int]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)

    @property
    def withdraws_most(self) -> bool:
        """Say whether more than half of the dataset goes: perhaps it is the wrong file."""
        return 2 * self.withdrawn > self.before

    def refuse(self, line: int, reason: str) -> None:
        """Count a refused row."""
        self.refused[reason] += 1
        named = self.lines.setdefault(reason, [])
        if len(named) < LINES_NAMED:
            named.append(line)


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports files into one dataset.

    Attributes:
        settings: the node's settings.
        dataset: the name of the dataset, one of the settings'.
        nations: whom a row may be released to: every other member nation, and the teams.
        now_ms: the time that goes into `updated`.
        skip_bad: how many refused rows are passed over; one more refuses the file.
        replace: whether the file is the whole dataset, so that a record it does not name is
            withdrawn. Then no row may be passed over: its record would be withdrawn for a typo.
    """

    settings: NodeSettings
    dataset: str
    nations: frozenset[str]
    now_ms: int
    skip_bad: int = 0
    replace: bool = False

    def run(
        self,
        connection: sqlite3.Connection,
        lines: Iterable[Row],
        progress: Callable[[int], None] = lambda _rows: None,
        *,
        dry_run: bool = False,
        expected: Report | None = None,
    ) -> Report:
        """Import rows in one transaction.

        Args:
            connection: the node's database, outside a transaction.
            lines: the rows.
            progress: called with the number of rows after each batch.
            dry_run: whether everything is taken back in the end.
            expected: what a dry run said and somebody agreed to.

        Returns:
            What came of it. Where more rows were refused than may be, or none was fit, nothing was
            imported and `imported` is 0.

        Raises:
            FileError: if the file is unusable as a whole, or comes to something else than was
                expected; nothing was imported.
        """
        report = Report()
        most_refused = 0 if self.replace else self.skip_bad
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._load(connection, lines, report, progress)
            if report.refused.total() > most_refused:
                report.imported = report.added = report.changed = report.withdrawn = 0
            _require_expected(report, expected)
            connection.execute("COMMIT" if report.imported and not dry_run else "ROLLBACK")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return report

    def _load(
        self,
        connection: sqlite3.Connection,
        lines: Iterable[Row],
        report: Report,
        progress: Callable[[int], None],
    ) -> None:
        report.before = withdrawal.count(connection, self.dataset)
        rules = kinds()[self.settings.datasets[self.dataset].kind].rules
        reader = RowReader(self.settings, self.dataset, self.nations, self.now_ms, rules)
        whole = self.replace or not report.before
        respelled = spelling.begin_import(connection, self.dataset, rules, whole=whole)
        seen: set[str] = set()
        batch: list[Record] = []
        written = 0
        for line in lines:
            report.rows += 1
            try:
                record = reader.read(line, report.warnings)
                _require_first(seen, record.reference)
                batch.append(record)
            except RowError as error:
                report.refuse(line.number, error.reason)
            if len(batch) == _BATCH:
                written += self._write(connection, batch)
                report.imported += len(batch)
                progress(report.rows)
                batch = []
        written += self._write(connection, batch)
        report.imported += len(batch)
        progress(report.rows)
        if not report.rows:
            raise FileError("the file has no rows")
        report.added = withdrawal.count(connection, self.dataset) - report.before
        report.changed = written - report.added
        if self.replace:
            report.withdrawn = withdrawal.keep_only(connection, self.dataset, seen)
        if report.changed or report.withdrawn or respelled:
            # A record that has another identifier now leaves the one before without a record.
            withdrawal.forget_identifiers(connection, self.dataset)

    def _write(self, connection: sqlite3.Connection, batch: list[Record]) -> int:
        """Write rows, and count those that are new or differ."""
        if not batch:
            return 0
        batch.sort(key=attrgetter("identifier"))
        forms = [(form, record.identifier) for record in batch for form in record.forms]
        subjects = [record.identifier for record in batch]
        subjects += sorted({form for form, _ in forms})
        connection.executemany(
            "INSERT INTO subject (dataset, identifier) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(self.dataset, identifier) for identifier in subjects],
        )
        connection.executemany(
            "INSERT INTO found_under (form_id, subject_id) SELECT form.id, exact.id"
            " FROM subject AS form, subject AS exact WHERE form.dataset = ?1"
            " AND form.identifier = ?2 AND exact.dataset = ?1 AND exact.identifier = ?3"
            " ON CONFLICT DO NOTHING",
            [(self.dataset, form, identifier) for form, identifier in forms],
        )
        # The same reference again replaces the record, so that a file can be imported twice. What
        # is the same stays as it is: `updated` says when a record was last changed.
        return connection.executemany(
            "INSERT INTO record (dataset, subject_id, reference, category, handling, summary,"
            " contact, first_seen_ms, last_seen_ms, updated_ms, release_to)"
            " VALUES (?1, (SELECT id FROM subject WHERE dataset = ?1 AND identifier = ?2),"
            " ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
            " ON CONFLICT (dataset, reference) DO UPDATE SET subject_id = excluded.subject_id,"
            " category = excluded.category, handling = excluded.handling,"
            " summary = excluded.summary, contact = excluded.contact,"
            " first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms,"
            " updated_ms = excluded.updated_ms, release_to = excluded.release_to"
            " WHERE (subject_id, category, handling, summary, contact, first_seen_ms,"
            " last_seen_ms, release_to) IS NOT (excluded.subject_id, excluded.category,"
            " excluded.handling, excluded.summary, excluded.contact, excluded.first_seen_ms,"
            " excluded.last_seen_ms, excluded.release_to)",
            [(self.dataset, record.identifier, *record.values) for record in batch],
        ).rowcount


def _require_expected(report: Report, expected: Report | None) -> None:
    if expected is not None and report != expected:
        raise FileError("the file was changed while it was looked at")


def _require_first(seen: set[str], reference: str) -> None:
    if reference in seen:
        raise RowError("reference-twice")
    seen.add(reference)
