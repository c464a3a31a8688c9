"""A log that went back or forked: the evidence is kept, and its service serves no more.

A log key signs one history. Where a checkpoint turns up that the key has signed and that the log is
not an extension of, the database was put back to an older state, or two services sign with one key.
Either way what this log says from now on contradicts what others have, and whoever would go on
answering would only make it worse. The way out is an operator's (docs/operating.md).
"""

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import make_private_directory
from fedquery.errors import ConsistencyError, EncodingError, StorageError
from fedquery.storage.log import LogStore
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.note import split_note

DIRECTORY: Final = "log-forked"
MENDED: Final = "log-mended"
SHOWN: Final = "shown.note"
OWN: Final = "own.note"
_MOST: Final = 1_000


class LogForkedError(ConsistencyError):
    """The log of this service is not an extension of what its own key has signed before."""

    slug = "log-forked"
    default_do = (
        "Keep this directory as it is and tell the other nations; docs/operating.md, A log that"
        " went back, says how it comes to serve again."
    )


def require_one_history(path: Path, connection: sqlite3.Connection) -> None:
    """Require that no evidence against the log of a data directory is kept in it.

    Raises:
        LogForkedError: if there is some, in the directory or in the database. Either is enough: a
            database that is put back once more has forgotten it.
    """
    row = connection.execute("SELECT 1 FROM log_forked").fetchone()
    if row is not None or (path / DIRECTORY).exists():
        raise LogForkedError(
            f"{path / DIRECTORY}: the log went back or forked: its own key has signed a checkpoint"
            " that it does not extend"
        )


def put_aside_if_mended(path: Path, log: LogStore, connection: sqlite3.Connection) -> bool:
    """Put the evidence aside where the log extends both of its checkpoints again.

    So it does after the newer database, which an older copy had replaced, was put back, if nothing
    was signed meanwhile. A log that extends all that is known of it is one history.

    Args:
        path: the data directory.
        log: the log.
        connection: its database, which has not been shown the evidence itself.

    Returns:
        Whether there was evidence and it is put aside now.

    Raises:
        StorageError: if the evidence cannot be read or moved.
    """
    directory = path / DIRECTORY
    if not directory.exists() or connection.execute("SELECT 1 FROM log_forked").fetchone():
        return False
    try:
        notes = [(directory / name).read_bytes() for name in (SHOWN, OWN)]
        known = [Checkpoint.parse(split_note(note, CHECKPOINT_CAP)[0]) for note in notes if note]
        if any(one.size > log.size(connection) for one in known):
            return False
        if any(one.root != log.root(connection, one.size) for one in known):
            return False
        directory.rename(_free_name(path, log.size(connection)))
    except (OSError, EncodingError):
        raise StorageError("the evidence cannot be read or moved") from None
    return True


def _free_name(path: Path, size: int) -> Path:
    """Find a name that is free: a log may be mended twice at one size."""
    names = (f"{MENDED}-{size}", *(f"{MENDED}-{size}-{number}" for number in range(2, _MOST)))
    free = next((name for name in names if not (path / name).exists()), None)
    if free is None:
        raise StorageError(
            "there is no free name for the evidence",
            do=f"Move the directories {MENDED}-* to where they are kept, outside of this one.",
        )
    return path / free


def keep_evidence(
    path: Path, connection: sqlite3.Connection, shown: bytes, own: bytes, now_ms: int
) -> None:
    """Keep the two checkpoints, in the directory and in the caller's transaction.

    The first evidence stays; more of it changes nothing.

    Args:
        path: the data directory.
        connection: inside a transaction that writes.
        shown: the checkpoint that the log does not extend, with its cosignatures.
        own: the newest checkpoint of the log as it is.
        now_ms: the time.

    Raises:
        StorageError: if the directory cannot be written.
    """
    # The files first: they outlive a database that is put back, and are enough by themselves.
    _write(path, shown, own)
    connection.execute("INSERT OR IGNORE INTO log_forked VALUES (1, ?, ?, ?)", (shown, own, now_ms))


def _write(path: Path, shown: bytes, own: bytes) -> None:
    beside = path / f".{DIRECTORY}.new"
    if (path / DIRECTORY).exists():
        return
    try:
        shutil.rmtree(beside, ignore_errors=True)
        make_private_directory(beside)
        for name, octets in ((SHOWN, shown), (OWN, own)):
            _write_durably(beside / name, octets)
        beside.replace(path / DIRECTORY)
        _sync_directory(path)
    except OSError:
        raise StorageError("the evidence cannot be written") from None


def _write_durably(path: Path, octets: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
