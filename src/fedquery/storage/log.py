"""A log in SQLite: entries, tiles and checkpoints change together, in the caller's transaction.

When to sign a checkpoint is decided above. What is made sure here is that a log never signs two
checkpoints that are not one history.
"""

import sqlite3
from collections.abc import Sequence

from fedquery.errors import ConsistencyError, FedqueryError, StorageError
from fedquery.storage import log_schema
from fedquery.tlog import append as tiles
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint, sign_checkpoint
from fedquery.tlog.note import Signer, split_note
from fedquery.tlog.proofs import verify_consistency
from fedquery.tlog.tile import Tile, TileReader


class LogStore:
    """Keep one log in a database.

    Every method takes the connection, so that an entry and whatever it records are one transaction.
    Reads of a size are the same at any later time: the log only grows.

    Args:
        origin: the name of the log, which is also the name of its key.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def install(self, connection: sqlite3.Connection) -> None:
        """Make the tables where they are missing, in the caller's transaction.

        Raises:
            ConfigError: if the tables hold a log of another name.
        """
        log_schema.install(connection, self.origin)

    def size(self, connection: sqlite3.Connection) -> int:
        """Count the entries."""
        row = connection.execute("SELECT coalesce(max(position) + 1, 0) FROM log_entry").fetchone()
        return int(row[0])

    def append(
        self, connection: sqlite3.Connection, entries: Sequence[bytes]
    ) -> tuple[int, tuple[bytes, ...]]:
        """Append entries, in the caller's transaction.

        Args:
            connection: inside a transaction that writes.
            entries: of at most 65,535 bytes each.

        Returns:
            The place of the first of them, and their leaf hashes.

        Raises:
            StorageError: if the stored tiles do not fit the stored entries.
            ValueError: if an entry is too long.
        """
        _require_transaction(connection)
        grown = tiles.grow(self.size(connection), entries, self.reader(connection))
        connection.executemany(
            "INSERT INTO log_entry VALUES (?, ?)", enumerate(entries, grown.first_index)
        )
        connection.executemany(
            "INSERT INTO log_tile VALUES (?, ?, ?)"
            " ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes",
            [(level, index, hashes) for (level, index), hashes in grown.tiles.items()],
        )
        return grown.first_index, grown.leaf_hashes

    def sign_checkpoint(
        self, connection: sqlite3.Connection, signer: Signer, now_ms: int
    ) -> tuple[Checkpoint, bytes]:
        """Sign the tree as it is, in the caller's transaction; the note is used after its commit.

        Where nothing was appended since the last checkpoint, that one is given again.

        Args:
            connection: inside a transaction that writes.
            signer: the key of the log.
            now_ms: the time, in milliseconds since 1970.

        Returns:
            The checkpoint and the signed note.

        Raises:
            ConsistencyError: if the tree does not begin with the tree that was signed last.
            StorageError: if tiles are missing.
            ValueError: if the signer is not the log.
        """
        _require_transaction(connection)
        latest = self.latest_checkpoint(connection)
        signed = self.head(connection)
        size = self.size(connection)
        checkpoint = Checkpoint(self.origin, size, self.root(connection, size))
        proof = () if size < signed.size else self.consistency_proof(connection, signed.size, size)
        verify_consistency(signed.size, size, signed.root, checkpoint.root, proof)
        if latest is not None and signed.size == size:
            return latest
        note = sign_checkpoint(checkpoint, signer)
        if size:
            self._swap_head(connection, signed, checkpoint)
        connection.execute("INSERT INTO log_checkpoint VALUES (?, ?, ?)", (size, now_ms, note))
        return checkpoint, note

    def _swap_head(
        self, connection: sqlite3.Connection, signed: Checkpoint, new: Checkpoint
    ) -> None:
        # The head changes only from the one that was compared, whoever else writes to this file.
        swapped = connection.execute(
            "UPDATE log_head SET size = ?, root = ? WHERE size = ? AND root = ?",
            (new.size, new.root, signed.size, signed.root),
        )
        if swapped.rowcount != 1:
            raise ConsistencyError("another tree was signed meanwhile")

    def head(self, connection: sqlite3.Connection) -> Checkpoint:
        """Read the tree that was signed last; of size 0 before the first.

        Raises:
            StorageError: if the database does not hold this log.
        """
        row = connection.execute("SELECT origin, size, root FROM log_head").fetchone()
        if row is None or row[0] != self.origin:
            raise StorageError("the database does not hold this log")
        return Checkpoint(*row)

    def latest_checkpoint(self, connection: sqlite3.Connection) -> tuple[Checkpoint, bytes] | None:
        """Give the newest checkpoint and its note, or None before the first."""
        row = connection.execute(
            "SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1"
        ).fetchone()
        return None if row is None else (_checkpoint_of(row[0]), row[0])

    def read_tile(self, connection: sqlite3.Connection, tile: Tile) -> bytes:
        """Read the hashes of a tile; a partial tile is read out of what has grown since.

        Raises:
            StorageError: if the log has no such tile.
        """
        row = connection.execute(
            "SELECT hashes FROM log_tile WHERE level = ? AND position = ?", (tile.level, tile.index)
        ).fetchone()
        if row is None or len(row[0]) < tile.octets:
            raise StorageError("the log has no such tile")
        return bytes(row[0][: tile.octets])

    def reader(self, connection: sqlite3.Connection) -> TileReader:
        """Give a tile reader over a connection."""
        return lambda tile: self.read_tile(connection, tile)

    def entries(self, connection: sqlite3.Connection, lo: int, hi: int) -> list[bytes]:
        """Read the entries from lo up to, and without, hi.

        Raises:
            StorageError: if the log does not have all of them.
            ValueError: unless 0 <= lo <= hi.
        """
        if not 0 <= lo <= hi:
            raise ValueError("no such range of entries")
        rows = connection.execute(
            "SELECT data FROM log_entry WHERE position >= ? AND position < ? ORDER BY position",
            (lo, hi),
        ).fetchall()
        if len(rows) != hi - lo:
            raise StorageError("the log has no such entries")
        return [row[0] for row in rows]

    def root(self, connection: sqlite3.Connection, size: int) -> bytes:
        """Compute the root of the tree of a size, up to the newest.

        Raises:
            StorageError: if the log has not so many entries.
        """
        self._require_size(connection, size)
        return tiles.root(size, self.reader(connection))

    def inclusion_proof(
        self, connection: sqlite3.Connection, index: int, size: int
    ) -> tuple[bytes, ...]:
        """Prove that an entry is in the tree of a size.

        Raises:
            StorageError: if the log has not so many entries.
            ValueError: unless 0 <= index < size.
        """
        self._require_size(connection, size)
        return tiles.inclusion_proof(index, size, self.reader(connection))

    def consistency_proof(
        self, connection: sqlite3.Connection, old: int, new: int
    ) -> tuple[bytes, ...]:
        """Prove that the tree of the new size begins with the tree of the old size.

        Raises:
            StorageError: if the log has not so many entries.
            ValueError: unless 0 <= old <= new.
        """
        self._require_size(connection, new)
        return tiles.consistency_proof(old, new, self.reader(connection))

    def _require_size(self, connection: sqlite3.Connection, size: int) -> None:
        if not 0 <= size <= self.size(connection):
            raise StorageError("the log has not so many entries")


def _require_transaction(connection: sqlite3.Connection) -> None:
    if not connection.in_transaction:
        raise ValueError("a log changes inside a transaction of its caller")


def _checkpoint_of(note: bytes) -> Checkpoint:
    """Read the checkpoint of a note that the log itself stored."""
    try:
        body, _ = split_note(note, CHECKPOINT_CAP)
        return Checkpoint.parse(body)
    except FedqueryError:
        raise StorageError("a stored checkpoint is damaged") from None
