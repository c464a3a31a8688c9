"""A log in the database of a node, a coordinator or an asker, whose service may be running."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from fedquery.errors import InputError, LogFaultError, StorageError
from fedquery.storage import log_cosignatures, log_policies
from fedquery.storage.log import LogStore
from fedquery.storage.log_directory import CHECKPOINT
from fedquery.storage.snapshot import snapshot
from fedquery.tlog.bundle import Bundle
from fedquery.tlog.tile import TILE_WIDTH, Tile, bundle_path

DATABASES: Final = ("node.db", "coordinator.db", "asker.db")
# SQLITE_CORRUPT and SQLITE_NOTADB: the file itself is wrong, and not the disk or another process.
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def open_database_log(path: Path) -> Iterator["LogDatabase"]:
    """Open the log of a database, or of the data directory that it is in; see `open_log`."""
    database = _database_of(path)
    # Read-only, so that neither this program nor a mistake of it changes a node's records.
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN DEFERRED")
            row = connection.execute("SELECT origin, size, root FROM log_head").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_ERROR:
                raise _no_log_in(database) from None
            # Also a read-only medium: readers of a write-ahead log write beside the database.
            raise StorageError(
                f"{database.name} cannot be opened to be read",
                do="Read it as its owner; from a read-only medium, copy it with its -wal file.",
            ) from None
        except sqlite3.DatabaseError:
            raise _no_log_in(database) from None
        if row is None:
            raise InputError(f"{database.name} holds no log")
        with snapshot(connection):
            yield LogDatabase(database, LogStore(row[0]), connection)


def _no_log_in(database: Path) -> InputError:
    return InputError(
        f"{database.name} is not a database with a log that this release reads",
        do="Name a node's, a coordinator's or an agency's data directory.",
    )


def _database_of(path: Path) -> Path:
    if not path.is_dir():
        if not path.exists():
            raise FileNotFoundError(path)
        if not path.is_file():
            raise InputError(f"{path} is neither a directory nor a database")
        return path
    found = [path / name for name in DATABASES if (path / name).is_file()]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{path} holds several databases", do="Name the database itself.")
    if (path / "tile").is_dir():
        raise InputError(
            f"{path} has tiles and no checkpoint: it is no whole export",
            do="Remove it and export the log again.",
        )
    raise InputError(
        f"{path} holds no log",
        do=f"An exported log has a file named {CHECKPOINT}; a data directory has one of "
        f"{', '.join(DATABASES)}.",
    )


class LogDatabase:
    """A log in a database.

    Args:
        path: the database.
        store: the log in it.
        connection: in a transaction that reads one state.
    """

    def __init__(self, path: Path, store: LogStore, connection: sqlite3.Connection) -> None:
        self.path = path
        self.store = store
        self.connection = connection
        with self._reading():
            latest = store.latest_checkpoint(connection)
        if latest is None:
            raise StorageError(
                "the log has signed no checkpoint yet", do="Its service signs one; try again then."
            )
        self._signed, self.note = latest

    def name_of(self, path: str) -> str:
        """Name the database, and in it what a path of plain files would be."""
        return f"{self.path.name}: {path}"

    def read_tile(self, tile: Tile) -> bytes:
        """Read a tile.

        Raises:
            LogFaultError: if it is missing, or the database is damaged.
        """
        first = (tile.index * TILE_WIDTH) << (8 * tile.level)
        with self._reading(tile.path(), first):
            return self.store.read_tile(self.connection, tile)

    def read_bundle(self, tile: Tile) -> Bundle:
        """Read the entries that a bundle would hold, up to the first that is missing.

        Raises:
            LogFaultError: if the database is damaged.
        """
        first = tile.index * TILE_WIDTH
        with self._reading(bundle_path(tile.index, tile.width), first):
            rows = self.connection.execute(
                "SELECT position, data FROM log_entry WHERE position >= ? AND position < ?"
                " ORDER BY position",
                (first, first + tile.width),
            ).fetchall()
        entries = [data for place, (position, data) in enumerate(rows, first) if position == place]
        return Bundle(entries, whole=len(entries) == tile.width)

    def read_policy(self, name: str) -> bytes | None:
        """Read a policy file or schema that the node keeps."""
        with self._reading(name):
            return log_policies.find(self.connection, bytes.fromhex(name.partition(".")[0]))

    def cosigned_note(self) -> bytes:
        """Give the newest of those that most witnesses have cosigned, among the last few."""
        with self._reading():
            best = log_cosignatures.best(self.connection)
        return self.note if best is None else best[1]

    def older_notes(self) -> list[bytes]:
        """Give all that were signed before the newest."""
        with self._reading():
            rows = self.connection.execute("SELECT note FROM log_checkpoint ORDER BY size")
            return [row[0] for row in rows][:-1]

    def signed_ms(self) -> int:
        """Say when the newest checkpoint was signed, by the service's own clock."""
        with self._reading():
            row = self.connection.execute(
                "SELECT created_ms FROM log_checkpoint ORDER BY size DESC LIMIT 1"
            ).fetchone()
        return int(row[0])

    def unsigned(self) -> int:
        """Count the entries behind the newest checkpoint."""
        with self._reading():
            return self.store.size(self.connection) - self._signed.size

    def require_policies(self, named: Mapping[str, bytes]) -> None:
        """Require that the policy files that the log names are those of their digests.

        Raises:
            LogFaultError: for the first that is not.
        """
        for name, digest in named.items():
            octets = self.read_policy(name)
            if octets is not None:
                log_policies.require_digest(octets, digest, self.name_of(name))

    def require_nothing_else(self, size: int) -> None:
        """Require that the newest checkpoint is the tree that was signed last.

        Raises:
            LogFaultError: if it is not.
        """
        with self._reading():
            head = self.store.head(self.connection)
        if size and head != self._signed:
            raise LogFaultError(
                "it is not the tree that was signed last", file=self.name_of(CHECKPOINT)
            )

    @contextmanager
    def _reading(self, path: str = "", index: int | None = None) -> Iterator[None]:
        name = self.name_of(path) if path else self.path.name
        try:
            yield
        except StorageError as error:
            raise LogFaultError(error.what, file=name, index=index) from None
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _DAMAGED:
                raise
            raise LogFaultError("the database is damaged", file=name, index=index) from None
