"""Screenings of a gateway: a few at a time, and what is cut off is asked when it is run again."""

import asyncio
import contextlib
import itertools
import json
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.psi.holding import identifier, octets

from fedquery.ask.case import Case
from fedquery.ask.client import Client
from fedquery.errors import BusyError, InputError, PeerError
from fedquery.gateway.bodies import ScreeningBody
from fedquery.gateway.repeats import KeyReusedError
from fedquery.gateway.screenings import MOST_RUNNING, Screenings
from fedquery.identifiers import decode

_SEEDS = itertools.count(500)
CASE = Case(number="G-1", purpose="fraud", maximum_penalty_years=10, opened_ms=made.NOW_MS - 1000)


def body(**changes):
    """Write the body of a screening."""
    case = {
        "number": "G-1",
        "purpose": "fraud",
        "maximum_penalty_years": 10,
        "opened": "2026-01-01",
    }
    lists = [{"kind": "phone", "texts": ["x"]}]
    return ScreeningBody(**{"lists": lists, "case": case, "nations": ["VN"], **changes})


def listed(start=900, count=4):
    """Make a list."""
    return [decode(identifier(number)) for number in range(start, start + count)]


@pytest.fixture
def session(tmp_path):
    """Make an asker of TH and an honest nation VN in memory."""
    opened = made.asker(tmp_path / "asker", made.honest())
    with contextlib.closing(opened.connection):
        yield opened


@pytest.fixture
def screenings(session):
    """Make what a gateway runs, over an open client; again, for one that is started anew."""

    def make():
        client = Client(session.home, session.clock, octets(next(_SEEDS)))
        client._session = session
        return Screenings(client, session.clock)

    return make


def held(session):
    """Let the coordinators answer nothing before an event is set."""
    event, query = asyncio.Event(), session.coordinators.query
    event.reached = asyncio.Event()

    async def waits(envelopes, deadline_ms):
        event.reached.set()
        await event.wait()
        async for one in query(envelopes, deadline_ms):
            yield one

    session.coordinators.query = waits
    return event


async def state(screenings, screening_id):
    """Read how far a screening is."""
    return json.loads(await screenings.answer(screening_id))


async def until_ended(screenings, screening_id):
    """Let it run to its end."""
    while screenings._running:
        await asyncio.wait([one.task for one in screenings._running.values()])
    return await state(screenings, screening_id)


async def test_a_gateway_that_ends_leaves_what_is_to_be_asked(session, screenings):
    """Another one goes on with it; what was answered is not sent again."""
    first = screenings()
    event = held(session)
    screening_id = await first.begin(listed(), CASE, body())
    assert (await state(first, screening_id))["running"]
    await event.reached.wait()
    await first.aclose()
    assert {} == first._running
    event.set()
    second = screenings()
    found = await state(second, screening_id)
    assert ("under way", False, None) == (found["state"], found["running"], found["cost"])
    await second.run(screening_id, "", anyway=False)
    ended = await until_ended(second, screening_id)
    assert ("finished", 4) == (ended["state"], ended["progress"][0]["answered"])
    sent = len(session.coordinators.sent)
    await second.run(screening_id, "", anyway=False)
    assert "finished" == (await until_ended(second, screening_id))["state"]
    assert sent == len(session.coordinators.sent)


async def test_a_few_run_at_a_time(session, screenings):
    """One more is busy and keeps nothing; one that ends makes room."""
    gateway, event = screenings(), held(session)
    ids = [await gateway.begin(listed(900 + 9 * n), CASE, body()) for n in range(MOST_RUNNING)]
    for begin in (
        lambda: gateway.begin(listed(), CASE, body()),
        lambda: gateway.run("0" * 16, "", anyway=False),
    ):
        with pytest.raises(BusyError, match="enough"):
            await begin()
    # What runs already is not begun twice.
    await gateway.run(ids[0], "", anyway=False)
    await gateway.erase(ids[0])
    event.set()
    fifth = await gateway.begin(listed(990), CASE, body())
    assert "finished" == (await until_ended(gateway, fifth))["state"]


async def test_nobody_asks_in_the_name_of_another_officer(session, screenings):
    """Who runs a screening is whom holders and the agency's log are told of."""
    gateway, case = screenings(), replace(CASE, officer="officer 7")
    screening_id = await gateway.begin(listed(), case, body(begin=False))
    with pytest.raises(InputError, match="another officer"):
        await gateway.run(screening_id, "officer 8", anyway=False)
    assert [] == session.coordinators.sent
    await gateway.run(screening_id, "officer 7", anyway=False)
    assert "finished" == (await until_ended(gateway, screening_id))["state"]


@pytest.mark.parametrize(
    ("error", "slug"), [(PeerError("no way"), "unavailable"), (ValueError("a bug"), "internal")]
)
async def test_what_ends_a_screening_is_told(session, screenings, monkeypatch, error, slug):
    """Also a fault of this program, whose text stays in its log."""
    gateway = screenings()
    screening_id = await gateway.begin(listed(), CASE, body(begin=False))

    async def fails(_self, *_arguments, **_options):
        raise error

    monkeypatch.setattr("fedquery.ask.screening.screening.Screening.run", fails)
    await gateway.run(screening_id, "", anyway=False)
    ended = await until_ended(gateway, screening_id)
    assert not ended["running"]
    assert slug == ended["error"]["slug"]
    assert "a bug" not in json.dumps(ended)


async def test_one_request_that_comes_twice_begins_one(session, screenings):
    """At the same time, too; a key with another body is refused, and without one all are new."""
    gateway = screenings()
    asked = body(begin=False)
    ids = await asyncio.gather(
        *(gateway.begin_once(listed(), CASE, asked, "k-1") for _ in range(3))
    )
    assert 1 == len(set(ids))
    with pytest.raises(KeyReusedError):
        await gateway.begin_once(listed(), CASE, body(), "k-1")
    assert ids[0] != await gateway.begin_once(listed(), CASE, asked, "")


async def test_results_are_read_while_it_runs(session, screenings):
    """What has no answer yet says so; the last line says how far it was."""
    gateway, event = screenings(), held(session)
    screening_id = await gateway.begin(listed(count=5), CASE, body())
    await event.reached.wait()
    rows = [json.loads(one) async for one in gateway.lines(screening_id, 3, hits_alone=False)]
    assert [3, 4] == [row["place"] for row in rows[:-1]]
    assert {"not-asked"} == {row["outcomes"][0]["why"] for row in rows[:-1]}
    assert {"type": "end", "state": "under way", "identifiers": 5} == rows[-1]
    event.set()
    await until_ended(gateway, screening_id)
    hits = [json.loads(one) async for one in gateway.lines(screening_id, 0, hits_alone=True)]
    assert ["end"] == [one["type"] for one in hits]
