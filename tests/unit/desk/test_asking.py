"""A question under way tells all who follow it, however late they come."""

import asyncio

from unit.desk.conftest import outcome

from fedquery.ask.room import Room
from fedquery.desk.asking import UnderWay


async def follow(one, seen):
    """Follow a question, and note how much had come at each sign."""
    async for _ in one.changes():
        seen.append(len(one.outcomes))


async def settle():
    """Let all tasks run until they wait."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_everybody_who_follows_sees_everything_and_the_end(tmp_path):
    """Two from the beginning, one later, one when all is over."""
    one = UnderWay((), ("VN",), Room(tmp_path))
    early, other, late, last = [], [], [], []
    tasks = [asyncio.create_task(follow(one, seen)) for seen in (early, other)]
    await settle()
    one.outcomes.append(outcome())
    one.wake()
    await settle()
    tasks.append(asyncio.create_task(follow(one, late)))
    await settle()
    one.outcomes.append(outcome(place=1))
    one.wake(has_ended=True)
    tasks.append(asyncio.create_task(follow(one, last)))
    await asyncio.gather(*tasks)
    assert [0, 1, 2] == early == other
    assert [1, 2] == late
    assert [2] == last


async def test_what_comes_while_nobody_waits_is_not_missed(tmp_path):
    """A page that is slow to read sees the newest when it is back."""
    one = UnderWay((), ("VN",), Room(tmp_path))
    changes = one.changes()
    await anext(changes)
    one.outcomes.append(outcome())
    one.wake(has_ended=True)
    await anext(changes)
    assert [] == [None async for _ in changes]


def test_outcomes_are_written_once(tmp_path):
    """Whatever came together is written together, and not again."""
    one = UnderWay((), ("VN",), Room(tmp_path))
    one.outcomes += [outcome(), outcome(place=1)]
    assert 2 == len(one.unwritten())
    one.wrote(2)
    one.outcomes.append(outcome(place=2))
    assert [2] == [found.place for found in one.unwritten()]
    # What could not be written is tried again with what comes next.
    one.outcomes.append(outcome(place=3))
    assert [2, 3] == [found.place for found in one.unwritten()]
    one.wrote(2)
    assert [] == one.unwritten()
