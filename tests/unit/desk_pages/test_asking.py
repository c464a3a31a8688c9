"""Asking, page by page, against a nation that answers as the real one does."""

import asyncio
import html
import json
import re
from dataclasses import replace
from unittest.mock import Mock

import pytest
from unit.ask import nation as made
from unit.ask.test_qr_picture import picture
from unit.desk_pages import served
from unit.desk_pages.asked import FACTS as CASE_FACTS
from unit.desk_pages.asked import begun

from fedquery.ask import case_store
from fedquery.ask.cards import teller_of
from fedquery.ask.case import Case
from fedquery.ask.session import Distrusted
from fedquery.cases.case_file import CaseFile
from fedquery.cases.signed import issue
from fedquery.config import logs
from fedquery.desk import (
    accounts,
    asking,
    case_changes,
    cases,
    erasing,
    question_routes,
    questions,
    sessions,
)
from fedquery.desk.belongings import AgencyFiles
from fedquery.errors import PeerError
from fedquery.federation.ceilings import Ceilings, WindowCeilings
from fedquery.identifiers import decode

KNOWN, OTHER = (decode(one).canonical for one in (made.KNOWN, made.OTHER))
FACTS = {
    "case_id": "",
    "number": "FIR 12/2026",
    "purpose": "fraud",
    "penalty": "10",
    "opened": "2026-02-01",
    "offence": "",
    "role": "suspect",
    "aim": "identify",
    "justification": "",
}


@pytest.fixture
async def signed_in(browser, officer):
    """Sign an officer in."""
    await browser.sign_in(officer)
    return browser


async def paste(browser, text, **more):
    """Paste a text; give the answer."""
    fields = {"pasted": text, "case_id": "", **more}
    return await browser.post("/desk/ask", **fields)


def rows(page):
    """Read the rows of chips that a page shows, as its form would send them."""
    take = re.findall(r'name="take" value="(\d+)"( checked)?', page)
    # The row for one more is always taken; it is a hidden field.
    return {
        "spelled": [
            html.unescape(one) for one in re.findall(r'name="spelled" value="(.*?)"', page)
        ],
        "reading": re.findall(r'name="reading" value="(.*?)"', page),
        "take": [number for number, checked in take if checked] + [take[-1][0]],
    }


async def choose(browser, draft, **changes):
    """Send the form of the chips, as it stands but for some changes."""
    page = (await browser.get(draft)).text
    fields = {**rows(page), "nation": ["VN"], **FACTS, **changes}
    return await browser.post(draft, csrf=served.token_of(page), **fields)


async def ask(browser, text, **changes):
    """Ask about a text, and give the address of the question."""
    draft = (await paste(browser, text)).headers["location"]
    cost = (await choose(browser, draft, **changes)).headers["location"]
    sent = await browser.post(
        "/desk/questions", page=cost, question_id=draft.split("/")[-1], revision="1"
    )
    assert 303 == sent.status_code
    return sent.headers["location"]


async def ended(desk, address):
    """Wait until a question has ended."""
    await asyncio.gather(*desk._tasks)
    return address


def lines_of(answer):
    """Read the lines of a stream."""
    return [json.loads(line) for line in answer.text.splitlines()]


def words(page):
    """Read the words in the cells of a table."""
    cells = re.findall(
        r'data-cell="(\d+)-(\w\w)".*?<span class="badge is-([a-z-]+)"', page, re.DOTALL
    )
    return {(int(place), nation): shape for place, nation, shape in cells}


async def test_a_bank_that_stands_beside_its_account_is_shown_with_it(signed_in):
    """What is not shown nobody can agree to; what is its own text is not shown twice."""
    draft = (await paste(signed_in, "paid to SCB acct 238-944653-9")).headers["location"]
    assert (
        '<span class="chip-read" dir="ltr">TH:014:2389446539</span>'
        in (await signed_in.get(draft)).text
    )
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    assert "chip-read" not in (await signed_in.get(draft)).text


