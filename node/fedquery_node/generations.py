"""The generation of records that is in force, and the one that is being written beside it.

Between the small commit that begins a generation and the one that puts it in force, its rows are in
the tables and count for nobody. What breaks off in between is given up: its rows never count, and
`settling` removes them.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fedquery.errors import BusyError, StorageError
from fedquery.storage.database import DirectoryLock
from fedquery.storage.transaction import transaction
from fedquery_node import settling
from fedquery_node.opening import PUBLISH_LOCK
from fedquery_node.pacing import Pace


def _nothing_else() -> None:
    """Change nothing together with the records."""


@contextmanager
def coming(
    connection: sqlite3.Connection, pace: Pace, beside: Callable[[], None] = _nothing_else
) -> Iterator[int]:
    """Have what a block writes come into force at one moment at its end, or never.

    Args:
        connection: the node's database, under the lock of publications; in a transaction where the
            pace is one.
        pace: the steps in which what it replaces is removed behind it.
        beside: changes, in the same commit, what goes with the records.

    Yields:
        The number of the generation: rows name it that count from it on, or until it.

    Raises:
        StorageError: if another one is under way, or what one has left is not removed.
        sqlite3.Error: if the database fails before it is in force; nothing has changed then. Where
            it fails behind that, what was replaced is still to be removed.
    """
    with pace.one(connection):
        number = begin(connection)
    try:
        yield number
        with pace.one(connection):
            put_in_force(connection, number)
            beside()
    except BaseException:
        # Where that fails too, whoever is next under the lock gives it up.
        with suppress(sqlite3.Error):
            give_up(connection)
        raise
    try:
        settling.settle(connection, pace)
    except sqlite3.Error:
        # Step by step it is in force by now, and must not be told as failed: whoever is next
        # removes what it has replaced, which counts for nobody.
        if pace.at_once:
            raise


def take_back(connection: sqlite3.Connection, pace: Pace) -> None:
    """Give up what broke off, and remove whatever counts for nobody.

    Args:
        connection: the node's database, under the lock of publications.
        pace: in which steps.

    Raises:
        sqlite3.Error: if the database fails.
    """
    give_up(connection)
    settling.settle(connection, pace)


def take_back_some(connection: sqlite3.Connection, path: Path, most: int) -> None:
    """Do a part of what `take_back` does, in one short transaction, beside whoever works here.

    Args:
        connection: the node's database, outside a transaction.
        path: the data directory, not locked.
        most: how many rows of each sort are removed, from 1 on.

    Raises:
        StorageError, sqlite3.Error: if the database fails.
    """
    if _number_coming(connection) is not None:
        # Whoever writes it holds the lock; where nobody does, it was killed.
        with suppress(BusyError), DirectoryLock(path, PUBLISH_LOCK):
            give_up(connection)
    # Looked at first: a node on which nothing is left writes nothing, twice a second.
    if settling.is_needed(connection):
        with transaction(connection):
            settling.step(connection, most)


def begin(connection: sqlite3.Connection) -> int:
    """Begin to write a generation, in the caller's transaction and under the lock of publications.

    Returns:
        Its number, which rows name that count from it on, or until it.

    Raises:
        StorageError: if another one is under way, or what one has left is not removed.
    """
    # A row of one that was given up would come into force with this one.
    if _number_coming(connection) is not None or settling.is_needed(connection):
        raise StorageError(
            "what an earlier import has left is not removed yet", do="Run the command again."
        )
    (number,) = connection.execute(
        "UPDATE generation SET coming = in_force + 1 RETURNING coming"
    ).fetchone()
    return int(number)


def put_in_force(connection: sqlite3.Connection, number: int) -> None:
    """Put a generation in force, in the caller's transaction: all of its rows count at once.

    Raises:
        StorageError: if it was given up.
    """
    done = connection.execute(
        "UPDATE generation SET in_force = coming, coming = NULL WHERE coming = ?", (number,)
    )
    if not done.rowcount:
        raise StorageError("the import was given up meanwhile", do="Run it again.")


def give_up(connection: sqlite3.Connection) -> None:
    """Give up the generation that is being written, if one is: its rows never count.

    Whoever does holds the lock of publications, so that nobody writes it any more.

    Raises:
        sqlite3.Error: if the database fails.
    """
    if _number_coming(connection) is not None:
        connection.execute("UPDATE generation SET coming = NULL")


def _number_coming(connection: sqlite3.Connection) -> int | None:
    (number,) = connection.execute("SELECT coming FROM generation").fetchone()
    return None if number is None else int(number)
