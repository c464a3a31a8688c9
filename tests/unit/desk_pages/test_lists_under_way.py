"""Lists while they are asked: followed, stopped, interrupted, gone on with; ended with a case."""

import asyncio
import contextlib
import json
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.desk_pages import full_disk, served
from unit.desk_pages.test_lists import (
    PHONES,
    another,
    case_of,
    finished,
    kept,
    questions_of,
)

from fedquery.desk import (
    case_changes,
    cases,
    interrupted_lists,
    list_running,
    list_verdicts,
    lists,
    running_list,
)
from fedquery.desk.kept_list import CASE_CLOSED, INTERRUPTED
from fedquery.identifiers import decode


class Gate:
    """Coordinators that hold back all questions but the first few until somebody opens the gate."""

    def __init__(self, inner, most):
        self.inner, self.most = inner, most
        self.opened, self.reached = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name):
        """Do all else as without the gate."""
        return getattr(self.inner, name)

    async def query(self, envelopes, deadline_ms):
        """Answer the first ones."""
        if len(self.inner.sent) >= self.most:
            self.reached.set()
            await self.opened.wait()
        async with contextlib.aclosing(self.inner.query(envelopes, deadline_ms)) as answers:
            async for one in answers:
                yield one


@pytest.fixture
async def signed_in(browser, officer):
    """Sign an officer in."""
    await browser.sign_in(officer)
    return browser


@pytest.fixture
async def gate(desk, monkeypatch):
    """Hold back all but the first question; pages are told at once of what has changed."""
    held = Gate(desk.client.session.coordinators, most=1)
    desk.client.session.coordinators = held
    monkeypatch.setattr(running_list, "TOLD_EVERY_S", 0)
    yield held
    held.opened.set()
    await desk.aclose()


async def begun(desk, browser, gate):
    """Begin a list, and wait until a question of it is held back."""
    address = await kept(browser)
    planned = await questions_of(desk, address)
    assert 303 == (await browser.post(f"{address}/ask", page=address)).status_code
    await gate.reached.wait()
    return address, planned


def state_of(desk, address):
    """Read the state of a list, and why it stopped."""
    found = lists.kept_for_whoever(desk.store, address.split("/")[-1])
    return found.state, found.why


async def test_a_list_that_was_stopped_goes_on_and_pays_nothing_twice(desk, signed_in, gate):
    """Each question leaves once, whatever was stopped in between."""
    address, planned = await begun(desk, signed_in, gate)
    page = (await signed_in.get(address)).text
    assert "being asked" in page
    assert f'data-progress="{address}/progress"' in page
    assert 409 == (await signed_in.post(f"{address}/discard", page=address)).status_code
    assert 303 == (await signed_in.post(f"{address}/stop", page=address)).status_code
    assert "It was stopped." in (await signed_in.get(address)).text
    gate.opened.set()
    assert 303 == (await signed_in.post(f"{address}/ask", page=address)).status_code
    await finished(desk)
    assert "20 identifiers were found." in (await signed_in.get(address)).text
    # What was under way when it was stopped is sent again as it was: the same bytes count once.
    assert planned == len(set(gate.inner.sent))


async def test_what_is_left_after_a_day_waits_for_another_decision(
    desk, signed_in, gate, monkeypatch
):
    """Nothing more leaves without it, and what was asked is not discarded meanwhile."""
    phones = [decode(made.identifier(number)).canonical for number in range(60)]
    address = await kept(signed_in, phones)
    planned = await questions_of(desk, address)
    await signed_in.post(f"{address}/ask", page=address)
    supervisor = await another(desk, "Chief One")
    judged = {"page": address, "finding": "approved", "reason": "One call centre."}
    await supervisor.post(f"{address}/verdict", **judged)
    await signed_in.post(f"{address}/ask", page=address)
    await gate.reached.wait()
    await signed_in.post(f"{address}/stop", page=address)
    sent = len(gate.inner.sent)
    gate.opened.set()
    # The nation's signed statements would be over after a whole day.
    monkeypatch.setattr(list_verdicts, "LASTS_MS", 1_000)
    desk.client.session.clock.now_ms += 1_001
    page = (await signed_in.get(address)).text
    assert "The approval is older than a day." in page
    assert "Ask for approval" in page
    assert 303 == (await signed_in.post(f"{address}/ask", page=address)).status_code
    await finished(desk)
    assert ("waiting", "") == state_of(desk, address)
    assert sent == len(gate.inner.sent)
    page = (await signed_in.get(address)).text
    assert "Nothing was asked" not in page
    assert "Discard" not in page
    assert 409 == (await signed_in.post(f"{address}/discard", page=address)).status_code
    second = await another(desk, "Chief Two")
    judged["reason"] = "Still one call centre."
    assert 303 == (await second.post(f"{address}/verdict", **judged)).status_code
    assert 303 == (await signed_in.post(f"{address}/ask", page=address)).status_code
    await finished(desk)
    page = (await signed_in.get(address)).text
    for said in ("One call centre.", "Still one call centre.", "Chief One", "Chief Two"):
        assert said in page
    assert planned == len(set(gate.inner.sent))


