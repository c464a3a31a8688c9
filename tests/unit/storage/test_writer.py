import asyncio
import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from fedquery.errors import BusyError, QuotaError, StorageError
from fedquery.storage.database import open_database
from fedquery.storage.writer import Writer

_LIMIT = 20
_THREADS = 64


def _open(path) -> sqlite3.Connection:
    return open_database(path, application_id=1, user_version=1, create=True)


@pytest.fixture
def reader(tmp_path) -> Iterator[sqlite3.Connection]:
    """Open a second connection to the writer's database."""
    connection = _open(tmp_path / "x.db")
    connection.execute("CREATE TABLE quota (used INTEGER NOT NULL) STRICT")
    connection.execute("INSERT INTO quota VALUES (0)")
    connection.execute("CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT")
    yield connection
    connection.close()


@pytest.fixture
def writer(tmp_path, reader) -> Iterator[Writer]:
    """Start a writer."""
    started = Writer(_open(tmp_path / "x.db"), queue_limit=200, group_limit=16)
    yield started
    started.close()


def _insert(x: object) -> Callable[[sqlite3.Connection], object]:
    def change(connection: sqlite3.Connection) -> object:
        connection.execute("INSERT INTO t VALUES (?)", (x,))
        return x

    return change


def _stored(reader: sqlite3.Connection) -> list[int]:
    return [row[0] for row in reader.execute("SELECT x FROM t ORDER BY x")]


class _Held:
    """Keep the writer's thread inside a change until it is let go."""

    def __init__(self, writer: Writer) -> None:
        self._go = threading.Event()
        entered = threading.Event()

        def change(_connection: sqlite3.Connection) -> None:
            entered.set()
            self._go.wait()

        self.future = writer.submit(change)
        entered.wait()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._go.set()


