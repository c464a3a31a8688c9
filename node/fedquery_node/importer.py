"""Import records: rows are read into a stage, then all are taken over, or none.

Idempotent by reference; refused rows are named by line and reason. Reading may take hours and holds
nothing; taking over writes what differs, which comes into force with one small commit.
"""

import hashlib
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from fedquery.encoding.octets import lp
from fedquery.identifiers import kinds
from fedquery.identifiers.rules import Rules
from fedquery.tabular import FileError, Row
from fedquery_node import difference, generations, marks, spelling, taking_over
from fedquery_node.config import NodeSettings
from fedquery_node.import_report import Report
from fedquery_node.import_source import Position, Source
from fedquery_node.normalise import Spelling, normalise_all
from fedquery_node.pacing import Pace, pace_for
from fedquery_node.stage import Stage

_BATCH: Final = 2_000  # rows
_LONGEST: Final = 2 * _BATCH
Progress = Callable[[int], None]


def _unseen(_rows: int) -> None:
    """Show no progress."""


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
        pace: gives the steps in which so many changed rows are taken over.
    """

    settings: NodeSettings
    dataset: str
    nations: frozenset[str]
    now_ms: int
    skip_bad: int = 0
    replace: bool = False
    workers: int = 1
    pace: Callable[[int], Pace] = pace_for

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
        """Take over what `compare` found: all of it comes into force at one moment, or nothing.

        Much is written in steps, between which others write, and nobody sees it before.

        Args:
            connection: the node's database with the stage attached, outside a transaction; nothing
                was written to its records since.
            source: where the rows are from.
            stage: all rows.
            progress: called with the number of changed rows that are written.

        Raises:
            StorageError, sqlite3.Error: if the database fails before the rows are in force; nothing
                has changed then.
        """
        digests = spelling.after_import(
            connection, self.dataset, self._rules, whole=self._whole(connection)
        )
        pace = self.pace(taking_over.changes(connection))

        def keep_beside() -> None:
            spelling.keep(connection, self.dataset, digests)
            # Where no row was read there is nothing to go on from: not from a mistyped --since.
            if stage.at.line and stage.at.mark:
                marks.keep(connection, self.dataset, source.identity, stage.at.mark)

        with (
            pace.whole(connection),
            generations.coming(connection, pace, keep_beside) as number,
        ):
            coming = taking_over.Coming(connection, self.dataset, number, self.now_ms)
            coming.write(pace, progress)

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
