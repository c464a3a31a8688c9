"""Read one state of a database, whatever is written meanwhile."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold one read transaction for a block; inside a transaction, that one serves.

    Args:
        connection: in autocommit mode; the block must not write.
    """
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
