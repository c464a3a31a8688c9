"""The database of one screening: its tables, and how it is made and opened."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fedquery.storage.database import open_database
from fedquery.storage.transaction import transaction

_APPLICATION_ID: Final = 0x66717363  # "fqsc"
_USER_VERSION: Final = 2
_TABLES: Final = (
    "CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
    """CREATE TABLE part (
        what TEXT NOT NULL,
        first INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (what, first)
    ) STRICT""",
    # Keyed hashes of the forms, by which doubled ones are found.
    """CREATE TABLE form (
        mark BLOB PRIMARY KEY,
        number INTEGER NOT NULL,
        subject INTEGER
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE question (
        number INTEGER PRIMARY KEY,
        nation TEXT NOT NULL,
        dataset TEXT NOT NULL,
        version INTEGER NOT NULL,
        elements INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        state INTEGER NOT NULL,
        logged INTEGER NOT NULL,
        under_way BLOB NOT NULL,
        came BLOB NOT NULL
    ) STRICT""",
)


def made(path: Path, random: Callable[[int], bytes]) -> sqlite3.Connection:
    """Make the file of an empty screening.

    Args:
        path: the file, which is not there.
        random: the random source, for the salt of its key.

    Raises:
        ConfigError, StorageError: if it cannot be made.
    """
    connection = _opened(path, create=True)
    try:
        with transaction(connection):
            for table in _TABLES:
                connection.execute(table)
            connection.execute("INSERT INTO fact VALUES ('salt', ?)", (random(32),))
    except BaseException:
        connection.close()
        raise
    return connection


def opened(path: Path) -> sqlite3.Connection:
    """Open the file of a screening.

    Raises:
        ConfigError, StorageError: if it cannot be used.
    """
    return _opened(path, create=False)


def _opened(path: Path, *, create: bool) -> sqlite3.Connection:
    return open_database(
        path,
        application_id=_APPLICATION_ID,
        user_version=_USER_VERSION,
        create=create,
        checked=False,
    )
