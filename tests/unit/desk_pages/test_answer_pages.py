"""Proofs, receipts, claims, requests and exports of a question, as pages and files."""

import asyncio
import csv
import io
import json
import re
import sqlite3
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.desk_pages import asked, served
from unit.psi.holding import publish

from fedquery.ask import receipts
from fedquery.ask.outcome import Lookup
from fedquery.ask.place import proof_path
from fedquery.desk import accounts, acts, case_changes, case_members, cases, claims, questions
from fedquery.errors import EncodingError, InputError, PeerError


@pytest.fixture
async def page(desk, browser, officer):
    """Sign the officer in."""
    await browser.sign_in(officer)
    return browser


@pytest.fixture
async def question(desk, officer):
    """Ask VN about an identifier that it has, and one that it has not."""
    return await asked.ask(desk, officer, asked.begun(desk, officer))


@pytest.fixture
def address(question):
    """Give the address of the question."""
    return f"/desk/questions/{question.question_id}"


async def test_the_proof_of_a_cell_says_what_was_verified(page, question, address):
    """Step by step, with the receipt to download; the identifier is masked."""
    text = (await page.get(f"{address}/proof?place=0&nation=VN")).text
    assert "The node of Viet Nam has signed it" in text
    assert text.count("is-verified") >= 8
    assert f'name="name" value="{asked.hit_of(question).receipt}"' in text
    assert question.asked[0].masked in text
    assert question.asked[0].shown not in text


async def test_a_hit_beside_something_false_is_a_lead_and_not_to_be_claimed(
    desk, page, officer, question, address
):
    """It was verified; but its nation is not asked again, for a record or if it stands either."""
    claim = f"{address}/claim/{asked.hit_of(question).claim_id}"
    outcomes = tuple(
        replace(one, alarm=True, why="evaluation-proof") if one.word == "hit" else one
        for one in question.outcomes
    )
    for where in (address, f"{address}/proof?place=0&nation=VN"):
        assert claim in (await page.get(where)).text
    assert "Is it still there?" in (await page.get(address)).text
    stale = served.token_of((await page.get(claim)).text)
    lookup = Lookup(question.lookup_id, question.asked_ms, outcomes)
    questions.finish(desk.store, question.question_id, lookup)
    text = (await page.get(address)).text
    assert "Viet Nam holds a record of it." in text
    assert "Stop. What Viet Nam showed is false. Do not ask it again." in text
    proof = (await page.get(f"{address}/proof?place=0&nation=VN")).text
    for shown in (text, proof):
        assert claim not in shown
        assert claim.replace("/claim/", "/letter/") in shown
    assert "/again" not in text
    assert "Is it still there?" not in text
    # Neither by its own address, nor from a page that was open before.
    before = len(desk.client.session.coordinators.sent)
    sent = await page.post(claim, csrf=stale, turn="0", level="reference")
    assert (422, before) == (sent.status_code, len(desk.client.session.coordinators.sent))
    for shown in (sent.text, (await page.get(claim)).text):
        assert "Something that was shown is false. Stop, and do not ask again." in shown
        assert 'name="turn"' not in shown


async def test_the_receipt_of_what_is_false_is_had_beside_that_of_the_hit(
    desk, page, question, address
):
    """It is what shows that the nation has lied, and no other answer may name it."""
    hit = asked.hit_of(question)
    false = "f" + hit.receipt[1:]
    (desk.home.receipts / false).write_bytes((desk.home.receipts / hit.receipt).read_bytes())
    outcomes = (replace(hit, alarm=True, why="evaluation-proof", false_receipt=false),)
    lookup = Lookup(question.lookup_id, question.asked_ms, outcomes)
    questions.finish(desk.store, question.question_id, lookup)
    text = (await page.get(f"{address}/proof?place={hit.place}&nation={hit.nation}")).text
    for name in (hit.receipt, false):
        assert f'name="name" value="{name}"' in text


async def test_a_false_receipt_is_an_alarm(desk, page, question, address):
    """It says to stop, and calls nothing behind the failure good."""
    path = desk.home.receipts / asked.hit_of(question).receipt
    receipt = receipts.read(path)
    path.write_bytes(path.read_bytes().replace(b'"index": ', b'"index": 1'))
    assert receipt.index != receipts.read(path).index
    text = (await page.get(f"{address}/proof?place=0&nation=VN")).text
    assert "A check failed. Stop" in text
    assert "step is-failed" in text
    letter = await page.get(claim_of(question).replace("/claim/", "/letter/"))
    assert "A check failed. Stop" in letter.text


