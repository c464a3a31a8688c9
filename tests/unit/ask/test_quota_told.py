"""What nations told of their quota: a forecast that renews by the clock and mixes no cases up."""

import contextlib
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask import quota_told
from fedquery.audit.asker import ConcludedEntry
from fedquery.federation.ceilings import Ceilings, WindowCeilings
from fedquery.transport.head import NO_LIMIT, GrantLeft, QuotaLeft

HOUR_MS = 3_600_000
NOW_MS = 1_800_000_000_000
CEILINGS = Ceilings(WindowCeilings(200, 2000, 50_000), WindowCeilings(1000, 1500, 100_000), 5000)
ANY = GrantLeft(7, "phones", 90, NOW_MS + HOUR_MS, this_case=False)
OURS = GrantLeft(9, "phones", 50, NOW_MS + 2 * HOUR_MS, this_case=True)
LEFT = QuotaLeft(10, 20, 30, 40, NOW_MS + 1, NOW_MS + 2, NOW_MS + 3, (ANY, OURS))


@pytest.fixture
def connection():
    """Make the one table that it needs."""
    with contextlib.closing(sqlite3.connect(":memory:")) as opened:
        opened.execute("CREATE TABLE remembered (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT")
        yield opened


def test_what_was_told_is_known_again(connection):
    """All of it, in the case that it was told in."""
    quota_told.keep(connection, "VN", "case-1", LEFT)
    assert LEFT == quota_told.known(connection, "VN", "case-1", CEILINGS, NOW_MS)


def test_another_case_shares_the_windows_alone(connection):
    """Neither what is left of a case nor a grant for it is another's."""
    quota_told.keep(connection, "VN", "case-1", LEFT)
    found = quota_told.known(connection, "VN", "case-2", CEILINGS, NOW_MS)
    assert replace(LEFT, case=5000, grants=(ANY,)) == found
    quota_told.keep(connection, "VN", "case-2", replace(LEFT, hour=4, case=39, grants=()))
    found = quota_told.known(connection, "VN", "case-1", CEILINGS, NOW_MS)
    assert replace(LEFT, hour=4, grants=(OURS,)) == found


def test_of_an_agency_the_windows_are_known_whatever_the_case(connection):
    """What is left of a case, and a grant for it, are of no other."""
    quota_told.keep(connection, "VN", "case-1", LEFT)
    found = quota_told.known_of_agency(connection, "VN", CEILINGS, NOW_MS)
    assert replace(LEFT, case=5000, grants=(ANY,)) == found
    assert quota_told.known_of_agency(connection, "LA", None, NOW_MS) is None


def test_another_nation_told_nothing(connection):
    """Its ceilings are what is known; without them, nothing is."""
    quota_told.keep(connection, "VN", "case-1", LEFT)
    assert quota_told.known(connection, "LA", "case-1", None, NOW_MS) is None
    found = quota_told.known(connection, "LA", "case-1", CEILINGS, NOW_MS)
    assert QuotaLeft(200, 1500, 50_000, 5000) == found


@pytest.mark.parametrize(
    ("after_ms", "hour", "day", "year"),
    [(0, 10, 20, 30), (1, 200, 20, 30), (2, 200, 1500, 30), (3, 200, 1500, 50_000)],
)
def test_a_window_that_has_ended_is_whole_again(after_ms, hour, day, year):
    """From its end on, by the ceilings of the manifest."""
    found = quota_told.forecast(LEFT, LEFT, CEILINGS, NOW_MS + after_ms)
    assert (hour, day, year, 40) == (found.hour, found.day, found.year, found.case)


def test_where_a_ceiling_is_not_told_a_renewed_window_is_unknown():
    """It is not taken for nothing, and not for what it was."""
    found = quota_told.forecast(LEFT, None, None, NOW_MS + 1)
    assert (NO_LIMIT, 20, NO_LIMIT) == (found.hour, found.day, found.case)


@given(st.integers(0, 3 * HOUR_MS))
def test_grants_end(after_ms):
    """What is forecast of grants is what of them still runs."""
    found = quota_told.forecast(LEFT, LEFT, CEILINGS, NOW_MS + after_ms)
    assert all(NOW_MS + after_ms < grant.until_ms for grant in found.grants)
    running = 90 * (after_ms < HOUR_MS) + 50 * (after_ms < 2 * HOUR_MS)
    assert running == found.granted("phones")


def concluded(place, origin="fedquery.log/mekong/VN"):
    """Say that an answer came, with its place in the log of the holder."""
    return ConcludedEntry(
        request_digest=bytes(32),
        outcome="answered",
        replied_ms=NOW_MS,
        receipt_origin=origin,
        receipt_index=place,
    )


def test_the_answer_that_was_counted_last_counts_in_whatever_order_they_come():
    """Of each nation by itself; in a log that was begun anew, and without a place, as they come."""
    newest = quota_told.Newest()
    assert [True, True, False, True] == [
        newest.is_it("VN", concluded(place)) for place in (7, 9, 8, 10)
    ]
    assert newest.is_it("LA", concluded(1))
    assert newest.is_it("VN", concluded(None, ""))
    assert newest.is_it("VN", concluded(2, "fedquery.log/mekong/VN/2"))
    assert not newest.is_it("VN", concluded(1, "fedquery.log/mekong/VN/2"))
