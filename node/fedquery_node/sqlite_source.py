"""Rows of a query of an SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.errors import StorageError
from fedquery.tabular import FileError
from fedquery_node.import_source import Marked, Position
from fedquery_node.query import Query

MAGIC: Final = b"SQLite format 3\0"
_AT_A_TIME: Final = 2_000  # rows
# A query reads; what it could do besides, an operator who pastes it has not thought of.
_READING: Final = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)


@dataclass(frozen=True, slots=True)
class SqliteSource:
    """A query of an SQLite file, which others may write meanwhile.

    Attributes:
        path: the file.
        query: what is read of it.
    """

    path: Path = field(repr=False)
    query: Query

    @property
    def identity(self) -> bytes:
        """Give a digest of file and query."""
        return self.query.identity(str(self.path.resolve()))

    @property
    def lasting(self) -> bool:
        """Say whether rows that were read are as good later: a cursor tells what changed since."""
        return self.marked

    @property
    def marked(self) -> bool:
        """Say whether its rows have a cursor."""
        return bool(self.query.cursor)

    def rows(self, after: Position) -> Iterator[Marked]:
        """Read the rows behind a position, all of one state of the file.

        Raises:
            FileError: if the query cannot be run, or gives other columns.
            StorageError: if the file cannot be read.
        """
        statement, values = self.query.after(after, "?")
        uri = f"{self.path.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                connection.execute("PRAGMA trusted_schema = off")
                connection.set_authorizer(_authorise)
                found = connection.execute(statement, tuple(map(_plain, values)))
                columned = self.query.columned([one[0] for one in found.description])
                number, before = after.line, ""
                while rows := found.fetchmany(_AT_A_TIME):
                    for row in rows:
                        number += 1
                        line, mark = columned.row(number, row)
                        _require_alike(before, mark, number)
                        before = mark
                        yield line, mark
        except OverflowError:
            raise FileError("the cursor to begin at is a number that SQLite cannot have") from None
        except sqlite3.Error as error:
            raise _told(error) from None


def _require_alike(before: str, mark: str, number: int) -> None:
    # datatype3.html 4: any text is greater than any number. Behind one such row all numbers that
    # come later would be passed over.
    if before and before[0] != mark[0]:
        raise FileError(
            f"the cursor of row {number} is of another type than that of the row before it",
            do="Have the column hold numbers alone, or texts alone.",
        )


def _plain(value: object) -> object:
    # SQLite has no times; those of a cursor are texts in it.
    return value if isinstance(value, int | str) else str(value)


def _authorise(action: int, *_what: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _told(error: sqlite3.Error) -> FileError | StorageError:
    """Tell a failure by its name: its text may quote the query."""
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith(("SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_FULL", "SQLITE_CANTOPEN")):
        return StorageError(
            f"the SQLite file cannot be read ({name})",
            do="See who writes to it and whether the disk is sound, then import again.",
        )
    return FileError(
        f"SQLite refuses the query or the file ({name})",
        do="Run the query of node.toml in SQLite's own shell, which tells what is wrong with it.",
    )
