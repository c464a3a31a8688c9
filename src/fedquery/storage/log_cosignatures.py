"""The cosignatures of a log's own checkpoints, kept beside them in the log's database.

A line is added after its checkpoint was signed, so it cannot stand in the checkpoint's own row,
which never changes. Whoever adds a line has verified it; whoever reads a note verifies it again.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final

from fedquery.errors import StorageError
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.note import NoteSignature, signature_line, split_note

_RECENT: Final = 8


def add(
    connection: sqlite3.Connection, checkpoint: Checkpoint, lines: Iterable[NoteSignature]
) -> int:
    """Keep verified lines of a checkpoint, in the caller's transaction.

    Args:
        connection: inside a transaction that writes.
        checkpoint: one that the log of this database has signed.
        lines: verified cosignatures of it; the first one of a key stays.

    Returns:
        How many keys have cosigned it that had not before.

    Raises:
        StorageError: if the log has not signed this checkpoint.
        ValueError: outside a transaction.
    """
    if not connection.in_transaction:
        raise ValueError("a log changes inside a transaction of its caller")
    size = checkpoint.size
    note = _note(connection, size)
    if note is None or split_note(note, CHECKPOINT_CAP)[0] != checkpoint.format():
        raise StorageError("the log has not signed this checkpoint")
    before = _count(connection, size)
    connection.executemany(
        "INSERT OR IGNORE INTO log_cosignature VALUES (?, ?, ?, ?)",
        [
            (size, one.name, one.key_id, signature_line(one.name, one.key_id, one.signature))
            for one in lines
        ],
    )
    return _count(connection, size) - before


def with_lines(connection: sqlite3.Connection, size: int) -> bytes:
    """Give the checkpoint that was signed at a size, with the cosignatures that are held.

    Raises:
        StorageError: if none was signed at that size.
    """
    note = _note(connection, size)
    if note is None:
        raise StorageError("the log has signed no checkpoint of this size")
    lines = connection.execute(
        "SELECT line FROM log_cosignature WHERE size = ? ORDER BY witness, key_id", (size,)
    )
    return note + b"".join(line for (line,) in lines)


def cosigned(
    connection: sqlite3.Connection,
    *,
    at_least: int = 1,
    by: Collection[CosignatureKey] | None = None,
) -> Iterator[tuple[Checkpoint, bytes]]:
    """Give the checkpoints that were cosigned, the newest first, each with all of its lines.

    Args:
        connection: reads one snapshot.
        at_least: by how many keys, 1 or more.
        by: the keys that count, or None for all. Where keys were replaced, years of lines by the
            old ones are passed over here, and none of them has to be verified.
    """
    counted = "" if by is None else f" WHERE (witness, key_id) IN (VALUES {_places(len(by))})"
    named = [value for key in by or () for value in (key.name, key.key_id)]
    if by is not None and not by:
        return
    sizes = connection.execute(
        f"SELECT size FROM log_cosignature{counted}"  # noqa: S608 -- question marks alone are put in
        " GROUP BY size HAVING count(*) >= ? ORDER BY size DESC",
        (*named, at_least),
    )
    for (size,) in sizes:
        note = with_lines(connection, size)
        yield Checkpoint.parse(split_note(note, CHECKPOINT_CAP)[0]), note


def _places(count: int) -> str:
    return ", ".join(["(?, ?)"] * count)


def best(connection: sqlite3.Connection) -> tuple[Checkpoint, bytes] | None:
    """Give the newest of those that most keys have cosigned, among the last few; None for none.

    Witnesses sign one after the other: the very newest may have one line, and no quorum yet.
    """
    recent = islice(cosigned(connection), _RECENT)
    # Of several that are as good, the first, which is the newest.
    return max(recent, key=lambda one: _count(connection, one[0].size), default=None)


def _note(connection: sqlite3.Connection, size: int) -> bytes | None:
    row = connection.execute("SELECT note FROM log_checkpoint WHERE size = ?", (size,)).fetchone()
    return None if row is None else bytes(row[0])


def _count(connection: sqlite3.Connection, size: int) -> int:
    row = connection.execute(
        "SELECT count(*) FROM log_cosignature WHERE size = ?", (size,)
    ).fetchone()
    return int(row[0])
