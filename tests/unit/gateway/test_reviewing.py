"""What programs ask under a threat to life waits for a review by somebody who did not ask it."""

import json
import secrets
from dataclasses import replace

import pytest
from unit.gateway.test_screenings import (
    CASE,
    EIGHT,
    SEVEN,
    SUPERVISOR,
    body,
    listed,
    screenings,
    session,
    until_ended,
)

from fedquery.ask import threat_reviews
from fedquery.ask.config import DeskSettings
from fedquery.ask.threat_reviews import ThreatReview
from fedquery.errors import NotFoundError, PeerError, SealError, StorageError
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.bodies import LookupBody, ReviewBody
from fedquery.gateway.reviewing import ReviewError, Reviewing
from fedquery.gateway.service import GatewayService
from fedquery.policy.vocabulary import BREAK_GLASS
from fedquery.storage.details import YEAR_MS

assert [screenings, session]  # fixtures of the screenings' own tests

URGENT = replace(CASE, officer=SEVEN.officer, purpose=BREAK_GLASS, justification="heard")
FOUND = ReviewBody(finding="justified", reason="the child was found")


@pytest.fixture
def gateway(session, screenings):
    """Serve officers, of whom each asks about two identifiers alone."""
    settings = replace(session.home.settings, desk=DeskSettings(approve_above=2))
    session.home = replace(session.home, settings=settings)
    return GatewayService(session.home.path, screenings().client, session.clock)


def told(gateway, bearer, *, waiting_alone=True):
    """Read what an officer sees of reviews."""
    return json.loads(gateway.reviewing.told(bearer, waiting_alone=waiting_alone))["reviews"]


async def looked_up(gateway, case=URGENT):
    """Look four identifiers up, and give the id of the lookup."""
    phone = {"kind": "phone", "text": "+66 81 234 5678"}
    facts = {"number": "1", "purpose": "x", "maximum_penalty_years": 1, "opened": "2026-01-01"}
    asked = LookupBody(identifiers=[phone], case=facts, nations=["VN"])
    lines = [json.loads(one) async for one in gateway.lines(listed(), case, asked, "")]
    return lines[-1]["lookup_id"]


async def test_a_lookup_and_a_list_under_a_threat_to_life_wait_for_a_review(gateway, screenings):
    """Their officer sees that, and supervisors; nobody else, and nothing else waits."""
    lookup_id = await looked_up(gateway)
    await looked_up(gateway, replace(CASE, officer=SEVEN.officer))
    one = screenings()
    screening_id = await one.begin(listed(), URGENT, body())
    await until_ended(one, screening_id, SEVEN)
    for bearer in (SEVEN, SUPERVISOR):
        found = told(gateway, bearer)
        assert {("lookup", lookup_id), ("screening", screening_id)} == {
            (each["asked"], each["asked_id"]) for each in found
        }
        assert {("officer 7", 4, "waiting")} == {
            (each["officer"], each["identifiers"], each["finding"]) for each in found
        }
    assert [] == told(gateway, EIGHT)


async def test_a_supervisor_who_did_not_ask_reviews_once(gateway):
    """It does not wait any more, and is told with what was found."""
    asked_id = await looked_up(gateway)
    for bearer, error in (
        (EIGHT, NotFoundError),
        (SEVEN, ReviewError),
        (Bearer(SEVEN.officer, is_supervisor=True), ReviewError),
    ):
        with pytest.raises(error):
            gateway.reviewing.review(asked_id, bearer, FOUND)
    with pytest.raises(NotFoundError):
        gateway.reviewing.review("0" * 16, SUPERVISOR, FOUND)
    reviewed = json.loads(gateway.reviewing.review(asked_id, SUPERVISOR, FOUND))
    assert ("justified", "officer 9", "the child was found") == (
        reviewed["finding"],
        reviewed["reviewed_by"],
        reviewed["reason"],
    )
    assert [] == told(gateway, SUPERVISOR)
    assert [reviewed] == told(gateway, SEVEN, waiting_alone=False)
    with pytest.raises(ReviewError):
        gateway.reviewing.review(asked_id, SUPERVISOR, FOUND)


