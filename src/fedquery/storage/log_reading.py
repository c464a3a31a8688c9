"""Read the entries of a log without its keys: from an exported directory, or from a database.

What is read is the tree that was signed, or it is refused: all hashes are computed from the
entries. Whether the signature is the log's own is for whoever has its key.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from fedquery.errors import ConsistencyError, InputError, StorageError
from fedquery.storage.log import LogStore
from fedquery.storage.snapshot import snapshot
from fedquery.tlog import append as tiles
from fedquery.tlog.bundle import MAX_ENTRY_SIZE, decode_bundle
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.note import split_note
from fedquery.tlog.tile import TILE_WIDTH, Tile, bundle_path

_BUNDLE_CAP = TILE_WIDTH * (MAX_ENTRY_SIZE + 2)


def read_log(path: Path) -> Iterator[bytes]:
    """Read all entries that were signed, in order; nothing of them means anything before the end.

    Args:
        path: a directory as `log_export.export` writes it, or the database of a node.

    Raises:
        ConsistencyError: at the end, if the entries are not those that were signed.
        InputError: if it is no log.
        StorageError: if it cannot be read.
    """
    return _of_directory(path) if path.is_dir() else _of_database(path)


class _Growing:
    """The tree of the entries that were read so far."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._size = 0

    def add(self, entries: list[bytes]) -> None:
        grown = tiles.grow(self._size, entries, self._read)
        self._tiles.update(grown.tiles)
        self._size = grown.size

    def require(self, signed: Checkpoint) -> None:
        if self._size != signed.size or tiles.root(self._size, self._read) != signed.root:
            raise ConsistencyError(
                "the entries are not those that the log signed", do="Have it exported anew."
            )

    def _read(self, tile: Tile) -> bytes:
        return self._tiles[tile.level, tile.index][: tile.octets]


def _of_directory(directory: Path) -> Iterator[bytes]:
    try:
        note = _read_capped(directory / "checkpoint", CHECKPOINT_CAP)
        signed = Checkpoint.parse(split_note(note, CHECKPOINT_CAP)[0])
    except FileNotFoundError:
        raise InputError(
            "the directory is not an exported log", do="It has a file named checkpoint."
        ) from None
    growing = _Growing()
    for first in range(0, signed.size, TILE_WIDTH):
        width = min(TILE_WIDTH, signed.size - first)
        path = directory / bundle_path(first // TILE_WIDTH, width)
        entries = decode_bundle(_read_capped(path, _BUNDLE_CAP), width)
        growing.add(entries)
        yield from entries
    growing.require(signed)


def _read_capped(path: Path, cap: int) -> bytes:
    with path.open("rb") as file:
        octets = file.read(cap + 1)
    if len(octets) > cap:
        raise InputError("a file of the log is too large")
    return octets


def _of_database(path: Path) -> Iterator[bytes]:
    if not path.is_file():
        raise FileNotFoundError(path)
    # Read-only, so that neither this program nor a mistake of it changes a node's records.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.isolation_level = None
        try:
            with snapshot(connection):
                yield from _of_snapshot(connection)
        except sqlite3.DatabaseError:
            raise InputError("this is not a database with a log") from None


def _of_snapshot(connection: sqlite3.Connection) -> Iterator[bytes]:
    row = connection.execute("SELECT origin FROM log_head").fetchone()
    if row is None:
        raise StorageError("the database holds no log")
    store = LogStore(row[0])
    signed = store.head(connection)
    growing = _Growing()
    for first in range(0, signed.size, TILE_WIDTH):
        entries = store.entries(connection, first, min(first + TILE_WIDTH, signed.size))
        growing.add(entries)
        yield from entries
    growing.require(signed)
