"""A database whose disk is full while a test says so: it reads, and writes nothing."""

import sqlite3
from dataclasses import dataclass

_WRITES = ("BEGIN", "INSERT", "UPDATE", "DELETE")


def no_room():
    """Make the error that SQLite raises where a disk is full."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@dataclass
class FullDisk:
    """A connection on a disk that can be full."""

    connection: sqlite3.Connection
    is_full: bool = False

    def execute(self, sql, *values):
        """Do it, unless it writes and there is no room."""
        if self.is_full and sql.lstrip().upper().startswith(_WRITES):
            raise no_room()
        return self.connection.execute(sql, *values)

    def __getattr__(self, name):
        """Do all else as the connection does."""
        return getattr(self.connection, name)


def on(store):
    """Put the database of a store on a disk that can be full."""
    disk = FullDisk(store.connection)
    object.__setattr__(store, "connection", disk)
    return disk
