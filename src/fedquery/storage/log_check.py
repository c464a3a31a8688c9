"""Check a stored log against itself: entries against tiles, tiles against what was signed."""

import sqlite3

from fedquery.errors import ConsistencyError, EncodingError
from fedquery.storage.log import LogStore
from fedquery.storage.snapshot import snapshot
from fedquery.tlog.append import grow
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint, open_checkpoint
from fedquery.tlog.note import VerifierKey, split_note
from fedquery.tlog.tile import TILE_WIDTH, Tile
from fedquery.tlog.tree import HASH_SIZE

_DO = "Stop serving, keep the data directory as it is, and call the other parties."


def verify(store: LogStore, connection: sqlite3.Connection, key: VerifierKey | None = None) -> int:
    """Compute every tile from the entries anew, and compare tiles and every signed root.

    Args:
        store: the log.
        connection: reads one snapshot, also while others write.
        key: the key of the log; without it, the signatures are not verified.

    Returns:
        The number of entries.

    Raises:
        ConsistencyError: if an entry, a tile or a checkpoint does not fit the others.
        SignatureError: if a checkpoint is not signed by the key.
        StorageError: if something of the log cannot be read.
    """
    with snapshot(connection):
        size = store.size(connection)
        _verify_tiles(store, connection, size)
        _verify_checkpoints(store, connection, size, key)
    return size


def _verify_tiles(store: LogStore, connection: sqlite3.Connection, size: int) -> None:
    if connection.execute("SELECT count(*) FROM log_entry").fetchone() != (size,):
        raise _unfit("entries are missing from the log")
    # Only the rightmost tile of each level is kept; those that became full are compared and let go.
    growing: dict[tuple[int, int], bytes] = {}

    def read_growing(tile: Tile) -> bytes:
        return growing[tile.level, tile.index]

    compared = 0
    for lo in range(0, size, TILE_WIDTH):
        entries = store.entries(connection, lo, min(lo + TILE_WIDTH, size))
        growing.update(grow(lo, entries, read_growing).tiles)
        full = [place for place, octets in growing.items() if len(octets) == TILE_WIDTH * HASH_SIZE]
        for place in full:
            _compare(connection, place, growing.pop(place))
        compared += len(full)
    for place, octets in growing.items():
        _compare(connection, place, octets)
    compared += len(growing)
    if connection.execute("SELECT count(*) FROM log_tile").fetchone() != (compared,):
        raise _unfit("the log has tiles that no entries make")


def _compare(connection: sqlite3.Connection, place: tuple[int, int], computed: bytes) -> None:
    row = connection.execute(
        "SELECT hashes FROM log_tile WHERE level = ? AND position = ?", place
    ).fetchone()
    stored = b"" if row is None else row[0]
    if stored == computed:
        return
    level, index = place
    width = max(len(stored), len(computed)) // HASH_SIZE
    first = next(
        i
        for i in range(width)
        if stored[i * HASH_SIZE : (i + 1) * HASH_SIZE]
        != computed[i * HASH_SIZE : (i + 1) * HASH_SIZE]
    )
    first_entry = (index * TILE_WIDTH + first) * TILE_WIDTH**level
    raise _unfit(f"the log does not fit itself from entry {first_entry} on")


def _verify_checkpoints(
    store: LogStore, connection: sqlite3.Connection, size: int, key: VerifierKey | None
) -> None:
    signed: Checkpoint | None = None
    for (note,) in connection.execute("SELECT note FROM log_checkpoint ORDER BY size"):
        try:
            signed = (
                Checkpoint.parse(split_note(note, CHECKPOINT_CAP)[0])
                if key is None
                else open_checkpoint(note, key).checkpoint
            )
        except EncodingError:
            raise _unfit("a stored checkpoint is damaged") from None
        if (
            signed.origin != store.origin
            or signed.size > size
            or signed.root != store.root(connection, signed.size)
        ):
            raise _unfit(f"the log is not the one that was signed at size {signed.size}")
    head = store.head(connection)
    if head.size > 0 and head != signed:
        raise _unfit("the newest checkpoint is not the one that was signed last")


def _unfit(what: str) -> ConsistencyError:
    return ConsistencyError(what, do=_DO)
