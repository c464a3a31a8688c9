"""A list that could not be prepared, or was refused for its cost, leaves nothing on the disk."""

import asyncio
import contextlib
import errno
import sqlite3
import threading

import pytest
from unit.ask_screening.test_asking import screening
from unit.ask_screening.test_quota import listed, told
from unit.psi.holding import octets

from fedquery.ask.client import Client
from fedquery.ask.screening import job, job_file, opened
from fedquery.ask.screening.asked import Asked
from fedquery.ask.screening.files import directory_of, job_ids, path_of
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.planning import Planner
from fedquery.ask.screening.reading import ListReader
from fedquery.ask.screening.screening import resumed
from fedquery.ask.screening.values import ListRefusedError
from fedquery.ask.session import Session
from fedquery.errors import StorageError

__all__ = ["told"]


def left(session):
    """List what stands where screenings are."""
    directory = directory_of(session.home)
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def full(*_args, **_kwargs):
    """Do what a full disk does."""
    raise StorageError("the disk is full") from OSError(errno.ENOSPC, "")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Asked, "keep"),
        (ListReader, "take"),
        (ListReader, "finish"),
        (Planner, "targets"),
        (opened, "cost_of"),
        (job_file, "made"),
    ],
)
async def test_what_fails_while_it_is_prepared_leaves_nothing(
    session, case, monkeypatch, owner, name
):
    """At whatever step; the next list is prepared as if nothing had been."""
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, full)
        async with screening(session, listed(3), case) as one:
            with pytest.raises(StorageError):
                await one.prepare()
            assert [] == left(session)
    assert [] == left(session)
    async with screening(session, listed(3), case) as one:
        assert 3 == (await one.prepare()).distinct


@pytest.mark.parametrize(
    ("owner", "name"), [(Job, "begin"), (ListReader, "take"), (opened, "cost_of")]
)
async def test_who_is_stopped_while_it_is_prepared_leaves_nothing(
    session, case, monkeypatch, owner, name
):
    """As by Ctrl-C: also where the thread that prepares goes on for a while."""
    reached, go_on = threading.Event(), threading.Event()
    done = getattr(owner, name)

    def slow(*args, **kwargs):
        reached.set()
        go_on.wait()
        return done(*args, **kwargs)

    monkeypatch.setattr(owner, name, slow)
    async with screening(session, listed(3), case) as one:
        task = asyncio.create_task(one.prepare())
        await asyncio.to_thread(reached.wait)
        task.cancel()
        asyncio.get_running_loop().call_soon(go_on.set)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [] == left(session)
    assert [] == left(session)


async def test_a_list_that_is_refused_for_its_cost_is_erased_when_it_is_closed(session, case, told):
    """Nothing of it was asked. Until then, it can be asked all the same."""
    told(0)
    one = screening(session, listed(4), case)
    with pytest.raises(ListRefusedError):
        await one.run()
    assert [one.job_id] == job_ids(session.home)
    await one.aclose()
    assert [] == left(session)
    with pytest.raises(ListRefusedError):
        async for _ in screening(session, listed(4), case):
            pass
    assert [] == left(session)
    async with screening(session, listed(4), case) as one:
        with pytest.raises(ListRefusedError):
            await one.run()
        assert (await one.run(anyway=True)).finished
    assert [one.job_id] == job_ids(session.home)


async def test_what_is_left_of_a_list_is_not_erased_where_it_is_refused(session, case, told):
    """A screening that is resumed was kept before: others may want what it has."""
    async with screening(session, listed(4), case) as one:
        await one.prepare()
        job_id = one.job_id
    told(0)
    async with resumed(session, job_id, octets(9)) as one:
        with pytest.raises(ListRefusedError):
            await one.run()
    assert [job_id] == job_ids(session.home)


def made_and_killed(path, **_):
    """Make a file, and end."""
    path.touch(0o600)
    raise ZeroDivisionError


@pytest.mark.parametrize("step", ["file", "tables", "list"])
async def test_the_next_program_erases_what_a_kill_has_left(session, case, monkeypatch, step):
    """Of a list that was not prepared; what is being prepared now, and is kept, stays."""
    async with screening(session, listed(3), case) as one:
        await one.prepare()
        kept = one.job_id
    # A kill closes files and lets go of locks, and does nothing else.
    monkeypatch.setattr(job, "erase_unprepared", lambda _home: None)
    begun = None
    with monkeypatch.context() as patched, contextlib.suppress(ZeroDivisionError, sqlite3.Error):
        if step == "file":
            patched.setattr(job_file, "_opened", made_and_killed)
        if step == "tables":
            patched.setattr(job_file, "_TABLES", ("CREATE TABLE fact (name)", "no statement"))
        begun = Job.begin(session.home, octets(31))
    if begun is not None:
        begun.close()
    assert 2 == len(job_ids(session.home))
    monkeypatch.setattr(Session, "begin", lambda *_: session)
    held = Job.begin(session.home, octets(32))
    async with Client(session.home, session.clock, octets(33)):
        assert sorted([kept, held.job_id]) == job_ids(session.home)
    held.close()
    async with Client(session.home, session.clock, octets(33)):
        assert [kept] == job_ids(session.home)
    assert path_of(session.home, kept).exists()
