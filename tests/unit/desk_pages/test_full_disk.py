"""What a desk does on a full disk: it says so, shows what it has, and ends what is to end."""

import asyncio
import errno
import os
import re
import sqlite3

import pytest
from unit.desk.conftest import new_question
from unit.desk_pages import full_disk, served
from unit.desk_pages.test_asking import KNOWN, OTHER, ask, choose, paste, words
from unit.desk_pages.test_lists import kept

from fedquery.ask.room import Room
from fedquery.desk import (
    case_routes,
    cookies,
    erasing,
    lists,
    questions,
    serving,
    sessions,
    tending,
)
from fedquery.desk.belongings import AgencyFiles
from fedquery.desk.kept_list import INTERRUPTED
from fedquery.desk.list_running import Lists
from fedquery.desk.store import DeskStore
from fedquery.errors import DiskFullError, PeerError
from fedquery.storage.full_disk import is_full

NOT_SAVED = "Not saved yet: the disk of this desk is full."
FULL = "The disk of this desk is full. What was to be done was not done."


@pytest.fixture
def disk(desk):
    """Put the desk on a disk that can be full."""
    return full_disk.on(desk.store)


@pytest.fixture
async def signed_in(browser, officer):
    """Sign the officer in."""
    await browser.sign_in(officer)
    return browser


async def test_a_page_says_that_the_disk_is_full(disk, signed_in):
    """In words and with what to do, as 507; nothing of what was begun is there afterwards."""
    disk.is_full = True
    form = {"page": "/desk/cases/new", "number": "1", "title": "x"}
    page = await signed_in.post("/desk/cases/new", **form)
    assert 507 == page.status_code
    assert FULL in page.text
    assert "Tell the operator of this desk." in page.text
    assert 200 == (await signed_in.get("/desk/cases")).status_code
    disk.is_full = False
    assert 303 == (await signed_in.post("/desk/cases/new", **form)).status_code


async def test_it_is_said_in_the_language_of_the_person(disk, signed_in, desk):
    """By the catalogue of their account."""
    desk.connection.execute("UPDATE account SET language = 'th'")
    disk.is_full = True
    page = await signed_in.post("/desk/cases/new", page="/desk/cases/new", number="1", title="x")
    assert 507 == page.status_code
    assert 'lang="th"' in page.text


async def test_a_program_gets_a_document(disk, signed_in):
    """With the name of the problem."""
    token = served.token_of((await signed_in.get("/desk/cases/new")).text)
    disk.is_full = True
    signed_in.headers["accept"] = "*/*"
    refused = await signed_in.post("/desk/cases/new", csrf=token, number="1", title="x")
    assert (507, "urn:fedquery:error:disk-full") == (refused.status_code, refused.json()["type"])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 507),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), 507),
        (OSError(errno.EIO, os.strerror(errno.EIO)), 500),
        (sqlite3.OperationalError("no such table"), 500),
        (full_disk.no_room(), 507),
    ],
)
async def test_other_faults_are_not_taken_for_a_full_disk(signed_in, monkeypatch, error, status):
    """They stay faults, with a reference in the log."""

    def fail(*_anything):
        raise error

    monkeypatch.setattr(case_routes.cases, "ids_readable", fail)
    assert status == (await signed_in.get("/desk/cases")).status_code


def test_a_database_without_room_is_told(tmp_path):
    """By SQLite's own code, as it raises it."""
    connection = sqlite3.connect(tmp_path / "small.db")
    connection.execute("CREATE TABLE one (octets)")
    connection.execute("PRAGMA max_page_count = 8")
    with pytest.raises(sqlite3.OperationalError) as raised:
        connection.execute("INSERT INTO one VALUES (randomblob(1000000))")
    assert is_full(raised.value)
    with pytest.raises(sqlite3.OperationalError) as raised:
        connection.execute("SELECT * FROM nothing")
    assert not is_full(raised.value)
    connection.close()


async def test_signing_out_ends_the_session_on_a_full_disk(desk, disk, signed_in):
    """Its token opens nothing from then on; its row goes when there is room."""
    token = signed_in.window.cookies[cookies.SESSION]
    disk.is_full = True
    led = await signed_in.post("/desk/logout", page="/desk/account")
    assert (303, "/desk/login") == (led.status_code, led.headers["location"])
    again = served.Browser(desk)
    again.window.cookies.set(cookies.SESSION, token)
    assert 303 == (await again.get("/desk/account")).status_code
    assert 401 == (await again.get("/desk/session")).status_code
    tending.tend(desk)
    assert 1 == rows(desk)
    disk.is_full = False
    tending.tend(desk)
    assert 0 == rows(desk)
    assert 303 == (await again.get("/desk/account")).status_code


