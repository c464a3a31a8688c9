"""Where the index of a version lies, and how it is laid out.

    index/<dataset>/<version>/<view>.tags     2^prefix_bits buckets of 8 * capacity octets
    index/<dataset>/<version>/<view>.tree     the hashes of the tree over them, leaves first
    index/<dataset>/<version>/<view>.claims   rows of tag (8), subject (8), claim hash (32), by tag
    index/<dataset>/<version>/logged          empty; there once the version stands in the log

A version is written into a directory beside, made durable and renamed, so that a name stands for a
whole index or for none. The files never change afterwards.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

TAG = 8
SUBJECT = 8
CLAIM_HASH = 32
CLAIM_ROW = TAG + SUBJECT + CLAIM_HASH
HASH = 32
_UNFINISHED = ".unfinished"
_LOGGED = "logged"
_FLUSHED_AT_ONCE: Final = 32 * 2**20


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """The files of one version of one dataset.

    Attributes:
        directory: where they lie.
    """

    directory: Path

    @classmethod
    def of(cls, home: Path, dataset: str, version: int) -> "VersionFiles":
        """Say where the index of a version lies below a data directory."""
        return cls(home / "index" / dataset / str(version))

    @classmethod
    def all_of(cls, home: Path) -> Iterator[tuple["VersionFiles", str, int]]:
        """Give the indexes below a data directory, each with its dataset and version."""
        for directory in (home / "index").glob("*/*"):
            if directory.name.isdecimal():
                yield cls(directory), directory.parent.name, int(directory.name)

    def tags(self, view_id: str) -> Path:
        """Say where the buckets of a view lie."""
        return self.directory / f"{view_id}.tags"

    def tree(self, view_id: str) -> Path:
        """Say where the hashes of a view's tree lie."""
        return self.directory / f"{view_id}.tree"

    def claims(self, view_id: str) -> Path:
        """Say where the claim rows of a view lie."""
        return self.directory / f"{view_id}.claims"

    def begin(self) -> "VersionFiles":
        """Make the directory beside, empty; what a crash left of it is removed.

        Raises:
            OSError: if it cannot be made.
        """
        beside = self._beside
        self.remove_unfinished()
        beside.mkdir(mode=0o700, parents=True)
        return VersionFiles(beside)

    def finish(self, beside: "VersionFiles") -> None:
        """Give a directory made by `begin` its name, durably.

        An index of that name that no publication names, left by a crash, gives way.

        Raises:
            OSError: if it cannot be renamed.
        """
        sync_directory(beside.directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        beside.directory.rename(self.directory)
        sync_directory(self.directory.parent)

    @property
    def is_logged(self) -> bool:
        """Say whether the version was published, by whatever database."""
        return (self.directory / _LOGGED).exists()

    def mark_logged(self) -> None:
        """Note, durably, that the version stands in the log.

        Raises:
            OSError: if the disk fails.
        """
        (self.directory / _LOGGED).touch(mode=0o600)
        sync_directory(self.directory)

    def give_up(self) -> None:
        """Remove a directory made by `begin`, and with it the room that it takes."""
        shutil.rmtree(self.directory, ignore_errors=True)

    def remove_buckets(self) -> None:
        """Remove what only a served version needs; claims are kept for their window."""
        for path in (*self.directory.glob("*.tags"), *self.directory.glob("*.tree")):
            path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the whole version."""
        shutil.rmtree(self.directory, ignore_errors=True)

    def remove_unfinished(self) -> None:
        """Remove what a crash left of a directory made by `begin`."""
        shutil.rmtree(self._beside, ignore_errors=True)

    @property
    def _beside(self) -> Path:
        return self.directory.with_name(self.directory.name + _UNFINISHED)


class DurableFile:
    """A new file that survives a power cut once its block is left.

    It is flushed as it grows: a disk that is given half a gigabyte at once keeps the log's commits,
    and with them the answers, waiting until it has written that.

    Args:
        path: the file, which does not exist.

    Raises:
        OSError: if it exists or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb")
        self._unflushed = 0

    def write(self, octets: bytes) -> None:
        """Write octets at its end."""
        self._file.write(octets)
        self._unflushed += len(octets)
        if self._unflushed >= _FLUSHED_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._unflushed = 0

    def __enter__(self) -> Self:
        """Write within a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Make it durable, unless writing has failed."""
        with self._file:
            if error is None:
                self._flush()


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable.

    Raises:
        OSError: if the disk fails.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