async def test_from_a_pasted_text_to_its_answers(desk, signed_in):
    """Paste, look, say what for, see what it costs, ask, and read."""
    address = await ask(signed_in, f"they called from {KNOWN} and {OTHER}")
    page = (await signed_in.get(await ended(desk, address))).text
    assert {(0, "VN"): "hit", (1, "VN"): "no-hit"} == words(page)
    assert "A lead, not evidence: confirm with Viet Nam before acting." in page
    assert "FIR 12/2026" in page
    assert KNOWN in page


async def test_a_question_that_is_sent_twice_is_one_question(desk, session, signed_in):
    """Double click, reload and back: the same page, and one charge."""
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    cost = (await choose(signed_in, draft)).headers["location"]
    token = served.token_of((await signed_in.get(cost)).text)
    sent = [
        await signed_in.post(
            "/desk/questions", csrf=token, question_id=draft.split("/")[-1], revision="1"
        )
        for _ in range(3)
    ]
    assert 1 == len({one.headers["location"] for one in sent})
    await ended(desk, "")
    assert 1 == len(session.coordinators.sent)


async def _cost_and_token(browser):
    """Go to the last page before a question is sent; give its address, draft and token."""
    draft = (await paste(browser, KNOWN)).headers["location"]
    cost = (await choose(browser, draft)).headers["location"]
    return draft.split("/")[-1], served.token_of((await browser.get(cost)).text)


async def test_forms_that_come_at_once_are_one_question(desk, session, signed_in):
    """While nations are looked at for one of them, another one has begun the new case."""
    question_id, token = await _cost_and_token(signed_in)
    estimate, met = desk.client.estimate, asyncio.Barrier(2)

    async def slow(*asked, **more):
        await met.wait()
        return await estimate(*asked, **more)

    desk.client.estimate = slow
    sent = await asyncio.gather(
        *(
            signed_in.post("/desk/questions", csrf=token, question_id=question_id, revision="1")
            for _ in "12"
        )
    )
    assert {f"/desk/questions/{question_id}"} == {one.headers.get("location") for one in sent}
    await ended(desk, "")
    assert 1 == len(session.coordinators.sent)


async def test_what_another_window_has_changed_is_not_sent_by_an_old_page(session, signed_in):
    """What was confirmed is what is asked; the page is opened again."""
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    cost = (await choose(signed_in, draft)).headers["location"]
    old = form_of((await signed_in.get(cost)).text)
    await choose(signed_in, draft, spelled=[OTHER], reading=[""], take=["0"])
    assert 400 == (await signed_in.post("/desk/questions", **old)).status_code
    assert [] == session.coordinators.sent
    new = form_of((await signed_in.get(cost)).text)
    assert 303 == (await signed_in.post("/desk/questions", **new)).status_code


async def test_a_case_whose_facts_have_changed_is_shown_again_before_it_is_asked_in(
    desk, session, signed_in, officer
):
    """Somebody else has asked in it for something else: nobody says that without having read it."""
    kept = begun(desk, officer)
    case_changes.remember(desk.store, kept.owner, kept.case_id, CASE_FACTS, desk.clock())
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    cost = (await choose(signed_in, draft, case_id=kept.case_id)).headers["location"]
    page = (await signed_in.get(cost)).text
    assert "· fraud" in page
    other = replace(CASE_FACTS, purpose="trafficking")
    case_changes.remember(desk.store, kept.owner, kept.case_id, other, desk.clock())
    assert 400 == (await signed_in.post("/desk/questions", **form_of(page))).status_code
    assert [] == session.coordinators.sent
    page = (await signed_in.get(cost)).text
    assert "· trafficking" in page
    sent = await signed_in.post("/desk/questions", **form_of(page))
    await ended(desk, "")
    question_id = sent.headers["location"].split("/")[-1]
    assert other == questions.read(desk.store, officer, question_id).facts


def form_of(page):
    """Read the hidden fields of the form that sends a question."""
    return dict(
        re.findall(r'<input type="hidden" name="(csrf|question_id|revision)" value="(.*?)"', page)
    )


