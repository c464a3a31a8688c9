"""Long lists of the gateway: asked once another officer, a supervisor, has approved them."""

import json
from dataclasses import replace

import pytest
from unit.ask_screening.test_asking import screening as kept_screening
from unit.gateway.test_screenings import (
    CASE,
    EIGHT,
    SEVEN,
    SUPERVISOR,
    body,
    held,
    listed,
    screenings,
    session,
    state,
    until_ended,
)
from unit.psi.holding import octets

from fedquery.ask.config import DeskSettings
from fedquery.ask.screening.approval import ListApproval
from fedquery.ask.screening.job import Job
from fedquery.ask.second_person import LASTS_MS
from fedquery.config import logs
from fedquery.errors import NotFoundError, SealError
from fedquery.gateway.approving import ApprovalError, ApprovalNeededError
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.bodies import DecisionBody
from fedquery.policy.vocabulary import BREAK_GLASS

assert [screenings, session]  # fixtures of the screenings' own tests

OF_SEVEN = replace(CASE, officer=SEVEN.officer)
YES = DecisionBody(decision="approve", reason="one ring")
NO = DecisionBody(decision="decline", reason="too many")


@pytest.fixture(autouse=True)
def _short(session):
    """Let one person ask about three at a time."""
    settings = replace(session.home.settings, desk=DeskSettings(approve_above=3))
    session.home = replace(session.home, settings=settings)


async def waiting(screenings, **changes):
    """Begin a list that is too long for one person."""
    one = screenings()
    return one, await one.begin(listed(), OF_SEVEN, body(**changes))


async def test_a_long_list_waits_until_another_officer_approves_it(session, screenings):
    """Whoever runs it, and however often the gateway is started; then it begins by itself."""
    _, screening_id = await waiting(screenings)
    one = screenings()
    for _ in range(2):
        found = await state(one, screening_id, SEVEN)
        assert ("waiting-approval", False, "waiting") == (
            found["state"],
            found["running"],
            found["approval"]["state"],
        )
        await one.run(screening_id, SEVEN, anyway=False)
    assert [] == session.coordinators.sent
    told = await state(one, screening_id, SUPERVISOR)
    assert ("officer 7", "G-1", "fraud", ["VN"], 4) == (
        told["officer"],
        told["case_number"],
        told["purpose"],
        told["nations"],
        told["distinct"],
    )
    await one.decide(screening_id, SUPERVISOR, YES)
    ended = await until_ended(one, screening_id, SEVEN)
    assert ("finished", None) == (ended["state"], ended["error"])
    decided = ended["approval"]
    assert ("approved", "officer 9", "one ring") == (
        decided["state"],
        decided["decided_by"],
        decided["reason"],
    )
    assert decided["decided_ms"] + LASTS_MS == decided["until_ms"]
    assert session.coordinators.sent


async def test_a_short_list_and_one_under_a_threat_to_life_wait_for_nobody(session, screenings):
    """Identifiers that stand twice count once."""
    one = screenings()
    short = await one.begin([*listed(count=3), *listed(count=3)], OF_SEVEN, body())
    assert "finished" == (await until_ended(one, short, SEVEN))["state"]
    at_once = replace(OF_SEVEN, purpose=BREAK_GLASS, justification="a threat that was heard")
    urgent = await one.begin(listed(start=950), at_once, body())
    ended = await until_ended(one, urgent, SEVEN)
    assert ("finished", None) == (ended["state"], ended["approval"])


@pytest.mark.parametrize(
    ("bearer", "error"),
    [
        (EIGHT, NotFoundError),
        (SEVEN, ApprovalError),
        (Bearer(SEVEN.officer, is_supervisor=True), ApprovalError),
    ],
)
async def test_nobody_else_decides(session, screenings, bearer, error):
    """Neither whoever sent it, also with a supervisor's token, nor an officer beside."""
    one, screening_id = await waiting(screenings)
    for decision in (YES, NO):
        with pytest.raises(error):
            await one.decide(screening_id, bearer, decision)
    assert "waiting-approval" == (await state(one, screening_id, SEVEN))["state"]
    assert [] == session.coordinators.sent


async def test_what_was_declined_is_never_asked(session, screenings):
    """Nor decided on again."""
    one, screening_id = await waiting(screenings)
    await one.decide(screening_id, SUPERVISOR, NO)
    assert "declined" == (await state(one, screening_id, SEVEN))["state"]
    with pytest.raises(ApprovalError):
        await one.run(screening_id, SEVEN, anyway=False)
    with pytest.raises(ApprovalError):
        await one.decide(screening_id, SUPERVISOR, YES)
    assert [] == session.coordinators.sent