@pytest.mark.parametrize(
    "query", ["", "?place=9&nation=VN", "?place=0&nation=MM", "?place=+0&nation=VN", "?place=x"]
)
async def test_a_cell_that_was_not_asked_is_not_there(page, address, query):
    """Whatever its address says."""
    assert 404 == (await page.get(f"{address}/proof{query}")).status_code


async def download(page, address, name):
    """Press the button of a file."""
    return await page.post(f"{address}/receipt", page="/desk/account", name=name)


async def test_a_receipt_is_downloaded_as_it_is(desk, page, question, address):
    """It names no identifier; the federation of the tests is one for exercises, and it says so."""
    name = asked.hit_of(question).receipt
    file = await download(page, address, name)
    assert (desk.home.receipts / name).read_bytes() == file.content
    assert f'attachment; filename="TRAINING-{name}"' == file.headers["content-disposition"]
    assert question.asked[0].shown.encode() not in file.content


@pytest.mark.parametrize("name", ["../asker.db", "asker.db", "x.receipt.json", "..", ""])
async def test_no_other_file_is_downloaded(desk, page, question, address, name):
    """Names are those that the question has, and none is put together; nothing is noted."""
    assert 404 == (await download(page, address, name)).status_code
    assert "receipt" not in done_in(desk, question)


def done_in(desk, question):
    """List what was done in the case of a question."""
    return [one.what for one in acts.read(desk.connection, question.case_id)]


async def test_a_download_stands_in_the_case(desk, page, question, address):
    """Each time, with who did it; a page that only shows the proof notes nothing."""
    await page.get(f"{address}/proof?place=0&nation=VN")
    assert "receipt" not in done_in(desk, question)
    for _ in range(2):
        await download(page, address, asked.hit_of(question).receipt)
    assert 2 == done_in(desk, question).count("receipt")
    assert "Receipt or proof downloaded" in (await page.get(f"/desk/cases/{question.case_id}")).text


async def test_the_proof_of_an_entry_is_downloaded_where_it_was_collected(
    desk, page, question, address, monkeypatch
):
    """Before that there is no button for it."""
    name = asked.hit_of(question).receipt
    entry = proof_path(desk.home.receipts, name)
    where = f"{address}/proof?place=0&nation=VN"
    assert entry.name not in (await page.get(where)).text
    entry.write_bytes(b"proof")
    monkeypatch.setattr("fedquery.desk.verifying.proved_size", lambda *_given: 7)
    assert f'name="name" value="{entry.name}"' in (await page.get(where)).text
    assert b"proof" == (await download(page, address, entry.name)).content


async def test_a_receipt_of_another_question_is_not_of_this_one(
    desk, page, question, address, officer
):
    """Whoever reads one case does not get the files of others by their names."""
    other = await asked.ask(
        desk, officer, asked.begun(desk, officer, number="2"), question_id="f" * 16
    )
    name = asked.hit_of(other).receipt
    assert 404 == (await download(page, address, name)).status_code
    assert 200 == (await download(page, f"/desk/questions/{'f' * 16}", name)).status_code


@pytest.mark.parametrize(
    "path",
    ["proof?place=0&nation=VN", "claim/{claim}", "letter/{claim}", "export"],
)
async def test_others_find_none_of_it(desk, question, address, path):
    """Neither pages nor files of a case that is not theirs."""
    served.account(desk, "Officer Two")
    other = served.Browser(desk, address="192.0.2.9")
    await other.sign_in(served.account(desk, "Officer Three"))
    hit = asked.hit_of(question)
    assert 404 == (await other.get(f"{address}/{path.format(claim=hit.claim_id)}")).status_code
    assert 404 == (await download(other, address, hit.receipt)).status_code
    assert 404 == (await write_letter(other, question, "/desk/account")).status_code


async def test_a_claim_says_beforehand_that_the_holder_will_know(page, question, address):
    """Nothing is sent by looking."""
    text = (await page.get(f"{address}/claim/{asked.hit_of(question).claim_id}")).text
    assert "Viet Nam will then know which of its records was found" in text


def claim_of(question):
    """Give the address at which the hit of a question is claimed."""
    return f"/desk/questions/{question.question_id}/claim/{asked.hit_of(question).claim_id}"


async def write_letter(page, question, stands_on=None):
    """Send the form of the request for the hit of a question."""
    where = claim_of(question).replace("/claim/", "/letter/")
    return await page.post(where, page=stands_on)


