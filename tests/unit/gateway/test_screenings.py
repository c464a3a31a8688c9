"""Screenings of a gateway: a few at a time, and what is cut off is asked when it is run again."""

import asyncio
import contextlib
import itertools
import json
import sqlite3
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.psi.holding import identifier, octets

from fedquery.ask.case import Case
from fedquery.ask.client import Client
from fedquery.ask.screening.files import erase, path_of
from fedquery.errors import BusyError, ConfigError, InputError, NotFoundError, PeerError
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.bodies import DecisionBody, ScreeningBody
from fedquery.gateway.repeats import ErasedError, KeyReusedError
from fedquery.gateway.runs import MOST_RUNNING
from fedquery.gateway.screenings import Screenings
from fedquery.gateway.seeing import lines
from fedquery.identifiers import decode

_SEEDS = itertools.count(500)
# The case names no officer; the others are officers with tokens.
NOBODY = Bearer("")
SEVEN, EIGHT = Bearer("officer 7"), Bearer("officer 8")
SUPERVISOR = Bearer("officer 9", is_supervisor=True)
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


async def state(screenings, screening_id, bearer=NOBODY):
    """Read how far a screening is."""
    return json.loads(await screenings.answer(screening_id, bearer))


async def rows_of(screenings, screening_id, bearer=NOBODY, start=0, *, hits_alone=False):
    """Read the lines of its results."""
    found = lines(screenings.client, screening_id, bearer, start, hits_alone=hits_alone)
    return [json.loads(one) async for one in found]


async def until_ended(screenings, screening_id, bearer=NOBODY):
    """Let it run to its end."""
    while screenings.runs.running:
        await asyncio.wait([one.task for one in screenings.runs.running.values()])
    return await state(screenings, screening_id, bearer)


async def test_a_gateway_that_ends_leaves_what_is_to_be_asked(session, screenings):
    """Another one goes on with it; what was answered is not sent again."""
    first = screenings()
    event = held(session)
    screening_id = await first.begin(listed(), CASE, body())
    assert (await state(first, screening_id))["running"]
    await event.reached.wait()
    await first.aclose()
    assert {} == first.runs.running
    event.set()
    second = screenings()
    found = await state(second, screening_id)
    assert ("under way", False, None) == (found["state"], found["running"], found["cost"])
    await second.run(screening_id, NOBODY, anyway=False)
    ended = await until_ended(second, screening_id)
    assert ("finished", 4) == (ended["state"], ended["progress"][0]["answered"])
    sent = len(session.coordinators.sent)
    await second.run(screening_id, NOBODY, anyway=False)
    assert "finished" == (await until_ended(second, screening_id))["state"]
    assert sent == len(session.coordinators.sent)


async def test_a_few_run_at_a_time(session, screenings):
    """One more is busy and keeps nothing; one that ends makes room."""
    gateway, event = screenings(), held(session)
    ids = [await gateway.begin(listed(900 + 9 * n), CASE, body()) for n in range(MOST_RUNNING)]
    waiting = await screenings().begin(listed(), CASE, body(begin=False))
    for begin in (
        lambda: gateway.begin(listed(), CASE, body()),
        lambda: gateway.run(waiting, NOBODY, anyway=False),
    ):
        with pytest.raises(BusyError, match="enough"):
            await begin()
    # What runs already is not begun twice.
    await gateway.run(ids[0], NOBODY, anyway=False)
    await gateway.erase(ids[0], NOBODY)
    event.set()
    fifth = await gateway.begin(listed(990), CASE, body())
    assert "finished" == (await until_ended(gateway, fifth))["state"]


async def test_nobody_asks_in_the_name_of_another_officer(session, screenings):
    """Not a supervisor either: holders and the agency's log are told of whoever began it."""
    gateway, case = screenings(), replace(CASE, officer="officer 7")
    screening_id = await gateway.begin(listed(), case, body(begin=False))
    with pytest.raises(InputError, match="another officer"):
        await gateway.run(screening_id, SUPERVISOR, anyway=False)
    assert [] == session.coordinators.sent
    await gateway.run(screening_id, SEVEN, anyway=False)
    assert "finished" == (await until_ended(gateway, screening_id, SEVEN))["state"]


