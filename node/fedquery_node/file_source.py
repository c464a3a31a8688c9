"""Rows of a file that is a table: a header, and a row on each line."""

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from pathlib import Path

from fedquery.encoding.octets import lp
from fedquery.tabular import FileError, read_rows
from fedquery_node.config import Columns
from fedquery_node.import_source import Marked, Position


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file as it is when it is looked at first.

    Attributes:
        path: the file.
        columns: the names of its columns.
        seen: device, number, size and times of the file.
    """

    path: Path = field(repr=False)
    columns: Columns = field(repr=False)
    seen: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, path: Path, columns: Columns) -> "FileSource":
        """Look at a file.

        Raises:
            FileError: if there is none.
        """
        return cls(path, columns, _look(path))

    @property
    def identity(self) -> bytes:
        """Give a digest of which file it is; one that was written to is another."""
        parts = (str(self.path.resolve()), *map(str, self.seen))
        return hashlib.sha256(b"".join(lp(part.encode()) for part in parts)).digest()

    @property
    def lasting(self) -> bool:
        """Say whether rows that were read are as good later: the file is the same."""
        return True

    @property
    def marked(self) -> bool:
        """Say whether its rows have a cursor: they have none."""
        return False

    def rows(self, after: Position) -> Iterator[Marked]:
        """Read the rows behind a line; those before it are passed over.

        Raises:
            FileError: if the file is unusable, or was changed while it was read.
        """
        required = (self.columns.identifier, self.columns.reference)
        for line in read_rows(self.path, required, astuple(self.columns)):
            if line.number > after.line:
                yield line, ""
        if _look(self.path) != self.seen:
            raise FileError(
                "the file was changed while it was read",
                do="Wait until it is written to the end, then import it again.",
            )


def _look(path: Path) -> tuple[int, ...]:
    try:
        status = path.lstat()
    except (OSError, ValueError):
        raise FileError("the file cannot be opened, or is a link") from None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
