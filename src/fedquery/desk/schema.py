"""The tables of the desk's database, desk.db, and the key beside it, keys/desk.key.

In clear stand random ids, times, states and counts. Whatever a person typed, and what came of it,
is sealed (`store`).
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import write_secret
from fedquery.desk import account_tables, list_tables, sealed_tables
from fedquery.errors import ConfigError
from fedquery.storage.applications import DESK
from fedquery.storage.database import open_database

KEY_LENGTH: Final = 32
_TABLES: Final = (*account_tables.TABLES, *sealed_tables.TABLES, *list_tables.TABLES)


def key_path(home: Path) -> Path:
    """Say where the key is under which the desk seals what it keeps."""
    return home / "keys" / "desk.key"


def exists(home: Path) -> bool:
    """Tell whether a home has a desk."""
    return (home / DESK.database).exists()


def create(home: Path, random: Callable[[int], bytes]) -> None:
    """Make the key and the database of a desk, in the home of an agency.

    Args:
        home: the home, which exists.
        random: the random source.

    Raises:
        ConfigError: if there is a key already, or another file is in the place of the database.
        StorageError: if it cannot be made.
    """
    # The key first: a database without its key would be taken for a desk that lost it.
    write_secret(key_path(home), random(KEY_LENGTH))
    connection = _open(home, create=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        connection.close()


def connect(home: Path) -> sqlite3.Connection:
    """Open the database of a desk, which exists.

    Raises:
        ConfigError: if there is none yet, or it is another program's.
        StorageError: if it is damaged.
    """
    if not exists(home):
        raise ConfigError(
            "this agency has no desk yet",
            do="Make its first account: `fedquery desk account add NAME --role officer`.",
        )
    return _open(home, create=False)


def _open(home: Path, *, create: bool) -> sqlite3.Connection:
    return open_database(
        home / DESK.database,
        application_id=DESK.application_id,
        user_version=DESK.user_version,
        create=create,
    )