async def make_claim(page, where, turn="0", level="reference", **more):
    """Send the form of a claim, as a page that showed so many claims of the hit has it."""
    return await page.post(where, turn=turn, level=level, **more)


async def test_a_claim_is_made_once_and_shown(desk, page, question, address, session):
    """Sent twice, the holder hears of it once; the reference stands on the page afterwards."""
    where = f"{address}/claim/{asked.hit_of(question).claim_id}"
    before = len(session.coordinators.sent)
    for _ in range(2):
        done = await make_claim(page, where)
        assert (303, where) == (done.status_code, done.headers["location"])
    assert before + 1 == len(session.coordinators.sent)
    text = (await page.get(where)).text
    assert "VN-1" in text
    assert "A lead, not evidence: confirm with Viet Nam before acting." in text
    case = (await page.get(f"/desk/cases/{question.case_id}")).text
    assert f'<a href="{where}">Claim</a> · released' in case


async def test_two_tabs_are_one_claim_also_of_two_officers(desk, page, question, officer, session):
    """Whatever the second one asks for, it gets the first one back; the holder hears of it once."""
    where, before = claim_of(question), len(session.coordinators.sent)
    colleague = served.account(desk, "Officer Two")
    case_members.add_member(desk.store, officer, question.case_id, colleague.account_id, 1)
    second = served.Browser(desk, address="192.0.2.9")
    await second.sign_in(colleague)
    for tab, level in ((page, "reference"), (page, "summary"), (second, "summary")):
        done = await make_claim(tab, where, level=level)
        assert (303, where) == (done.status_code, done.headers["location"])
    assert before + 1 == len(session.coordinators.sent)
    assert ["claimed"] == [
        one.what for one in acts.read(desk.connection, question.case_id) if one.what == "claimed"
    ]


async def test_a_hit_is_claimed_again_only_where_an_officer_says_so(page, question, session):
    """The page that shows a claim asks; then it is another one, once for all its tabs."""
    where, before = claim_of(question), len(session.coordinators.sent)
    await make_claim(page, where)
    refused = await make_claim(page, where, turn="1")
    assert (422, before + 1) == (refused.status_code, len(session.coordinators.sent))
    assert "Tick the box first" in refused.text
    for _ in range(2):
        assert 303 == (await make_claim(page, where, turn="1", again="1")).status_code
    assert before + 2 == len(session.coordinators.sent)


async def test_the_same_record_found_by_another_question_is_claimed_only_where_one_says_so(
    desk, page, question, officer, session
):
    """Its page leads to the claim that was made; the holder would log another one."""
    await make_claim(page, claim_of(question))
    kept = cases.read(desk.store, officer, question.case_id)
    later = await asked.ask(desk, officer, kept, made.KNOWN, question_id="e" * 16)
    before = len(session.coordinators.sent)
    refused = await make_claim(page, claim_of(later))
    assert (422, before) == (refused.status_code, len(session.coordinators.sent))
    shown = (await page.get(claim_of(later))).text
    assert "The same record was claimed by another question of this case." in shown
    assert f'href="{claim_of(question)}"' in shown
    assert 303 == (await make_claim(page, claim_of(later), again="1")).status_code
    assert before + 1 == len(session.coordinators.sent)


@pytest.mark.parametrize("turn", ["1", "-1", "00", "", "x"])
async def test_a_turn_that_no_page_has_shown_is_refused(page, question, session, turn):
    """Nothing is sent."""
    before = len(session.coordinators.sent)
    refused = await make_claim(page, claim_of(question), turn=turn, again="1")
    assert (400, before) == (refused.status_code, len(session.coordinators.sent))


async def test_the_claims_receipt_has_a_proof_too(page, question, address):
    """Beside that of the question."""
    where = f"{address}/claim/{asked.hit_of(question).claim_id}"
    await make_claim(page, where)
    text = (await page.get(f"{address}/proof?place=0&nation=VN")).text
    assert 2 == text.count("Download the receipt")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PeerError("no coordinator"), "not sent"),
        (InputError("the time is over"), "The time to claim this hit is over"),
    ],
)
async def test_a_claim_that_did_not_leave_says_so(page, question, monkeypatch, error, words):
    """And can be made again with another form."""

    async def claim(*_args, **_given):
        raise error

    where = claim_of(question)
    with monkeypatch.context() as changed:
        changed.setattr(type(page.desk.client), "claim", claim)
        assert 303 == (await make_claim(page, where)).status_code
    assert words in (await page.get(where)).text
    # Nothing was sent: another claim needs no further word.
    await make_claim(page, where, turn="1")
    assert "VN-1" in (await page.get(where)).text


