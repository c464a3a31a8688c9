"""One transaction of a connection in autocommit mode."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what a block writes, as a whole; the block must not wait for anything."""
    # IMMEDIATE: what is read in the block is still so when it is written, whoever else writes.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # On a full disk SQLite has rolled back itself; that error is the one to show.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
