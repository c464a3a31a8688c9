"""The page of the facts of a case: what may change is changed there, and told in the timeline."""

import asyncio

import pytest
from unit.ask import nation as made
from unit.desk_pages import asked, served
from unit.desk_pages.test_case_pages import another, make_cards

from fedquery.cases.card import DAY_MS
from fedquery.desk import acts, case_changes, cases
from fedquery.desk.asked import AskedIdentifier, NewQuestion
from fedquery.desk.asking import Asking
from fedquery.desk.case_form import fields_of
from fedquery.desk.draft_case import case_to_ask_in
from fedquery.desk.drafts import Draft
from fedquery.identifiers import decode

FACTS = {
    "purpose": "fraud",
    "penalty": "10",
    "opened": "2026-01-02",
    "offence": "telecom fraud",
    "role": "suspect",
    "aim": "identify",
    "justification": "",
}


@pytest.fixture
async def page(browser, officer):
    """Sign the officer in."""
    await browser.sign_in(officer)
    return browser


@pytest.fixture
async def case(desk, officer):
    """Begin a case."""
    return asked.begun(desk, officer)


async def change(page, case, **other):
    """Send the form of the facts."""
    return await page.post(f"/desk/cases/{case.case_id}/facts", **{**FACTS, **other})


async def test_facts_are_changed_and_told(desk, page, case, officer):
    """The next question goes out with the new ones; the old ones stand in the timeline."""
    address = f"/desk/cases/{case.case_id}"
    for other in ({}, {"offence": "people held", "purpose": "trafficking"}):
        done = await change(page, case, **other)
        assert (303, address) == (done.status_code, done.headers["location"])
    kept = cases.read(desk.store, officer, case.case_id)
    assert ("trafficking", "people held", case.number) == (
        kept.facts.purpose,
        kept.facts.offence,
        kept.number,
    )
    text = (await page.get(address)).text
    assert "<del><bdi>telecom fraud</bdi></del> <ins><bdi>people held</bdi></ins>" in text
    assert "Facts of the case changed" in text


async def test_a_title_is_changed_and_told(page, case):
    """It is the agency's own, as its number is, which cannot be changed."""
    address = f"/desk/cases/{case.case_id}"
    done = await page.post(f"{address}/title", page=f"{address}/facts", title="Two call centres")
    assert address == done.headers["location"]
    text = (await page.get(address)).text
    assert "<del><bdi>Call centre</bdi></del> <ins><bdi>Two call centres</bdi></ins>" in text
    assert 'name="number"' not in (await page.get(f"{address}/facts")).text
    long = await page.post(f"{address}/title", page=f"{address}/facts", title="x" * 121)
    assert 422 == long.status_code
    assert "up to 120 characters" in long.text


@pytest.mark.parametrize(
    "wrong", [("penalty", "ten"), ("opened", "2.1.2026"), ("offence", "by +66 81 234 5678")]
)
async def test_what_cannot_be_asked_with_is_refused_beside_its_field(
    desk, page, case, officer, wrong
):
    """With what was typed; the case stays as it was."""
    field, value = wrong
    refused = await change(page, case, **{field: value})
    assert 422 == refused.status_code
    assert f'id="e-{field}"' in refused.text
    assert value in refused.text
    assert cases.read(desk.store, officer, case.case_id).facts is None


async def test_a_threat_to_life_is_no_fact_of_a_case(page, case):
    """The page does not offer it, and the form is refused."""
    assert (
        "threat to life</option>" not in (await page.get(f"/desk/cases/{case.case_id}/facts")).text
    )
    assert 400 == (await change(page, case, purpose="threat to life")).status_code


async def test_a_day_that_was_not_touched_keeps_its_moment(desk, page, case, officer):
    """Cards say one that the form does not show; another day is its midnight."""
    by_cards = asked.FACTS
    assert by_cards.opened_ms % DAY_MS
    case_changes.remember(desk.store, officer.account_id, case.case_id, by_cards, desk.clock())
    day = fields_of(by_cards).opened
    await change(page, case, offence="other", opened=day)
    kept = cases.read(desk.store, officer, case.case_id).facts
    assert ("other", by_cards.opened_ms) == (kept.offence, kept.opened_ms)
    await change(page, case, offence="other")
    assert 0 == cases.read(desk.store, officer, case.case_id).facts.opened_ms % DAY_MS


async def test_cards_that_say_what_was_are_told_as_such(desk, page, case):
    """Where they are shown and where facts are changed; new cards say what the case says."""
    address = f"/desk/cases/{case.case_id}"
    words = "made and signed when it said otherwise: Offence."
    await make_cards(page, address)
    for where in (address, f"{address}/cards", f"{address}/facts"):
        assert words not in (await page.get(where)).text
    await change(page, case, offence="people held")
    for where in (address, f"{address}/cards", f"{address}/facts"):
        assert words in (await page.get(where)).text
    await make_cards(page, address, offence="people held")
    assert words not in (await page.get(address)).text


async def test_asking_with_older_cards_takes_no_change_back(desk, page, case, officer):
    """The question goes out with what the cards say, and the case goes on saying what was typed."""
    await make_cards(page, f"/desk/cases/{case.case_id}")
    await change(page, case, offence="people held", purpose="trafficking")
    kept = cases.read(desk.store, officer, case.case_id)
    draft = Draft(draft_id="1" * 16, session=b"", begun_ms=0, case_id=case.case_id)
    to_ask = case_to_ask_in(desk, officer, draft)
    assert ("telecom fraud", "trafficking") == (to_ask.facts.offence, to_ask.facts.purpose)
    asking = Asking(desk)
    new = NewQuestion(
        question_id="1" * 16,
        case_id=case.case_id,
        account_id=officer.account_id,
        asked=(AskedIdentifier.of(decode(made.KNOWN), ""),),
        nations=("VN",),
        facts=to_ask.facts,
    )
    asking.send(new, to_ask.number, officer.name)
    await asyncio.gather(*desk._tasks)
    assert kept.facts == cases.read(desk.store, officer, case.case_id).facts


async def test_who_may_not_act_changes_nothing(desk, case, officer):
    """Another officer finds no page; a supervisor who only reads has no form that takes effect."""
    address = f"/desk/cases/{case.case_id}"
    for name, role, status in (("Two", "officer", 404), ("Three", "supervisor", 422)):
        account, other = await another(desk, name, role, address=f"192.0.2.{len(name)}")
        assert account.role == role
        assert status == (await other.get(f"{address}/facts")).status_code
        for path, fields in (("facts", FACTS), ("title", {"title": "x"})):
            done = await other.post(f"{address}/{path}", page="/desk/account", **fields)
            assert status == done.status_code
    assert case == cases.read(desk.store, officer, case.case_id)
    assert ["begun"] == [one.what for one in acts.read(desk.connection, case.case_id)]


async def test_a_closed_case_is_not_changed(desk, page, case, officer):
    """Neither by its page nor by its form."""
    address = f"/desk/cases/{case.case_id}"
    token = served.token_of((await page.get(f"{address}/facts")).text)
    cases.close(desk.store, officer, case.case_id, desk.clock())
    assert 422 == (await page.post(f"{address}/facts", csrf=token, **FACTS)).status_code
    assert f"{address}/facts" not in (await page.get(address)).text
