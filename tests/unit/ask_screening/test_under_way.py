"""Questions under way: what goes to the disk holds up none of them, and a stop all."""

import asyncio
import threading
from dataclasses import dataclass, field, replace

import pytest
from unit.ask import nation as made
from unit.ask_screening.test_asking import screening
from unit.ask_screening.test_changes import refusing
from unit.federation import conftest as world
from unit.psi.holding import identifier, publish

from fedquery.ask import quota_told
from fedquery.ask.screening import sending
from fedquery.ask.screening.keeping import Keeper
from fedquery.identifiers import decode
from fedquery.seal.envelope import read_request
from fedquery.seal.request import open_request
from fedquery.transport.head import QuotaLeft
from fedquery.transport.question import decode_asked


@dataclass
class Disk:
    """A slow disk: it keeps results once one more question has left than may be in flight.

    It does not wait for that for ever, and not with results that bring buckets.
    """

    patience_s: float = 60.0
    left: int = 0
    fetched: int = 0
    waited_for: list = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    @property
    def evaluations(self):
        """Count the questions that have left after the buckets were there."""
        return self.left - self.fetched


@pytest.fixture
def disk(session, monkeypatch):
    """Put the disk under the keeper, and have each question ask about one element."""
    made = Disk()
    query, keep = session.coordinators.query, Keeper.keep_results

    async def counted(envelopes, deadline_ms):
        made.left += 1
        if made.evaluations > sending.IN_FLIGHT:
            made.enough.set()
        async for outcome in query(envelopes, deadline_ms):
            yield outcome

    def slow(keeper, results):
        if any(result.buckets for result in results):
            # All that fetch buckets are kept before the others leave.
            made.fetched = made.left
        else:
            made.waited_for.append(made.enough.wait(made.patience_s))
        keep(keeper, results)

    monkeypatch.setattr(session.coordinators, "query", counted)
    monkeypatch.setattr(Keeper, "keep_results", slow)
    monkeypatch.setattr("fedquery.ask.screening.purse.classes_up_to", lambda _largest: (1,))
    return made


async def test_questions_leave_while_answers_go_to_the_disk(session, case, disk):
    """A disk that takes its time over the first answers keeps the next questions from nothing."""
    listed = [decode(identifier(number)) for number in range(30, 44)]
    async with screening(session, listed, case) as one:
        summary = await one.run()
    assert disk.waited_for
    assert all(disk.waited_for)
    assert summary.nations[0].words == {"hit": 10, "no hit": 4}


async def test_no_question_leaves_after_a_false_answer_was_read(session, vn, case, disk):
    """What stops a dataset does so before the next question leaves, and not once it is kept."""
    disk.patience_s = 1.0
    vn.lies.body = lambda body: body if body.slots else replace(body, proof=bytes(64))
    listed = [decode(identifier(number)) for number in range(20, 70)]
    async with screening(session, listed, case) as one:
        summary = await one.run()
    assert summary.nations[0].alarm
    assert 0 < disk.evaluations <= sending.IN_FLIGHT


async def test_a_false_answer_is_not_forgotten_where_the_version_was_replaced(
    session, vn, case, monkeypatch
):
    """Of two questions in flight one comes back false, and one because its version is over."""
    monkeypatch.setattr("fedquery.ask.screening.purse.classes_up_to", lambda _largest: (1,))
    query, honest = session.coordinators.query, replace(vn.lies)
    old = vn.holding
    newer = publish(made.rows(), version=old.publication.version + 1)
    evaluations, second_left = [], asyncio.Event()

    async def answered(envelopes, deadline_ms):
        (envelope,) = envelopes.values()
        opened = open_request(read_request(envelope), world.KEM)
        asked = decode_asked(opened.message, opened.header.fields.size_class)
        vn.lies = replace(honest)
        if asked.columns == "none" and asked.version == old.publication.version:
            evaluations.append(asked.version)
            if len(evaluations) == 1:
                # It is answered once another one is in flight.
                await second_left.wait()
                vn.lies = replace(honest, body=lambda body: replace(body, proof=bytes(64)))
            else:
                if vn.holding is old:
                    vn.publish(newer)
                second_left.set()
                vn.lies = replace(honest, head=refusing("epoch-unknown"))
        published, vn.holding = (
            vn.holding,
            old if asked.version == old.publication.version else newer,
        )
        async for outcome in query(envelopes, deadline_ms):
            yield outcome
        vn.holding = published

    monkeypatch.setattr(session.coordinators, "query", answered)
    listed = [decode(identifier(number)) for number in range(20, 60)]
    async with screening(session, listed, case) as one:
        summary = await one.run()
    assert len(evaluations) > 1
    assert summary.nations[0].alarm
    assert not summary.finished


async def test_what_is_left_is_told_by_the_answer_that_was_counted_last(
    session, vn, case, monkeypatch
):
    """Of four that were in flight together the first one that was counted comes back last."""
    monkeypatch.setattr("fedquery.ask.screening.purse.classes_up_to", lambda _largest: (1,))
    vn.log_answers()
    logged, query = vn.lies.head, session.coordinators.query

    def counted(honest):
        head = logged(honest)
        return replace(head, quota_left=QuotaLeft(1000 - head.receipt.index, 2000, 3000, 4000))

    vn.lies.head = counted
    others_kept, came, kept = asyncio.Event(), [], []

    async def turned_round(envelopes, deadline_ms):
        outcomes = [one async for one in query(envelopes, deadline_ms)]
        came.append(outcomes)
        # The first one brings the buckets, alone.
        if len(came) == 2:
            await others_kept.wait()
        for one in outcomes:
            yield one

    monkeypatch.setattr(session.coordinators, "query", turned_round)
    keep, loop = Keeper.keep_results, asyncio.get_running_loop()

    def noted(keeper, results):
        keep(keeper, results)
        kept.extend(results)
        if len(kept) == sending.IN_FLIGHT:
            loop.call_soon_threadsafe(others_kept.set)

    monkeypatch.setattr(Keeper, "keep_results", noted)
    listed = [decode(identifier(number)) for number in range(30, 31 + sending.IN_FLIGHT)]
    async with screening(session, listed, case) as one:
        summary = await one.run()
    assert 1 + sending.IN_FLIGHT == len(came)
    assert 1001 - vn.log.size == summary.nations[0].left.hour
    pseudonym = case.pseudonym("VN", session.home.pseudonym_key)
    told = quota_told.known(session.connection, "VN", pseudonym, None, session.clock())
    assert summary.nations[0].left == told
