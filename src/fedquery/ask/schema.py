"""The tables of an asker's database: what it has seen, what it may claim, what is under way.

The file is private (0600): it holds claim tokens. It holds no identifier, neither asked nor found.
"""

import sqlite3
from pathlib import Path

from fedquery.storage.database import open_database

APPLICATION_ID = 0x66716173  # "fqas"
USER_VERSION = 2

_TABLES = (
    # What each nation showed, so that nothing older is believed afterwards: the newest manifest
    # that a quorum of witnesses had seen, and the newest that waits for witnesses.
    """CREATE TABLE shown (
        nation TEXT NOT NULL,
        witnessed INTEGER NOT NULL,
        origin TEXT NOT NULL,
        size INTEGER NOT NULL,
        root BLOB NOT NULL,
        created_ms INTEGER NOT NULL,
        manifest BLOB NOT NULL,
        PRIMARY KEY (nation, witnessed)
    ) STRICT""",
    """CREATE TABLE version_seen (
        nation TEXT NOT NULL,
        dataset TEXT NOT NULL,
        version INTEGER NOT NULL,
        leaf BLOB NOT NULL,
        witnessed INTEGER NOT NULL,
        PRIMARY KEY (nation, dataset, version)
    ) STRICT""",
    # Buckets that were verified, for the versions that are served.
    """CREATE TABLE bucket (
        nation TEXT NOT NULL,
        dataset TEXT NOT NULL,
        version INTEGER NOT NULL,
        number INTEGER NOT NULL,
        tags BLOB NOT NULL,
        PRIMARY KEY (nation, dataset, version, number)
    ) STRICT""",
    # How many identifiers were asked of a holder in a case; a pseudonym stands for the case.
    """CREATE TABLE asked (
        nation TEXT NOT NULL,
        pseudonym TEXT NOT NULL,
        mark BLOB NOT NULL,
        PRIMARY KEY (nation, pseudonym, mark)
    ) STRICT""",
    """CREATE TABLE lookup (
        lookup_id TEXT PRIMARY KEY,
        asked_ms INTEGER NOT NULL,
        finished INTEGER NOT NULL,
        outcomes TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE hit (
        claim_id TEXT PRIMARY KEY,
        lookup_id TEXT NOT NULL,
        nation TEXT NOT NULL,
        dataset TEXT NOT NULL,
        version INTEGER NOT NULL,
        tag BLOB NOT NULL,
        token BLOB NOT NULL,
        statement BLOB NOT NULL,
        until_ms INTEGER NOT NULL
    ) STRICT""",
    "CREATE TABLE remembered (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
)


def create(home: Path) -> None:
    """Make the database; only `fedquery init` does.

    Raises:
        StorageError: if it cannot be made.
        ConfigError: if another file is in its place.
    """
    connection = open_database(
        home / "asker.db", application_id=APPLICATION_ID, user_version=USER_VERSION, create=True
    )
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        connection.close()


def connect(home: Path) -> sqlite3.Connection:
    """Open the database of a home, which exists.

    Raises:
        ConfigError: if it is missing or another program's.
        StorageError: if it is damaged.
    """
    return open_database(
        home / "asker.db", application_id=APPLICATION_ID, user_version=USER_VERSION, create=False
    )