@pytest.mark.parametrize("error", [PeerError("the connection broke"), None])
async def test_a_claim_that_left_without_an_answer_is_not_called_unsent(
    page, question, session, monkeypatch, error
):
    """Where the connection broke, or the answer came by a false clock: the holder may know."""
    query = session.coordinators.query

    async def broken(envelopes, deadline_ms):
        async for outcome in query(envelopes, deadline_ms):
            if error is not None:
                raise error
            session.clock.now_ms += 600_000
            yield outcome

    before = len(session.coordinators.sent)
    with monkeypatch.context() as changed:
        changed.setattr(session.coordinators, "query", broken)
        await make_claim(page, claim_of(question))
    assert before + 1 == len(session.coordinators.sent)
    for where in (claim_of(question), f"/desk/cases/{question.case_id}"):
        text = (await page.get(where)).text
        assert "not known" in text
        assert "not sent" not in text
    assert "The holder may know of it." in (await page.get(claim_of(question))).text


async def test_a_claim_goes_on_when_its_browser_is_gone(page, question, officer, monkeypatch):
    """What the holder released is kept."""
    desk = page.desk
    claim, let_go, begun = desk.client.claim, asyncio.Event(), asyncio.Event()

    async def slow(_client, *args, **given):
        begun.set()
        await let_go.wait()
        return await claim(*args, **given)

    monkeypatch.setattr(type(desk.client), "claim", slow)
    sent = asyncio.ensure_future(make_claim(page, claim_of(question)))
    await begun.wait()
    (task,) = desk._tasks
    sent.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sent
    let_go.set()
    await task
    (kept,) = claims.of_question(desk.store, officer, question.question_id)
    assert "released" == kept.outcome.word


async def test_what_the_holder_released_is_shown_on_a_full_disk(page, question, monkeypatch):
    """It hears of the claim once, so its answer is not lost for want of room."""

    def full(*_given):
        raise sqlite3.OperationalError

    monkeypatch.setattr("fedquery.desk.claim_routes.claims.finish", full)
    done = await make_claim(page, claim_of(question))
    assert 200 == done.status_code
    assert "VN-1" in done.text
    assert "The disk could not be written" in done.text


async def test_a_closed_case_claims_nothing(page, question, officer, session):
    """Neither by its page nor by its form."""
    desk, where = page.desk, claim_of(question)
    token = served.token_of((await page.get(where)).text)
    cases.close(desk.store, officer, question.case_id, desk.clock())
    before = len(session.coordinators.sent)
    done = await page.post(where, csrf=token, turn="0", level="reference")
    assert 422 == done.status_code
    assert before == len(session.coordinators.sent)
    assert "Only officers of an open case can claim." in (await page.get(where)).text


async def test_what_is_no_hit_of_the_question_is_not_claimed(page, address):
    """Whatever its address says."""
    assert 404 == (await page.get(f"{address}/claim/{'0' * 16}")).status_code
    assert 404 == (await page.get(f"{address}/claim/x")).status_code


async def test_the_request_has_both_languages(desk, page, question, address):
    """Reference, case and contact; neither the identifier nor the agency's own number."""
    hit = asked.hit_of(question)
    await make_claim(page, f"{address}/claim/{hit.claim_id}")
    page.headers["accept-language"] = "th"
    text = (await write_letter(page, question)).text
    assert ['lang="th"', 'lang="en"'] == [
        one for one in ('lang="th"', 'lang="en"') if f'<article class="letter" {one}' in text
    ]
    assert all(one in text for one in ("VN-1", hit.receipt, "TH/"))
    assert question.asked[0].shown not in text
    assert asked.NUMBER not in text


async def test_in_english_the_request_stands_once(page, question):
    """Nobody reads the same page twice."""
    assert 1 == (await write_letter(page, question)).text.count('<article class="letter"')


