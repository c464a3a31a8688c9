"""What our code uses of sqlite3.Connection, over APSW's.

APSW raises whatever a file raised, also what SQLite passes over by itself: above all an error while
it copies its write-ahead log into the database after a commit that stands. So the copying is asked
for here, after the commit, as SQLite's own hook does, and its error is passed over.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import apsw
from simulation.vfs import SimulatedVfs

# Pages of the log from which on it is copied. SQLite takes 1000: a short run would never copy.
_COPIED_FROM = 24


@contextmanager
def _translated() -> Iterator[None]:
    """Raise what the module sqlite3 raises."""
    try:
        yield
    except apsw.ConstraintError as error:
        raise sqlite3.IntegrityError(str(error)) from error
    except apsw.Error as error:
        raise sqlite3.OperationalError(str(error)) from error


class Cursor:
    """Rows, and the number of rows that a statement changed."""

    def __init__(self, cursor: apsw.Cursor, rowcount: int) -> None:
        self._cursor = cursor
        self.rowcount = rowcount

    def fetchone(self) -> Any:
        """Give the next row, or None."""
        with _translated():
            return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        with _translated():
            return self._cursor.fetchall()

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows that are left."""
        while (row := self.fetchone()) is not None:
            yield row


class Connection:
    """A connection to a database on the simulated disk.

    Args:
        path: the name of the file.
        vfs: where it is.
    """

    def __init__(self, path: str, vfs: SimulatedVfs) -> None:
        with _translated():
            self._apsw = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE, vfs=vfs.name)
        self._pages = 0
        self._apsw.set_wal_hook(self._logged)
        self.execute("PRAGMA locking_mode = exclusive").fetchall()

    def _logged(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    @property
    def in_transaction(self) -> bool:
        """Say whether a transaction is open."""
        return self._apsw.in_transaction

    def execute(self, statement: str, values: Iterable[Any] = ()) -> Cursor:
        """Run one statement up to its first row."""
        with _translated():
            cursor = Cursor(self._apsw.execute(statement, tuple(values)), self._apsw.changes())
        if self._pages >= _COPIED_FROM:
            self._pages = 0
            with suppress(apsw.Error):
                self._apsw.wal_checkpoint()
        return cursor

    def executemany(self, statement: str, rows: Iterable[Any]) -> Cursor:
        """Run one statement for each row of values."""
        with _translated():
            return Cursor(self._apsw.executemany(statement, rows), self._apsw.changes())

    def close(self) -> None:
        """Close; like sqlite3's, without a word where the disk refuses to copy the log."""
        with suppress(apsw.Error):
            self._apsw.close()


def module(vfs: SimulatedVfs) -> SimpleNamespace:
    """Stand in for the module sqlite3 where a database is opened."""

    def connect(address: str, **_options: Any) -> Connection:
        return Connection(unquote(urlsplit(address).path), vfs)

    return SimpleNamespace(connect=connect, Error=sqlite3.Error, Connection=Connection)
