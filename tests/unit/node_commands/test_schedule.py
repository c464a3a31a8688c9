"""The schedule: what is due is published, in its order; what fails is said, and tried again."""

import contextlib
import json
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest
from fedquery_node import late, schedule, schema, soundness
from fedquery_node.opening import PUBLISH_LOCK, SCHEDULE_LOCK
from fedquery_node.publishing_clock import DAY_MS, MINUTE_MS, Clock
from fedquery_node.schedule import Schedule

from fedquery.errors import BusyError, StorageError
from fedquery.psi.publication import Publication
from fedquery.storage.database import DirectoryLock

START_MS = 20_800 * DAY_MS


def with_clock(home, text):
    """Give the dataset of a node a clock."""
    path = home / "node.toml"
    path.write_text(path.read_text().replace("[datasets.phones]", f"[datasets.phones]\n{text}"))


def published(home):
    """List the publications."""
    with contextlib.closing(schema.connect(home)) as connection:
        found = connection.execute("SELECT leaf FROM publication ORDER BY version").fetchall()
    return [Publication.decode(leaf) for (leaf,) in found]


class Published:
    """Stands in for publishing: notes what is published and when, or fails."""

    def __init__(self, monkeypatch):
        self.now_ms, self.took_ms = START_MS, 0
        self.done, self.last, self.errors = [], {}, {}
        monkeypatch.setattr(schedule, "publishing", self.publishing)
        monkeypatch.setattr(Schedule, "due_ms", self.due_ms)
        monkeypatch.setattr(late, "remember", lambda _connection, *told: self.told.append(told))
        database = SimpleNamespace(close=lambda: None)
        monkeypatch.setattr(schema, "connect", lambda *_args, **_kwargs: database)
        self.told = []

    @contextlib.contextmanager
    def publishing(self, _path, _now_ms):
        """Lock nothing."""
        yield self

    def publish(self, dataset, now_ms, advance):
        """Note a publication, which takes its time, or fail as told."""
        advance(1)
        error = self.errors.pop(dataset, None)
        if error is not None:
            raise error
        self.done.append((dataset, now_ms - START_MS))
        self.last[dataset] = now_ms
        self.now_ms += self.took_ms
        return SimpleNamespace(publication=SimpleNamespace(version=1))

    def due_ms(self, *_):
        """Say when each is due, from what was noted."""
        return {
            name: clock.next_after(self.last[name]) if name in self.last else 0
            for name, clock in self.schedule.clocks.items()
        }

    def of(self, stopping=lambda: False, **clocks):
        """Make a schedule of these clocks."""
        self.schedule = Schedule(None, clocks, lambda: self.now_ms, stopping)
        return self.schedule


@pytest.fixture
def stand_in(monkeypatch):
    """Give what stands in for publishing."""
    return Published(monkeypatch)


HOT = Clock(every_ms=15 * MINUTE_MS)
NIGHTLY = Clock(times_ms=(150 * MINUTE_MS,))


def test_the_shortest_clock_goes_first_also_after_a_long_publication(stand_in):
    """A hot list that becomes due while a large dataset is published goes before the next one."""
    stand_in.took_ms = 20 * MINUTE_MS
    assert 0 == stand_in.of(large=NIGHTLY, hot=HOT).turn()
    assert [("hot", 0), ("large", 20 * MINUTE_MS)] == stand_in.done
    stand_in.of(large=NIGHTLY, hot=HOT).turn()
    assert ("hot", 40 * MINUTE_MS) == stand_in.done[2]


