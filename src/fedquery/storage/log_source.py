"""A log that is open for reading, without its keys: an exported directory, or a database.

Nothing of what is read here is trusted: sizes are capped, symbolic links and pipes are not opened,
and whoever reads computes the tree anew (`tlog.stream`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from fedquery.errors import EncodingError, LogFaultError
from fedquery.storage.log_database import LogDatabase, open_database_log
from fedquery.storage.log_directory import CHECKPOINT, LogDirectory
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.note import split_note
from fedquery.tlog.stream import TreeSource, verified

__all__ = [
    "CHECKPOINT",
    "LogDatabase",
    "LogDirectory",
    "LogSource",
    "claimed",
    "open_database_log",
    "open_log",
    "read_entries",
]


class LogSource(TreeSource, Protocol):
    """A log to be read: as many entries as its checkpoint says, and the tiles of that size."""

    @property
    def path(self) -> Path:
        """Say where it lies."""

    @property
    def note(self) -> bytes:
        """Give the signed checkpoint."""

    def cosigned_note(self) -> bytes:
        """Give the newest checkpoint with cosignatures, or the newest where there is none."""

    def older_notes(self) -> list[bytes]:
        """Give the older checkpoints that are kept beside the newest, the smaller first."""

    def signed_ms(self) -> int:
        """Say when the newest checkpoint was signed, in milliseconds; 0 where that is not known."""

    def unsigned(self) -> int:
        """Count the entries behind the newest checkpoint, of which nothing is read."""

    def require_nothing_else(self, size: int) -> None:
        """Require that nothing lies beside a log of a size that does not belong to it."""

    def require_policies(self, named: Mapping[str, bytes]) -> None:
        """Require that policy files are those of their digests, and the log names each."""

    def read_policy(self, name: str) -> bytes | None:
        """Read a policy file or schema by the name that `log_policies` gives it, unchecked."""


def claimed(log: LogSource) -> Checkpoint:
    """Read what a log's checkpoint says, whoever signed it.

    Raises:
        LogFaultError: if it is no checkpoint, or of a log whose name would move a cursor.
    """
    try:
        signed = Checkpoint.parse(split_note(log.note, CHECKPOINT_CAP)[0])
    except EncodingError as error:
        raise LogFaultError(error.what, file=log.name_of(CHECKPOINT)) from None
    # It is printed before any signature was looked at, and no log of this system has such a name.
    if not (signed.origin.isascii() and signed.origin.isprintable()):
        raise LogFaultError("is of another system's log", file=log.name_of(CHECKPOINT))
    return signed


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