async def test_a_case_that_is_closed_while_nations_are_looked_at_asks_nothing(
    desk, session, officer, signed_in
):
    """What was right when the form came may not be so when it is sent."""
    kept = begun(desk, officer)
    question_id, token = await _cost_and_token(signed_in)
    estimate = desk.client.estimate

    async def slow(*asked, **more):
        cases.close(desk.store, officer, kept.case_id, desk.clock())
        return await estimate(*asked, **more)

    desk.client.estimate = slow
    sent = await signed_in.post(
        "/desk/questions", csrf=token, question_id=question_id, revision="1"
    )
    assert 422 == sent.status_code
    assert [] == session.coordinators.sent


async def test_the_next_question_of_a_case_is_no_threat_to_life_by_itself(desk, signed_in):
    """It is said anew each time: what for, and why."""
    address = await ended(desk, await ask(signed_in, KNOWN, purpose="threat to life"))
    (case_id,) = re.findall(r"/desk/cases/([0-9a-f]{16})", (await signed_in.get(address)).text)[:1]
    draft = (await paste(signed_in, OTHER)).headers["location"]
    page = await choose(signed_in, draft, case_id=case_id, number="", purpose="")
    assert 422 == page.status_code
    assert "Choose what it is for." in page.text


async def test_a_question_that_was_sent_is_shown_when_its_draft_is_gone(desk, signed_in):
    """A page that was left open overnight, or a desk that began anew, asks nothing again."""
    address = await ended(desk, await ask(signed_in, KNOWN))
    desk.drafts._kept.clear()
    question_id = address.split("/")[-1]
    sent = await signed_in.post(
        "/desk/questions", page="/desk/ask", question_id=question_id, revision="1"
    )
    assert (303, address) == (sent.status_code, sent.headers["location"])
    other = served.Browser(desk, address="192.0.2.8")
    await other.sign_in(served.account(desk, "Officer Two"))
    sent = await other.post(
        "/desk/questions", page="/desk/ask", question_id=question_id, revision="1"
    )
    assert 404 == sent.status_code


async def test_what_is_changed_after_it_was_sent_is_another_question(desk, session, signed_in):
    """Going back to a page and asking about more is asked, and the first question stays."""
    first = await ask(signed_in, KNOWN)
    draft = first.replace("questions", "ask")
    changed = await choose(
        signed_in, draft, spelled=[KNOWN, OTHER], reading=["0", ""], take=["0", "1"]
    )
    cost = changed.headers["location"]
    assert draft not in cost
    sent = await signed_in.post(
        "/desk/questions", page=cost, question_id=cost.split("/")[3], revision="2"
    )
    page = (await signed_in.get(await ended(desk, sent.headers["location"]))).text
    assert {(0, "VN"), (1, "VN")} == words(page).keys()
    assert {(0, "VN")} == words((await signed_in.get(first)).text).keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing to see here", "No identifier was found in it."),
        ("", "No identifier was found in it."),
        ("\n".join(f"8{n:07}" for n in range(600)), "This is too much at once."),
    ],
)
async def test_what_cannot_be_asked_about_is_said_beside_the_field(signed_in, text, said):
    """And what was typed is still there."""
    page = await paste(signed_in, text)
    assert 422 == page.status_code
    assert said in page.text
    assert "aria-invalid" in page.text
    assert not text or text.split("\n", maxsplit=1)[0] in page.text


async def test_an_edited_number_that_is_none_is_marked_and_kept(signed_in):
    """Letters, too short, marks from right to left: 422, beside its field, nothing lost."""
    draft = (await paste(signed_in, f"{KNOWN}\n{OTHER}")).headers["location"]
    for typed in ("+66 81 abc", "123", "\u202e081 234 5678\u202c00"):
        spelled = [KNOWN, typed, ""]
        page = await choose(
            signed_in, draft, spelled=spelled, reading=["0", "", ""], take=["0", "1", "2"]
        )
        assert 422 == page.status_code
        assert 'id="e-chip-1"' in page.text
        assert f'value="{html.escape(typed)}"' in page.text