async def test_a_list_that_goes_on_takes_back_no_facts(desk, signed_in, gate):
    """What was changed since it was made is what the next question of the case begins with."""
    address, _ = await begun(desk, signed_in, gate)
    await signed_in.post(f"{address}/stop", page=address)
    about = lists.kept_for_whoever(desk.store, address.split("/")[-1])
    changed = replace(about.new.facts, offence="trafficking")
    case_changes.remember(desk.store, about.account_id, about.case_id, changed, desk.clock())
    gate.opened.set()
    await signed_in.post(f"{address}/ask", page=address)
    await finished(desk)
    assert changed == cases.read_any(desk.store, about.case_id).facts


async def test_the_end_of_the_desk_interrupts_a_list(desk, signed_in, gate):
    """Nothing is written then: the next start says it, and its officer goes on."""
    address, planned = await begun(desk, signed_in, gate)
    await desk.aclose()
    assert ("asking", "") == state_of(desk, address)
    interrupted_lists.stop_unfinished(desk.store)
    assert ("stopped", INTERRUPTED) == state_of(desk, address)
    gate.opened.set()
    page = (await signed_in.get(address)).text
    assert "It was interrupted when the desk stopped." in page
    assert 303 == (await signed_in.post(f"{address}/ask", page=address)).status_code
    await finished(desk)
    assert ("ended", "") == state_of(desk, address)
    assert planned == len(set(gate.inner.sent))


async def test_a_case_that_is_closed_stops_its_list_at_once(desk, signed_in, gate):
    """No further question goes out from it."""
    address, _ = await begun(desk, signed_in, gate)
    case = f"/desk/cases/{case_of(desk)}"
    sent = len(gate.inner.sent)
    assert 303 == (await signed_in.post(f"{case}/close", page=case, sure="1")).status_code
    await finished(desk)
    assert ("stopped", CASE_CLOSED) == state_of(desk, address)
    assert sent == len(gate.inner.sent)
    page = (await signed_in.get(address)).text
    assert "its case is closed" in page
    assert "Go on with it" not in page


async def test_who_is_taken_out_of_a_case_asks_no_further(desk, signed_in, gate):
    """It stops as answers come, whoever has closed the case or emptied it, and how."""
    address, _ = await begun(desk, signed_in, gate)
    desk.connection.execute("DELETE FROM case_member")
    gate.opened.set()
    await finished(desk)
    assert ("stopped", CASE_CLOSED) == state_of(desk, address)


@pytest.mark.parametrize("ended", ["DELETE FROM case_member", "UPDATE account SET enabled = 0"])
async def test_nothing_more_is_asked_for_who_may_ask_nothing(
    desk, signed_in, gate, monkeypatch, ended
):
    """Taken out of the case, or with a disabled account: also while no answer comes."""
    monkeypatch.setattr(list_running, "LOOK_AGAIN_S", 0.001)
    address, _ = await begun(desk, signed_in, gate)
    sent = len(gate.inner.sent)
    desk.connection.execute(ended)
    await finished(desk)
    assert ("stopped", CASE_CLOSED) == state_of(desk, address)
    assert sent == len(gate.inner.sent)


