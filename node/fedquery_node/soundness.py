"""When the database was last looked through for damage, so that it is not done at each publication.

It takes about a second for a million rows, of all datasets together. A hot list that goes out every
quarter of an hour would wait for it each time, and a large dataset give it a core.
"""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from fedquery_node import schema

HOLDS_MS: Final = 24 * 3_600_000

_KEY: Final = "looked through"
_LENGTH: Final = 8


def remember(connection: sqlite3.Connection, now_ms: int) -> None:
    """Remember that the whole database was looked through and is sound."""
    value = now_ms.to_bytes(_LENGTH, "big")
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_KEY, value))


def holds(connection: sqlite3.Connection, now_ms: int) -> bool:
    """Say whether it was looked through within the last day."""
    row = connection.execute("SELECT value FROM remembered WHERE key = ?", (_KEY,)).fetchone()
    # A time to come is a clock that went back, and says nothing.
    return row is not None and 0 <= now_ms - int.from_bytes(row[0], "big") < HOLDS_MS


@contextmanager
def looking_through(
    path: Path, connection: sqlite3.Connection, now_ms: int
) -> Iterator[Callable[[], None]]:
    """Look through the database beside the work on it, unless that was done within the last day.

    Args:
        path: the data directory.
        connection: its database.
        now_ms: the time.

    Yields:
        what waits for the end of it, and raises StorageError if there is damage.
    """
    if holds(connection, now_ms):
        yield lambda: None
        return

    def look() -> None:
        with closing(schema.connect(path)) as other:
            remember(other, now_ms)

    with ThreadPoolExecutor(1, "looking-through") as thread:
        yield thread.submit(look).result