async def test_more_than_a_question_takes_is_said_and_nothing_is_lost(signed_in):
    """65 different ones are too many; the same one twice is one."""
    many = [f"+8485550{n:04}" for n in range(64)]
    draft = (await paste(signed_in, "\n".join([*many, many[0]]))).headers["location"]
    page = (await signed_in.get(draft)).text
    assert "It stood there 2 times and is asked once." in page
    assert 303 == (await choose(signed_in, draft)).status_code
    spelled = [*many, "+84 85551 9999"]
    page = await choose(
        signed_in,
        draft,
        spelled=spelled,
        reading=["0"] * 64 + [""],
        take=[str(n) for n in range(65)],
    )
    assert 422 == page.status_code
    assert "65 are ticked" in page.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "9" * 201}, "number"),
        ({"purpose": ""}, "purpose"),
        ({"penalty": "ten"}, "penalty"),
        ({"opened": "2999-01-01"}, "opened"),
    ],
)
async def test_a_missing_fact_of_the_case_is_said_beside_its_field(signed_in, changes, field):
    """The rest of the page stands as it was typed."""
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    page = await choose(signed_in, draft, **changes)
    assert 422 == page.status_code
    assert f'id="e-{field}"' in page.text
    assert KNOWN in page.text


async def test_nothing_and_nobody_is_asked_without_a_tick(signed_in):
    """A form without ticks says so, on the page that it came from."""
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    page = await choose(signed_in, draft, take=[], nation=[])
    assert 422 == page.status_code
    assert "Tick at least one." in page.text
    assert "Tick at least one nation." in page.text


async def test_a_case_brings_its_facts_along(desk, signed_in):
    """The second question of a case needs no fact, and goes out with those of the first."""
    first = await ended(desk, await ask(signed_in, KNOWN))
    case_id = re.search(r"/desk/cases/([0-9a-f]{16})", (await signed_in.get(first)).text)[1]
    draft = (await paste(signed_in, OTHER, case_id=case_id)).headers["location"]
    blank = dict.fromkeys(("number", "purpose", "penalty", "opened"), "")
    cost = await choose(signed_in, draft, **blank, case_id=case_id)
    assert 303 == cost.status_code
    await signed_in.post(
        "/desk/questions",
        page=cost.headers["location"],
        question_id=draft.split("/")[-1],
        revision="1",
    )
    briefs = questions.between(desk.store, _Supervisor(), 0, desk.clock() + 1)
    asked = [questions.read(desk.store, _Supervisor(), one.question_id) for one in briefs]
    assert 2 == len(asked)
    assert 1 == len({(one.case_id, one.facts) for one in asked})


class _Supervisor:
    account_id, role = "d" * 16, "supervisor"


async def test_a_case_of_others_is_not_asked_in(desk, signed_in):
    """Neither by its number nor by its id; and a question of it is not there."""
    mine = await ended(desk, await ask(signed_in, KNOWN))
    case_id = re.search(r"/desk/cases/([0-9a-f]{16})", (await signed_in.get(mine)).text)[1]
    other = served.Browser(desk, address="192.0.2.8")
    await other.sign_in(served.account(desk, "Officer Two"))
    draft = (await paste(other, OTHER)).headers["location"]
    page = await choose(other, draft)
    assert 422 == page.status_code
    assert "A case of this number is kept by other officers." in page.text
    assert 404 == (await choose(other, draft, case_id=case_id)).status_code
    for path in (mine, f"{mine}/answers", mine.replace("questions", "ask")):
        assert 404 == (await other.get(path)).status_code