def _grants(charge: Callable[[], bool]) -> int:
    """Let many threads ask for one unit each, and count who was given one."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return sum(pool.map(lambda _: charge(), range(_THREADS)))


def test_conditional_updates_grant_exactly_the_limit(writer, reader):
    """64 threads ask for one of 20 units: exactly 20 get one."""

    def charge() -> bool:
        update = "UPDATE quota SET used = used + 1 WHERE used < ?"
        return writer.submit(lambda c: c.execute(update, (_LIMIT,)).rowcount == 1).result()

    assert _grants(charge) == _LIMIT
    assert reader.execute("SELECT used FROM quota").fetchone() == (_LIMIT,)


def test_the_twin_that_reads_and_then_writes_grants_too_many(writer, reader):
    """The same harness shows the fault: reading in one change, writing in another."""
    all_have_read = threading.Barrier(_THREADS)

    def charge() -> bool:
        used = writer.submit(lambda c: c.execute("SELECT used FROM quota").fetchone()[0]).result()
        all_have_read.wait()
        if used >= _LIMIT:
            return False
        writer.submit(lambda c: c.execute("UPDATE quota SET used = used + 1")).result()
        return True

    assert _grants(charge) == _THREADS
    assert reader.execute("SELECT used FROM quota").fetchone() == (_THREADS,)


def test_what_waits_is_committed_together(writer, reader):
    """Changes that wait behind a slow one make one commit for each full group."""
    assert writer.submit(_insert(1)).result() == 1
    before = writer.commits
    with _Held(writer):
        futures = [writer.submit(_insert(x)) for x in range(100, 132)]
    assert list(range(100, 132)) == [future.result() for future in futures]
    # The slow change is alone in its own commit, or leads the first group; 32 fit in two of 16.
    assert writer.commits - before == 3
    assert [1, *range(100, 132)] == _stored(reader)


def test_a_result_is_known_only_after_its_commit(writer, reader):
    """While a group is open, nobody has a result and no other connection sees a row."""
    seen: list[tuple[bool, list[int]]] = []
    futures: list[Future[object]] = []

    def look(_connection: sqlite3.Connection) -> None:
        seen.append((futures[0].done(), _stored(reader)))

    with _Held(writer):
        futures.append(writer.submit(_insert(5)))
        looked = writer.submit(look)
    looked.result()
    assert seen == [(False, [])]
    assert futures[0].result() == 5
    assert _stored(reader) == [5]


def test_a_change_that_raises_undoes_itself_alone(writer, reader):
    """Its rows vanish, its caller gets its exception, and its neighbours are committed."""

    def half(connection: sqlite3.Connection) -> None:
        _insert(2)(connection)
        raise QuotaError("spent")

    with _Held(writer):
        futures = [writer.submit(change) for change in (_insert(1), half, _insert(3), _insert(3))]
    assert futures[0].result() == 1
    with pytest.raises(QuotaError):
        futures[1].result()
    assert futures[2].result() == 3
    with pytest.raises(sqlite3.IntegrityError):
        futures[3].result()
    assert _stored(reader) == [1, 3]


@pytest.mark.parametrize("statement", ["COMMIT", "ROLLBACK"])
def test_a_change_that_ends_the_transaction_fails_the_group(writer, statement):
    """A change that commits or rolls back by itself takes the group with it, and says so."""
    with _Held(writer):
        first = writer.submit(_insert(1))
        second = writer.submit(lambda c: c.execute(statement))
        third = writer.submit(_insert(3))
    for future in (first, second, third):
        with pytest.raises(StorageError):
            future.result()
    assert writer.submit(_insert(4)).result() == 4


def test_a_lost_transaction_fails_the_group(writer, reader):
    """Where SQLite rolled back by itself and the change raised, none of the group stands."""

    def lose(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR ROLLBACK INTO t VALUES (1)")

    with _Held(writer):
        futures = [writer.submit(change) for change in (_insert(1), lose, _insert(3))]
    for future in futures:
        with pytest.raises(StorageError):
            future.result()
    assert _stored(reader) == []


def test_a_failed_commit_fails_all(tmp_path, reader):
    """Where the commit itself fails, every caller of the group learns it and nothing is kept."""
    connection = _open(tmp_path / "x.db")
    connection.execute(
        "CREATE TABLE child (x INTEGER REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)"
    )
    writer = Writer(connection)
    with _Held(writer):
        good = writer.submit(_insert(1))
        bad = writer.submit(lambda c: c.execute("INSERT INTO child VALUES (99)").rowcount)
    for future in (good, bad):
        with pytest.raises(StorageError):
            future.result()
    assert _stored(reader) == []
    assert writer.submit(_insert(2)).result() == 2
    writer.close()
    assert _stored(reader) == [2]


def test_a_database_that_another_process_holds_fails_the_group(tmp_path, reader):
    """Where no transaction can begin, the caller learns that nothing was kept."""
    connection = _open(tmp_path / "x.db")
    connection.execute("PRAGMA busy_timeout = 1")
    writer = Writer(connection)
    reader.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError):
        writer.submit(_insert(1)).result()
    reader.execute("ROLLBACK")
    assert writer.submit(_insert(1)).result() == 1
    writer.close()


def test_a_full_queue_refuses(tmp_path, reader):
    """A change over the limit is refused at once, and those that wait are kept."""
    writer = Writer(_open(tmp_path / "x.db"), queue_limit=2)
    with _Held(writer):
        waiting = [writer.submit(_insert(1)), writer.submit(_insert(2))]
        with pytest.raises(BusyError):
            writer.submit(_insert(3))
    assert [future.result() for future in waiting] == [1, 2]
    writer.close()
    assert _stored(reader) == [1, 2]


def test_closing_commits_what_waits_and_refuses_the_rest(tmp_path, reader):
    """Nothing that was taken is lost by a close, and a closed writer takes nothing."""
    writer = Writer(_open(tmp_path / "x.db"), group_limit=4)
    futures = [writer.submit(_insert(x)) for x in range(50)]
    writer.close()
    writer.close()
    assert list(range(50)) == [future.result(0) for future in futures]
    assert list(range(50)) == _stored(reader)
    with pytest.raises(StorageError):
        writer.submit(_insert(99))


def test_a_change_taken_back_before_its_turn_does_not_run(writer, reader):
    """A future that is cancelled in the queue leaves no trace."""
    with _Held(writer):
        taken_back = writer.submit(_insert(1))
        kept = writer.submit(_insert(2))
        assert taken_back.cancel()
    assert kept.result() == 2
    assert _stored(reader) == [2]


async def test_running_waits_for_the_commit(writer, reader):
    """`run` gives the result, or the exception, of the change."""
    assert await writer.run(_insert(7)) == 7
    with pytest.raises(sqlite3.IntegrityError):
        await writer.run(_insert(7))
    assert _stored(reader) == [7]


async def test_cancelling_a_waiter_leaves_the_change_whole(writer, reader):
    """A waiter that is cancelled in the middle of its change does not stop or split it."""
    inside, go = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        _insert(1)(connection)
        inside.set()
        go.wait()
        _insert(2)(connection)

    task = asyncio.create_task(writer.run(slow))
    await asyncio.to_thread(inside.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go.set()
    assert await writer.run(_insert(3)) == 3
    assert _stored(reader) == [1, 2, 3]


async def test_cancelling_a_waiter_of_a_change_that_raises_is_quiet(writer, reader):
    """The exception that nobody waits for is logged nowhere, and the next change goes on."""
    logged: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: logged.append(what))
    with _Held(writer):
        task = asyncio.create_task(writer.run(_insert("not a number")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await writer.run(_insert(1)) == 1
    assert _stored(reader) == [1]
    writer.close()
    gc.collect()
    assert logged == []


def test_impossible_limits_are_programming_errors(reader):
    """A writer takes at least one change at a time."""
    for limits in ({"queue_limit": 0}, {"group_limit": 0}):
        with pytest.raises(ValueError, match="at least 1"):
            Writer(reader, **limits)


async def test_cancelling_a_waiter_does_not_take_its_change_out_of_the_queue(writer, reader):
    """A change whose waiter is cancelled before its turn is committed all the same."""
    with _Held(writer):
        task = asyncio.create_task(writer.run(_insert(1)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await writer.run(_insert(2)) == 2
    assert _stored(reader) == [1, 2]