async def test_nothing_is_asked_in_a_case_that_is_closed_meanwhile(
    desk, signed_in, gate, monkeypatch
):
    """What is computed before a list is asked takes time, in which others go on."""
    address = await kept(signed_in)
    case = f"/desk/cases/{case_of(desk)}"
    token = served.token_of((await signed_in.get(case)).text)
    reached, opened = asyncio.Event(), asyncio.Event()
    confirmed = list_running.Lists._require_confirmed

    async def held_back(those, one):
        await confirmed(those, one)
        reached.set()
        await opened.wait()

    monkeypatch.setattr(list_running.Lists, "_require_confirmed", held_back)
    asking = asyncio.create_task(signed_in.post(f"{address}/ask", page=address))
    await reached.wait()
    assert 303 == (await signed_in.post(f"{case}/close", csrf=token, sure="1")).status_code
    opened.set()
    gate.opened.set()
    answer = await asking
    await finished(desk)
    assert 409 == answer.status_code
    assert ("ready", "") == state_of(desk, address)
    assert [] == gate.inner.sent


async def test_a_list_that_ended_on_a_full_disk_is_not_being_asked(desk, signed_in, gate):
    """Its page says how it ended, offers to go on, and does not read itself again for ever."""
    address, _ = await begun(desk, signed_in, gate)
    disk = full_disk.on(desk.store)
    disk.is_full = True
    assert 303 == (await signed_in.post(f"{address}/stop", page=address)).status_code
    assert ("asking", "") == state_of(desk, address)
    page = (await signed_in.get(address)).text
    assert "It was stopped." in page
    assert "data-progress" not in page
    assert "being asked" not in (await signed_in.get("/desk/lists")).text
    assert 507 == (await signed_in.post(f"{address}/ask", page=address)).status_code
    disk.is_full = False
    gate.opened.set()
    assert 303 == (await signed_in.post(f"{address}/ask", page=address)).status_code
    await finished(desk)
    assert ("ended", "") == state_of(desk, address)


async def test_progress_comes_nation_by_nation_until_the_end(desk, signed_in, gate):
    """With numbers alone; whoever comes late gets all of it."""
    address, _ = await begun(desk, signed_in, gate)
    following = asyncio.create_task(signed_in.get(f"{address}/progress"))
    await asyncio.sleep(0)
    gate.opened.set()
    await finished(desk)
    answer = await following
    lines = [json.loads(one) for one in answer.text.splitlines()]
    assert ["end"] == [one["type"] for one in lines[-1:]]
    assert {"VN"} == {one["nation"] for one in lines[:-1]}
    assert "30" == lines[-2]["answered"]
    assert not any(phone in answer.text for phone in PHONES)


async def test_progress_ends_with_the_right_to_read_it(desk, signed_in, gate, monkeypatch):
    """Signed out meanwhile, nobody is told any more, though the list goes on."""
    monkeypatch.setattr(running_list, "LOOK_AGAIN_S", 0.001)
    address, _ = await begun(desk, signed_in, gate)
    following = asyncio.create_task(signed_in.get(f"{address}/progress"))
    other = served.Browser(desk)
    other.window.cookies = signed_in.window.cookies
    await other.post("/desk/logout", page="/desk/account")
    answer = await following
    assert "end" not in [json.loads(one)["type"] for one in answer.text.splitlines()]
    assert "asking" == state_of(desk, address)[0]


async def test_only_so_many_lists_are_asked_at_a_time(desk, signed_in, gate):
    """The others say so, and can be begun later."""
    addresses = [await begun(desk, signed_in, gate)]
    for number in range(list_running.MOST_RUNNING):
        address = await kept(signed_in, PHONES[number:], number="", case_id=case_of(desk))
        sent = await signed_in.post(f"{address}/ask", page=address)
        addresses.append((address, sent.status_code))
    assert [303] * (list_running.MOST_RUNNING - 1) + [503] == [code for _, code in addresses[1:]]
    assert ("ready", "") == state_of(desk, addresses[-1][0])


async def test_a_list_that_is_asked_is_not_erased_under_it(desk, signed_in, gate):
    """Nobody but its officer stops it."""
    address, _ = await begun(desk, signed_in, gate)
    supervisor = await another(desk, "Chief One")
    token = served.token_of((await supervisor.get(address)).text)
    for act in ("ask", "stop", "discard"):
        assert (await supervisor.post(f"{address}/{act}", csrf=token)).status_code in {409, 422}
    assert "asking" == state_of(desk, address)[0]
