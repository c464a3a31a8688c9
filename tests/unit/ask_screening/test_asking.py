"""A list is asked once, and comes to what each of its identifiers would come to alone."""

import itertools
from dataclasses import replace

import pytest
from unit.psi.holding import identifier, octets

from fedquery.ask.claiming import claim_hit
from fedquery.ask.screening.asked import Asked
from fedquery.ask.screening.files import job_ids
from fedquery.ask.screening.kept import find_hit
from fedquery.ask.screening.screening import Screening, resumed
from fedquery.errors import InputError
from fedquery.identifiers import decode

_SEEDS = itertools.count(100)


def screening(session, identifiers, case, **changes):
    """Make a screening of VN."""
    values = {"case": case, "nations": ("VN",), "deadline_ms": 5000, "padded": False}
    return Screening(session, identifiers, Asked(**(values | changes)), octets(next(_SEEDS)))


async def test_a_list_is_asked_and_every_place_has_its_outcome(session, case):
    """Hits are hits, misses misses, doubled ones are asked once, and all places are told."""
    numbers = [5, 900, 5, 6, 901, 902, 903, 39]
    listed = [decode(identifier(number)) for number in numbers]
    async with screening(session, listed, case) as one:
        cost = await one.prepare()
        summary = await one.run()
        rows = list(one.results())
    assert cost.distinct == 7
    assert cost.elements == 7
    assert summary.finished
    assert [row.outcomes[0].word for row in rows] == [
        "hit" if number < 40 else "no hit" for number in numbers
    ]
    assert [row.identifier for row in rows] == listed


async def test_outcomes_come_as_they_are_known(session, case):
    """Iterating gives one outcome for each different identifier, at its first place."""
    listed = [decode(identifier(number)) for number in (5, 900, 5, 6)]
    found = {}
    async for outcome in screening(session, listed, case):
        found[outcome.place] = outcome.word
    assert found == {0: "hit", 1: "no hit", 3: "hit"}


async def test_a_list_may_come_asynchronously(session, case):
    """An asynchronous source is read like any other."""

    async def source():
        for number in range(30, 50):
            yield decode(identifier(number))

    async with screening(session, source(), case) as one:
        summary = await one.run()
    assert summary.nations[0].words == {"hit": 10, "no hit": 10}


async def test_an_answered_list_is_not_asked_again(session, case):
    """A screening that is resumed, and another one of the same case and version, send nothing."""
    listed = [decode(identifier(number)) for number in range(30, 50)]
    async with screening(session, listed, case) as one:
        await one.run()
        job_id = one.job_id
    sent = len(session.coordinators.sent)
    async with resumed(session, job_id, octets(8)) as one:
        summary = await one.run()
    assert summary.nations[0].words == {"hit": 10, "no hit": 10}
    async with screening(session, listed[:5] + listed[15:], case) as one:
        cost = await one.prepare()
        again = await one.run()
        rows = list(one.results())
    assert cost.elements == 0
    assert cost.nations[0].datasets[0].kept == 10
    assert again.nations[0].words == {"hit": 5, "no hit": 5}
    assert all(row.outcomes[0].receipt for row in rows)
    assert len(session.coordinators.sent) == sent


async def test_another_case_is_asked_anew(session, case):
    """What was asked for one case is no answer in another, of which the holder knows nothing."""
    listed = [decode(identifier(number)) for number in range(30, 50)]
    async with screening(session, listed, case) as one:
        await one.run()
    async with screening(session, listed, replace(case, number="FIU-8")) as one:
        cost = await one.prepare()
    assert cost.elements == 20


async def test_a_hit_of_a_list_can_be_claimed(session, case):
    """A hit brings the id by which it is claimed, and the holder releases what it would else."""
    async with screening(session, [decode(identifier(5))], case) as one:
        await one.run()
        (row,) = one.results()
    hit = find_hit(session.home, row.outcomes[0].claim_id, octets(9))
    outcome = await claim_hit(session, hit, "reference", 5000, octets(10))
    assert outcome.word == "released"


async def test_each_hit_has_the_tag_and_token_of_its_own_form(session, vn, case):
    """What is claimed is what was found at this place, and not at another one of the question."""
    numbers = [900, 5, 901, 6, 7, 902, 8, 5]
    async with screening(session, [decode(identifier(one)) for one in numbers], case) as one:
        await one.run()
        rows = list(one.results())
    for number, row in zip(numbers, rows, strict=True):
        claim_id = row.outcomes[0].claim_id
        assert bool(claim_id) == (number < 40)
        if claim_id:
            hit = find_hit(session.home, claim_id, octets(9))
            asking = vn.holding.ask([identifier(number)])
            (finding,) = asking.conclude(vn.holding.opening, vn.holding.answer(asking)).findings
            assert (hit.tag, hit.token) == (finding.tag, finding.claim_token)
            assert hit.version == vn.holding.publication.version


async def test_an_empty_list_is_refused(session, case):
    """Nothing to ask is a mistake of whoever asks, and leaves nothing behind."""
    async with screening(session, [], case) as one:
        with pytest.raises(InputError, match="one identifier"):
            await one.prepare()
    assert job_ids(session.home) == []