async def test_a_screening_is_seen_by_its_officer_and_by_supervisors(session, screenings):
    """To others it is as if there were none, word for word: nothing is told, run or erased."""
    gateway, case = screenings(), replace(CASE, officer="officer 7")
    screening_id = await gateway.begin(listed(), case, body())
    await until_ended(gateway, screening_id, SEVEN)
    told = set()
    for wanted in (screening_id, "0" * 16, "../asker"):
        for use in (
            lambda: gateway.answer(wanted, EIGHT),  # noqa: B023 -- used in its turn
            lambda: gateway.run(wanted, EIGHT, anyway=False),  # noqa: B023 -- as above
            lambda: gateway.erase(wanted, EIGHT),  # noqa: B023 -- as above
            lambda: rows_of(gateway, wanted, EIGHT),  # noqa: B023 -- as above
        ):
            with pytest.raises(NotFoundError) as error:
                await use()
            told.add((error.value.what, error.value.do))
    assert 1 == len(told)
    for bearer in (SEVEN, SUPERVISOR):
        assert "finished" == (await state(gateway, screening_id, bearer))["state"]
        assert 5 == len(await rows_of(gateway, screening_id, bearer))
    await gateway.erase(screening_id, SUPERVISOR)
    with pytest.raises(NotFoundError):
        await gateway.answer(screening_id, SEVEN)


async def test_a_list_of_the_desk_is_the_desk_s_alone(session, screenings):
    """No token sees, asks, approves or erases it, whoever's it is: at the desk its case decides."""
    gateway, case = screenings(), replace(CASE, officer="officer 7")
    of_desk = gateway.client.screen(listed(), case, nations=["VN"], at_desk=True)
    await of_desk.prepare()
    await of_desk.aclose()
    decision = DecisionBody(decision="approve", reason="one ring")
    for bearer in (SEVEN, SUPERVISOR):
        for use in (
            gateway.answer(of_desk.job_id, bearer),
            gateway.run(of_desk.job_id, bearer, anyway=True),
            gateway.decide(of_desk.job_id, bearer, decision),
            gateway.erase(of_desk.job_id, bearer),
            rows_of(gateway, of_desk.job_id, bearer),
        ):
            with pytest.raises(NotFoundError):
                await use
        told = json.loads(await gateway.listing(bearer, waiting_alone=False))
        assert [] == told["screenings"]
    assert [] == session.coordinators.sent
    assert [of_desk.job_id] == [one.job_id for one in gateway.client.screenings()]


async def test_one_that_cannot_be_read_is_told_to_supervisors_alone(session, screenings):
    """Whose it is cannot be read; a supervisor sees that it is damaged, and erases it."""
    gateway, case = screenings(), replace(CASE, officer="officer 7")
    screening_id = await gateway.begin(listed(), case, body(begin=False))
    path = path_of(session.home, screening_id)
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.execute("DELETE FROM fact WHERE name = 'salt'")
    with pytest.raises(NotFoundError):
        await gateway.answer(screening_id, SEVEN)
    with pytest.raises(NotFoundError):
        await gateway.erase(screening_id, SEVEN)
    with pytest.raises(ConfigError, match="damaged"):
        await gateway.answer(screening_id, SUPERVISOR)
    await gateway.erase(screening_id, SUPERVISOR)
    assert [] == list(path.parent.glob("*"))


