"""The tables of a coordinator's database: its log, and which request ids it has seen."""

import sqlite3
from pathlib import Path

from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore

APPLICATION_ID = 0x66716364  # "fqcd"
USER_VERSION = 2

_TABLES = (
    """CREATE TABLE seen (
        agency TEXT NOT NULL,
        request_id BLOB NOT NULL,
        digest BLOB NOT NULL,
        expires_ms INTEGER NOT NULL,
        PRIMARY KEY (agency, request_id)
    ) STRICT""",
    "CREATE INDEX seen_by_expiry ON seen (expires_ms)",
    "CREATE TABLE remembered (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
)


def create(home: Path, log: LogStore) -> None:
    """Make the database and its empty log; only `fedquery-coordinator init` does.

    Raises:
        StorageError: if it cannot be made.
        ConfigError: if another file is in its place.
    """
    connection = _open(home, create=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            connection.execute(statement)
        log.install(connection)
        connection.execute("COMMIT")
    finally:
        connection.close()


def connect(home: Path) -> sqlite3.Connection:
    """Open the database of a data directory, which exists: a log is never made silently.

    Raises:
        ConfigError: if it is missing or another program's.
        StorageError: if it is damaged.
    """
    return _open(home, create=False)


def _open(home: Path, *, create: bool) -> sqlite3.Connection:
    return open_database(
        home / "coordinator.db",
        application_id=APPLICATION_ID,
        user_version=USER_VERSION,
        create=create,
    )
