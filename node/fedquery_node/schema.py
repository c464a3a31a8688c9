"""The tables of a node's database, in one place.

Settings that durability rests on are fedquery.storage.database's; the log's own tables are
fedquery.storage.log's. What is personal to an asker's question is fedquery.storage.details', apart
from the log, so that it can be erased while every proof still verifies.
"""

import sqlite3
from pathlib import Path

from fedquery.federation.names import node_log_origin
from fedquery.storage import details
from fedquery.storage.applications import NODE
from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore
from fedquery_node import grants, kept_heads, record_tables
from fedquery_node.config import NodeSettings

_TABLES = (
    # What the nation has.
    *record_tables.TABLES,
    # By which spelling rules they are written: 32 octets each, the rows' own first.
    """CREATE TABLE spelling (
        dataset TEXT PRIMARY KEY, rules BLOB NOT NULL CHECK (length(rules) IN (32, 64, 96))
    ) STRICT""",
    # What was published of it.
    """CREATE TABLE publication (
        dataset TEXT NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('serving', 'retiring', 'retired')),
        leaf BLOB NOT NULL,
        log_index INTEGER NOT NULL,
        retire_at_ms INTEGER,
        claims_until_ms INTEGER NOT NULL,
        seed_destroyed_ms INTEGER,
        PRIMARY KEY (dataset, version)
    ) STRICT""",
    """CREATE TABLE view (
        dataset TEXT NOT NULL,
        version INTEGER NOT NULL,
        viewer TEXT NOT NULL,
        teams TEXT NOT NULL,
        view_id TEXT NOT NULL,
        salt BLOB NOT NULL,
        public_key BLOB NOT NULL,
        root BLOB NOT NULL,
        PRIMARY KEY (dataset, version, viewer)
    ) STRICT""",
    """CREATE TABLE capacity_floor (
        dataset TEXT NOT NULL,
        prefix_bits INTEGER NOT NULL,
        capacity INTEGER NOT NULL,
        until_ms INTEGER NOT NULL,
        PRIMARY KEY (dataset, prefix_bits, capacity)
    ) STRICT""",
    # What was asked, counted and decided.
    """CREATE TABLE quota (
        scope TEXT NOT NULL CHECK (scope IN ('agency', 'nation', 'case')),
        name TEXT NOT NULL,
        window TEXT NOT NULL CHECK (window IN ('hour', 'day', 'year', 'total')),
        start_ms INTEGER NOT NULL,
        used INTEGER NOT NULL CHECK (used >= 0),
        PRIMARY KEY (scope, name, window)
    ) STRICT""",
    grants.TABLE,
    """CREATE TABLE shown (
        agency TEXT NOT NULL,
        day_ms INTEGER NOT NULL,
        rows INTEGER NOT NULL CHECK (rows >= 0),
        PRIMARY KEY (agency, day_ms)
    ) STRICT""",
    """CREATE TABLE asked (
        scope TEXT NOT NULL CHECK (scope IN ('day', 'case')),
        name TEXT NOT NULL,
        start_ms INTEGER NOT NULL,
        questions INTEGER NOT NULL CHECK (questions >= 0),
        PRIMARY KEY (scope, name)
    ) STRICT""",
    """CREATE TABLE request (
        agency TEXT NOT NULL,
        request_id BLOB NOT NULL,
        digest BLOB NOT NULL,
        head BLOB NOT NULL,
        granted INTEGER NOT NULL,
        dataset TEXT NOT NULL,
        version INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        PRIMARY KEY (agency, request_id)
    ) STRICT""",
    "CREATE INDEX request_by_expiry ON request (expires_ms)",
    # What was answered under the break-glass purpose, until a supervisor has looked at it.
    """CREATE TABLE review (
        log_index INTEGER PRIMARY KEY,
        leaf_hash BLOB NOT NULL,
        agency TEXT NOT NULL,
        dataset TEXT NOT NULL,
        level TEXT NOT NULL,
        answered_ms INTEGER NOT NULL,
        signed_ms INTEGER,
        signed_by TEXT,
        note BLOB
    ) STRICT""",
    # Every policy and schema that was proposed, by its SHA-256; one proposal at a time is open.
    """CREATE TABLE policy_file (
        digest BLOB PRIMARY KEY, octets BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE proposal (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        log_index INTEGER NOT NULL,
        policy_digest BLOB NOT NULL REFERENCES policy_file (digest),
        schema_digest BLOB NOT NULL REFERENCES policy_file (digest),
        proposed_ms INTEGER NOT NULL
    ) STRICT""",
    # What the operator said, and what the node remembers.
    """CREATE TABLE block (
        agency TEXT PRIMARY KEY, since_ms INTEGER NOT NULL, why TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE suspension (
        dataset TEXT PRIMARY KEY, since_ms INTEGER NOT NULL, why TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE kem_key (
        key_id BLOB PRIMARY KEY,
        public BLOB NOT NULL,
        not_before_ms INTEGER NOT NULL,
        not_after_ms INTEGER NOT NULL,
        leaf BLOB NOT NULL,
        log_index INTEGER NOT NULL,
        destroyed_ms INTEGER
    ) STRICT""",
    "CREATE TABLE remembered (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
    *kept_heads.TABLES,
)


def database_path(home: Path) -> Path:
    """Say where the database of a data directory is."""
    return home / NODE.database


def log_of(settings: NodeSettings) -> LogStore:
    """Give the store of the node's log."""
    return LogStore(node_log_origin(settings.federation, settings.nation))


def create(home: Path, settings: NodeSettings) -> None:
    """Make the database and its empty log; only `fedquery-node init` does.

    Raises:
        StorageError: if it cannot be made.
        ConfigError: if another file is in its place.
    """
    connection = open_database(
        database_path(home),
        application_id=NODE.application_id,
        user_version=NODE.user_version,
        create=True,
    )
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            connection.execute(statement)
        details.install(connection)
        log_of(settings).install(connection)
        connection.execute("COMMIT")
    finally:
        connection.close()


def connect(home: Path, *, checked: bool = True) -> sqlite3.Connection:
    """Open the database of a data directory, which exists: a log is never made silently.

    Args:
        home: the data directory.
        checked: whether the whole file is looked through for damage.

    Raises:
        ConfigError: if it is missing or another program's.
        StorageError: if it is damaged.
    """
    return open_database(
        database_path(home),
        application_id=NODE.application_id,
        user_version=NODE.user_version,
        create=False,
        checked=checked,
    )
