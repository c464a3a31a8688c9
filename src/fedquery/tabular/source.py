"""Open a file of data so that it is what it seems: a regular file, no link, the same to its end."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from fedquery.tabular.fault import FileError

FILE_CAP: Final = 4 * 2**30  # octets
# Of no file that is read here does the form show later than this.
BEGINNING: Final = 16  # octets


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is being read.

    Attributes:
        file: its octets, from the first.
        beginning: the first few, which tell many forms apart.
        status: what the system said of it when it was opened.
    """

    file: BinaryIO = field(repr=False)
    beginning: bytes = field(repr=False)
    status: os.stat_result = field(repr=False)

    def require_unchanged(self) -> None:
        """Have it be what was opened, once it was read.

        Raises:
            FileError: if somebody has written to it meanwhile.
        """
        now = os.fstat(self.file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self.status.st_size, self.status.st_mtime_ns):
            raise FileError(
                "the file was changed while it was read",
                do="Wait until it is written to the end, then try again.",
            )


@contextmanager
def source(path: Path) -> Iterator[Source]:
    """Open a regular file of up to 4 GiB.

    Args:
        path: the file; a link is not followed and a pipe is not waited for.

    Raises:
        FileError: if it is none, cannot be opened, is empty or too large.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        raise FileError(
            "the file cannot be opened, or is a link",
            do="Give the path of a regular file that you may read.",
        ) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise FileError("this is no regular file", do="Give the path of a regular file.")
    with os.fdopen(descriptor, "rb") as file:
        if not 0 < status.st_size <= FILE_CAP:
            raise FileError("the file is empty, or larger than 4 GiB")
        beginning = file.read(BEGINNING)
        file.seek(0)
        yield Source(file, beginning, status)
