"""Open a database so that every setting that safety rests on is known to hold.

SQLite answers a setting that it cannot take by keeping the old one, without an error. So each one
is read back, and a database that does not have it is not used.
"""

import fcntl
import os
import sqlite3
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from fedquery.errors import BusyError, ConfigError, StorageError

BUSY_TIMEOUT_MS = 5000

# What is set, and what it must read back as.
_PRAGMAS: tuple[tuple[str, str, str | int], ...] = (
    ("busy_timeout", str(BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS),
    # A commit is on the disk when it returns: WAL alone would lose the last ones in a power cut.
    ("journal_mode", "wal", "wal"),
    ("synchronous", "full", 2),
    ("foreign_keys", "on", 1),
    # A schema that somebody changed cannot call functions with effects.
    ("trusted_schema", "off", 0),
    ("cell_size_check", "on", 1),
    # What is deleted is overwritten: a detail that was erased, a record that was withdrawn.
    ("secure_delete", "on", 1),
)


def open_database(
    path: Path, *, application_id: int, user_version: int, create: bool, checked: bool = True
) -> sqlite3.Connection:
    """Open a database file, or refuse it.

    The connection is in autocommit mode: whoever writes begins and commits by itself. It may be
    handed to another thread; it is not for two threads at a time.

    Args:
        path: the file.
        application_id: the number that marks our files, 1 to 2**31 - 1.
        user_version: the number of the schema, 1 to 2**31 - 1.
        create: whether a missing file is made. Otherwise a missing file is an error, so that a
            wrong path never starts a service with empty records.
        checked: whether the whole file is looked through for damage, which takes about a second
            for a million rows. Not for further connections to a file that was, nor for what must
            not wait.

    Returns:
        A connection whose settings were read back and whose file passed the quick check, if asked.

    Raises:
        ConfigError: if the file is missing, is no database of ours, is of another schema, or may be
            read by others.
        StorageError: if the disk or the database does not do what was asked.
    """
    _prepare_file(path, create=create)
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1000,
        )
    except sqlite3.Error:
        raise StorageError("the database cannot be opened") from None
    try:
        _require_ours(connection, application_id, user_version, create=create)
        apply_settings(connection)
        if checked:
            _require_sound(connection)
    except sqlite3.Error:
        connection.close()
        raise StorageError("the database cannot be used: it is damaged or locked") from None
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare_file(path: Path, *, create: bool) -> None:
    if create:
        _make_file(path)
    # Looked at and never opened: when a process closes any descriptor of a file, its locks on that
    # file are gone (fcntl(2)), those of its other connections too. The next process to close the
    # database would then take itself for the last one and remove the log that this one writes to.
    try:
        status = path.lstat()
    except FileNotFoundError:
        raise ConfigError("the database is missing", do="Correct the path, or create it.") from None
    except OSError:
        raise ConfigError("the database file cannot be looked at") from None
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError("the database is not a regular file")
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise ConfigError(
            "the database may be used by others", do="Run chmod 600 on it, as its owner."
        )


def _make_file(path: Path) -> None:
    # The mode is given as the file is made, and SQLite gives its -wal and -shm files the same one.
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        # Whose it is, is looked at next.
        return
    except OSError:
        raise ConfigError("the database file cannot be opened for reading and writing") from None


def _number(connection: sqlite3.Connection, query: str) -> int:
    value = connection.execute(query).fetchone()[0]
    if not isinstance(value, int):
        raise StorageError("the database answers with a value of another type")
    return value


def _require_ours(
    connection: sqlite3.Connection, application_id: int, user_version: int, *, create: bool
) -> None:
    if not 0 < application_id < 2**31 or not 0 < user_version < 2**31:
        raise ValueError("both numbers are 1 to 2**31 - 1")
    found_id = _number(connection, "PRAGMA application_id")
    found_version = _number(connection, "PRAGMA user_version")
    tables = _number(connection, "SELECT count(*) FROM sqlite_schema")
    if create and (found_id, found_version, tables) == (0, 0, 0):
        # One transaction, so that a crash leaves an empty file and never a half marked one.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {application_id:d}")
        connection.execute(f"PRAGMA user_version = {user_version:d}")
        connection.execute("COMMIT")
        found_id = _number(connection, "PRAGMA application_id")
        found_version = _number(connection, "PRAGMA user_version")
    if found_id != application_id:
        raise ConfigError("this file is a database of another program")
    if found_version > user_version:
        raise ConfigError(
            "the database was written by a newer release", do="Install that release again."
        )
    if found_version < user_version:
        # Before the first release the schemas change without a way from one to the next.
        raise ConfigError(
            "the database was written by an older state of this program",
            do="Open it with the state that wrote it, or begin with a new data directory.",
        )


def apply_settings(connection: sqlite3.Connection) -> None:
    """Set what safety rests on, and read each setting back.

    Raises:
        StorageError: if one does not hold.
    """
    for name, value, expected in _PRAGMAS:
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        if connection.execute(f"PRAGMA {name}").fetchone() != (expected,):
            raise StorageError(f"the database does not hold the setting {name}")


def _require_sound(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise StorageError("the database is damaged", do="Restore it from a backup.")


class DirectoryLock:
    """Hold a data directory for this holder alone, until closed or until the process ends.

    The lock is the kernel's (flock), so a crash leaves none behind. The file stays: removing it
    would let two processes lock two files of one name.

    Args:
        directory: the data directory, which exists.
        name: the name of the lock file, for work that is done beside other work.

    Raises:
        BusyError: if another one holds it.
        StorageError: if the lock file cannot be made.
    """

    def __init__(self, directory: Path, name: str = "lock") -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._descriptor = os.open(directory / name, flags, 0o600)
        except OSError:
            raise StorageError("the data directory cannot be locked") from None
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise BusyError("the data directory is in use by another process") from None
        except OSError:
            os.close(self._descriptor)
            raise StorageError("the data directory cannot be locked") from None

    def close(self) -> None:
        """Give the directory back; closing twice does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        """Hold the lock for a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the directory back."""
        self.close()
