"""Who asks for a turn of the upkeep waits until one that began later is over."""

import asyncio

from fedquery_node.turns import Turns


async def test_a_turn_that_began_before_does_not_count():
    """What was written during a turn may have been overlooked by it."""
    turns = Turns()
    first = turns.begin()
    waiter = asyncio.create_task(turns.wanted())
    await asyncio.sleep(0)
    turns.end(first)
    await asyncio.sleep(0)
    assert not waiter.done()
    second = turns.begin()
    assert second
    turns.end(second)
    await waiter
    assert [] == turns.begin()


async def test_a_pause_ends_at_once_where_somebody_waits():
    """It does not take the whole tick; nor does it when the service stops."""
    turns, stop = Turns(), asyncio.Event()
    waiter = asyncio.create_task(turns.wanted())
    await asyncio.wait_for(turns.pause(stop, 3600), 5)
    turns.end(turns.begin())
    await waiter
    stop.set()
    await asyncio.wait_for(turns.pause(stop, 3600), 5)


async def test_who_went_away_is_passed_over():
    """A call that timed out must not trip the turn."""
    turns = Turns()
    waiter = asyncio.create_task(turns.wanted())
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.wait([waiter])
    turns.end(turns.begin())
