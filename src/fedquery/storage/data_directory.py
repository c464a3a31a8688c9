"""The data directory of a node or an agency, opened to act on the details of its log."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.errors import InputError, StorageError
from fedquery.storage.applications import ASKER, NODE, Application
from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore

_WITH_DETAILS: Final = (NODE, ASKER)


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """A log with its details, open for writing; its service may be running.

    Attributes:
        path: the directory.
        application: whose database it is.
        log: the store of the log.
        connection: in autocommit mode.
    """

    path: Path
    application: Application
    log: LogStore
    connection: sqlite3.Connection = field(repr=False)

    @property
    def file(self) -> str:
        """Name the database, for errors."""
        return self.application.database


@contextmanager
def open_data_directory(path: Path) -> Iterator[DataDirectory]:
    """Open a data directory whose log has details.

    Raises:
        InputError: if there is no such database in it.
        ConfigError: if others may use the database, or it is of another release.
        StorageError: if it is damaged.
    """
    found = [one for one in _WITH_DETAILS if (path / one.database).is_file()]
    if len(found) != 1:
        raise InputError(
            f"{path} is not the data directory of a node or the home of an agency",
            do="Details stand in node.db and asker.db alone, not in an exported log or beside a "
            "coordinator's.",
        )
    (application,) = found
    opened = open_database(
        path / application.database,
        application_id=application.application_id,
        user_version=application.user_version,
        create=False,
        checked=False,
    )
    with closing(opened) as connection:
        row = connection.execute("SELECT origin FROM log_head").fetchone()
        if row is None:
            raise StorageError("the database holds no log")
        yield DataDirectory(path, application, LogStore(row[0]), connection)