async def test_another_session_is_ended_on_a_full_disk(desk, disk, signed_in, officer):
    """And is not among one's sessions any more; a stranger's id is still none of one's own."""
    other = served.Browser(desk, address="192.0.2.9")
    await other.sign_in(officer, typed_code=served.code(desk, officer, 1))
    stranger = served.Browser(desk)
    await stranger.sign_in(second := served.account(desk, "Officer Two"))
    (theirs,) = sessions.of_account(desk.connection, second.account_id, desk.clock())
    own = next(
        one
        for one in sessions.of_account(desk.connection, officer.account_id, desk.clock())
        if one.address == "192.0.2.9"
    )
    disk.is_full = True
    for session, status in ((own, 303), (theirs, 404)):
        form = {"page": "/desk/account", "session": session.session_id}
        assert status == (await signed_in.post("/desk/account/sessions", **form)).status_code
    assert 303 == (await other.get("/desk/account")).status_code
    assert 200 == (await stranger.get("/desk/account")).status_code
    assert "192.0.2.9" not in (await signed_in.get("/desk/account")).text


async def test_nobody_signs_in_on_a_full_disk(desk, disk, officer):
    """A try that cannot be counted is not looked at."""
    browser = served.Browser(desk)
    await browser.get("/desk/login")
    disk.is_full = True
    assert 507 == (await browser.sign_in(officer)).status_code


async def test_what_was_being_written_goes_with_its_session(desk, signed_in):
    """By the clock, without anybody looking: nothing that was typed stays in the memory."""
    await signed_in.post("/desk/ask", page="/desk/ask", pasted="+84 855501990", case_id="")
    assert 1 == len(desk.drafts._kept)
    desk.clock.now_ms += sessions.IDLE_MS - 1
    tending.tend(desk)
    assert 1 == len(desk.drafts._kept)
    desk.clock.now_ms += 1
    tending.tend(desk)
    assert 0 == len(desk.drafts._kept)


async def test_what_was_being_written_goes_when_its_session_is_ended_elsewhere(
    desk, signed_in, officer
):
    """At once."""
    await signed_in.post("/desk/ask", page="/desk/ask", pasted="+84 855501990", case_id="")
    other = served.Browser(desk, address="192.0.2.9")
    await other.sign_in(officer, typed_code=served.code(desk, officer, 1))
    first = next(
        one
        for one in sessions.of_account(desk.connection, officer.account_id, desk.clock())
        if one.address != "192.0.2.9"
    )
    form = {"page": "/desk/account", "session": first.session_id}
    assert 303 == (await other.post("/desk/account/sessions", **form)).status_code
    assert 0 == len(desk.drafts._kept)


class Fills:
    """A lookup that ends on a disk which is full: answers came, and are counted."""

    def __init__(self, lookup, disk):
        self.lookup, self.disk = lookup, disk

    async def __call__(self, identifiers, case, *, nations, on_outcome):
        """Look up; the disk fills before the desk can write what came."""
        lookup = await self.lookup(identifiers, case, nations=nations, on_outcome=on_outcome)
        self.disk.is_full = True
        return lookup


@pytest.fixture
def fills(desk, disk):
    """Have the disk fill while a question is under way."""
    desk.client.lookup = Fills(desk.client.lookup, disk)


async def asked(desk, browser, *, text=f"{KNOWN} {OTHER}"):
    """Ask, and wait until the question has ended; give its address."""
    address = await ask(browser, text)
    await asyncio.gather(*desk._tasks)
    return address


def without_room(monkeypatch):
    """Have somebody else use what a question gives up, before it does."""
    give_up = Room.give_up
    monkeypatch.setattr(Room, "give_up", lambda room: give_up(room) and False)


async def test_answers_that_cannot_be_saved_are_shown_and_saved_later(
    desk, disk, signed_in, fills, monkeypatch
):
    """On every page, marked as not saved; and once there is room, they are like all others."""
    without_room(monkeypatch)
    address = await asked(desk, signed_in)
    for path in (address, f"{address}/proof?place=0&nation=VN"):
        assert "hit" in (await signed_in.get(path)).text
    page = (await signed_in.get(address)).text
    assert {(0, "VN"): "hit", (1, "VN"): "no-hit"} == words(page)
    assert NOT_SAVED in page
    case = re.search(r"/desk/cases/[0-9a-f]{16}", page)[0]
    assert "badge is-waiting" not in (await signed_in.get(case)).text
    tending.tend(desk)
    assert NOT_SAVED in (await signed_in.get(address)).text
    disk.is_full = False
    tending.tend(desk)
    page = (await signed_in.get(address)).text
    assert NOT_SAVED not in page
    assert {(0, "VN"): "hit", (1, "VN"): "no-hit"} == words(page)
    assert {} == desk.store.unwritten
    # The row itself has it, for a desk that begins anew.
    (state,) = desk.connection.execute("SELECT state FROM question").fetchone()
    assert "finished" == state


