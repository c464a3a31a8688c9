"""What changes while a list is asked, and what a nation does otherwise than it should."""

import contextlib
from collections import Counter
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.ask_screening.charging import Charging, Machine
from unit.ask_screening.test_asking import screening
from unit.federation import conftest as world
from unit.psi.holding import identifier, octets, publish

from fedquery.ask.screening import sending
from fedquery.ask.screening.screening import resumed
from fedquery.ask.screening.values import ListRefusedError
from fedquery.ask.session import Session
from fedquery.errors import PeerError
from fedquery.identifiers import decode
from fedquery.seal.envelope import read_request
from fedquery.seal.request import open_request
from fedquery.transport.head import AnswerHead, Decision, QuotaLeft, Refusal
from fedquery.transport.query_outcome import NotAnswered
from fedquery.transport.question import decode_asked

_NUMBERS = range(20, 60)


def listed(numbers=_NUMBERS):
    """Make the identifiers of a list."""
    return [decode(identifier(number)) for number in numbers]


def refusing(slug, after=0, **more):
    """Refuse every answer but the first ones."""
    left = [after]

    def head(honest):
        left[0] -= 1
        if left[0] >= 0:
            return honest
        return AnswerHead(decision=Decision(), refusal=Refusal(slug, "as it is", **more))

    return head


def words(one):
    """Give the word for each place."""
    return [row.outcomes[0].word for row in one.results()]


async def test_a_version_that_is_replaced_is_asked_no_further(session, vn, case):
    """What was answered stays with its version, and the rest goes to the new one, once."""
    nation = session.coordinators.nation
    before, honest = vn.holding, vn.answer

    def answer(envelope):
        opened = open_request(read_request(envelope), world.KEM)
        asked = decode_asked(opened.message, opened.header.fields.size_class)
        if len(session.coordinators.sent) == 3 and nation.holding is before:
            rows = [identifier(number) for number in (*range(40), 59)]
            newer = publish(rows, version=before.publication.version + 1)
            vn.publish(made.current(newer))
        if asked.version == nation.holding.publication.version:
            return honest(envelope)
        vn.lies.head = refusing("epoch-unknown")
        nation.holding, kept = before, nation.holding
        try:
            return honest(envelope)
        finally:
            nation.holding, vn.lies.head = kept, lambda head: head

    vn.answer = answer
    async with screening(session, listed(), case) as one:
        summary = await one.run()
        rows = list(one.results())
    assert summary.finished
    versions = {row.outcomes[0].version for row in rows}
    assert versions == {before.publication.version, before.publication.version + 1}
    # The last one is in the new version alone.
    assert rows[-1].outcomes[0].word == "hit"
    assert [row.outcomes[0].word for row in rows[:-1]] == [
        "hit" if number < 40 else "no hit" for number in _NUMBERS[:-1]
    ]


async def test_a_refusal_ends_the_questions_and_is_told_of_all(session, vn, case):
    """One refusal is enough; the rest of the list is not sent, and says the same."""
    vn.lies.head = refusing("policy-denied")
    async with screening(session, listed(), case) as one:
        summary = await one.run()
        found = words(one)
    assert found == ["refused"] * len(_NUMBERS)
    assert len(session.coordinators.sent) == 1
    assert not summary.finished


async def test_a_spent_quota_keeps_what_was_answered(session, vn, case):
    """What was answered before the quota was spent stays; the rest is asked when it is resumed."""
    vn.lies.head = refusing("quota", after=2, retry_after_s=60)
    async with screening(session, listed(), case) as one:
        await one.run()
        first = words(one)
        job_id = one.job_id
    assert 0 < first.count("refused") < len(_NUMBERS)
    vn.lies.head = lambda honest: honest
    before = len(session.coordinators.sent)
    async with resumed(session, job_id, octets(5)) as one:
        summary = await one.run()
        second = words(one)
    assert second == ["hit" if number < 40 else "no hit" for number in _NUMBERS]
    assert all(new == old for new, old in zip(second, first, strict=True) if old != "refused")
    assert summary.nations[0].elements == first.count("refused")
    assert len(session.coordinators.sent) > before


async def test_a_false_answer_is_an_alarm_and_no_word_on_the_list(session, vn, case):
    """An evaluation that is not shown to be the key's ends the questions, and is not believed."""
    vn.lies.body = lambda body: replace(body, evaluated=body.evaluated[32:] + body.evaluated[:32])
    numbers = range(30, 46)
    async with screening(session, listed(numbers), case, padded=True) as one:
        summary = await one.run()
        rows = list(one.results())
    assert summary.nations[0].alarm
    assert {row.outcomes[0].word for row in rows} <= {"unavailable", "hit", "no hit"}
    assert any(row.outcomes[0].alarm for row in rows)
    assert all(
        row.outcomes[0].word in {"unavailable", "hit" if number < 40 else "no hit"}
        for number, row in zip(numbers, rows, strict=True)
    )


