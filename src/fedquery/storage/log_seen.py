"""A log as others have seen it: cosignatures that come back, and checkpoints that contradict it."""

import sqlite3
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from fedquery.errors import StorageError
from fedquery.storage import log_cosignatures, log_fork
from fedquery.storage.log import LogStore
from fedquery.tlog.add_checkpoint import NOTE_CAP
from fedquery.tlog.checkpoint import OpenedCheckpoint, open_checkpoint
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.note import VerifierKey


class Taken(Enum):
    """What came of a checkpoint that was handed to its own log."""

    NOTHING_NEW = auto()
    MORE_COSIGNED = auto()
    FORKED = auto()


@dataclass(frozen=True, slots=True)
class Handed:
    """A checkpoint of a log that was handed back to it.

    Attributes:
        note: the note, as it came.
        opened: the checkpoint, which the log's own key has signed, with verified cosignatures.
    """

    note: bytes = field(repr=False)
    opened: OpenedCheckpoint


def read_handed(note: bytes, key: VerifierKey, witnesses: tuple[CosignatureKey, ...]) -> Handed:
    """Open a checkpoint that was handed to its own log.

    Args:
        note: the note.
        key: the key of the log.
        witnesses: the keys of its witnesses; lines of others are passed over.

    Raises:
        EncodingError: if it is no checkpoint.
        SignatureError: if the log has not signed it, or the line of a witness is false.
    """
    return Handed(note, open_checkpoint(note, key, witnesses, cap=NOTE_CAP))


def take(
    log: LogStore, connection: sqlite3.Connection, home: Path, handed: Handed, *, now_ms: int
) -> Taken:
    """Keep the cosignatures of a checkpoint, or the evidence that the log does not extend it.

    Args:
        log: the log.
        connection: inside a transaction that writes, so that it sees all that was ever signed.
        home: the data directory.
        handed: the checkpoint.
        now_ms: the time.

    Raises:
        StorageError: if it cannot be kept.
    """
    checkpoint = handed.opened.checkpoint
    # What the key signed was committed before it left, so a log that is behind it went back.
    if checkpoint.size > log.size(connection) or checkpoint.root != log.root(
        connection, checkpoint.size
    ):
        latest = log.latest_checkpoint(connection)
        own = latest[1] if latest is not None else b""
        log_fork.keep_evidence(home, connection, handed.note, own, now_ms)
        return Taken.FORKED
    lines = [one for one in handed.opened.note.signatures if one.name != log.origin]
    try:
        added = log_cosignatures.add(connection, checkpoint, lines)
    except StorageError:
        # The tree is the same, but this log never signed it at that size: a second signer perhaps,
        # which has not forked yet. Its lines are not this log's.
        return Taken.NOTHING_NEW
    return Taken.MORE_COSIGNED if added else Taken.NOTHING_NEW
