"""Tries to sign in: five, then ever longer waits, counted before they are looked at, and kept."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.desk.conftest import NOW_MS

from fedquery.desk import lockout
from fedquery.desk.store import DeskStore
from fedquery.storage.transaction import transaction

ONE, OTHER = (b"account 1",), (b"account 2",)


def tries(store, subjects, count, now_ms=NOW_MS):
    """Try so often, and give the waits."""
    return [lockout.begin_try(store.connection, subjects, now_ms) for _ in range(count)]


def test_the_sixth_try_waits(store):
    """Five are looked at, whatever comes of them, and the next has to wait half a minute."""
    assert [0] * 5 + [30_000] == tries(store, ONE, 6)
    assert [0] == tries(store, OTHER, 1)


def test_waits_are_kept_over_a_restart(store, home, octets):
    """Whoever can have the desk started anew has no five tries more."""
    tries(store, ONE, 5)
    with contextlib.closing(DeskStore.open(home, octets).connection) as again:
        assert 30_000 == lockout.begin_try(again, ONE, NOW_MS)


def test_a_try_that_waits_does_not_prolong_the_wait(store):
    """Trying on and on keeps nobody out for longer."""
    tries(store, ONE, 5)
    assert [29_000, 29_000] == tries(store, ONE, 2, NOW_MS + 1_000)
    assert [0, 60_000] == tries(store, ONE, 2, NOW_MS + 30_000)


def test_one_that_waits_does_not_use_up_the_other(store):
    """A try that is not looked at counts for neither the account nor the address."""
    tries(store, ONE, 5)
    assert [30_000] * 9 == tries(store, ONE + OTHER, 9)
    assert [0] * 5 == tries(store, OTHER, 5)


def test_a_right_try_begins_anew(store):
    """And a day without any does."""
    tries(store, ONE, 5)
    with transaction(store.connection):
        lockout.forget(store.connection, ONE)
    assert [0] * 5 == tries(store, ONE, 5)
    assert [0] * 5 == tries(store, ONE, 5, NOW_MS + lockout.FORGOTTEN_MS + 1)


def test_a_clock_that_was_ahead_locks_nobody_out_for_long(store):
    """No wait is longer than the wait that the count has."""
    tries(store, ONE, 5, NOW_MS + 10**12)
    assert [30_000] == tries(store, ONE, 1)


@given(count=st.integers(0, 10**6))
def test_waits_grow_to_a_quarter_of_an_hour(count):
    """Never shorter with more tries, and never longer than that."""
    assert lockout.wait_after(count) <= lockout.wait_after(count + 1) <= lockout.LONGEST_WAIT_MS
    assert (count < 5) == (lockout.wait_after(count) == 0)


def test_what_was_typed_is_not_in_the_file(store, home):
    """People type passwords into the field of the name."""
    tries(store, (lockout.subject(store.key, "account", "my password 1234"),), 1)
    octets = b"".join(path.read_bytes() for path in home.glob("desk.db*"))
    assert b"my password" not in octets


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "192.0.2.1", False),
    ],
)
def test_addresses_that_one_machine_has_count_as_one(one, other, alike):
    """An IPv6 machine has all of its /64."""
    assert alike == (lockout.network_of(one) == lockout.network_of(other))
