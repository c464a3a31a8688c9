"""Quota: exact under concurrency, never minted by a clock, charged whole or not at all."""

import contextlib
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from fedquery_node import schema
from fedquery_node.config import CaseQuota, Quota, WindowQuota, load_settings
from fedquery_node.quota import DAY_MS, HOUR_MS, Payer, SpentError, Used, charge, used

from fedquery.storage.writer import Writer

NOW_MS = 1_800_003_000_000
PAYER = Payer("TH/cyber-police", "TH", "case-1")
WIDE = WindowQuota(hour=10**6, day=10**6, year=10**6)
NODE_TOML = """
nation = "VN"
federation = "example"
listen = "127.0.0.1:0"
policies = "policies"
"""


def ceilings(agency: WindowQuota = WIDE, nation: WindowQuota = WIDE, case: int = 10**6) -> Quota:
    """Make ceilings that are wide where nothing is said."""
    return Quota(agency=agency, nation=nation, case=CaseQuota(total=case))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make an empty database of a node."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    schema.create(tmp_path, load_settings(tmp_path))
    return tmp_path


@pytest.fixture
def connection(home: Path) -> Iterator[sqlite3.Connection]:
    """Give that database."""
    opened = schema.connect(home)
    yield opened
    opened.close()


def attempt(
    connection: sqlite3.Connection, quota: Quota, elements: int, now_ms: int, payer: Payer = PAYER
) -> SpentError | None:
    """Charge in a savepoint, as the node does."""
    connection.execute("SAVEPOINT attempt")
    try:
        charge(connection, quota, payer, elements, now_ms)
    except SpentError as error:
        connection.execute("ROLLBACK TO attempt")
        return error
    finally:
        connection.execute("RELEASE attempt")
    return None


@pytest.mark.parametrize(
    ("window", "retry_after_s"),
    [
        ("hour", (HOUR_MS - NOW_MS % HOUR_MS) // 1000),
        ("day", (DAY_MS - NOW_MS % DAY_MS) // 1000),
    ],
)
@pytest.mark.parametrize("scope", ["agency", "nation"])
def test_each_window_stops_at_its_ceiling(
    connection: sqlite3.Connection, window: str, retry_after_s: int, scope: str
) -> None:
    """The last element that fits is granted, the next is not, and the refusal says when."""
    limits = WindowQuota(**({"hour": 100, "day": 100, "year": 100} | {window: 5}))
    quota = ceilings(**{scope: limits})
    assert attempt(connection, quota, 4, NOW_MS) is None
    assert attempt(connection, quota, 1, NOW_MS) is None
    refused = attempt(connection, quota, 1, NOW_MS)
    assert refused is not None
    assert retry_after_s == refused.retry_after_s
    assert attempt(connection, quota, 1, NOW_MS + 1000 * retry_after_s) is None


def test_a_refused_question_is_charged_nowhere(connection: sqlite3.Connection) -> None:
    """Where the last counter has no room, the first ones do not keep the charge."""
    quota = ceilings(case=3)
    assert attempt(connection, quota, 4, NOW_MS) is not None
    assert Used(0, 0, 0, 0, 0) == used(connection, PAYER, NOW_MS)
    assert attempt(connection, quota, 3, NOW_MS) is None
    assert Used(3, 3, 3, 3, 3) == used(connection, PAYER, NOW_MS)


def test_a_first_question_above_the_ceiling_is_refused(connection: sqlite3.Connection) -> None:
    """The condition holds for the row that makes the counter, too."""
    quota = ceilings(agency=WindowQuota(hour=3, day=100, year=100))
    assert attempt(connection, quota, 4, NOW_MS) is not None
    assert attempt(connection, quota, 3, NOW_MS) is None


def test_a_quota_of_nothing_grants_nothing(connection: sqlite3.Connection) -> None:
    """Zero is a ceiling, not its absence."""
    assert attempt(connection, ceilings(case=0), 1, NOW_MS) is not None


@pytest.mark.parametrize("back_ms", [1, HOUR_MS, DAY_MS, 400 * DAY_MS])
def test_a_clock_that_steps_back_mints_nothing(
    connection: sqlite3.Connection, back_ms: int
) -> None:
    """A window of the past does not open again, and coming back finds the counters as they were."""
    quota = ceilings(agency=WindowQuota(hour=5, day=5, year=5))
    assert attempt(connection, quota, 5, NOW_MS) is None
    assert attempt(connection, quota, 1, NOW_MS - back_ms) is not None
    assert Used(5, 5, 5, 5, 5) == used(connection, PAYER, NOW_MS - back_ms)
    assert attempt(connection, quota, 1, NOW_MS) is not None


def test_cases_of_two_agencies_are_two_cases(connection: sqlite3.Connection) -> None:
    """One agency cannot spend another's case by choosing its pseudonym."""
    quota = ceilings(case=1)
    assert attempt(connection, quota, 1, NOW_MS) is None
    assert attempt(connection, quota, 1, NOW_MS, Payer("TH/aml-office", "TH", "case-1")) is None
    assert attempt(connection, quota, 1, NOW_MS) is not None


def test_agencies_of_one_nation_share_its_ceiling(connection: sqlite3.Connection) -> None:
    """More agencies do not mean more elements."""
    quota = ceilings(nation=WindowQuota(hour=3, day=3, year=3))
    assert attempt(connection, quota, 2, NOW_MS) is None
    assert attempt(connection, quota, 2, NOW_MS, Payer("TH/aml-office", "TH", "x")) is not None
    assert attempt(connection, quota, 1, NOW_MS, Payer("TH/aml-office", "TH", "x")) is None


def charged_by(home: Path, connections: int, change: object) -> int:
    """Let many callers charge three elements each through writers of their own, and sum up."""
    writers = [Writer(schema.connect(home)) for _ in range(connections)]
    futures: list[Future[int]] = [writer.submit(change) for writer in writers for _ in range(16)]
    granted = 0
    for future in futures:
        with contextlib.suppress(SpentError):
            granted += future.result(30)
    for writer in writers:
        writer.close()
    return granted


def test_the_quota_is_exact_under_64_askers(home: Path) -> None:
    """Four processes' worth of writers and 64 askers get 99 of 100 in threes, never 102."""
    quota = ceilings(agency=WindowQuota(hour=100, day=10**6, year=10**6))

    def exact(connection: sqlite3.Connection) -> int:
        charge(connection, quota, PAYER, 3, NOW_MS)
        return 3

    assert 99 == charged_by(home, 4, exact)


def test_reading_before_writing_would_grant_too_much(home: Path) -> None:
    """The known-bad twin: a look at the counter before the charge is no ceiling."""
    quota = ceilings()
    looked = {}

    def naive(connection: sqlite3.Connection) -> int:
        # What another asker charged since the look is not seen.
        left = looked.setdefault("left", 100 - used(connection, PAYER, NOW_MS).hour)
        if left < 3:
            return 0
        charge(connection, quota, PAYER, 3, NOW_MS)
        return 3

    assert charged_by(home, 4, naive) > 100
