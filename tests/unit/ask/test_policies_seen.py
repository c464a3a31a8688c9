"""Which policies a nation has told of: each change once, of few, and never in a question's way."""

import asyncio

import pytest
from unit.ask import nation as made

from fedquery.ask import policies_seen
from fedquery.ask.policies_seen import MOST, PolicySeen
from fedquery.federation.policy_summary import PolicySummary, RuleSummary


def summary(number, title="Fraud"):
    """Make what a nation tells."""
    return PolicySummary(
        bytes([number]) * 32, (RuleSummary("VN-01", "permit", "up to hit", title),)
    )


@pytest.fixture
def connection(tmp_path):
    """Open the database of an asker."""
    session = made.asker(tmp_path / "asker", made.honest())
    yield session.connection
    session.connection.close()


def test_each_change_is_kept_once(connection):
    """What is told again is not; another digest is, and so are other words of the same file."""
    told = [summary(1), summary(1), summary(2), summary(2, "Other words"), summary(1), None]
    for at_ms, one in enumerate(told):
        policies_seen.keep(connection, "VN", at_ms, one)
    assert (
        PolicySeen(0, summary(1)),
        PolicySeen(2, summary(2)),
        PolicySeen(3, summary(2, "Other words")),
        PolicySeen(4, summary(1)),
    ) == policies_seen.seen(connection, "VN")
    assert () == policies_seen.seen(connection, "LA")


def test_one_that_changes_often_pushes_out_its_own(connection):
    """Of each nation a few are kept."""
    policies_seen.keep(connection, "LA", 1, summary(7))
    for number in range(MOST + 5):
        policies_seen.keep(connection, "VN", number, summary(number))
    found = policies_seen.seen(connection, "VN")
    assert [*range(5, MOST + 5)] == [one.since_ms for one in found]
    assert (PolicySeen(1, summary(7)),) == policies_seen.seen(connection, "LA")


@pytest.mark.parametrize("value", [b"", b"{}", b"[{}]", b"[" * 5_000])
def test_what_cannot_be_read_begins_anew(connection, value):
    """Nothing rests on it, and a question must not fail for it."""
    connection.execute("INSERT INTO remembered VALUES ('policies seen VN', ?)", (value,))
    assert () == policies_seen.seen(connection, "VN")
    policies_seen.keep(connection, "VN", 3, summary(1))
    assert (PolicySeen(3, summary(1)),) == policies_seen.seen(connection, "VN")


def test_a_manifest_that_is_accepted_is_seen(tmp_path):
    """With the time at which its nation made it; the next one of another policy beside it."""
    nation = made.honest()
    session = made.asker(tmp_path / "asker", nation)
    for number, later_ms in ((1, 0), (2, 120_000)):
        session.clock.now_ms += later_ms
        nation.created_ms = session.clock.now_ms
        nation.policy = summary(number)
        asyncio.run(session.freshen(force=True))
    wanted = [(made.NOW_MS, summary(1)), (made.NOW_MS + 120_000, summary(2))]
    found = policies_seen.seen(session.connection, "VN")
    assert wanted == [(one.since_ms, one.summary) for one in found]
    session.connection.close()