async def test_lines_bring_what_the_page_then_shows(desk, signed_in):
    """A page that follows, and one that is read at the end, say the same."""
    address = await ask(signed_in, f"{KNOWN} {OTHER}")
    lines = [
        json.loads(line)
        for line in (await signed_in.get(f"{address}/answers")).text.split("\n")
        if line
    ]
    last = {(one["place"], one["nation"]): one["shape"] for one in lines if one["type"] == "cell"}
    assert "end" == lines[-1]["type"]
    await ended(desk, address)
    assert last == words((await signed_in.get(address)).text)
    again = lines_of(await signed_in.get(f"{address}/answers"))
    assert ["end"] == [line["type"] for line in again]


async def test_no_identifier_stands_in_an_address_a_title_or_a_line(desk, signed_in):
    """They travel in bodies alone."""
    address = await ask(signed_in, f"{KNOWN} {OTHER}")
    lines = (await signed_in.get(f"{address}/answers")).text
    page = (await signed_in.get(await ended(desk, address))).text
    parts = [address, lines, *re.findall(r"<title>.*?</title>", page)]
    parts += re.findall(r'(?:href|action|src)="(.*?)"', page)
    for part in parts:
        assert KNOWN.lstrip("+") not in part
        assert "FIR" not in part


async def test_a_script_in_a_text_is_a_text(desk, signed_in):
    """Whatever is typed as a number, case or offence is shown as it was typed."""
    evil = "<script>alert(1)</script>"
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    page = await choose(
        signed_in,
        draft,
        number=evil,
        offence=evil,
        spelled=[KNOWN, evil],
        reading=["0", ""],
        take=["0", "1"],
    )
    assert evil not in page.text
    assert html.escape(evil) in page.text
    address = await ended(desk, await ask(signed_in, KNOWN, number=evil, offence=evil))
    assert evil not in (await signed_in.get(address)).text


async def cost_page(browser, text):
    """Go to the page of what a text costs."""
    draft = (await paste(browser, text)).headers["location"]
    return (await choose(browser, draft)).headers["location"]


def low_ceiling(session):
    """Have VN tell that an hour has room for nothing."""
    trusted = session.nations["VN"]
    few = Ceilings(WindowCeilings(0, 9, 9), WindowCeilings(9, 9, 9), case=9)
    manifest = replace(trusted.manifest, ceilings=few)
    session.nations["VN"] = replace(trusted, manifest=manifest)


async def test_a_spent_quota_is_said_before_it_is_asked(desk, session, signed_in):
    """429; nothing is asked, unless somebody knows better."""
    await session.freshen()
    low_ceiling(session)
    cost = await cost_page(signed_in, KNOWN)
    page = (await signed_in.get(cost)).text
    assert "The quota of a nation has no room for this question." in page
    assert "It needs 1, and there are 0." in page
    draft_id = cost.split("/")[3]
    refused = await signed_in.post("/desk/questions", page=cost, question_id=draft_id, revision="1")
    assert 429 == refused.status_code
    assert [] == session.coordinators.sent
    sent = await signed_in.post(
        "/desk/questions", page=cost, question_id=draft_id, revision="1", anyway="1"
    )
    assert 303 == sent.status_code
    await ended(desk, "")
    assert 1 == len(session.coordinators.sent)


async def test_nobody_who_can_be_asked_is_said_and_nothing_is_sent(session, signed_in):
    """503, which nation it is, and why."""
    await session.freshen()
    session.nations["VN"] = Distrusted("node-down")
    cost = await cost_page(signed_in, KNOWN)
    page = await signed_in.get(cost)
    assert 503 == page.status_code
    assert "None of these nations can be asked now." in page.text
    assert "Its node does not answer." in page.text
    sent = await signed_in.post(
        "/desk/questions", page=cost, question_id=cost.split("/")[3], revision="1"
    )
    assert 503 == sent.status_code


@pytest.fixture
def no_coordinator(session, monkeypatch):
    """Take every coordinator away; gives a way to do so later."""

    async def nobody():
        raise PeerError("no coordinator answers")

    return lambda: monkeypatch.setattr(session.coordinators, "manifests", nobody)


