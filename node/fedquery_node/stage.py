"""Rows of an import that are read and not yet taken over, in a file beside the node's database.

Reading is the long part of an import: a server at the other end of a line, a spelling for every
row. It holds no lock of the node's database, and one that breaks off goes on where it was. The file
holds identifiers as `node.db` does, with the same modes, and is gone when the import is over.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import make_private_directory
from fedquery.errors import ConfigError, StorageError
from fedquery.storage.applications import STAGE
from fedquery.storage.database import DirectoryLock, open_database
from fedquery.storage.transaction import transaction
from fedquery_node.counts import Counts
from fedquery_node.import_source import START, Position
from fedquery_node.normalise import Normalised

DIRECTORY: Final = "import"
_CACHE_KIB: Final = 65_536
_TABLES: Final = (
    """CREATE TABLE progress (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        identity BLOB NOT NULL,
        line INTEGER NOT NULL,
        mark TEXT NOT NULL,
        ended INTEGER NOT NULL,
        counts TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE staged (
        line INTEGER PRIMARY KEY,
        reference TEXT NOT NULL,
        identifier BLOB,
        category TEXT NOT NULL,
        handling TEXT NOT NULL,
        summary TEXT NOT NULL,
        contact TEXT NOT NULL,
        first_seen_ms INTEGER NOT NULL,
        last_seen_ms INTEGER NOT NULL,
        release_to TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE form (
        line INTEGER NOT NULL, identifier BLOB NOT NULL, form BLOB NOT NULL
    ) STRICT""",
)


@dataclass(slots=True)
class Stage:
    """The staged rows of one dataset.

    Attributes:
        path: their file.
        connection: its database, in autocommit mode.
        at: up to where the source was read, and everything before it is here.
        ended: whether it was read to its end.
        counts: what was read up to there.
        wanted: whether the file is kept when it is closed.
    """

    path: Path
    connection: sqlite3.Connection = field(repr=False)
    at: Position
    ended: bool
    counts: Counts
    wanted: bool = True

    def add(self, batch: Normalised, at: Position | None) -> None:
        """Take a batch in.

        Args:
            batch: the rows.
            at: up to where they reach; None where one could not go on from there.
        """
        self.counts.add(batch)
        with transaction(self.connection):
            self.connection.executemany(
                "INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", batch.staged
            )
            self.connection.executemany("INSERT INTO form VALUES (?, ?, ?)", batch.forms)
            if at is not None:
                self._keep(at, ended=False)

    def end(self, at: Position, *, last_counts: bool) -> None:
        """Note that the source was read to its end, and leave one row for each reference.

        Args:
            at: up to where it was read.
            last_counts: whether of several rows with one reference the last one counts, as where a
                source has a cursor. Otherwise nobody could say which is meant: the first one is
                kept, and the others are refused.
        """
        with transaction(self.connection):
            self.connection.execute(
                "CREATE INDEX IF NOT EXISTS staged_by_reference ON staged (reference, line)"
            )
            self.connection.execute("DROP TABLE IF EXISTS again")
            self.connection.execute("CREATE TABLE again (line INTEGER PRIMARY KEY) STRICT")
            beside = "lead" if last_counts else "lag"
            self.connection.execute(
                "INSERT INTO again SELECT line FROM (SELECT line, reference,"  # noqa: S608 -- one of two words of ours
                f" {beside}(reference) OVER (ORDER BY reference, line) AS beside FROM staged)"
                " WHERE reference = beside"
            )
            if not last_counts:
                for (line,) in self.connection.execute("SELECT line FROM again ORDER BY line"):
                    self.counts.refuse(line, "reference-twice")
            for table in ("staged", "form"):
                self.connection.execute(f"DELETE FROM {table} WHERE line IN again")  # noqa: S608 -- one of two words of ours
            self.connection.execute(
                "CREATE INDEX IF NOT EXISTS form_by_identifier ON form (identifier, form)"
            )
            self._keep(at, ended=True)

    def forget(self) -> None:
        """Forget all rows: the import is over. Its file goes when it is closed."""
        self.wanted = False

    def _keep(self, at: Position, *, ended: bool) -> None:
        self.connection.execute(
            "UPDATE progress SET line = ?, mark = ?, ended = ?, counts = ?",
            (at.line, at.mark, ended, self.counts.to_json()),
        )
        self.at, self.ended = at, ended


@contextmanager
def staged(home: Path, dataset: str, identity: bytes, *, anew: bool) -> Iterator[Stage]:
    """Open what an import that broke off has read of the same source, or begin.

    Args:
        home: the data directory.
        dataset: the name of the dataset.
        identity: what is read and how, as `Importer.identity` says.
        anew: whether to begin in any case.

    Raises:
        BusyError: if another import of that dataset is under way.
        ConfigError: if others may use the directory.
        StorageError: if the disk fails.
    """
    directory = home / DIRECTORY
    make_private_directory(directory)
    path = directory / STAGE.database.format(dataset=dataset)
    with DirectoryLock(directory, f"{dataset}.lock"):
        stage = None if anew else _open(path, identity)
        if stage is None:
            stage = _begin(path, identity)
        # What SQLite sorts and has no room for in memory must not go to a directory of everybody's.
        place = str(directory).replace("'", "''")
        stage.connection.execute(f"PRAGMA temp_store_directory = '{place}'")
        try:
            yield stage
        finally:
            stage.connection.close()
            if not stage.wanted:
                _unlink(path)


def unfinished(home: Path) -> list[str]:
    """List the datasets of which an import broke off: its rows are still there."""
    return sorted(path.stem for path in (home / DIRECTORY).glob("*.db"))


def _open(path: Path, identity: bytes) -> Stage | None:
    if not path.exists():
        return None
    try:
        connection = _connect(path, create=False)
    except (ConfigError, StorageError):
        # Nothing is lost with it but time.
        return None
    row = None
    with contextlib.suppress(sqlite3.Error):
        row = connection.execute(
            "SELECT line, mark, ended, counts FROM progress WHERE identity = ?", (identity,)
        ).fetchone()
    if row is None:
        connection.close()
        return None
    line, mark, ended, counts = row
    with transaction(connection):
        # Rows behind the last place from which one can go on are read again.
        connection.execute("DELETE FROM form WHERE line > ?", (line,))
        connection.execute("DELETE FROM staged WHERE line > ?", (line,))
    return Stage(path, connection, Position(line, mark), bool(ended), Counts.from_json(counts))


def _begin(path: Path, identity: bytes) -> Stage:
    _unlink(path)
    connection = _connect(path, create=True)
    counts = Counts()
    with transaction(connection):
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute(
            "INSERT INTO progress VALUES (1, ?, 0, '', 0, ?)", (identity, counts.to_json())
        )
    return Stage(path, connection, START, ended=False, counts=counts)


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    connection = open_database(
        path,
        application_id=STAGE.application_id,
        user_version=STAGE.user_version,
        create=create,
        checked=False,
    )
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    # What is deleted here is deleted with its file soon.
    connection.execute("PRAGMA secure_delete = off")
    return connection


def _unlink(path: Path) -> None:
    for suffix in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{path}{suffix}")  # noqa: PTH108 -- SQLite's names are the path's and a suffix
