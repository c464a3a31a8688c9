"""Tell a full disk from other faults: it is the one that a person can make room for."""

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from typing import Final

from fedquery.errors import DiskFullError

# A quota of the file system is room that is spent as well.
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_PRIMARY: Final = 0xFF


def is_full(error: BaseException) -> bool:
    """Say whether an error of the database or of a file is that there is no room.

    Args:
        error: what was raised.
    """
    if isinstance(error, sqlite3.Error):
        # The low octet is the primary code (sqlite.org/rescode.html).
        return getattr(error, "sqlite_errorcode", 0) & _PRIMARY == sqlite3.SQLITE_FULL
    return isinstance(error, OSError) and error.errno in _NO_ROOM


@contextlib.contextmanager
def whole_or_full() -> Iterator[None]:
    """Say of a block that writes one transaction that it was not done, where the disk is full.

    Raises:
        DiskFullError: if it is.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if is_full(error):
            raise DiskFullError from None
        raise