async def test_without_a_coordinator_nothing_is_asked_and_the_page_says_so(
    no_coordinator, signed_in
):
    """503, before anything was sent."""
    no_coordinator()
    page = await signed_in.get(await cost_page(signed_in, KNOWN))
    assert 503 == page.status_code
    assert "No coordinator answers. Nothing was asked." in page.text


async def test_a_question_that_found_no_coordinator_says_so_for_good(
    desk, session, no_coordinator, signed_in
):
    """It stays in the case as one that was never asked."""
    cost = await cost_page(signed_in, KNOWN)
    await signed_in.get(cost)
    no_coordinator()
    session.clock.now_ms += 59_000
    token = served.token_of((await signed_in.get(cost)).text)
    begun = desk.client.lookup

    async def later(*asked, **more):
        session.clock.now_ms += 59_000
        return await begun(*asked, **more)

    desk.client.lookup = later
    sent = await signed_in.post(
        "/desk/questions", csrf=token, question_id=cost.split("/")[3], revision="1"
    )
    page = (await signed_in.get(await ended(desk, sent.headers["location"]))).text
    assert "Nothing was asked." in page
    assert "No coordinator carried the question." in page
    assert {(0, "VN"): "unavailable"} == words(page)


async def test_a_fault_ends_a_question_and_its_text_stands_nowhere(desk, signed_in, monkeypatch):
    """Nobody waits for what nobody asks any more."""
    lines = []
    record = Mock(side_effect=lambda _text, extra, **_more: lines.append(str(extra)))
    monkeypatch.setattr(logs._LOGGER, "error", record)

    async def broken(*_asked, **_more):
        raise RuntimeError(KNOWN)

    desk.client.lookup = broken
    address = await ended(desk, await ask(signed_in, KNOWN))
    page = (await signed_in.get(address)).text
    assert "What came of it is not known." in page
    assert {(0, "VN"): "unavailable"} == words(page)
    (line,) = lines
    assert "RuntimeError" in line
    assert KNOWN not in line


async def test_a_false_proof_says_stop(desk, session, signed_in):
    """In words, above everything."""
    session.coordinators.nation.lies.body = lambda body: replace(body, proof=bytes(64))
    page = (await signed_in.get(await ended(desk, await ask(signed_in, KNOWN)))).text
    assert "Something that was shown is false. Stop, and do not ask again." in page
    assert "Stop. What Viet Nam showed is false. Do not ask it again." in page
    assert 'class="is-alarm"' in page


async def test_a_signed_out_officer_has_no_draft(signed_in, desk, officer, session):
    """What was typed is gone with the session."""
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    await signed_in.post("/desk/logout", page=draft)
    session.clock.now_ms += 60_000
    await signed_in.sign_in(officer)
    assert 404 == (await signed_in.get(draft)).status_code
    assert {} == desk.drafts._kept


async def upload(browser, octets, pasted=""):
    """Send a picture."""
    token = served.token_of((await browser.get("/desk/ask")).text)
    return await browser.window.post(
        "/desk/ask",
        data={"csrf": token, "pasted": pasted, "case_id": ""},
        files={"picture": ("screen.png", octets, "image/png")},
        headers=browser.headers,
    )


async def test_a_picture_of_codes_gives_chips_beside_the_text(signed_in):
    """What it says is read as if it had been pasted; the file itself is nowhere."""
    led = await upload(signed_in, picture(KNOWN, OTHER), pasted="+84 85551 9999")
    page = (await signed_in.get(led.headers["location"])).text
    assert ["+84 85551 9999", KNOWN, OTHER, ""] == rows(page)["spelled"]
    assert "screen.png" not in page


@pytest.mark.parametrize("octets", [b"GIF89a no picture", b"text", picture()])
async def test_a_picture_without_a_code_says_so(signed_in, octets):
    """Not a picture, broken, or without a code: one sentence, and what was typed stays."""
    page = await upload(signed_in, octets)
    assert 422 == page.status_code
    assert "No QR code was found in the picture, or it cannot be read." in page.text


