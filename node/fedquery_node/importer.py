"""Import records: rows are read into a stage, then all are taken over, or none.

Idempotent by reference; refused rows are named by line and reason. Reading may take hours and holds
nothing; taking over is one transaction with what differs.
"""

import hashlib
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fedquery.encoding.octets import lp
from fedquery.identifiers import kinds
from fedquery.identifiers.rules import Rules
from fedquery.storage.transaction import transaction
from fedquery.tabular import FileError, Row
from fedquery_node import difference, marks, spelling, taking_over
from fedquery_node.config import NodeSettings
from fedquery_node.counts import Counts
from fedquery_node.difference import Difference
from fedquery_node.import_source import Position, Source
from fedquery_node.normalise import Spelling, normalise_all
from fedquery_node.stage import Stage

_BATCH: Final = 2_000  # rows
_LONGEST: Final = 2 * _BATCH
Progress = Callable[[int], None]


def _unseen(_rows: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an import, or would come of it.

    Attributes:
        rows: the rows that were read.
        accepted: whether they may be taken over: no more were refused than may be.
        imported: the rows that are in the database now, or would be.
        added: those whose reference is new.
        changed: those that differ from the record that their reference had.
        withdrawn: the records that a row withdraws, or that no row names where they are the whole
            dataset.
        before: the records that the dataset had.
        refused: for each reason, how many rows.
        lines: for each reason, the first lines.
        warnings: for each warning, how many rows.
    """

    rows: int
    accepted: bool
    imported: int
    added: int
    changed: int
    withdrawn: int
    before: int
    refused: Mapping[str, int]
    lines: Mapping[str, Sequence[int]]
    warnings: Mapping[str, int]

    @classmethod
    def of(cls, counts: Counts, found: Difference, *, accepted: bool) -> "Report":
        """Put together what was read and how it differs; a refused import changes nothing."""
        return cls(
            rows=counts.rows,
            accepted=accepted,
            imported=found.fit if accepted else 0,
            added=found.added if accepted else 0,
            changed=found.changed if accepted else 0,
            withdrawn=found.withdrawn if accepted else 0,
            before=found.before,
            refused=counts.refused,
            lines=counts.lines,
            warnings=counts.warnings,
        )

    @property
    def withdraws_most(self) -> bool:
        """Say whether more than half of the dataset goes: perhaps it is the wrong file."""
        return 2 * self.withdrawn > self.before


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports rows into one dataset.

    Attributes:
        settings: the node's settings.
        dataset: the name of the dataset, one of the settings'.
        nations: whom a row may be released to: every other member nation, and the teams.
        now_ms: the time that goes into `updated`.
        skip_bad: how many refused rows are passed over; one more refuses the file.
        replace: whether the rows are the whole dataset, so that a record that they do not name is
            withdrawn. Then no row may be passed over: its record would be withdrawn for a typo.
        workers: how many processes read.
    """

    settings: NodeSettings
    dataset: str
    nations: frozenset[str]
    now_ms: int
    skip_bad: int = 0
    replace: bool = False
    workers: int = 1

    def identity(self, source: Source, since: Position) -> bytes:
        """Give a digest of what is read, from where, and how its rows are spelled.

        Staged rows of another digest are not gone on with: those of a later beginning would pass
        for the whole dataset.
        """
        chosen = self.settings.datasets[self.dataset]
        how = (since, chosen, sorted(self.settings.contacts), sorted(self.nations))
        parts = [source.identity, *self._rules.digests, repr(how).encode(), since.mark.encode()]
        return hashlib.sha256(b"".join(map(lp, parts))).digest()

    def read(
        self, source: Source, stage: Stage, since: Position, progress: Progress = _unseen
    ) -> None:
        """Read a source to its end into a stage, from where the stage ends.

        Args:
            source: the rows.
            stage: what was read of them before.
            since: where to begin if nothing was read before.
            progress: called with the number of rows after each batch.

        Raises:
            FileError: if the source is unusable as a whole.
            StorageError: if it does not answer any more; what was read stays in the stage.
        """
        if stage.ended and not source.marked:
            return
        at = begin = stage.at if stage.at.line else since
        if source.marked and stage.at.line:
            # What waited may be old. Rows with its last cursor, or a lower one that was committed
            # late, may have come since, and the import after this one begins behind them.
            begin = replace(begin, again=True)
        reached: deque[Position | None] = deque()
        spelled = Spelling(self.settings, self.dataset, self.nations)
        batches = _batches(source, begin, reached)
        for batch in normalise_all(spelled, batches, workers=self.workers):
            here = reached.popleft()
            stage.add(batch, here)
            at = here or at
            progress(stage.counts.rows)
        if not stage.counts.rows and not source.marked:
            raise FileError("the file has no rows")
        stage.end(at, last_counts=source.marked)

    def compare(self, connection: sqlite3.Connection, stage: Stage) -> Report:
        """Find what taking a stage over would change; nothing is held, and nothing changes.

        Args:
            connection: the node's database with the stage attached, outside a transaction.
            stage: all rows.

        Raises:
            FileError: if rows that are kept by other spelling rules would stay beside them.
        """
        whole = self._whole(connection)
        spelling.after_import(connection, self.dataset, self._rules, whole=whole)
        found = difference.find(connection, self.dataset, replace=self.replace, whole=whole)
        refused, most = stage.counts.refused.total(), 0 if self.replace else self.skip_bad
        # Where nothing changed since the last import there is nothing to refuse.
        fit = found.fit > 0 or not stage.counts.rows
        return Report.of(stage.counts, found, accepted=refused <= most and fit)

    def take_over(
        self,
        connection: sqlite3.Connection,
        source: Source,
        stage: Stage,
        progress: Progress = _unseen,
    ) -> None:
        """Take over what `compare` found, in one transaction.

        Args:
            connection: the node's database with the stage attached, outside a transaction; nothing
                was written to its records since.
            source: where the rows are from.
            stage: all rows.
            progress: called with the number of changed rows that are written.
        """
        digests = spelling.after_import(
            connection, self.dataset, self._rules, whole=self._whole(connection)
        )
        with transaction(connection):
            taking_over.take_over(connection, self.dataset, self.now_ms, progress)
            spelling.keep(connection, self.dataset, digests)
            # Where no row was read there is nothing to go on from: not from a mistyped --since.
            if stage.at.line and stage.at.mark:
                marks.keep(connection, self.dataset, source.identity, stage.at.mark)

    def require_rules(self, connection: sqlite3.Connection) -> None:
        """Have rows of today's spelling rules be fit to stand beside those that are there.

        Raises:
            FileError: if they are not; nothing needs to be read then.
        """
        spelling.after_import(connection, self.dataset, self._rules, whole=self._whole(connection))

    @property
    def _rules(self) -> Rules:
        return kinds()[self.settings.datasets[self.dataset].kind].rules

    def _whole(self, connection: sqlite3.Connection) -> bool:
        row = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM record WHERE dataset = ?)", (self.dataset,)
        ).fetchone()
        return self.replace or not row[0]


def _batches(
    source: Source, after: Position, reached: deque[Position | None]
) -> Iterator[list[Row]]:
    """Divide the rows of a source, and note for each batch up to where it reaches.

    One can go on behind a batch only where the next row has another cursor, since a query is asked
    for what is greater; so a batch waits for that, if not for ever.
    """
    batch: list[Row] = []
    mark = ""
    for line, mark_next in source.rows(after):
        within = bool(mark) and mark == mark_next
        if len(batch) >= (_LONGEST if within else _BATCH):
            reached.append(None if within else Position(batch[-1].number, mark))
            yield batch
            batch = []
        batch.append(line)
        mark = mark_next
    if batch:
        reached.append(Position(batch[-1].number, mark))
        yield batch
