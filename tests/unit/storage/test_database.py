import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fedquery.errors import BusyError, ConfigError, StorageError
from fedquery.storage.database import DirectoryLock, apply_settings, open_database

_ID, _VERSION = 0x66710001, 3


def _open(path: Path, *, create: bool = True, application_id: int = _ID, version: int = _VERSION):
    return open_database(path, application_id=application_id, user_version=version, create=create)


def _pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.fixture
def path(tmp_path):
    """Name a database that does not exist yet."""
    return tmp_path / "node.db"


def test_every_setting_reads_back(path):
    """A new database, and the same one opened again, holds what safety rests on."""
    for create in (True, False):
        connection = _open(path, create=create)
        assert {
            name: _pragma(connection, name)
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "busy_timeout",
                "trusted_schema",
                "cell_size_check",
                "secure_delete",
                "application_id",
                "user_version",
            )
        } == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 5000,
            "trusted_schema": 0,
            "cell_size_check": 1,
            "secure_delete": 1,
            "application_id": _ID,
            "user_version": _VERSION,
        }
        assert connection.isolation_level is None
        connection.close()


def test_a_journal_mode_that_stays_delete_is_refused(path):
    """A file system without shared memory keeps journal_mode=delete silently; that is refused."""
    _open(path).close()
    plain = path.with_name("plain.db")
    connection = sqlite3.connect(
        f"{plain.as_uri()}?vfs=unix-dotfile", uri=True, isolation_level=None
    )
    try:
        assert connection.execute("PRAGMA journal_mode=wal").fetchone() == ("delete",)
        with pytest.raises(StorageError, match="journal_mode"):
            apply_settings(connection)
    finally:
        connection.close()


def test_a_missing_database_is_never_made_by_itself(path):
    """A wrong path is an error, and leaves no file behind."""
    with pytest.raises(ConfigError):
        _open(path, create=False)
    assert not path.exists()


def test_files_are_for_their_owner_alone(path):
    """The database and its side files have mode 0600 as soon as they exist."""
    connection = _open(path)
    connection.execute("CREATE TABLE t (x INTEGER) STRICT")
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["node.db", "node.db-shm", "node.db-wal"]
    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in files}
    connection.close()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_may_use_is_refused(path, mode):
    """A database that a group or everybody may read or write is not used."""
    _open(path).close()
    path.chmod(mode)
    with pytest.raises(ConfigError):
        _open(path)


def test_a_link_is_refused(path):
    """A symbolic link in the place of the database is not followed."""
    _open(path).close()
    link = path.with_name("link.db")
    link.symlink_to(path)
    with pytest.raises(ConfigError):
        _open(link)


def test_a_directory_is_refused(tmp_path):
    """A directory is not a database."""
    with pytest.raises(ConfigError):
        _open(tmp_path)


@pytest.mark.parametrize(
    ("application_id", "version", "words"),
    [(_ID, _VERSION - 1, "newer"), (_ID, _VERSION + 1, "older"), (_ID + 1, _VERSION, "another")],
)
def test_another_schema_is_refused(path, application_id, version, words):
    """A database of a newer or older schema, or of another program, is not touched."""
    _open(path).close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=words):
        _open(path, application_id=application_id, version=version)
    assert before == path.read_bytes()


def test_a_foreign_database_is_not_taken_over(path):
    """A database with tables and without our mark is another program's, also when creating."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x INTEGER) STRICT")
    connection.close()
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="another"):
        _open(path)


def test_a_file_that_is_no_database_is_refused(path):
    """Other content is refused, and the message does not repeat any of it."""
    path.write_bytes(b"secret words, and not a database " * 100)
    path.chmod(0o600)
    with pytest.raises(StorageError) as caught:
        _open(path)
    assert "secret" not in str(caught.value)


def test_a_damaged_database_is_refused(path):
    """The quick check at the start finds overwritten pages."""
    connection = _open(path)
    connection.execute("CREATE TABLE t (x BLOB NOT NULL) STRICT")
    connection.executemany("INSERT INTO t VALUES (?)", [(bytes(900),)] * 100)
    connection.close()
    octets = bytearray(path.read_bytes())
    octets[8192:8292] = b"\xff" * 100
    path.write_bytes(octets)
    with pytest.raises(StorageError):
        _open(path)
    # What must not wait, or comes after a check, does without.
    open_database(
        path, application_id=_ID, user_version=_VERSION, create=False, checked=False
    ).close()


def test_impossible_numbers_are_programming_errors(path):
    """Zero is what an unmarked file has, so it marks nothing."""
    for numbers in [(0, 1), (1, 0), (2**31, 1), (1, 2**31)]:
        with pytest.raises(ValueError, match="numbers"):
            _open(path, application_id=numbers[0], version=numbers[1])


_HOLD = """
import sys
from pathlib import Path
from fedquery.storage.database import DirectoryLock
lock = DirectoryLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_does_not_get_the_directory(tmp_path):
    """While one process holds the directory another gets BusyError, until that one is killed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(BusyError):
            DirectoryLock(tmp_path)
        DirectoryLock(tmp_path, "publish.lock").close()
        holder.kill()
        holder.wait()
    with DirectoryLock(tmp_path), pytest.raises(BusyError):
        DirectoryLock(tmp_path)
    lock = DirectoryLock(tmp_path)
    lock.close()
    lock.close()


def test_a_directory_that_cannot_be_locked_is_refused(tmp_path):
    """A missing directory, or a link in the place of the lock, is an error of storage."""
    with pytest.raises(StorageError):
        DirectoryLock(tmp_path / "missing")
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError):
        DirectoryLock(tmp_path)


ANOTHER_PROCESS = """
import sys
from pathlib import Path
from fedquery.storage.database import open_database
connection = open_database(
    Path(sys.argv[1]), application_id=1, user_version=1, create=False
)
connection.execute("INSERT INTO word VALUES ('theirs')")
connection.close()
"""


def test_a_second_connection_does_not_take_the_locks_of_the_first(tmp_path):
    """Another process that comes and goes leaves our log in place, and both see what is written.

    A process that closes any descriptor of a file loses its locks on it. Were the file opened to
    look at it, the other process would remove the -wal file that we go on writing to.
    """
    path = tmp_path / "node.db"
    first = open_database(path, application_id=1, user_version=1, create=True)
    first.execute("CREATE TABLE word (text TEXT) STRICT")
    second = open_database(path, application_id=1, user_version=1, create=False)
    for _ in range(2):
        subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, str(path)], check=True)
        first.execute("INSERT INTO word VALUES ('ours')")
    found = second.execute("SELECT text FROM word ORDER BY rowid").fetchall()
    assert [("theirs",), ("ours",)] * 2 == found
    first.close()
    second.close()
    again = open_database(path, application_id=1, user_version=1, create=False)
    assert found == again.execute("SELECT text FROM word ORDER BY rowid").fetchall()
    again.close()
