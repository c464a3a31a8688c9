"""The tables of a log, which can be appended to and nothing else.

The triggers stop mistakes of our own programs. Whoever can write the file can remove them; against
that stand the signed checkpoints, which others keep.
"""

import sqlite3

from fedquery.errors import ConfigError
from fedquery.tlog.tree import EMPTY_ROOT

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS log_entry (
        position INTEGER PRIMARY KEY,
        data BLOB NOT NULL CHECK (length(data) <= 65535)
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS log_tile (
        level INTEGER NOT NULL,
        position INTEGER NOT NULL,
        hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
        PRIMARY KEY (level, position)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS log_checkpoint (
        size INTEGER PRIMARY KEY,
        created_ms INTEGER NOT NULL,
        note BLOB NOT NULL
    ) STRICT
    """,
    # What witnesses say of those checkpoints. A line can come later, and come again with a newer
    # time, so that no trigger stands here: each line proves itself.
    """
    CREATE TABLE IF NOT EXISTS log_cosignature (
        size INTEGER NOT NULL REFERENCES log_checkpoint (size),
        witness TEXT NOT NULL,
        key_id BLOB NOT NULL CHECK (length(key_id) = 4),
        line BLOB NOT NULL CHECK (length(line) <= 1024),
        PRIMARY KEY (size, witness, key_id)
    ) STRICT, WITHOUT ROWID
    """,
    # The newest tree that was signed: one row, changed only by compare-and-swap.
    """
    CREATE TABLE IF NOT EXISTS log_head (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        origin TEXT NOT NULL,
        size INTEGER NOT NULL CHECK (size >= 0),
        root BLOB NOT NULL CHECK (length(root) = 32)
    ) STRICT
    """,
)

# INSERT OR REPLACE fires no delete trigger, so the insert triggers refuse what is there already.
_REFUSALS = (
    (
        "log_entry_insert",
        "BEFORE INSERT ON log_entry",
        "NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM log_entry)",
    ),
    ("log_entry_update", "BEFORE UPDATE ON log_entry", "1"),
    ("log_entry_delete", "BEFORE DELETE ON log_entry", "1"),
    (
        "log_tile_insert",
        "BEFORE INSERT ON log_tile",
        (
            "EXISTS (SELECT 1 FROM log_tile WHERE level = NEW.level AND position = NEW.position"
            " AND substr(NEW.hashes, 1, length(hashes)) <> hashes)"
        ),
    ),
    (
        "log_tile_update",
        "BEFORE UPDATE ON log_tile",
        (
            "NEW.level <> OLD.level OR NEW.position <> OLD.position"
            " OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes"
        ),
    ),
    ("log_tile_delete", "BEFORE DELETE ON log_tile", "1"),
    (
        "log_checkpoint_insert",
        "BEFORE INSERT ON log_checkpoint",
        "NEW.size <= (SELECT max(size) FROM log_checkpoint)",
    ),
    ("log_checkpoint_update", "BEFORE UPDATE ON log_checkpoint", "1"),
    ("log_checkpoint_delete", "BEFORE DELETE ON log_checkpoint", "1"),
    ("log_head_insert", "BEFORE INSERT ON log_head", "EXISTS (SELECT 1 FROM log_head)"),
    (
        "log_head_update",
        "BEFORE UPDATE ON log_head",
        "NEW.origin <> OLD.origin OR NEW.size <= OLD.size",
    ),
    ("log_head_delete", "BEFORE DELETE ON log_head", "1"),
)


def install(connection: sqlite3.Connection, origin: str) -> None:
    """Make the tables of a log where they are missing, in the caller's transaction.

    Args:
        connection: inside a transaction.
        origin: the name of the log.

    Raises:
        ConfigError: if the tables hold a log of another name.
    """
    for statement in _TABLES:
        connection.execute(statement)
    for name, event, condition in _REFUSALS:
        connection.execute(
            f"CREATE TRIGGER IF NOT EXISTS {name} {event} WHEN {condition}"
            " BEGIN SELECT raise(ABORT, 'the log is append-only'); END"
        )
    found = connection.execute("SELECT origin FROM log_head").fetchone()
    if found is None:
        connection.execute("INSERT INTO log_head VALUES (1, ?, 0, ?)", (origin, EMPTY_ROOT))
    elif found != (origin,):
        raise ConfigError("this database holds the log of another origin")
