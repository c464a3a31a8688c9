"""Questions under way: what goes to the disk holds up none of them, and a stop all."""

import threading
from dataclasses import dataclass, field, replace

import pytest
from unit.ask_screening.test_asking import screening
from unit.psi.holding import identifier

from fedquery.ask.screening import version
from fedquery.ask.screening.keeping import Keeper
from fedquery.identifiers import decode


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
        if made.evaluations > version.IN_FLIGHT:
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
    monkeypatch.setattr(
        "fedquery.ask.screening.walking.smallest_cover", lambda count, **_kind: [1] * count
    )
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
    assert 0 < disk.evaluations <= version.IN_FLIGHT
