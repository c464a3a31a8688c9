"""The tables of an asker's database: what it has seen, may claim and has under way; and its log.

The file is private (0600): it holds claim tokens. It holds no identifier, neither asked nor found,
but those that are sealed to the nation's auditor.
"""

import sqlite3
from pathlib import Path

from fedquery.storage import details
from fedquery.storage.applications import ASKER
from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore

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
        outcomes TEXT NOT NULL,
        officer_mark TEXT NOT NULL
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
        request_digest BLOB NOT NULL,
        until_ms INTEGER NOT NULL
    ) STRICT""",
    "CREATE TABLE remembered (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
)


def create(home: Path, log: LogStore) -> None:
    """Make the database and its empty log; only `fedquery init` does.

    Raises:
        StorageError: if it cannot be made.
        ConfigError: if another file is in its place.
    """
    connection = _open(home, create=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            connection.execute(statement)
        details.install(connection)
        log.install(connection)
        connection.execute("COMMIT")
    finally:
        connection.close()


def connect(home: Path, *, checked: bool = True) -> sqlite3.Connection:
    """Open the database of a home, which exists.

    Args:
        home: the home.
        checked: whether the file is looked through for damage; a further connection need not.

    Raises:
        ConfigError: if it is missing or another program's.
        StorageError: if it is damaged.
    """
    return _open(home, create=False, checked=checked)


def _open(home: Path, *, create: bool, checked: bool = True) -> sqlite3.Connection:
    return open_database(
        home / ASKER.database,
        application_id=ASKER.application_id,
        user_version=ASKER.user_version,
        create=create,
        checked=checked,
    )
