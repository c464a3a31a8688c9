"""The entries of several logs about questions, on the disk, to be read question by question.

SQLite keeps the table in a file of its own that has no name any more when it is opened, so that
nothing of it is left behind, also after a crash; memory holds a few megabytes of it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from types import TracebackType
from typing import Final, Self

from fedquery.audit.question_events import Event
from fedquery.audit.twins import Finding

_COLUMNS: Final = ", ".join(Event._fields)
_CACHE_KIB: Final = 32_768


class TwinTable:
    """Gather entries, and give them back by question; findings, and give them back by time."""

    def __init__(self) -> None:
        # An empty name: a private file, unlinked when it is made.
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(f"CREATE TABLE event ({_COLUMNS})")
        self._connection.execute(
            "CREATE TABLE finding"
            " (kind, digest, at_ms, agency, nation, what, missing_in, stands_in)"
        )

    def add(self, events: Iterable[Event]) -> None:
        """Add entries of one log."""
        marks = ", ".join("?" * len(Event._fields))
        self._connection.execute("BEGIN")
        self._connection.executemany(f"INSERT INTO event VALUES ({marks})", events)  # noqa: S608  marks alone
        self._connection.execute("COMMIT")

    def questions(self) -> Iterator[list[Event]]:
        """Give all entries of each question, in the order of logs and places."""
        # Sorted once and read through: an index would be read in the order of no disk.
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM event ORDER BY digest, log, position"  # noqa: S608  fixed texts
        )
        for _, group in groupby(rows, key=lambda row: row[0]):
            yield [Event(*row) for row in group]

    def keep(self, findings: Iterable[Finding]) -> None:
        """Keep what was found of a question."""
        self._connection.executemany(
            "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    one.kind,
                    one.digest,
                    one.at_ms,
                    one.agency,
                    one.nation,
                    one.what,
                    " ".join(map(str, one.lacking)),
                    " ".join(f"{log}:{position}" for log, position in one.having),
                )
                for one in findings
            ],
        )

    def findings(self, most: int) -> Iterator[Finding]:
        """Give what was found, the earliest first.

        Args:
            most: how many at most.
        """
        rows = self._connection.execute(
            "SELECT * FROM finding ORDER BY at_ms, digest, kind, what LIMIT ?", (most,)
        )
        for kind, digest, at_ms, agency, nation, what, lacking, having in rows:
            pairs = (pair.split(":") for pair in having.split())
            yield Finding(
                kind=kind,
                digest=digest,
                at_ms=at_ms,
                agency=agency,
                nation=nation,
                what=what,
                lacking=tuple(map(int, lacking.split())),
                having=tuple((int(log), int(position)) for log, position in pairs),
            )

    def __enter__(self) -> Self:
        """Use it for a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of it."""
        self._connection.close()
