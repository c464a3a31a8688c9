"""Count evaluated elements: the only hard stop against an asker that asks about every number.

Called inside the transaction that also writes the decision and the log leaf. Each counter changes
by one conditional statement, so that no two askers can both take the last element; if one counter
has no room, the savepoint of the caller takes all of them back.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from fedquery.errors import QuotaError
from fedquery_node.config import Quota, WindowQuota

SECOND_MS = 1000
HOUR_MS = 3_600 * SECOND_MS
DAY_MS = 24 * HOUR_MS
_HIGH_WATER = "quota_high_water_ms"


class SpentError(QuotaError):
    """A quota has no room for a question; nothing was charged.

    Attributes:
        retry_after_s: after how many seconds the window renews; 0 where it never does.
    """

    def __init__(self, scope: str, window: str, retry_after_s: int) -> None:
        super().__init__(f"the quota of this {scope} for the {window} is spent")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Payer:
    """Whom a question is charged to.

    Attributes:
        agency: the asking agency.
        nation: its nation.
        case: the pseudonym of its case.
    """

    agency: str
    nation: str
    case: str

    @property
    def case_name(self) -> str:
        """Name the case on the counters.

        Two agencies may choose the same pseudonym; the slash keeps their cases apart, because a
        name of an agency has exactly one.
        """
        return f"{self.agency}/{self.case}"


@dataclass(frozen=True, slots=True)
class Used:
    """What stands on the counters.

    Attributes:
        hour: elements of the agency in this hour.
        day: elements of the agency today.
        year: elements of the agency this year.
        case: elements of the case.
        nation_day: elements of all agencies of the nation today.
    """

    hour: int
    day: int
    year: int
    case: int
    nation_day: int


@dataclass(frozen=True, slots=True)
class WindowRoom:
    """What a window has room for.

    Attributes:
        elements: how many, by agency and nation.
        ends_ms: when it ends.
    """

    elements: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class Room:
    """What the ordinary quota has room for.

    Attributes:
        windows: hour, day and year.
        case: how many elements of the case.
    """

    windows: tuple[WindowRoom, WindowRoom, WindowRoom]
    case: int


@dataclass(frozen=True, slots=True)
class _Counter:
    scope: str
    name: str
    window: str
    start_ms: int
    end_ms: int | None
    limit: int


def steady_ms(connection: sqlite3.Connection, now_ms: int) -> int:
    """Give the time for windows: never before a time at which something was charged.

    A clock that steps back would otherwise open a window of the past, whose counter is empty.
    """
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (_HIGH_WATER,)
    ).fetchone()
    return max(now_ms, int.from_bytes(row[0], "big")) if row else now_ms


def advance(connection: sqlite3.Connection, now_ms: int) -> int:
    """Give that time, and remember it as one at which something was charged."""
    at_ms = steady_ms(connection, now_ms)
    connection.execute(
        "INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_HIGH_WATER, at_ms.to_bytes(8, "big"))
    )
    return at_ms


def room(connection: sqlite3.Connection, quota: Quota, payer: Payer, at_ms: int) -> Room:
    """Read what there is room for: of each window the least of what agency and nation have.

    Args:
        connection: the node's database.
        quota: the ceilings.
        payer: who asks.
        at_ms: the time (`steady_ms`).
    """
    found: dict[str, WindowRoom] = {}
    case = 0
    for counter in _counters(quota, payer, at_ms):
        counted = _read(connection, counter.scope, counter.name, counter.window, counter.start_ms)
        # A ceiling may have been lowered below what was used.
        free = max(0, counter.limit - counted)
        if counter.end_ms is None:
            case = free
            continue
        before = found.get(counter.window)
        least = free if before is None else min(free, before.elements)
        found[counter.window] = WindowRoom(least, counter.end_ms)
    return Room((found["hour"], found["day"], found["year"]), case)


def used(connection: sqlite3.Connection, payer: Payer, now_ms: int) -> Used:
    """Read the counters that policies see."""
    at_ms = steady_ms(connection, now_ms)
    starts = {window: start for window, start, _ in _windows(at_ms)}
    counted = {
        window: _read(connection, "agency", payer.agency, window, start)
        for window, start in starts.items()
    }
    return Used(
        counted["hour"],
        counted["day"],
        counted["year"],
        _read(connection, "case", payer.case_name, "total", 0),
        _read(connection, "nation", payer.nation, "day", starts["day"]),
    )


def charge(
    connection: sqlite3.Connection, quota: Quota, payer: Payer, elements: int, now_ms: int
) -> Used:
    """Charge a question, or nothing.

    Args:
        connection: inside a transaction, and in a savepoint that a raised error rolls back.
        quota: the ceilings.
        payer: whom to charge.
        elements: the size class, 1 or more.
        now_ms: the time.

    Returns:
        What stands on the counters now.

    Raises:
        SpentError: if a counter has no room.
    """
    if elements < 1:
        raise ValueError("a question has elements")
    at_ms = advance(connection, now_ms)
    for counter in _counters(quota, payer, at_ms):
        # The counter of a window that is over begins anew, in the same statement that charges it.
        charged = connection.execute(
            "INSERT INTO quota VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (scope, name, window)"
            " DO UPDATE SET start_ms = excluded.start_ms, used = excluded.used"
            " + iif(start_ms = excluded.start_ms, used, 0)"
            " WHERE excluded.used + iif(start_ms = excluded.start_ms, used, 0) <= ?6",
            (
                counter.scope,
                counter.name,
                counter.window,
                counter.start_ms,
                elements,
                counter.limit,
            ),
        ).rowcount
        # A first row meets no conflict and hence no condition.
        if charged != 1 or elements > counter.limit:
            raise SpentError(counter.scope, counter.window, _renews_s(counter, at_ms))
    return used(connection, payer, now_ms)


def _renews_s(counter: _Counter, at_ms: int) -> int:
    return 0 if counter.end_ms is None else -(-(counter.end_ms - at_ms) // SECOND_MS)


def _counters(quota: Quota, payer: Payer, at_ms: int) -> Iterator[_Counter]:
    # The longest window first: a refusal then names the time after which asking again can help.
    for scope, name, limits in (
        ("agency", payer.agency, quota.agency),
        ("nation", payer.nation, quota.nation),
    ):
        for window, start, end in reversed(_windows(at_ms)):
            yield _Counter(scope, name, window, start, end, _limit(limits, window))
    yield _Counter("case", payer.case_name, "total", 0, None, quota.case.total)


def _limit(limits: WindowQuota, window: str) -> int:
    return {"hour": limits.hour, "day": limits.day, "year": limits.year}[window]


def _windows(at_ms: int) -> tuple[tuple[str, int, int], ...]:
    hour, day = at_ms - at_ms % HOUR_MS, at_ms - at_ms % DAY_MS
    year = datetime.fromtimestamp(at_ms / SECOND_MS, UTC).year
    return (
        ("hour", hour, hour + HOUR_MS),
        ("day", day, day + DAY_MS),
        ("year", _year_ms(year), _year_ms(year + 1)),
    )


def _year_ms(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * SECOND_MS


def _read(connection: sqlite3.Connection, scope: str, name: str, window: str, start_ms: int) -> int:
    row = connection.execute(
        "SELECT used FROM quota WHERE scope = ? AND name = ? AND window = ? AND start_ms = ?",
        (scope, name, window, start_ms),
    ).fetchone()
    return int(row[0]) if row else 0
