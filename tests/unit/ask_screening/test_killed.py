"""A screening that is killed goes on where it was, and never pays for an answer twice."""

import contextlib
import itertools

import pytest
from unit.ask import nation as made
from unit.ask.test_asker_log import digests, entries
from unit.ask_screening.charging import Charging, KilledError, Machine
from unit.ask_screening.test_asking import screening
from unit.psi.holding import identifier, octets

from fedquery.ask.screening.files import job_ids
from fedquery.ask.screening.screening import resumed
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.identifiers import decode

# One fetches, and the rest is for 16 and 4.
_NUMBERS = range(30, 51)
_WORDS = ["hit" if number < 40 else "no hit" for number in _NUMBERS]
_SEEDS = itertools.count(1000)


async def _run(session, case):
    """Run the list, or what an earlier run of it has left, until it ends or is killed."""
    kept = job_ids(session.home)
    if kept:
        one = resumed(session, kept[0], octets(next(_SEEDS)))
    else:
        one = screening(session, [decode(identifier(number)) for number in _NUMBERS], case)
    async with one:
        await one.prepare()
        await one.run()
        return [row.outcomes[0].word for row in one.results()]


async def _killed(directory, case, machine, later_ms=0):
    """Kill a list at a step, resume it, and give how many elements were charged.

    Returns:
        None where the list was done before the step.
    """
    nation = made.honest()
    session = made.asker(directory, nation)
    with contextlib.closing(session.connection):
        session.coordinators = Charging(nation, machine)
        with contextlib.suppress(KilledError):
            await _run(session, case)
            return None
        machine.dies_at = None
        session.clock.now_ms += later_ms
        nation.lies.answered_ms += later_ms
        assert await _run(session, case) == _WORDS
        # Nothing left unlogged, whenever the program ended, and every answer has its end.
        asked = {one.request_digest for one in entries(session, AskedEntry)}
        assert set(digests(session)) <= asked
        ends = {one.request_digest: one for one in entries(session, ConcludedEntry)}
        assert sum(one.hits or 0 for one in ends.values()) == _WORDS.count("hit")
        return session.coordinators.elements


async def test_a_kill_at_any_step_costs_nothing(tmp_path, case, monkeypatch):
    """Killed at each step in turn, the list comes to the same and each element is charged once."""
    for step in itertools.count():
        machine = Machine(monkeypatch, step)
        elements = await _killed(tmp_path / str(step), case, machine)
        if elements is None:
            break
        assert elements == len(_NUMBERS), step
    assert step > 20


async def test_what_was_in_flight_is_paid_again_after_its_life_alone(tmp_path, case, monkeypatch):
    """Where it is resumed too late for the same octets, only what had no answer is asked anew."""
    for step in itertools.count():
        machine = Machine(monkeypatch, step)
        elements = await _killed(tmp_path / str(step), case, machine, later_ms=100_000)
        if elements is None:
            break
        # What can be in flight at once here: the question that fetches, or the two others.
        assert len(_NUMBERS) <= elements <= len(_NUMBERS) + 20, step
    assert step > 20


@pytest.mark.parametrize("dies_at", [9, 12, 15])
async def test_a_list_that_was_begun_with_smaller_questions_is_ended_with_larger_ones(
    tmp_path, case, monkeypatch, dies_at
):
    """What was under way is sent again as it was made, and each element is charged once."""
    machine = Machine(monkeypatch, dies_at)
    with monkeypatch.context() as before:
        before.setattr("fedquery.ask.screening.purse.classes_up_to", lambda _largest: (1, 4))
        nation = made.honest()
        session = made.asker(tmp_path / "asker", nation)
        session.coordinators = Charging(nation, machine)
        with pytest.raises(KilledError):
            await _run(session, case)
    with contextlib.closing(session.connection):
        assert set(session.coordinators.charged.values()) <= {1, 4}
        machine.dies_at = None
        assert await _run(session, case) == _WORDS
        assert session.coordinators.elements == len(_NUMBERS)