def open_with_cards(desk, **facts):
    """Have the agency open the case with signed cards, as `fedquery case open` does."""
    now_ms = desk.clock()
    case = Case(
        number=FACTS["number"],
        purpose="trafficking",
        maximum_penalty_years=7,
        opened_ms=now_ms - 5_000,
        **facts,
    )
    made = [
        issue(case.card(one, teller_of(desk.home), now_ms), desk.home.signing_key)
        for one in desk.client.choose(None)
    ]
    case_store.write_case(
        desk.home, CaseFile(number=case.number, purpose=case.purpose, cards=tuple(made))
    )


async def test_what_the_agency_has_signed_goes_before_what_is_typed(desk, signed_in):
    """The question goes out with the facts of the cards, and with the cards."""
    open_with_cards(desk, offence="forced labour")
    await ended(desk, await ask(signed_in, KNOWN, purpose="", penalty="99", opened=""))
    (brief,) = questions.between(desk.store, _Supervisor(), 0, desk.clock() + 1)
    kept = questions.read(desk.store, _Supervisor(), brief.question_id)
    assert ("trafficking", "forced labour", 7) == (
        kept.facts.purpose,
        kept.facts.offence,
        kept.facts.maximum_penalty_years,
    )
    assert ["hit"] == [one.word for one in kept.outcomes]


async def test_cards_that_were_made_later_change_the_facts_of_a_case(desk, signed_in):
    """A case that is kept here is asked in with its cards from then on."""
    first = await ended(desk, await ask(signed_in, KNOWN))
    case_id = re.search(r"/desk/cases/([0-9a-f]{16})", (await signed_in.get(first)).text)[1]
    open_with_cards(desk)
    draft = (await paste(signed_in, OTHER, case_id=case_id)).headers["location"]
    assert 303 == (await choose(signed_in, draft, case_id=case_id)).status_code


async def test_cards_that_have_ended_keep_a_case_from_being_asked_in(desk, session, signed_in):
    """It is said beside the case, before anything is asked."""
    open_with_cards(desk)
    session.clock.now_ms += 10 * 60_000
    draft = (await paste(signed_in, KNOWN)).headers["location"]
    file = case_store.read_case(desk.home, FACTS["number"])
    case_store.write_case(desk.home, replace(file, state="closed"))
    page = await choose(signed_in, draft)
    assert 422 == page.status_code
    assert "The signed card of this case has ended or says something else." in page.text


class HeldBack:
    """A lookup that gives its first outcome and waits."""

    def __init__(self, lookup):
        self.lookup = lookup
        self.has_first, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, identifiers, case, *, nations, on_outcome):
        """Look up, and give what came in two parts."""
        came = []
        lookup = await self.lookup(identifiers, case, nations=nations, on_outcome=came.append)
        on_outcome(came[0])
        # Behind the writing of it, which is for the next turn of the loop.
        asyncio.get_running_loop().call_soon(self.has_first.set)
        await self.may_go_on.wait()
        for one in came[1:]:
            on_outcome(one)
        return lookup


@pytest.fixture
def held_back(desk):
    """Hold back what comes after the first outcome."""
    desk.client.lookup = HeldBack(desk.client.lookup)
    return desk.client.lookup


async def test_answers_are_shown_as_they_come(desk, signed_in, held_back):
    """What has come stands, what has not waits; the page follows with a script, and without."""
    address = await ask(signed_in, f"{KNOWN} {OTHER}")
    await held_back.has_first.wait()
    page = (await signed_in.get(address)).text
    assert {(0, "VN"): "hit", (1, "VN"): "waiting"} == words(page)
    assert f'data-answers="{address}/answers"' in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    held_back.may_go_on.set()
    page = (await signed_in.get(await ended(desk, address))).text
    assert {(0, "VN"): "hit", (1, "VN"): "no-hit"} == words(page)
    assert "data-answers" not in page
    assert "http-equiv" not in page


