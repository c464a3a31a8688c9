"""A log that is open for reading, without its keys: an exported directory, or a database.

Nothing of what is read here is trusted: sizes are capped, symbolic links and pipes are not opened,
and whoever reads computes the tree anew (`tlog.stream`).
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

from fedquery.errors import EncodingError, InputError, LogFaultError, StorageError
from fedquery.storage import log_policies
from fedquery.storage.log import LogStore
from fedquery.storage.snapshot import snapshot
from fedquery.tlog.bundle import MAX_ENTRY_SIZE, Bundle, split_bundle
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.note import split_note
from fedquery.tlog.stream import TreeSource, verified
from fedquery.tlog.tile import TILE_WIDTH, Tile, bundle_path, parse_bundle_path, tile_in

CHECKPOINT: Final = "checkpoint"
DATABASES: Final = ("node.db", "coordinator.db", "asker.db")
_BUNDLE_CAP: Final = TILE_WIDTH * (MAX_ENTRY_SIZE + 2)
# SQLITE_CORRUPT and SQLITE_NOTADB: the file itself is wrong, and not the disk or another process.
_SHOWN: Final = 80
_DEEPEST: Final = 16
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class LogSource(TreeSource, Protocol):
    """A log to be read: as many entries as its checkpoint says, and the tiles of that size."""

    @property
    def path(self) -> Path:
        """Say where it lies."""

    @property
    def note(self) -> bytes:
        """Give the signed checkpoint."""

    def require_nothing_else(self, size: int) -> None:
        """Require that nothing lies beside a log of a size that does not belong to it."""

    def read_policy(self, name: str) -> bytes | None:
        """Read a policy file or schema by the name that `log_policies` gives it, unchecked."""


def claimed(log: LogSource) -> Checkpoint:
    """Read what a log's checkpoint says, whoever signed it.

    Raises:
        LogFaultError: if it is no checkpoint.
    """
    try:
        return Checkpoint.parse(split_note(log.note, CHECKPOINT_CAP)[0])
    except EncodingError as error:
        raise LogFaultError(error.what, file=log.name_of(CHECKPOINT)) from None


def read_entries(log: LogSource) -> Iterator[bytes]:
    """Read all entries in order; nothing of them means anything before the end.

    Raises:
        LogFaultError: where the entries are not those of the tree that the checkpoint says.
    """
    for _, entries in verified(log, claimed(log)):
        yield from entries


@contextmanager
def open_log(path: Path) -> Iterator[LogSource]:
    """Open a log; it is only read, also while its service runs.

    Args:
        path: a directory as `log_export.export` writes it, a data directory with the database of a
            node, a coordinator or an asker, or such a database.

    Raises:
        InputError: if there is no log.
        LogFaultError: if the log is damaged, here or while it is read.
        FileNotFoundError: if there is nothing at the path.
        StorageError: if the log has signed nothing yet.
    """
    if (path / CHECKPOINT).is_file():
        yield LogDirectory(path)
        return
    with open_database_log(path) as log:
        yield log


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
        except sqlite3.DatabaseError:
            raise InputError(
                f"{database.name} is not a database with a log that this release reads",
                do="Name a node's, a coordinator's or an agency's data directory.",
            ) from None
        if row is None:
            raise InputError(f"{database.name} holds no log")
        with snapshot(connection):
            yield LogDatabase(database, LogStore(row[0]), connection)


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


class LogDirectory:
    """A log in plain files.

    Args:
        path: the directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.note = self._read(CHECKPOINT, CHECKPOINT_CAP)

    def name_of(self, path: str) -> str:
        """Name a file by its path in the directory."""
        return path

    def read_tile(self, tile: Tile) -> bytes:
        """Read a tile.

        Raises:
            LogFaultError: if it is missing or no regular file.
        """
        first = (tile.index * TILE_WIDTH) << (8 * tile.level)
        return self._read(tile.path(), tile.octets, first)

    def read_bundle(self, tile: Tile) -> Bundle:
        """Read a bundle.

        Raises:
            LogFaultError: if it is missing, too large, or no regular file.
        """
        path = bundle_path(tile.index, tile.width)
        return split_bundle(self._read(path, _BUNDLE_CAP, tile.index * TILE_WIDTH), tile.width)

    def read_policy(self, name: str) -> bytes | None:
        """Read a policy file or schema."""
        path = f"{log_policies.DIRECTORY}/{name}"
        if not (self.path / path).exists():
            return None
        return self._read(path, log_policies.CAP)

    def require_nothing_else(self, size: int) -> None:
        """Require that every file is one of a log of this size.

        Raises:
            LogFaultError: for the first that is none; directories without files are passed over.
        """
        waiting = [""]
        while waiting:
            below = waiting.pop()
            with os.scandir(self.path / below) as found:
                entries = sorted(found, key=lambda one: one.name)
            for entry in entries:
                name = f"{below}{entry.name}"
                if entry.is_dir(follow_symlinks=False) and name.count("/") <= _DEEPEST:
                    waiting.append(f"{name}/")
                elif not _belongs(name, size) or not entry.is_file(follow_symlinks=False):
                    raise LogFaultError(
                        f"does not belong to a log of {size:,} entries", file=_shown(name)
                    )

    def _read(self, name: str, cap: int, index: int | None = None) -> bytes:
        # A pipe is not waited for, and a link could lead out of the directory.
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            descriptor = os.open(self.path / name, flags)
        except OSError as error:
            what = os.strerror(error.errno or 0).lower()
            raise LogFaultError(f"cannot be read: {what}", file=name, index=index) from None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise LogFaultError("is not a regular file", file=name, index=index)
            octets = file.read(cap + 1)
        if len(octets) > cap:
            raise LogFaultError("is larger than it can be", file=name, index=index)
        return octets


def _belongs(name: str, size: int) -> bool:
    if name == CHECKPOINT or log_policies.NAME.fullmatch(name):
        return True
    try:
        tile = Tile.parse(name) if name[5:6].isdigit() else parse_bundle_path(name)
        return tile == tile_in(tile.level, tile.index, size)
    except (EncodingError, ValueError):
        return False


def _shown(name: str) -> str:
    """Show a name that anybody may have chosen."""
    return "".join(c if c.isprintable() else "?" for c in name[:_SHOWN])


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
        self.note = latest[1]

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

    def require_nothing_else(self, size: int) -> None:
        """Require nothing: a database has what its service needs beside the log."""

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