async def test_a_request_stands_in_the_case_once_it_was_made(desk, page, question):
    """The page that leads to it has nothing of it yet, and notes nothing."""
    begin = (await page.get(claim_of(question).replace("/claim/", "/letter/"))).text
    assert asked.hit_of(question).receipt not in begin
    assert "letter" not in done_in(desk, question)
    await write_letter(page, question)
    assert ["letter"] == done_in(desk, question)[-1:]
    assert "Request made" in (await page.get(f"/desk/cases/{question.case_id}")).text


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_a_question_is_exported_as_a_file(desk, page, question, address, form):
    """Masked unless chosen; that it was made stands in the case."""
    done = await page.post(f"{address}/export", form=form)
    name = f"fedquery-{question.question_id}.{form}"
    assert f'attachment; filename="TRAINING-{name}"' == done.headers["content-disposition"]
    assert question.asked[0].shown not in done.text
    assert "exported" == acts.read(desk.connection, question.case_id)[-1].what
    full = await page.post(f"{address}/export", form=form, shown="1")
    assert question.asked[0].shown in full.text


async def test_the_export_has_words_and_proofs(page, address):
    """Those that the pages show."""
    done = await page.post(f"{address}/export", form="csv")
    rows = list(csv.DictReader(io.StringIO(done.content.decode("utf-8-sig"), newline="")))
    assert [("hit", "verified"), ("no hit", "verified")] == [
        (row["outcome"], row["proof"]) for row in rows
    ]
    document = json.loads((await page.post(f"{address}/export", form="json")).content)
    assert ["hit", "no hit"] == [one["word"] for one in document["outcomes"]]


@pytest.mark.parametrize("state", ["asking", "ended"])
async def test_no_hit_of_a_question_that_is_not_whole_is_exported_with_what_is_missing(
    desk, page, question, address, state
):
    """Another dataset of the nation may have said more: in no file and no proof it stands alone."""
    desk.connection.execute(
        "UPDATE question SET state = 'asking', came = X'' WHERE question_id = ?",
        (question.question_id,),
    )
    desk.connection.execute("DELETE FROM outcome")
    questions.add_outcomes(desk.store, question.question_id, question.outcomes)
    if state == "ended":
        questions.end(desk.store, question.question_id, "")
    done = await page.post(f"{address}/export", form="csv")
    rows = list(csv.DictReader(io.StringIO(done.content.decode("utf-8-sig"), newline="")))
    assert [("1", "hit"), ("2", "no hit"), ("2", "unavailable")] == [
        (row["place"], row["outcome"]) for row in rows
    ]
    document = json.loads((await page.post(f"{address}/export", form="json")).content)
    assert ["hit", "no hit", "unavailable"] == [one["word"] for one in document["outcomes"]]
    for text in (
        (await page.post(f"{address}/export", form="report")).text,
        (await page.get(f"{address}/proof?place=1&nation=VN")).text,
    ):
        assert "What came of it is not known." in text


async def test_the_report_shows_everything_of_the_question(page, question, address):
    """With case number, receipts and proofs; identifiers masked unless chosen."""
    masked = (await page.post(f"{address}/export", form="report")).text
    assert all(one in masked for one in (asked.NUMBER, asked.hit_of(question).receipt, "verified"))
    assert question.asked[0].shown not in masked
    assert (
        question.asked[0].shown
        in (await page.post(f"{address}/export", form="report", shown="1")).text
    )


async def test_a_withdrawn_hit_is_marked_everywhere(page, question, address, officer, session):
    """After it was asked again of a later version that does not have it."""
    desk = page.desk
    rows = [one for one in made.rows() if one != made.KNOWN]
    newer = made.current(publish(rows, version=4))
    session.coordinators.nation.publish(newer)
    session.coordinators.nation.created_ms += 1
    await desk.client.refresh()
    kept = cases.read(desk.store, officer, question.case_id)
    later = await asked.ask(desk, officer, kept, made.KNOWN, question_id="e" * 16)
    assert "no hit" == later.outcomes[0].word
    hit = asked.hit_of(question)
    proof, claim = f"{address}/proof?place=0&nation=VN", f"{address}/claim/{hit.claim_id}"
    for where in (address, proof, claim, claim.replace("/claim/", "/letter/")):
        assert "Withdrawn: version 4 no longer has it." in (await page.get(where)).text
    done = await page.post(f"{address}/export", form="csv")
    (row, _) = csv.DictReader(io.StringIO(done.content.decode("utf-8-sig"), newline=""))
    assert "4" == row["withdrawn in version"]