async def test_what_was_not_asked_is_said_when_there_is_room_again(desk, disk, signed_in):
    """Also why a question ended is held until it can be written."""

    async def no_coordinator(*_asked, **_more):
        disk.is_full = True
        raise PeerError("no coordinator answers")

    desk.client.lookup = no_coordinator
    address = await asked(desk, signed_in)
    assert "No coordinator carried the question." in (await signed_in.get(address)).text
    disk.is_full = False
    tending.tend(desk)
    assert "No coordinator carried the question." in (await signed_in.get(address)).text
    assert {} == desk.store.unwritten


async def test_what_is_erased_meanwhile_is_not_saved(desk, disk, signed_in, fills, monkeypatch):
    """Nothing is left of it, in the memory either."""
    without_room(monkeypatch)
    await asked(desk, signed_in)
    disk.is_full = False
    (case_id,) = desk.connection.execute("SELECT case_id FROM kept_case").fetchone()
    files = AgencyFiles(desk.home, desk.client.session.connection, desk.clock())
    erasing.erase_case(desk.store, case_id, files)
    tending.tend(desk)
    assert {} == desk.store.unwritten
    assert (0,) == desk.connection.execute("SELECT count(*) FROM question").fetchone()


async def test_the_room_that_was_taken_is_used(desk, disk, signed_in, monkeypatch):
    """What came is written in it, as soon as it is given up."""
    give_up, lookup = Room.give_up, desk.client.lookup

    async def fills_all_else(*asked, **more):
        found = await lookup(*asked, **more)
        disk.is_full = True
        return found

    def gives(room):
        given = give_up(room)
        disk.is_full = disk.is_full and not given
        return given

    desk.client.lookup = fills_all_else
    monkeypatch.setattr(Room, "give_up", gives)
    address = await asked(desk, signed_in)
    page = (await signed_in.get(address)).text
    assert NOT_SAVED not in page
    assert {(0, "VN"): "hit", (1, "VN"): "no-hit"} == words(page)


@pytest.mark.parametrize("where", ["desk", "lookup"])
async def test_without_room_nothing_is_asked(desk, session, signed_in, monkeypatch, where):
    """Neither where the desk has none nor where the lookup has none: nothing is counted."""
    take, sent = Room.take, []

    def taken(room, octets):
        if (room._directory == desk.home.receipts) == (where == "lookup"):
            raise DiskFullError
        take(room, octets)

    query = session.coordinators.query

    def noted(*question):
        sent.append(question)
        return query(*question)

    monkeypatch.setattr(Room, "take", taken)
    monkeypatch.setattr(session.coordinators, "query", noted)
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    cost = (await choose(signed_in, draft)).headers["location"]
    question = {"question_id": draft.split("/")[-1], "revision": "1"}
    page = await signed_in.post("/desk/questions", page=cost, **question)
    await asyncio.gather(*desk._tasks)
    if where == "desk":
        assert 507 == page.status_code
        assert FULL in page.text
    else:
        page = await signed_in.get(page.headers["location"])
        assert "Nothing was asked." in page.text
        assert "The disk of this desk is full." in page.text
    assert [] == sent
    counted = session.connection.execute("SELECT count(*) FROM asked").fetchone()
    assert (0,) == counted


async def test_a_desk_that_was_killed_on_a_full_disk_starts(desk, signed_in, monkeypatch):
    """With a question and a list under way, read as what they are; noted when there is room."""
    address = await kept(signed_in)
    list_id = address.split("/")[-1]
    about = lists.kept_for_whoever(desk.store, list_id)
    lists.begin(desk.store, about, desk.clock())
    new = new_question(about, question_id="a" * 16, account_id=about.account_id)
    questions.begin(desk.store, new, desk.clock())
    real, disks = DeskStore.open, []

    def opened(home, random):
        store = real(home, random)
        disks.append(full_disk.on(store))
        disks[0].is_full = True
        return store

    monkeypatch.setattr(DeskStore, "open", staticmethod(opened))
    async with serving.opened_desk(
        desk.client, desk.names, clock=desk.clock, random=desk.random
    ) as again:
        assert "ended" == questions.read_any(again.store, new.question_id).state
        shown = Lists(again).as_it_is(lists.kept_for_whoever(again.store, list_id))
        assert ("stopped", INTERRUPTED) == (shown.state, shown.why)
        tending.tend(again)
        disks[0].is_full = False
        tending.tend(again)
        stopped = lists.kept_for_whoever(again.store, list_id)
        assert ("stopped", INTERRUPTED) == (stopped.state, stopped.why)
        states = again.connection.execute("SELECT state FROM question").fetchall()
        assert [("ended",)] == states


def rows(desk):
    """Count the rows of sessions."""
    return desk.connection.execute("SELECT count(*) FROM session").fetchone()[0]
