"""The page on which answers are held against the logs of their nations, and what it may not do."""

import asyncio
import sqlite3
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from unit.desk.voices import ENGLISH
from unit.desk_pages import asked, served

from fedquery.ask.collecting import Collected
from fedquery.desk import collecting_routes
from fedquery.desk.collected_view import MOST, collected_view
from fedquery.desk.collecting import Collecting
from fedquery.desk.door import Door
from fedquery.errors import PeerError, StorageError

ADDRESS = "/desk/audit/answers"


@pytest.fixture
async def auditor(desk, browser):
    """Sign an auditor in."""
    await browser.sign_in(served.account(desk, "Auditor One", "auditor"))
    return browser


async def hold(desk, browser):
    """Press the button, wait for the end, and give the page."""
    assert 303 == (await browser.post(ADDRESS)).status_code
    await asyncio.gather(*desk._tasks)
    return (await browser.get(ADDRESS)).text


def with_collecting(desk, browser, collecting):
    """Give the same browser on pages that hold answers against logs in another way."""
    app = Starlette(
        routes=collecting_routes.routes(collecting), middleware=[Middleware(Door, desk=desk)]
    )
    other = served.Browser(desk, app=app)
    other.window.cookies = browser.window.cookies
    return other


async def ask(desk, session, promised=lambda receipt: receipt):
    """Ask VN, which logs its answer, or says so."""
    session.coordinators.nation.log_answers(promised)
    officer = served.account(desk)
    return await asked.ask(desk, officer, asked.begun(desk, officer))


async def test_an_answer_that_was_logged_is_proved(desk, session, auditor):
    """Once; afterwards it is proved before, and its proof lies beside the receipt."""
    before = (await auditor.get(ADDRESS)).text
    assert "It was not done since this desk was started." in before
    await ask(desk, session)
    text = await hold(desk, auditor)
    assert "Each answer that promised an entry has it in the log of its nation." in text
    assert "<strong>2</strong> Proved now." in text
    assert [*session.home.receipts.glob("*.tlog-proof")]
    assert "<strong>2</strong> Proved before." in await hold(desk, auditor)


async def test_a_broken_promise_is_an_alarm_with_its_receipt(desk, session, auditor):
    """Another entry stands where the answer said that its own would."""
    await ask(desk, session, lambda receipt: replace(receipt, leaf_hash=b"\x07" * 32))
    text = await hold(desk, auditor)
    assert "Answers do not stand in the logs as promised." in text
    assert 'role="alert"' in text
    for receipt in session.home.receipts.glob("*.receipt.json"):
        assert f'Viet Nam <span class="code digest">{receipt.name}' in text


async def test_without_a_coordinator_it_says_so_and_can_be_begun_again(desk, session, auditor):
    """Nothing was found is not what it says."""
    await ask(desk, session)
    coordinators = session.coordinators
    told = coordinators.manifests

    async def nobody():
        raise PeerError("no coordinator answers", why="unavailable")

    coordinators.manifests = nobody
    text = await hold(desk, auditor)
    assert "no coordinator answers" in text
    assert "Each answer that promised" not in text
    coordinators.manifests = told
    assert "<strong>2</strong> Proved now." in await hold(desk, auditor)


@pytest.mark.parametrize("error", [sqlite3.OperationalError("full"), KeyError("VN")])
async def test_an_end_that_nobody_foresaw_is_not_called_good(desk, session, auditor, error):
    """What was found before it is not all, and nothing found is not that nothing is kept."""
    await ask(desk, session)

    async def broken():
        raise error

    session.coordinators.manifests = broken
    await auditor.post(ADDRESS)
    await asyncio.gather(*desk._tasks, return_exceptions=True)
    text = (await auditor.get(ADDRESS)).text
    assert "Something unexpected happened." in text
    assert "No receipt is kept." not in text
    assert "Each answer that promised" not in text


async def test_an_alarm_stands_also_where_it_broke_off(desk, auditor):
    """What was found before it is true."""

    async def breaks(_session, on_each):
        on_each(Collected(receipt="x", nation="VN", state="broken"))
        raise PeerError("no coordinator answers", why="unavailable")

    other = with_collecting(desk, auditor, Collecting(desk, collect=breaks))
    text = await hold(desk, other)
    assert "no coordinator answers" in text
    assert "Answers do not stand in the logs as promised." in text


async def test_it_runs_once(desk):
    """Two presses are one; how far it is is told; whatever ends it, it can begin again."""
    go_on, calls = asyncio.Event(), []

    async def slowly(_session, on_each):
        calls.append(1)
        on_each(Collected(receipt="x", nation="VN", state="kept"))
        await go_on.wait()
        raise OSError

    collecting = Collecting(desk, collect=slowly)
    collecting.begin()
    collecting.begin()
    await asyncio.sleep(0)
    assert (1, True, 1) == (len(calls), collecting.held.is_running, len(collecting.held.found))
    go_on.set()
    await asyncio.gather(*desk._tasks)
    assert (False, StorageError) == (collecting.held.is_running, type(collecting.held.error))
    collecting.begin()
    assert collecting.held.is_running


async def test_a_page_of_what_goes_on_comes_again(desk, auditor):
    """Without a script, after two seconds; the button is gone until it ends."""
    never = asyncio.Event()

    async def endless(_session, _on_each):
        await never.wait()

    collecting = Collecting(desk, collect=endless)
    other = with_collecting(desk, auditor, collecting)
    assert "refresh" not in (await other.get(ADDRESS)).headers
    await other.post(ADDRESS)
    found = await other.get(ADDRESS)
    assert "2" == found.headers["refresh"]
    assert f'action="{ADDRESS}"' not in found.text
    await asyncio.sleep(0)
    await desk.aclose()
    assert not collecting.held.is_running


STATES = (
    "kept",
    "proved",
    "pending",
    "late",
    "unavailable",
    "unlogged",
    "former",
    "false",
    "broken",
)


def found_in(*states):
    """Make what was found of some receipts."""
    return [
        Collected(receipt=f"{place}.receipt.json", nation="VN", state=state)
        for place, state in enumerate(states)
    ]


@pytest.mark.parametrize(
    ("states", "weight"),
    [
        ((), "note"),
        (("kept", "proved", "unlogged"), "note"),
        (("kept", "pending"), "warning"),
        (("kept", "late"), "warning"),
        (("kept", "unavailable"), "warning"),
        (("kept", "former"), "warning"),
        (("former", "false"), "alarm"),
        (("late", "false"), "alarm"),
        (STATES, "alarm"),
    ],
)
def test_the_worst_weighs(states, weight):
    """And each state that there is stands with its number."""
    view = collected_view(found_in(*states), ENGLISH)
    assert (weight, len(states)) == (view.weight, len(view.counts))


def test_what_is_wrong_stands_first_and_is_not_endless():
    """A page of a nation that broke every promise can be read."""
    view = collected_view(found_in(*("late",) * 70, *("broken",) * 70), ENGLISH)
    assert (MOST, "40") == (len(view.named), view.more)
    assert ["Broken"] * 70 == [text.split(":")[0] for _, _, text in view.named[:70]]


@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("supervisor", 200)])
async def test_who_may(desk, browser, role, status):
    """Auditors and supervisors; nobody else begins it."""
    await browser.sign_in(served.account(desk, "Somebody", role))
    assert status == (await browser.get(ADDRESS)).status_code
    sent = await browser.post(ADDRESS, page="/desk/account")
    assert (403 if status == 403 else 303) == sent.status_code
    await asyncio.gather(*desk._tasks)