async def test_a_hit_is_marked_by_a_question_of_another_case_for_who_may_read_it(
    desk, page, question, address, session
):
    """Another officer's case shows it to its own officers and supervisors, and to nobody else."""
    rows = [one for one in made.rows() if one != made.KNOWN]
    session.coordinators.nation.publish(made.current(publish(rows, version=4)))
    session.coordinators.nation.created_ms += 1
    await desk.client.refresh()
    other = served.account(desk, "Officer Two")
    theirs = asked.begun(desk, other, number="2")
    await asked.ask(desk, other, theirs, made.KNOWN, question_id="e" * 16)
    words = "asked again in another case that you may read"
    assert "Withdrawn" not in (await page.get(address)).text
    supervisor = served.Browser(desk, address="192.0.2.9")
    await supervisor.sign_in(served.account(desk, "Supervisor", "supervisor"))
    assert words in (await supervisor.get(address)).text
    me = next(one for one in accounts.every(desk.connection) if one.name == "Officer One")
    case_members.add_member(desk.store, other, theirs.case_id, me.account_id, desk.clock())
    assert words in (await page.get(address)).text


async def again(page, question, place="0", nation="VN"):
    """Press the button that asks a cell anew."""
    where = f"/desk/questions/{question.question_id}"
    return await page.post(f"{where}/again", page=where, place=place, nation=nation)


@pytest.fixture
def facts_of_the_case(desk, question):
    """Keep the facts of the question with its case, as asking at the desk does."""
    case_changes.remember(
        desk.store, question.account_id, question.case_id, question.facts, desk.clock()
    )


async def test_one_cell_is_asked_anew_once_it_was_confirmed(
    desk, page, question, facts_of_the_case, session
):
    """What it costs stands there first: one identifier, one nation, in the same case."""
    before = len(session.coordinators.sent)
    led = await again(page, question)
    assert re.fullmatch(r"/desk/ask/[0-9a-f]{16}/cost", led.headers["location"])
    cost = await page.get(led.headers["location"])
    assert all(one in cost.text for one in ("fraud", asked.NUMBER, "Viet Nam"))
    assert before == len(session.coordinators.sent)
    revision, question_id = [
        re.search(rf'name="{name}" value="([^"]+)"', cost.text)[1]
        for name in ("revision", "question_id")
    ]
    sent = await page.post(
        "/desk/questions",
        csrf=served.token_of(cost.text),
        question_id=question_id,
        revision=revision,
    )
    assert f"/desk/questions/{question_id}" == sent.headers["location"]
    await asyncio.gather(*desk._tasks)
    assert before + 1 == len(session.coordinators.sent)
    me = next(one for one in accounts.every(desk.connection))
    made_anew = questions.read(desk.store, me, question_id)
    assert (question.asked[:1], ("VN",), question.case_id) == (
        made_anew.asked,
        made_anew.nations,
        made_anew.case_id,
    )


async def test_a_case_without_facts_is_asked_for_them(page, question):
    """As after a threat to life alone: the draft is shown, and nothing is guessed."""
    led = await again(page, question)
    assert re.fullmatch(r"/desk/ask/[0-9a-f]{16}", led.headers["location"])
    assert question.asked[0].shown in (await page.get(led.headers["location"])).text


@pytest.mark.parametrize("cell", [("9", "VN"), ("0", "MM"), ("+0", "VN"), ("", "")])
async def test_a_cell_that_was_not_asked_is_not_asked_anew(page, question, cell):
    """Whatever a form says."""
    assert 404 == (await again(page, question, *cell)).status_code


async def test_others_ask_no_cell_anew(desk, page, question, officer):
    """Neither who may not read the case, nor anybody once it is closed."""
    other = served.Browser(desk, address="192.0.2.9")
    await other.sign_in(served.account(desk, "Officer Three"))
    where = f"/desk/questions/{question.question_id}/again"
    denied = await other.post(where, page="/desk/account", place="0", nation="VN")
    assert 404 == denied.status_code
    token = served.token_of((await page.get("/desk/account")).text)
    cases.close(desk.store, officer, question.case_id, desk.clock())
    closed = await page.post(where, csrf=token, place="0", nation="VN")
    assert 422 == closed.status_code
    shown = (await page.get(where.removesuffix("/again"))).text
    assert "Is it still there?" not in shown


async def test_an_identifier_of_other_spelling_rules_is_not_asked_as_another(
    desk, page, question, facts_of_the_case, monkeypatch
):
    """It has to be typed anew."""

    def other_rules(_octets):
        raise EncodingError("malformed identifier")

    monkeypatch.setattr("fedquery.desk.asked_identifier.decode", other_rules)
    refused = await again(page, question)
    assert 422 == refused.status_code
    assert "It is spelled by other rules today" in refused.text
