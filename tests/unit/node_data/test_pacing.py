"""What is much is written in short steps with pauses; what is little in one transaction."""

import sqlite3

import pytest
from fedquery_node import pacing
from fedquery_node.pacing import Pace, pace_for, pause_s, rows_of_next
from hypothesis import given
from hypothesis import strategies as st

times = st.floats(0, 1_000)


@given(rows=st.integers(1, 50_000), took_s=times, most=st.integers(1, 50_000))
def test_a_step_has_at_least_a_row_and_at_most_what_is_allowed(rows, took_s, most):
    """Whatever a clock says."""
    assert 1 <= rows_of_next(rows, took_s, most) <= most


@pytest.mark.parametrize(
    ("took_s", "expected"), [(0.1, 1_000), (0.2, 500), (0.05, 2_000), (0, 2_000), (9, 250)]
)
def test_the_next_step_takes_a_tenth_of_a_second(took_s, expected):
    """It grows twofold at most, and shrinks to a quarter: one slow step says little."""
    assert expected == rows_of_next(1_000, took_s, 50_000)


@given(per_row_s=st.floats(1e-6, 0.05))
def test_on_any_machine_steps_come_to_take_that_long(per_row_s):
    """However fast it is: after a few steps they are neither longer nor much shorter."""
    rows = 2_000
    for _ in range(12):
        rows = rows_of_next(rows, rows * per_row_s, 1_000_000)
    assert 0.05 <= rows * per_row_s <= 0.11


@given(took_s=times)
def test_a_pause_lets_a_waiting_writer_of_sqlite_look_again(took_s):
    """After 100 ms of waiting it sleeps up to 100 ms; never is a pause longer."""
    assert 0.03 <= pause_s(took_s) <= 0.1
    assert pause_s(took_s) >= min(0.1, took_s / 2)


class Counted:
    """Twelve rows to write, and what was done in which order."""

    def __init__(self):
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("CREATE TABLE one (row INTEGER)")
        self.done, self.left = [], 12

    def step(self, most):
        """Write some."""
        assert self.connection.in_transaction
        rows = min(most, self.left)
        self.left -= rows
        self.done.append(rows)
        return rows

    def sleep(self, _s):
        """Let others write."""
        assert not self.connection.in_transaction
        self.done.append("pause")


@pytest.fixture
def counted():
    """Give rows to write."""
    made = Counted()
    yield made
    made.connection.close()


def test_much_is_written_step_by_step(counted):
    """Each in a transaction of its own, with nobody kept out behind it."""
    pace = Pace(rows=5, most=5, clock=lambda: 0.0, sleep=counted.sleep)
    seen = []
    with pace.whole(counted.connection):
        pace.run(counted.connection, counted.step, seen.append)
    assert [5, "pause", 5, "pause", 2, "pause", 0] == counted.done
    assert [5, 5, 2] == seen


def test_little_is_written_at_once(counted):
    """In one transaction, without a pause."""
    pace = Pace(at_once=True, rows=50, sleep=counted.sleep)
    with pace.whole(counted.connection):
        pace.run(counted.connection, counted.step)
    assert [12, 0] == counted.done


def test_what_is_much_is_said_in_one_place():
    """Others wait for up to so many rows, and not for one more."""
    assert pace_for(pacing.AT_ONCE).at_once
    assert not pace_for(pacing.AT_ONCE + 1).at_once