async def test_what_has_come_outlives_the_desk(desk, signed_in, held_back):
    """A desk that ends in the middle shows what came, and the rest as unknown, when it is back."""
    address = await ask(signed_in, f"{KNOWN} {OTHER}")
    await held_back.has_first.wait()
    await desk.aclose()
    questions.end_unfinished(desk.store)
    page = (await signed_in.get(address)).text
    assert {(0, "VN"): "hit", (1, "VN"): "unavailable"} == words(page)
    assert "What came of it is not known." in page


async def test_a_closed_page_ends_no_question(desk, session, signed_in, held_back):
    """Whoever signs out has asked all the same."""
    address = await ask(signed_in, KNOWN)
    await signed_in.post("/desk/logout", page="/desk/ask")
    held_back.may_go_on.set()
    await ended(desk, address)
    kept = questions.read(desk.store, _Supervisor(), address.split("/")[-1])
    assert ("finished", ["hit"]) == (kept.state, [one.word for one in kept.outcomes])


@pytest.fixture
def looked_often(monkeypatch):
    """Tell when it was looked some times whether somebody still may follow."""
    looks, may_follow, often = [], question_routes.may_follow, asyncio.Event()

    def counted(*who):
        looks.append(who)
        if len(looks) > 5:
            often.set()
        return may_follow(*who)

    monkeypatch.setattr(asking, "LOOK_AGAIN_S", 0.001)
    monkeypatch.setattr(question_routes, "may_follow", counted)
    return often


@pytest.fixture
async def followed(signed_in, held_back, looked_often):
    """Ask, and follow the answers as a page does: the address, and the lines that come."""
    address = await ask(signed_in, f"{KNOWN} {OTHER}")
    await held_back.has_first.wait()
    following = asyncio.create_task(signed_in.get(f"{address}/answers"))
    async with asyncio.timeout(60):
        await looked_often.wait()
    return address, following


@pytest.mark.parametrize("how", ["signed out", "ended elsewhere", "disabled", "idle", "taken out"])
async def test_answers_end_with_the_right_to_read_them(desk, signed_in, officer, followed, how):
    """Nothing more comes, and no last line: the page reads itself again and finds out why."""
    _, following = followed
    (session,) = sessions.of_account(desk.connection, officer.account_id, desk.clock())
    if how == "signed out":
        await signed_in.post("/desk/logout", page="/desk/ask")
    elif how == "ended elsewhere":
        sessions.end(desk.connection, officer.account_id, session.session_id)
    elif how == "disabled":
        accounts.set_enabled(desk.connection, officer, enabled=False)
    elif how == "idle":
        desk.clock.now_ms += sessions.IDLE_MS
    else:
        desk.connection.execute("DELETE FROM case_member")
    lines = lines_of(await asyncio.wait_for(following, 60))
    assert {"cell", "tile"} == {one["type"] for one in lines}


async def test_answers_are_followed_to_their_end(desk, followed, held_back):
    """Looking whether somebody still may changes nothing for who may: the last line comes."""
    address, following = followed
    assert not following.done()
    held_back.may_go_on.set()
    assert "end" == lines_of(await following)[-1]["type"]
    await ended(desk, address)


async def test_a_case_that_is_erased_while_it_is_asked_in_keeps_nothing(desk, signed_in):
    """The question ends, and no line of the event loop's log names it."""
    faults, lookup, let_go = [], desk.client.lookup, asyncio.Event()

    async def slow(*asked, **more):
        await let_go.wait()
        return await lookup(*asked, **more)

    desk.client.lookup = slow
    asyncio.get_running_loop().set_exception_handler(lambda _loop, fault: faults.append(fault))
    address = await ask(signed_in, KNOWN)
    (case_id,) = desk.connection.execute("SELECT case_id FROM kept_case").fetchone()
    erasing.erase_case(
        desk.store, case_id, AgencyFiles(desk.home, desk.client.session.connection, desk.clock())
    )
    let_go.set()
    await ended(desk, address)
    assert [] == faults
    assert 404 == (await signed_in.get(address)).status_code
    for table in ("question", "outcome", "salt"):
        assert (0,) == desk.connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 -- names of this test
