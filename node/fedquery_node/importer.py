"""Import records: all or nothing, idempotent by reference, refused rows named by line and reason.

A row names to whom it is released, or the dataset's default does; otherwise it is refused, because
a record that nobody decided about must not travel, not even as a tag.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter

from fedquery.encoding import canonical_json
from fedquery.errors import IdentifierError
from fedquery.identifiers import parse
from fedquery_node.config import NodeSettings
from fedquery_node.csv_source import FileError, Line
from fedquery_node.views import ALL

HANDLING = ("open", "restricted", "source at risk")
REFERENCE_CAP = 64
CATEGORY_CAP = 40
SUMMARY_CAP = 160
LINES_NAMED = 20
# Rows of a batch go in by the order of their identifiers, so that neighbours in the index are
# written together; a larger batch has more neighbours.
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Record:
    """One row that is fit to be imported.

    Attributes:
        identifier: its encoded identifier.
        values: what the table `record` holds of it, from its reference to its release list.
    """

    identifier: bytes = field(repr=False)
    values: tuple[str | int, ...] = field(repr=False)


class RowError(Exception):
    """A row is refused; the reason is one of a few words and never holds a value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Report:
    """What came of an import.

    Attributes:
        rows: the rows of the file.
        imported: the rows that are in the database now.
        refused: for each reason, how many rows.
        lines: for each reason, the first lines.
        warnings: for each warning, how many rows.
    """

    rows: int = 0
    imported: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[int]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)

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
        nations: every other member nation.
        now_ms: the time that goes into `updated`.
        skip_bad: how many refused rows are passed over; one more refuses the file.
    """

    settings: NodeSettings
    dataset: str
    nations: frozenset[str]
    now_ms: int
    skip_bad: int = 0

    def run(
        self,
        connection: sqlite3.Connection,
        lines: Iterable[Line],
        progress: Callable[[int], None] = lambda _rows: None,
        *,
        dry_run: bool = False,
    ) -> Report:
        """Import rows in one transaction.

        Args:
            connection: the node's database, outside a transaction.
            lines: the rows.
            progress: called with the number of rows after each batch.
            dry_run: whether everything is taken back in the end.

        Returns:
            What came of it. Where more rows were refused than `skip_bad`, or none was fit, nothing
            was imported and `imported` is 0.

        Raises:
            FileError: if the file is unusable as a whole; nothing was imported.
        """
        report = Report()
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._load(connection, lines, report, progress)
            if report.refused.total() > self.skip_bad:
                report.imported = 0
            connection.execute("COMMIT" if report.imported and not dry_run else "ROLLBACK")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return report

    def _load(
        self,
        connection: sqlite3.Connection,
        lines: Iterable[Line],
        report: Report,
        progress: Callable[[int], None],
    ) -> None:
        seen: set[str] = set()
        batch: list[Record] = []
        for line in lines:
            report.rows += 1
            try:
                record = self._record(line, report)
                _require_first(seen, str(record.values[0]))
                batch.append(record)
            except RowError as error:
                report.refuse(line.number, error.reason)
            if len(batch) == _BATCH:
                self._write(connection, batch)
                report.imported += len(batch)
                progress(report.rows)
                batch = []
        self._write(connection, batch)
        report.imported += len(batch)
        progress(report.rows)
        if not report.rows:
            raise FileError("the file has no rows")

    def _write(self, connection: sqlite3.Connection, batch: list[Record]) -> None:
        batch.sort(key=attrgetter("identifier"))
        connection.executemany(
            "INSERT INTO subject (dataset, identifier) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(self.dataset, record.identifier) for record in batch],
        )
        # The same reference again replaces the record, so that a file can be imported twice.
        connection.executemany(
            "INSERT INTO record (dataset, subject_id, reference, category, handling, summary,"
            " contact, first_seen_ms, last_seen_ms, updated_ms, release_to)"
            " VALUES (?1, (SELECT id FROM subject WHERE dataset = ?1 AND identifier = ?2),"
            " ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
            " ON CONFLICT (dataset, reference) DO UPDATE SET subject_id = excluded.subject_id,"
            " category = excluded.category, handling = excluded.handling,"
            " summary = excluded.summary, contact = excluded.contact,"
            " first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms,"
            " updated_ms = excluded.updated_ms, release_to = excluded.release_to",
            [(self.dataset, record.identifier, *record.values) for record in batch],
        )

    def _record(self, line: Line, report: Report) -> Record:
        if line.fields is None:
            raise RowError("columns")
        fields, chosen = line.fields, self.settings.datasets[self.dataset]
        columns = chosen.columns
        region = chosen.region or self.settings.nation
        try:
            parsed = parse(chosen.kind, fields[columns.identifier], region)
        except IdentifierError as error:
            raise RowError(f"identifier: {error.reason}") from None
        for warning in parsed.warnings:
            report.warnings[str(warning)] += 1
        contact = fields.get(columns.contact, "").strip()
        if contact and contact not in self.settings.contacts:
            raise RowError("contact-unknown")
        first = _day_ms(fields.get(columns.first_seen, ""))
        last = _day_ms(fields.get(columns.last_seen, "")) or first
        if first > last:
            raise RowError("seen-backwards")
        values = (
            _text(fields.get(columns.reference, ""), REFERENCE_CAP, "reference", needed=True),
            _text(fields.get(columns.category, ""), CATEGORY_CAP, "category"),
            _handling(fields.get(columns.handling, "")),
            _text(fields.get(columns.summary, ""), SUMMARY_CAP, "summary"),
            contact,
            first,
            last,
            self.now_ms,
            _release(fields.get(columns.release_to, ""), chosen.release_to_default, self.nations),
        )
        return Record(parsed.identifier.encode(), values)


# Files name few lists of nations and few days, many times each.
@lru_cache(maxsize=1024)
def _release(text: str, default: tuple[str, ...], nations: frozenset[str]) -> str:
    said = text.strip()
    named = [part.strip() for part in said.split(";")] if said else default
    if not named:
        raise RowError("release-missing")
    if any(nation != ALL and nation not in nations for nation in named):
        raise RowError("release-unknown")
    return canonical_json.dump(sorted(set(named))).decode()


def _require_first(seen: set[str], reference: str) -> None:
    if reference in seen:
        raise RowError("reference-twice")
    seen.add(reference)


def _text(text: str, cap: int, what: str, *, needed: bool = False) -> str:
    text = text.strip()
    if len(text) > cap or not text.isprintable():
        raise RowError(f"{what}-form")
    if needed and not text:
        raise RowError(f"{what}-missing")
    return text


def _handling(text: str) -> str:
    # What nobody marked is not open: a missing code is the middle one.
    handling = text.strip() or "restricted"
    if handling not in HANDLING:
        raise RowError("handling-unknown")
    return handling


@lru_cache(maxsize=16_384)
def _day_ms(text: str) -> int:
    text = text.strip()
    if not text:
        return 0
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RowError("date-form") from None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
