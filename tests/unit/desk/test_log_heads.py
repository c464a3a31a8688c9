"""Heads of logs: what is used now, what was accepted before, what waits, and what is false."""

import contextlib
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.desk.voices import ENGLISH

from fedquery.ask import shown
from fedquery.ask.session import Distrusted
from fedquery.ask.shown import Before
from fedquery.desk.log_heads import log_head


@pytest.fixture
async def seen(tmp_path):
    """Fetch and verify what the nation shows: its state, and what is kept of it."""
    session = made.asker(tmp_path / "asker", made.honest())
    with contextlib.closing(session.connection):
        await session.freshen()
        node = session.federation.nodes["VN"]
        yield session.nations["VN"], shown.before(session.connection, node)


async def test_a_head_with_its_witnesses(seen):
    """Each with the moment of its own clock; the one that has not signed is named."""
    trusted, before = seen
    cosigned = replace(trusted.cosigned, missing=("MM",))
    told = log_head("VN", replace(trusted, cosigned=cosigned), before, ENGLISH)
    head = trusted.cosigned.opened.checkpoint
    assert (head.origin, str(head.size), head.root.hex()) == (told.origin, told.size, told.root)
    assert [("KH", made.NOW_MS), ("LA", made.NOW_MS), ("TH", made.NOW_MS)] == [
        (one.name, one.at_ms) for one in told.cosigned
    ]
    assert ("3 of 4 witnesses; 2 are needed", ("MM",)) == (told.quorum, told.missing)
    assert ((), False) == (told.remarks, told.is_alarm)


@pytest.mark.parametrize(
    ("state", "is_alarm", "said"),
    [
        (None, False, []),
        (Distrusted("node-down"), False, ["Its node does not answer.", "Ask again later."]),
        (Distrusted("rollback", alarm=True), True, ["What it showed is false."]),
    ],
)
async def test_what_was_accepted_last_stands_where_nothing_is_used(seen, state, is_alarm, said):
    """And says so; nobody's cosignature is claimed for it."""
    trusted, before = seen
    told = log_head("VN", state, before, ENGLISH)
    assert trusted.cosigned.opened.checkpoint.root.hex() == told.root
    assert told.remarks[0].startswith("This is what was accepted last.")
    assert all(
        remark.startswith(start) for remark, start in zip(told.remarks[1:], said, strict=True)
    )
    assert (is_alarm, (), "") == (told.is_alarm, told.cosigned, told.quorum)


async def test_what_waits_for_witnesses_is_told_and_not_shown_as_the_head(seen):
    """Its size alone."""
    trusted, before = seen
    newer = replace(before.accepted.checkpoint, size=99_999, root=bytes(32))
    waiting = replace(before.accepted, checkpoint=newer)
    told = log_head("VN", trusted, replace(before, waiting=waiting), ENGLISH)
    assert ("A newer head waits for witnesses: 99,999 entries.",) == told.remarks
    assert told.root != newer.root.hex()


def test_a_log_that_was_never_accepted():
    """It has no head to be shown."""
    told = log_head("VN", Distrusted("node-down"), Before(), ENGLISH)
    assert ("", "", "Nothing of its log was accepted yet.") == (
        told.origin,
        told.root,
        told.remarks[0],
    )