def test_a_day_has_as_many_publications_as_its_clocks_say(stand_in):
    """Ninety-six of a hot list and one of the night, none early and none twice."""
    timed = stand_in.of(hot=HOT, large=NIGHTLY)
    stand_in.last = {"hot": START_MS, "large": START_MS}
    for minute in range(24 * 60 + 1):
        stand_in.now_ms = START_MS + minute * MINUTE_MS
        timed.turn()
    times = {
        name: [at // MINUTE_MS for one, at in stand_in.done if one == name] for name in timed.clocks
    }
    assert {"hot": list(range(15, 24 * 60 + 1, 15)), "large": [150]} == times


def test_what_fails_is_told_and_tried_again_after_longer_and_longer(stand_in):
    """The others are published meanwhile, and a success ends the pauses."""
    timed = stand_in.of(hot=HOT, large=NIGHTLY)
    stand_in.last = {"large": START_MS}
    tried = []
    for second in range(0, 3600, 5):
        stand_in.now_ms = START_MS + second * 1000
        stand_in.errors["hot"] = StorageError("the disk is full")
        before = len(stand_in.told)
        code = timed.turn()
        if len(stand_in.told) > before:
            tried.append(second)
            assert 74 == code
    assert [0, 30, 90, 210, 450, 930, 1830, 2730] == tried
    assert ("hot", late.Failure(START_MS, "audit-unavailable")) == stand_in.told[0]
    stand_in.errors.clear()
    stand_in.now_ms = START_MS + 3_700_000
    assert 0 == timed.turn()
    stand_in.now_ms += 15 * MINUTE_MS
    stand_in.errors["hot"] = StorageError("the disk is full")
    timed.turn()
    stand_in.errors.clear()
    stand_in.now_ms += 30_000
    assert 0 == timed.turn()
    assert 2 == len(stand_in.done)


def test_an_import_under_way_is_waited_for_and_no_failure(stand_in):
    """It is tried every half minute, and `status` calls nothing failed."""
    timed = stand_in.of(hot=HOT)
    stand_in.errors["hot"] = BusyError("busy")
    assert 75 == timed.turn()
    assert 0 == timed.turn()
    stand_in.now_ms += 30_000
    assert 0 == timed.turn()
    assert ([("hot", 30_000)], []) == (stand_in.done, stand_in.told)


def test_a_stop_gives_up_what_is_half_done(stand_in):
    """It is no failure: the next start publishes it."""
    stopping = []

    def advance_then_stop(*_):
        stopping.append(1)
        return len(stopping) > 1

    timed = stand_in.of(stopping=advance_then_stop, hot=HOT)
    assert 0 == timed.turn()
    assert ([], []) == (stand_in.done, stand_in.told)


def test_once_publishes_what_is_due_and_says_when_the_next_is(member):
    """The second run finds nothing due; the leaf promises a quarter of an hour."""
    with_clock(member.home, "publish_every_min = 15")
    for _ in range(2):
        assert 0 == member("schedule", "--once")[0]
    (one,) = published(member.home)
    assert 15 * MINUTE_MS == one.next_due_ms - one.published_ms
    with contextlib.closing(schema.connect(member.home)) as connection:
        assert soundness.holds(connection, one.published_ms)
    found = json.loads(member("status", "--json")[1])
    assert (False, "every 15 min", None) == (
        found["scheduling"], found["datasets"][0]["clock"], found["datasets"][0]["failed"],
    )  # fmt: skip
    assert "NOT SCHEDULED" in member("status")[1]


def test_a_clock_that_was_ahead_holds_nothing_up(member, monkeypatch):
    """Nobody believes a publication from the future, and the next one is due at once."""
    with_clock(member.home, "publish_every_min = 15")
    now_ms = schedule.wall_clock()
    monkeypatch.setattr(schedule, "wall_clock", lambda: now_ms + 2 * DAY_MS)
    assert 0 == member("schedule", "--once")[0]
    monkeypatch.setattr(schedule, "wall_clock", lambda: now_ms)
    assert 0 == member("schedule", "--once")[0]
    assert [2 * DAY_MS, 0] == [one.published_ms - now_ms for one in published(member.home)]


def test_a_pause_ends_where_the_clock_goes_back(stand_in):
    """It is a quarter of an hour at most, and not as much longer as the clock was ahead."""
    stand_in.now_ms += 300 * DAY_MS
    timed = stand_in.of(hot=HOT)
    stand_in.errors["hot"] = StorageError("the disk is full")
    assert 74 == timed.turn()
    stand_in.now_ms = START_MS
    assert 0 == timed.turn()
    assert [("hot", 0)] == stand_in.done


def test_without_a_clock_or_beside_another_it_does_not_start(member):
    """What has nothing to do says so, and two would publish twice."""
    assert 78 == member("schedule", "--once")[0]
    with_clock(member.home, 'publish_at = ["24:00"]')
    assert 78 == member("schedule", "--once")[0]
    path = member.home / "node.toml"
    path.write_text(path.read_text().replace("24:00", "02:30"))
    with DirectoryLock(member.home, SCHEDULE_LOCK):
        assert 75 == member("schedule", "--once")[0]
        assert "NOT SCHEDULED" not in member("status")[1]
    with DirectoryLock(member.home, PUBLISH_LOCK):
        assert 75 == member("schedule", "--once")[0]
    assert [] == published(member.home)


def test_status_says_why_a_publication_failed_until_one_succeeds(member):
    """What is in the way of the index stops it; out of the way, the failure is gone."""
    with_clock(member.home, "publish_every_min = 15")
    index = member.home / "index"
    index.write_text("a file is in the way")
    code, _, err = member("schedule", "--once")
    assert 74 == code
    assert {"publication-failed", "publication-fault"} <= {
        json.loads(line)["event"] for line in err.splitlines()
    }
    assert "FAILED" in member("status")[1]
    assert [] == published(member.home)
    index.unlink()
    assert 0 == member("schedule", "--once")[0]
    assert "FAILED" not in member("status")[1]


def test_the_service_publishes_and_ends_when_told(member):
    """It publishes what is due when it starts, and ends cleanly on SIGTERM."""
    with_clock(member.home, "publish_every_min = 15")
    command = [sys.executable, "-m", "fedquery_node", "--home", str(member.home), "schedule"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE)
    events = []
    try:
        while "published" not in events:
            events.append(json.loads(running.stderr.readline())["event"])
        running.send_signal(signal.SIGTERM)
        assert 0 == running.wait(30)
    finally:
        running.kill()
    assert ["scheduling", "published"] == events
    assert 1 == len(published(member.home))
