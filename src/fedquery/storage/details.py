"""The erasable side of a log: details that entries commit to, until when they are kept, and holds.

What is erased is in neither file of the database afterwards. Overwriting rows where they are
deleted (`secure_delete`) is not enough: when SQLite moves rows between pages, copies stay in what
is unused of a page. So what is kept is written into a new table, and every page of the old one is
overwritten as it is freed; `clear_journal` then empties the write-ahead log. Blocks that a disk has
let go are the disk's: it must be encrypted.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fedquery.audit.detail import Detail
from fedquery.errors import BusyError

YEAR_MS: Final = 365 * 86_400_000

_DETAIL = """CREATE TABLE {name} (
        log_index INTEGER NOT NULL,
        field TEXT NOT NULL,
        salt BLOB NOT NULL CHECK (length(salt) = 32),
        octets BLOB NOT NULL,
        retain_until_ms INTEGER NOT NULL,
        PRIMARY KEY (log_index, field)
    ) STRICT"""
_BY_TIME = "CREATE INDEX detail_by_time ON detail (retain_until_ms)"
_TABLES = (
    _DETAIL.format(name="detail"),
    _BY_TIME,
    # Entries whose details stay, however old they are.
    "CREATE TABLE legal_hold (log_index INTEGER PRIMARY KEY, since_ms INTEGER NOT NULL) STRICT",
)
_DUE: Final = "retain_until_ms <= ? AND log_index NOT IN (SELECT log_index FROM legal_hold)"


@dataclass(frozen=True, slots=True)
class Due:
    """What retention wants to be erased.

    Attributes:
        details: how many details.
        entries: of how many entries.
        held: how many entries are past their time too, and are held.
    """

    details: int
    entries: int
    held: int


def install(connection: sqlite3.Connection) -> None:
    """Make the tables, in the caller's transaction."""
    for statement in _TABLES:
        connection.execute(statement)


def insert(
    connection: sqlite3.Connection, index: int, details: Iterable[Detail], retain_until_ms: int
) -> None:
    """Keep the details of an entry, in the transaction that appends it.

    Args:
        connection: inside a transaction that writes.
        index: the place of the entry in the log.
        details: the details.
        retain_until_ms: from when they are to be erased, as the entry says it.
    """
    connection.executemany(
        "INSERT INTO detail VALUES (?, ?, ?, ?, ?)",
        [(index, one.name, one.salt, one.octets, retain_until_ms) for one in details],
    )


def read(connection: sqlite3.Connection, index: int) -> tuple[Detail, ...]:
    """Read those details of an entry that are still there, by name; nothing is verified."""
    rows = connection.execute(
        "SELECT field, salt, octets FROM detail WHERE log_index = ? ORDER BY field", (index,)
    )
    return tuple(Detail(*row) for row in rows)


def due(connection: sqlite3.Connection, until_ms: int) -> Due:
    """Count the details whose time to be kept has ended by a moment."""
    count, entries = connection.execute(
        f"SELECT count(*), count(DISTINCT log_index) FROM detail WHERE {_DUE}",  # noqa: S608 -- the condition is a constant
        (until_ms,),
    ).fetchone()
    (held,) = connection.execute(
        "SELECT count(DISTINCT log_index) FROM detail"
        " WHERE retain_until_ms <= ? AND log_index IN (SELECT log_index FROM legal_hold)",
        (until_ms,),
    ).fetchone()
    return Due(count, entries, held)


def prepare_to_erase(connection: sqlite3.Connection) -> None:
    """Keep what SQLite notes beside the database in memory; outside of a transaction."""
    # In a temporary file there could be pages of details, and nobody would overwrite them.
    connection.execute("PRAGMA temp_store = memory")


def erase(connection: sqlite3.Connection, until_ms: int) -> None:
    """Erase what is due, in the caller's transaction; `clear_journal` follows its commit.

    It takes as long as it takes to write what is kept; nobody else writes meanwhile.
    """
    connection.execute(_DETAIL.format(name="detail_kept"))
    connection.execute(
        f"INSERT INTO detail_kept SELECT * FROM detail WHERE NOT ({_DUE})",  # noqa: S608 -- the condition is a constant
        (until_ms,),
    )
    connection.execute("DROP TABLE detail")
    connection.execute("ALTER TABLE detail_kept RENAME TO detail")
    connection.execute(_BY_TIME)


def clear_journal(connection: sqlite3.Connection) -> None:
    """Move everything from the write-ahead log into the database, and cut that log, durably.

    Raises:
        BusyError: if somebody reads or writes all the time; what was erased may be in the
            write-ahead log until the next try.
    """
    (busy, _pages, _moved) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise BusyError(
            "the write-ahead log of the database is in use, and may still hold what was erased",
            do="Run the command again when less is asked; nothing else is left to be done.",
        )
    # SQLite does not sync the cut: after a loss of power the old log could be found again. The next
    # commit syncs that file; this one writes what stands there already.
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version:d}")


def hold(connection: sqlite3.Connection, index: int, since_ms: int) -> bool:
    """Keep the details of an entry beyond their time, and tell whether that is new."""
    return bool(
        connection.execute(
            "INSERT OR IGNORE INTO legal_hold VALUES (?, ?)", (index, since_ms)
        ).rowcount
    )


def release(connection: sqlite3.Connection, index: int) -> bool:
    """Let the details of an entry be erased again, and tell whether they were held."""
    return bool(connection.execute("DELETE FROM legal_hold WHERE log_index = ?", (index,)).rowcount)


def held(connection: sqlite3.Connection) -> list[int]:
    """List the entries that are held, ascending."""
    rows = connection.execute("SELECT log_index FROM legal_hold ORDER BY log_index")
    return [index for (index,) in rows]


def held_since(connection: sqlite3.Connection, index: int) -> int | None:
    """Say since when an entry is held, or None where it is not."""
    row = connection.execute(
        "SELECT since_ms FROM legal_hold WHERE log_index = ?", (index,)
    ).fetchone()
    return None if row is None else int(row[0])