async def test_a_bucket_that_was_changed_is_an_alarm(session, vn, case):
    """A bucket without the tags that were published is not searched: no silent no hit."""

    def emptied(body):
        slots = tuple(
            replace(
                slot,
                tags=b"".join((at + 1).to_bytes(8, "big") for at in range(len(slot.tags) // 8)),
            )
            for slot in body.slots
        )
        return replace(body, slots=slots)

    vn.lies.body = emptied
    async with screening(session, listed(), case) as one:
        await one.run()
        rows = list(one.results())
    assert {row.outcomes[0].word for row in rows} == {"unavailable"}
    assert all(row.outcomes[0].alarm for row in rows)


async def test_a_publication_past_its_time_says_hits_and_no_misses(session, vn, case):
    """Late is stale where nothing was found, and an overdue hit where something was."""
    session.clock.now_ms += 3_600_000 + 300_001
    vn.created_ms = vn.lies.answered_ms = session.clock.now_ms
    async with screening(session, listed(), case) as one:
        summary = await one.run()
        rows = list(one.results())
    assert summary.nations[0].words == {"hit": 20, "stale": 20}
    assert all(row.outcomes[0].why == "overdue" for row in rows)


async def test_the_same_octets_are_sent_until_an_answer_comes(session, vn, case, monkeypatch):
    """A node that is away for a moment is sent the same question again, which is charged once."""
    session.coordinators = Charging(vn, Machine(monkeypatch))
    honest = session.coordinators.query
    failing = iter(["node-down", "timeout", "busy"])

    async def query(envelopes, deadline_ms):
        why = next(failing, None)
        async for outcome in honest(envelopes, deadline_ms):
            yield outcome if why is None else NotAnswered(outcome.nation, bytes(32), why, 0)

    session.coordinators.query = query
    waited = []

    async def pause(seconds):
        waited.append(seconds)

    one = screening(session, listed(), case)
    one._pause = pause
    async with one:
        await one.run()
        found = words(one)
    assert found == ["hit" if number < 40 else "no hit" for number in _NUMBERS]
    assert len(waited) == 3
    assert session.coordinators.elements == len(_NUMBERS)


async def test_a_nation_that_does_not_answer_is_left_and_asked_when_it_is_resumed(
    session, vn, case, monkeypatch
):
    """No fresh question is made for elements that may have been paid; nothing is said of them."""
    session.coordinators = Charging(vn, Machine(monkeypatch))
    honest = session.coordinators.query

    async def query(envelopes, _deadline_ms):
        raise PeerError("nobody is there", why="unreachable")
        yield envelopes

    async def pause(seconds):
        session.clock.now_ms += int(1000 * seconds)
        vn.lies.answered_ms = session.clock.now_ms

    session.coordinators.query = query
    one = screening(session, listed(), case)
    one._pause = pause
    async with one:
        await one.run()
        rows = list(one.results())
    assert {row.outcomes[0].why for row in rows} == {"coordinator-down"}
    session.coordinators.query = honest
    async with resumed(session, one.job_id, octets(5)) as again:
        await again.run()
        assert words(again) == ["hit" if number < 40 else "no hit" for number in _NUMBERS]


async def test_what_a_nation_has_answered_stays_where_it_is_away_later(session, vn, case):
    """Hits are hits in the report of a resumed list, and the rest is why it was not asked."""
    vn.lies.head = refusing("quota", after=2, retry_after_s=60)
    async with screening(session, listed(), case) as one:
        await one.run()
        first = words(one)
    session.connection.execute("DELETE FROM shown")
    away = made.Coordinators(vn)

    async def manifests():
        return {}

    away.manifests = manifests
    later = Session(session.home, session.connection, session.clock, session.federation, away)
    async with resumed(later, one.job_id, octets(5)) as again:
        (cost,) = (await again.prepare()).nations
        summary = await again.run()
        rows = list(again.results())
    assert (cost.why, away.sent) == ("node-down", [])
    found = [row.outcomes[0].word for row in rows]
    assert found == [word.replace("refused", "unavailable") for word in first]
    assert found.count("hit") > 0
    assert {row.outcomes[0].why for row in rows} == {"", "node-down"}
    assert summary.nations[0].words == Counter(found)
    assert not summary.finished


async def test_a_view_that_no_list_can_hold_stops_nobody_else(tmp_path, case):
    """A nation says how large its view is: nothing is planned, fetched or made room for by that."""
    huge = made.current(publish(made.rows()), prefix_bits=24, capacity=2**20)
    session = made.asker(tmp_path / "other", made.Nation(huge))
    with contextlib.closing(session.connection):
        async with screening(session, listed(), case) as one:
            assert (await one.prepare()).elements == 0
            await one.run()
            rows = list(one.results())
    assert {(row.outcomes[0].word, row.outcomes[0].why) for row in rows} == {
        ("unavailable", "view-too-large")
    }
    assert session.coordinators.sent == []


async def test_a_list_that_does_not_fit_is_refused_with_the_numbers(session, vn, case):
    """What a nation said with its last answer is compared before anything is asked."""
    ends_ms = session.clock.now_ms + 3_600_000
    left = QuotaLeft(hour=10, day=30, year=1000, case=-1, hour_ends_ms=ends_ms)
    vn.lies.head = lambda honest: replace(honest, quota_left=left)
    async with screening(session, listed(range(3)), case) as one:
        await one.run()
    sent = len(session.coordinators.sent)
    async with screening(session, listed(), case) as one:
        with pytest.raises(ListRefusedError) as refused:
            await one.run()
    (exceeding,) = refused.value.cost.exceeding
    assert [(one.window, one.needs, one.left) for one in exceeding.exceeded] == [
        ("hour", 40, 10),
        ("day", 40, 30),
    ]
    assert len(session.coordinators.sent) == sent
    # When the hour has ended that word says nothing of it, and nothing keeps a shorter list back.
    session.clock.now_ms = ends_ms
    vn.created_ms = vn.lies.answered_ms = session.clock.now_ms
    async with screening(session, listed(range(20, 40)), case) as one:
        assert not (await one.prepare()).exceeding


async def test_a_list_that_cannot_leave_in_its_time_ends(session, vn, case, monkeypatch):
    """A machine that takes a minute for a question sends none, and does not try for ever."""
    monkeypatch.setattr(sending, "_STALE_MS", -1)
    async with screening(session, listed(), case) as one:
        await one.run()
        rows = list(one.results())
    assert session.coordinators.sent == []
    assert {(row.outcomes[0].word, row.outcomes[0].why) for row in rows} == {
        ("unavailable", "timeout")
    }