async def test_neither_who_asked_nor_what_was_found_is_in_the_clear(gateway, session):
    """Nor is it moved to another question, by whoever can write to the disk."""
    first, second = await looked_up(gateway), await looked_up(gateway)
    gateway.reviewing.review(first, SUPERVISOR, FOUND)
    rows = session.connection.execute("SELECT key, value FROM remembered").fetchall()
    for text in (b"officer", b"justified", b"child"):
        assert text not in b"".join(key.encode() + value for key, value in rows)
    values = {key: value for key, value in rows if key.endswith((first, second))}
    assert 2 == len(values)
    session.connection.execute(
        "UPDATE remembered SET value = ? WHERE key = ?",
        (values[f"threat review {first}"], f"threat review {second}"),
    )
    with pytest.raises(SealError):
        told(gateway, SUPERVISOR)


def test_what_was_reviewed_is_erased_when_details_are(session):
    """What still waits is not."""
    made = [
        ThreatReview(asked_id=f"{n:016x}", asked="lookup", officer="o", asked_ms=n, identifiers=1)
        for n in range(3)
    ]
    at_ms = session.home.settings.retain_years * YEAR_MS
    reviewed = replace(made[1], finding="justified", reviewed_ms=1)
    threat_reviews.keep(session.connection, session.home, reviewed, secrets.token_bytes)
    for one in (made[0], made[1], replace(made[2], asked_ms=at_ms)):
        threat_reviews.mark(session.connection, session.home, one, secrets.token_bytes)
    kept = threat_reviews.every(session.connection, session.home)
    assert [(2, "waiting"), (1, "justified"), (0, "waiting")] == [
        (int(one.asked_id, 16), one.finding) for one in kept
    ]
    later = replace(made[2], asked_id="f" * 16, asked_ms=at_ms + 1)
    threat_reviews.mark(session.connection, session.home, later, secrets.token_bytes)
    kept = threat_reviews.every(session.connection, session.home)
    assert [15, 2, 0] == [int(one.asked_id[-1], 16) for one in kept]


def test_one_that_does_not_open_keeps_no_other_from_being_marked(session):
    """It is for whoever reads them all; a life does not wait for it."""
    first, second = (
        ThreatReview(asked_id=f"{n:016x}", asked="lookup", officer="o", asked_ms=n, identifiers=1)
        for n in range(2)
    )
    threat_reviews.keep(session.connection, session.home, first, secrets.token_bytes)
    session.connection.execute("UPDATE remembered SET value = ?", (bytes(80),))
    threat_reviews.mark(session.connection, session.home, second, secrets.token_bytes)
    assert second == threat_reviews.find(session.connection, session.home, second.asked_id)


async def test_no_list_leaves_that_cannot_be_marked(session, screenings, monkeypatch):
    """It is kept, and can be run again."""

    def full(*_args):
        raise StorageError("the disk is full")

    one = screenings()
    monkeypatch.setattr(Reviewing, "mark", full)
    with pytest.raises(StorageError):
        await one.begin(listed(), URGENT, body())
    assert [] == session.coordinators.sent
    assert {} == one.runs.running


async def test_a_lookup_is_marked_before_anything_is_sent(gateway, session):
    """And waits for its review whatever becomes of it: here the gateway dies of its answers."""
    waiting = []

    def query(_envelopes, _deadline_ms):
        waiting.extend(told(gateway, SEVEN))
        raise ZeroDivisionError

    session.coordinators.query = query
    with pytest.raises(ZeroDivisionError):
        await looked_up(gateway)
    assert [("lookup", 4, "waiting")] == [
        (one["asked"], one["identifiers"], one["finding"]) for one in waiting
    ]
    assert waiting == told(gateway, SUPERVISOR)


async def test_a_lookup_that_cannot_leave_waits_for_no_review(gateway, session, monkeypatch):
    """No coordinator answers: nothing was asked."""

    async def nobody(_session, **_options):
        raise PeerError("no coordinator answers")

    monkeypatch.setattr(type(session), "freshen", nobody)
    with pytest.raises(PeerError):
        await looked_up(gateway)
    assert [] == told(gateway, SUPERVISOR)


@pytest.mark.parametrize(
    "error", [StorageError("the disk is full"), SealError("another review does not open")]
)
async def test_what_may_save_a_life_is_not_held_back_for_a_mark(gateway, monkeypatch, error):
    """It is asked all the same; the log has the fault."""

    def fails(*_args):
        raise error

    monkeypatch.setattr(Reviewing, "mark", fails)
    assert await looked_up(gateway)
