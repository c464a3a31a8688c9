"""A nation as the page of the federation tells it: each remark where it is due, and not else."""

import contextlib
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.desk.voices import ENGLISH

from fedquery.ask.session import Distrusted
from fedquery.desk.nation_view import nation_view
from fedquery.federation.ceilings import Ceilings, WindowCeilings
from fedquery.federation.policy_summary import PolicySummary, RuleSummary
from fedquery.transport.head import NO_LIMIT, QuotaLeft

POLICY = PolicySummary(
    bytes(range(32)),
    (
        RuleSummary("VN-01", "permit", "up to reference", "Fraud <b>of all sorts</b>"),
        RuleSummary("VN-02", "forbid", "more than hit", "Journalists"),
        RuleSummary("VN-03", "forbid", "", "Sealed data"),
    ),
    more=7,
)
CEILINGS = Ceilings(WindowCeilings(100, 200, 300), WindowCeilings(1, 2, 3), 40)


@pytest.fixture
async def trusted(tmp_path):
    """Fetch and verify what the nation offers."""
    session = made.asker(tmp_path / "asker", made.honest())
    with contextlib.closing(session.connection):
        await session.freshen()
        yield session.nations["VN"]


def view(state, left=None, now_ms=made.NOW_MS):
    """Tell it."""
    return nation_view("VN", state, left, now_ms, ENGLISH)


async def test_what_it_offers(trusted):
    """Datasets with their versions, and who has seen its log."""
    told = view(trusted)
    (dataset,) = told.datasets
    assert ("phones", "phone number", "3", made.NOW_MS, f"age {made.NOW_MS}", ()) == (
        dataset.name,
        dataset.kind,
        dataset.version,
        dataset.published_ms,
        dataset.age,
        dataset.remarks,
    )
    assert told.is_askable
    seen = trusted.witnesses
    assert f"{seen.cosigned} of {seen.of} witnesses have seen its log" in told.remarks[1]
    assert () == told.rules == told.left


async def test_data_past_their_time_are_told(trusted):
    """From the first millisecond after it."""
    due_ms = trusted.datasets["phones"].publication.next_due_ms
    assert () == view(trusted, now_ms=due_ms).datasets[0].remarks
    assert (f"overdue since [{due_ms}]",) == view(trusted, now_ms=due_ms + 1).datasets[0].remarks


async def test_other_rules_of_spelling_are_told(trusted):
    """A question by them may find nothing."""
    one = trusted.datasets["phones"]
    other = replace(one, publication=replace(one.publication, vectors_digest=bytes(32)))
    (dataset,) = view(replace(trusted, datasets={"phones": other})).datasets
    assert ("other rules of spelling; it is not asked",) == dataset.remarks


async def test_its_policy(trusted):
    """What each rule does, up to what, and its title as the nation wrote it."""
    told = view(replace(trusted, manifest=replace(trusted.manifest, policy=POLICY)))
    assert [
        ("VN-01", "permits", "a reference", "Fraud <b>of all sorts</b>"),
        ("VN-02", "forbids", "more than a hit", "Journalists"),
        ("VN-03", "forbids", "everything", "Sealed data"),
    ] == [(one.policy_id, one.effect, one.level, one.title) for one in told.rules]
    assert ("0001020304050607", "7") == (told.policy, told.more)


async def test_what_is_left_is_that_of_the_agency_and_not_of_one_case(trusted):
    """Of a case the page knows no more than the ceiling of each."""
    manifest = replace(trusted.manifest, ceilings=CEILINGS)
    left = QuotaLeft(12, 34, NO_LIMIT, 5)
    told = view(replace(trusted, manifest=manifest), left)
    assert ("12 left this hour", "34 left today", "40 for each case in all") == told.left


@pytest.mark.parametrize(
    ("state", "said", "is_alarm"),
    [
        (None, "Nothing of it has been fetched yet.", False),
        (Distrusted("node-down"), "Its node does not answer.", False),
        (Distrusted("equivocation", alarm=True), "What it showed is false.", True),
    ],
)
def test_a_nation_that_cannot_be_asked_says_why(state, said, is_alarm):
    """It offers nothing then, whatever it showed before."""
    told = view(state)
    assert told.remarks[0].startswith(said)
    assert (False, is_alarm, ()) == (told.is_askable, told.is_alarm, told.datasets)
