"""Room on the disk: taken before a question leaves, given up for what came of it."""

import contextlib
import errno
import os
import secrets
import sqlite3

import pytest
from unit.ask import nation as made

from fedquery.ask import looking as looking_module
from fedquery.ask import receipts, taking
from fedquery.ask.case import Case
from fedquery.ask.looking import Looking
from fedquery.ask.room import Room, octets_for
from fedquery.errors import DiskFullError, StorageError
from fedquery.identifiers import decode

CASE = Case(number="1", purpose="fraud", maximum_penalty_years=10, opened_ms=made.NOW_MS)


@pytest.fixture
def session(tmp_path):
    """Make an asker of TH and an honest nation VN in memory."""
    opened = made.asker(tmp_path / "asker", made.honest())
    with contextlib.closing(opened.connection):
        yield opened


def look_up(session, *encoded):
    """Look identifiers up."""
    looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
    return looking.run([decode(one) for one in encoded], CASE, ["VN"], 10_000)


def test_room_is_on_the_disk_and_has_no_name(tmp_path):
    """As many octets as were wanted; nothing is left of it when it is given up."""
    room = Room(tmp_path)
    assert not room.give_up()
    room.take(1_000_000)
    status = os.fstat(room._file.fileno())
    assert status.st_blocks * 512 >= 1_000_000
    assert [] == list(tmp_path.iterdir())
    assert room.give_up()
    assert not room.give_up()


@pytest.mark.parametrize(
    ("code", "error"), [(errno.ENOSPC, DiskFullError), (errno.EIO, StorageError)]
)
def test_a_full_disk_gives_no_room(tmp_path, monkeypatch, code, error):
    """And keeps none."""

    def fail(*_anything):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "posix_fallocate", fail)
    room = Room(tmp_path)
    with pytest.raises(StorageError) as raised:
        room.take(1)
    assert type(raised.value) is error
    assert not room.give_up()


def test_what_cannot_be_written_is_written_in_the_room(tmp_path):
    """In no more of it than it needs; without any the fault is what it was."""
    sizes = []

    def write():
        sizes.append(os.fstat(room._file.fileno()).st_size)
        if len(sizes) < 3:
            raise sqlite3.OperationalError("database or disk is full")
        return "written"

    room = Room(tmp_path)
    room.take(1_000_000)
    assert "written" == room.write(write)
    assert [1_000_000, 937_500, 875_000] == sizes
    # What is left is for what comes later.
    assert room.give_up()

    def fail():
        raise StorageError("no room")

    room.take(1_000_000)
    for _ in range(2):
        with pytest.raises(StorageError):
            room.write(fail)
        assert not room.give_up()


async def test_there_is_room_for_what_a_lookup_writes(session, monkeypatch):
    """More than its receipts and its database take, whatever is found."""
    wanted, take = [], Room.take

    def noted(room, octets):
        wanted.append(octets)
        take(room, octets)

    monkeypatch.setattr(Room, "take", noted)
    home = session.home.path
    before = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    await look_up(session, made.KNOWN, made.OTHER)
    after = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    (octets,) = wanted
    assert 0 < after - before < octets
    assert octets > octets_for([])


async def test_without_room_nothing_is_asked_and_nothing_counted(session, monkeypatch):
    """The file tells nothing of a lookup that was not made."""

    def none(_room, _octets):
        raise DiskFullError

    monkeypatch.setattr(Room, "take", none)
    with pytest.raises(DiskFullError):
        await look_up(session, made.KNOWN)
    for table in ("asked", "lookup", "log_entry"):
        assert (0,) == session.connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 -- names of this test


async def test_a_database_without_room_is_told_as_a_full_disk(session, monkeypatch):
    """Whoever asks hears that nothing was asked, and what to do."""

    def full(*_anything):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(looking_module.store, "begin_lookup", full)
    with pytest.raises(DiskFullError):
        await look_up(session, made.KNOWN)


@pytest.mark.parametrize("which", ["receipts", "database"])
async def test_what_came_is_kept_in_the_room_that_was_taken(session, monkeypatch, which):
    """A disk that fills meanwhile takes neither the receipt nor the entry of the log."""
    given, give_up = [], Room._give_up_some
    keep, write = receipts.keep, taking.asker_log.write_concluded

    def gives(room):
        given.append(give_up(room))
        return given[-1]

    def kept(*what):
        if not any(given):
            raise StorageError("no room")
        return keep(*what)

    def written(*what):
        if not any(given):
            raise sqlite3.OperationalError("database or disk is full")
        return write(*what)

    monkeypatch.setattr(Room, "_give_up_some", gives)
    if which == "receipts":
        monkeypatch.setattr(taking.receipts, "keep", kept)
    else:
        monkeypatch.setattr(taking.asker_log, "write_concluded", written)
    lookup = await look_up(session, made.KNOWN)
    assert lookup.kept
    (one,) = lookup.outcomes
    assert ("hit", True, True) == (one.word, bool(one.receipt), bool(one.claim_id))