async def test_a_list_that_nobody_wants_to_run_is_not_decided_on(screenings):
    """It is kept for its cost; running it has it wait."""
    one, screening_id = await waiting(screenings, begin=False)
    assert "ready" == (await state(one, screening_id, SEVEN))["state"]
    with pytest.raises(ApprovalError):
        await one.decide(screening_id, SUPERVISOR, YES)
    await one.run(screening_id, SEVEN, anyway=False)
    assert "waiting-approval" == (await state(one, screening_id, SEVEN))["state"]


async def test_an_approval_ends_after_a_day(session, screenings):
    """What is left of a list then waits again; until then it is gone on with."""
    first, screening_id = await waiting(screenings)
    event = held(session)
    await first.decide(screening_id, SUPERVISOR, YES)
    await event.reached.wait()
    await first.aclose()
    event.set()
    nation = session.coordinators.nation
    session.clock.now_ms += LASTS_MS + 1
    nation.created_ms = nation.lies.answered_ms = session.clock.now_ms
    sent = len(session.coordinators.sent)
    one = screenings()
    await one.run(screening_id, SEVEN, anyway=False)
    assert "waiting-approval" == (await state(one, screening_id, SEVEN))["state"]
    assert sent == len(session.coordinators.sent)
    await one.decide(screening_id, SUPERVISOR, YES)
    assert one.runs.running
    # Whoever approved what was asked before is still named.
    decided = (await state(one, screening_id, SEVEN))["approval"]
    (ended,) = decided["ended"]
    assert (SUPERVISOR.officer, YES.reason) == (ended["decided_by"], ended["reason"])
    assert ended["decided_ms"] + LASTS_MS < decided["decided_ms"]
    await one.aclose()


async def test_what_is_approved_meanwhile_does_not_wait_again(screenings):
    """Whoever ran it had looked before a supervisor decided."""
    one, screening_id = await waiting(screenings)
    await one.approving.decide(screening_id, SUPERVISOR, YES)
    one.approving.want(screening_id, anyway=False)
    kept = one.approving.read(screening_id)
    assert ("approved", SUPERVISOR.officer) == (kept.state, kept.decided_by)


async def test_a_list_that_was_begun_elsewhere_needs_it_as_well(session, screenings):
    """By the command line, say, under the same name: default deny."""
    async with kept_screening(session, listed(), OF_SEVEN) as other:
        await other.prepare()
    one = screenings()
    await one.run(other.job_id, SEVEN, anyway=False)
    assert "waiting-approval" == (await state(one, other.job_id, SEVEN))["state"]
    assert [] == session.coordinators.sent


async def test_an_approval_is_of_its_list_alone(session, screenings):
    """Whoever writes to the disk moves none to another list."""
    one, approved = await waiting(screenings)
    _, other = await waiting(screenings)
    await one.approving.decide(approved, SUPERVISOR, YES)
    jobs = [Job.open(session.home, which, octets(3)) for which in (approved, other)]
    (fact,) = (
        jobs[0].connection.execute("SELECT value FROM fact WHERE name = 'second person'").fetchone()
    )
    jobs[1].connection.execute("UPDATE fact SET value = ? WHERE name = 'second person'", (fact,))
    with pytest.raises(SealError):
        ListApproval.of(jobs[1])
    for job in jobs:
        job.close()


async def test_what_waits_is_found(screenings):
    """By its officer and by supervisors, and by nobody else; what was decided is not among it."""
    one, first = await waiting(screenings)
    _, second = await waiting(screenings)
    _, short = await waiting(screenings, begin=False)
    await one.decide(second, SUPERVISOR, NO)

    async def told(bearer, *, waiting_alone):
        found = json.loads(await one.listing(bearer, waiting_alone=waiting_alone))["screenings"]
        return {each["screening_id"]: each["state"] for each in found}

    for bearer in (SEVEN, SUPERVISOR):
        assert {first: "waiting-approval"} == await told(bearer, waiting_alone=True)
        assert {first: "waiting-approval", second: "declined", short: "ready"} == await told(
            bearer, waiting_alone=False
        )
    assert {} == await told(EIGHT, waiting_alone=False)


def test_a_question_that_cannot_wait_is_refused(screenings):
    """It is answered while the program waits, so it says where it can wait; a threat passes."""
    approving = screenings().approving
    approving.require_short(3, "fraud")
    approving.require_short(512, BREAK_GLASS)
    with pytest.raises(ApprovalNeededError, match="more than 3") as refused:
        approving.require_short(4, "fraud")
    assert "/v1/screenings" in refused.value.do


async def test_the_log_tells_neither_who_nor_what(screenings, monkeypatch):
    """That a list waits and was decided on, and no more."""
    found = []
    monkeypatch.setattr(logs, "event", lambda name, **fields: found.append((name, fields)))
    one, screening_id = await waiting(screenings)
    await one.decide(screening_id, SUPERVISOR, NO)
    assert [("approval-wanted", {}), ("approval-decided", {"outcome": "declined"})] == found