async def test_hits_and_lookups_are_those_of_whoever_asked(session, screenings):
    """Others claim and read nothing, and are not told whether there is something."""
    gateway, case = screenings(), replace(CASE, officer="officer 7")
    client = gateway.client
    screening_id = await gateway.begin(listed(5), case, body())
    await until_ended(gateway, screening_id, SEVEN)
    rows = await rows_of(gateway, screening_id, SEVEN)
    lookup = await client.lookup(listed(6, 1), case, nations=["VN"])
    ids = [rows[0]["outcomes"][0]["claim_id"], lookup.outcomes[0].claim_id]
    session.coordinators.nation.lies.head = lambda _honest: made.RELEASED
    told = set()
    for claim_id in (*ids, "0" * 16, f"{screening_id}-1-9", f"{'0' * 16}-1-0"):
        with pytest.raises(NotFoundError) as error:
            await client.claim(claim_id, officer="officer 8", asked_by=EIGHT.asked_by)
        told.add((error.value.what, error.value.do))
    assert 1 == len(told)
    for claim_id, bearer in itertools.product(ids, (SEVEN, SUPERVISOR)):
        claimed = await client.claim(claim_id, officer=bearer.officer, asked_by=bearer.asked_by)
        assert "released" == claimed.word
    for lookup_id in (lookup.lookup_id, "0" * 16):
        with pytest.raises(NotFoundError, match="no lookup of this id"):
            client.status(lookup_id, officer=EIGHT.asked_by)
    for bearer in (SEVEN, SUPERVISOR):
        assert (
            lookup.lookup_id
            == client.status(lookup.lookup_id, officer=bearer.asked_by)[0].lookup_id
        )
    assert "officer 7" not in "".join(session.connection.iterdump())


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
    await gateway.run(screening_id, NOBODY, anyway=False)
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


@pytest.mark.parametrize("by", ["gateway", "another program"])
async def test_a_request_that_comes_again_after_an_erasure_asks_nothing(session, screenings, by):
    """What an officer has ended is not begun anew by a request on its way; after a while it is."""
    gateway = screenings()
    first = await gateway.begin_once(listed(), CASE, body(), "k-1")
    await until_ended(gateway, first)
    sent = len(session.coordinators.sent)
    await (gateway.erase(first, NOBODY) if by == "gateway" else erased(session, first))
    for _ in range(2):
        with pytest.raises(ErasedError, match="erased"):
            await gateway.begin_once(listed(), CASE, body(), "k-1")
    assert sent == len(session.coordinators.sent)
    assert first != await gateway.begin_once(listed(), CASE, body(), "k-2")
    session.clock.now_ms += 600_001
    session.coordinators.nation.created_ms = session.clock.now_ms
    session.coordinators.nation.lies.answered_ms = session.clock.now_ms
    assert first != await gateway.begin_once(listed(), CASE, body(begin=False), "k-1")


async def erased(session, screening_id):
    """Erase as the command does, beside the gateway."""
    erase(session.home, screening_id)


async def test_results_are_read_while_it_runs(session, screenings):
    """What has no answer yet says so; the last line says how far it was."""
    gateway, event = screenings(), held(session)
    screening_id = await gateway.begin(listed(count=5), CASE, body())
    await event.reached.wait()
    rows = await rows_of(gateway, screening_id, start=3)
    assert [3, 4] == [row["place"] for row in rows[:-1]]
    assert {"not-asked"} == {row["outcomes"][0]["why"] for row in rows[:-1]}
    assert {"type": "end", "state": "under way", "identifiers": 5} == rows[-1]
    event.set()
    await until_ended(gateway, screening_id)
    hits = await rows_of(gateway, screening_id, hits_alone=True)
    assert ["end"] == [one["type"] for one in hits]


async def test_a_hit_of_a_list_of_the_desk_is_not_claimed_with_a_token(session, screenings):
    """At the desk its case says who may; elsewhere it is not there, and nothing is sent."""
    gateway, case = screenings(), replace(CASE, officer="officer 7")
    hits = listed(0, 4)
    async with gateway.client.screen(hits, case, nations=["VN"], at_desk=True) as of_desk:
        await of_desk.run()
        outcomes = [one for row in of_desk.results() for one in row.outcomes]
    claim_id = next(one.claim_id for one in outcomes if one.word == "hit")
    sent = len(session.coordinators.sent)
    with pytest.raises(NotFoundError):
        await gateway.client.claim(claim_id, at_desk=False)
    assert sent == len(session.coordinators.sent)
    found = await gateway.client.claim(claim_id)
    assert sent < len(session.coordinators.sent)
    assert claim_id == found.claim_id
