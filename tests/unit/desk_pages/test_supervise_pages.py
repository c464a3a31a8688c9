"""The pages of supervisors: who asked what, long questions, and threats to life; as forms alone."""

import asyncio
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.desk_pages import asked, served
from unit.desk_pages.test_asking import FACTS, KNOWN, OTHER, choose, paste

from fedquery.ask.config import DeskSettings
from fedquery.desk import approvals, case_changes, cases, people, questions
from fedquery.desk.asked import AskedIdentifier, NewQuestion
from fedquery.desk.supervise_routes import PERIODS_DAYS
from fedquery.identifiers import decode

DAY_MS = 86_400_000


@pytest.fixture
async def signed_in(browser, officer):
    """Sign the officer in."""
    await browser.sign_in(officer)
    return browser


@pytest.fixture
async def supervisor(desk):
    """Sign a supervisor in, elsewhere."""
    return await another(desk, "Chief One")


async def another(desk, name, role="supervisor"):
    """Sign somebody else in."""
    browser = served.Browser(desk, address=f"192.0.2.{100 + len(people.names_of(desk.connection))}")
    await browser.sign_in(served.account(desk, name, role))
    return browser


def kept(desk, account, case, *identifiers, question_id="1" * 16, purpose="fraud", days_ago=0):
    """Keep a question that was asked."""
    found = tuple(map(decode, identifiers))
    new = NewQuestion(
        question_id=question_id,
        case_id=case.case_id,
        account_id=account.account_id,
        asked=tuple(AskedIdentifier.of(one, one.canonical) for one in found),
        nations=("VN",),
        facts=replace(asked.FACTS, purpose=purpose),
    )
    return questions.begin(desk.store, new, desk.clock() - days_ago * DAY_MS)[0]


async def test_what_waits_and_what_was_asked_stands_on_one_page(desk, officer, supervisor):
    """With links to the questions, and no identifier."""
    case = asked.begun(desk, officer)
    kept(desk, officer, case, *(made.identifier(number) for number in range(5)))
    urgent = kept(
        desk,
        officer,
        case,
        made.identifier(0),
        question_id="2" * 16,
        purpose="threat to life",
    )
    kept(desk, officer, case, made.identifier(0), question_id="3" * 16)
    text = (await supervisor.get("/desk/supervise")).text
    assert "Officer One" in text
    assert f'href="/desk/supervise/reviews/{urgent.question_id}"' in text
    for question_id in ("1" * 16, "2" * 16, "3" * 16):
        assert f'href="/desk/questions/{question_id}"' in text
    assert not any(decode(made.identifier(number)).canonical in text for number in range(5))


@pytest.mark.parametrize("days", PERIODS_DAYS)
async def test_a_period_has_what_was_asked_in_it(desk, officer, supervisor, days):
    """To its first moment, and not before."""
    case = asked.begun(desk, officer)
    kept(desk, officer, case, made.KNOWN, days_ago=days)
    address = f"/desk/supervise?days={days}"
    assert "Officer One" in (await supervisor.get(address)).text
    desk.client.session.clock.now_ms += 1
    assert "Nothing was asked in this time." in (await supervisor.get(address)).text


@pytest.mark.parametrize("days", ["", "x", "8", "-1", "7&days=90"])
async def test_a_period_that_no_page_names_is_the_shortest(desk, officer, supervisor, days):
    """Whatever an address says."""
    kept(desk, officer, asked.begun(desk, officer), made.KNOWN, days_ago=20)
    found = await supervisor.get(f"/desk/supervise?days={days}")
    assert 200 == found.status_code
    assert ("Nothing was asked in this time." in found.text) == (days != "7&days=90")


@pytest.mark.parametrize("role", ["officer", "auditor"])
async def test_nobody_else_supervises(desk, officer, role):
    """Neither page nor form; each is as forbidden as if nothing waited."""
    case = asked.begun(desk, officer)
    urgent = kept(desk, officer, case, made.KNOWN, purpose="threat to life")
    other = await another(desk, "Somebody", role)
    address = f"/desk/supervise/reviews/{urgent.question_id}"
    for page in ("/desk/supervise", address):
        assert 403 == (await other.get(page)).status_code
    done = await other.post(address, page="/desk/account", finding="justified", reason="x")
    assert 403 == done.status_code
    assert (
        1
        == desk.connection.execute(
            "SELECT count(*) FROM review WHERE finding = 'waiting'"
        ).fetchone()[0]
    )


async def test_a_threat_to_life_is_reviewed_once(desk, officer, supervisor):
    """With a reason; the page then says what was found."""
    case = asked.begun(desk, officer)
    urgent = kept(desk, officer, case, made.KNOWN, purpose="threat to life")
    address = f"/desk/supervise/reviews/{urgent.question_id}"
    refused = await supervisor.post(address, finding="justified", reason="  ")
    assert 422 == refused.status_code
    assert "Say why" in refused.text
    assert (
        422 == (await supervisor.post(address, finding="justified", reason="x" * 1001)).status_code
    )
    done = await supervisor.post(address, finding="not justified", reason="<b>no</b>")
    assert (303, address) == (done.status_code, done.headers["location"])
    shown = (await supervisor.get(address)).text
    assert "there was no such reason" in shown
    assert "&lt;b&gt;no&lt;/b&gt;" in shown
    assert "Chief One" in shown
    assert "/desk/supervise/reviews/" not in (await supervisor.get("/desk/supervise")).text
    again = await supervisor.post(address, page="/desk/account", finding="justified", reason="x")
    assert 409 == again.status_code


@pytest.fixture
def strict(desk):
    """Let one person ask about one identifier alone."""
    home = desk.client.home
    settings = replace(home.settings, desk=DeskSettings(approve_above=1))
    desk.client.home = replace(home, settings=settings)


async def want(browser, *numbers, **changes):
    """Write a question and send it; give where that leads."""
    draft = (await paste(browser, "\n".join(numbers))).headers["location"]
    cost = (await choose(browser, draft, **changes)).headers["location"]
    text = (await browser.get(cost)).text
    sent = await browser.post(
        "/desk/questions", page=cost, question_id=draft.split("/")[-1], revision="1"
    )
    assert 303 == sent.status_code
    return text, sent.headers["location"]


@pytest.mark.usefixtures("strict")
async def test_a_long_question_is_asked_once_it_was_approved(
    desk, session, officer, signed_in, supervisor
):
    """It says so before; nothing is sent until then, and once afterwards."""
    cost, address = await want(signed_in, KNOWN, OTHER)
    assert "Ask for approval" in cost
    assert address.startswith("/desk/approvals/")
    assert [] == session.coordinators.sent
    early = await signed_in.post(f"{address}/ask", page="/desk/account")
    assert 409 == early.status_code
    listed = (await supervisor.get("/desk/supervise")).text
    assert address in listed
    shown = (await supervisor.get(address)).text
    assert KNOWN in shown
    for label in ("Highest penalty in years", "Opened", "Whom identifiers may belong to", "Aim"):
        assert f"<dt>{label}</dt>" in shown
    assert (
        422
        == (
            await supervisor.post(
                f"{address}/decision", page=address, decision="approved", reason=""
            )
        ).status_code
    )
    done = await supervisor.post(
        f"{address}/decision", page=address, decision="approved", reason="one ring"
    )
    assert 303 == done.status_code
    assert [] == session.coordinators.sent
    wanted = approvals.read(desk.store, officer, address.split("/")[-1])
    changed = replace(wanted.question.facts, offence="trafficking")
    case_changes.remember(desk.store, wanted.account_id, wanted.case_id, changed, desk.clock())
    first = await signed_in.post(f"{address}/ask", page="/desk/account")
    await asyncio.gather(*desk._tasks)
    sent = len(session.coordinators.sent)
    again = await signed_in.post(f"{address}/ask", page="/desk/account")
    await asyncio.gather(*desk._tasks)
    assert 0 < sent == len(session.coordinators.sent)
    assert 303 == first.status_code == again.status_code
    assert first.headers["location"] == again.headers["location"]
    answers = (await signed_in.get(first.headers["location"])).text
    assert KNOWN in answers
    assert "It was approved, and asked." in (await signed_in.get(address)).text
    # It went out as it was approved, and takes back nothing that was changed meanwhile.
    assert changed == cases.read_any(desk.store, wanted.case_id).facts


@pytest.mark.usefixtures("strict")
async def test_what_was_declined_is_never_asked(session, signed_in, supervisor):
    """Its officer sees why."""
    _, address = await want(signed_in, KNOWN, OTHER)
    await supervisor.post(
        f"{address}/decision", page=address, decision="declined", reason="too many"
    )
    shown = (await signed_in.get(address)).text
    assert "too many" in shown
    assert f"{address}/ask" not in shown
    assert 409 == (await signed_in.post(f"{address}/ask", page="/desk/account")).status_code
    assert [] == session.coordinators.sent


@pytest.mark.usefixtures("strict")
async def test_sending_it_again_shows_that_it_waits_and_changing_it_makes_another(
    desk, session, signed_in
):
    """Nobody adds to a list on which somebody decides."""
    draft = (await paste(signed_in, f"{KNOWN}\n{OTHER}")).headers["location"]
    cost = (await choose(signed_in, draft)).headers["location"]
    question_id = draft.split("/")[-1]
    sent = [
        await signed_in.post("/desk/questions", page=cost, question_id=question_id, revision="1")
        for _ in range(2)
    ]
    assert 1 == len({one.headers["location"] for one in sent})
    changed = (await choose(signed_in, draft, nation=["VN"], **FACTS)).headers["location"]
    assert changed.split("/")[-2] != question_id
    assert [] == session.coordinators.sent
    assert 1 == desk.connection.execute("SELECT count(*) FROM approval").fetchone()[0]


@pytest.mark.usefixtures("strict")
async def test_an_officer_does_not_decide(desk, signed_in):
    """By no form, with the role of an officer or an auditor."""
    _, address = await want(signed_in, KNOWN, OTHER)
    deed = {"decision": "approved", "reason": "mine"}
    for browser in (signed_in, await another(desk, "Somebody", "auditor")):
        done = await browser.post(f"{address}/decision", page="/desk/account", **deed)
        assert 403 == done.status_code
    (wanted,) = desk.connection.execute("SELECT state FROM approval").fetchone()
    assert "waiting" == wanted


@pytest.mark.usefixtures("strict")
async def test_a_supervisor_does_not_decide_on_their_own_question(desk, supervisor):
    """The page offers no form, and one that is sent all the same is refused."""
    _, address = await want(supervisor, KNOWN, OTHER)
    assert "/decision" not in (await supervisor.get(address)).text
    deed = {"decision": "approved", "reason": "mine"}
    done = await supervisor.post(f"{address}/decision", page="/desk/account", **deed)
    assert 409 == done.status_code
    second = await another(desk, "Chief Two")
    assert 303 == (await second.post(f"{address}/decision", page=address, **deed)).status_code


@pytest.mark.usefixtures("strict")
async def test_to_other_officers_it_is_not_there(desk, signed_in):
    """Its page looks like one that does not exist."""
    _, address = await want(signed_in, KNOWN, OTHER)
    other = await another(desk, "Officer Two", "officer")
    for one in (address, f"/desk/approvals/{'0' * 16}"):
        assert 404 == (await other.get(one)).status_code
        assert 404 == (await other.post(f"{one}/ask", page="/desk/account")).status_code


@pytest.mark.usefixtures("strict")
async def test_a_threat_to_life_waits_for_nobody(desk, session, signed_in, supervisor):
    """It is asked at once, and waits for a review."""
    _, address = await want(signed_in, KNOWN, OTHER, purpose="threat to life")
    await asyncio.gather(*desk._tasks)
    assert address.startswith("/desk/questions/")
    assert session.coordinators.sent
    assert "/desk/supervise/reviews/" in (await supervisor.get("/desk/supervise")).text


@pytest.mark.usefixtures("strict")
async def test_a_case_that_was_closed_meanwhile_asks_nothing(
    desk, session, signed_in, officer, supervisor
):
    """Also what was approved."""
    _, address = await want(signed_in, KNOWN, OTHER)
    deed = {"decision": "approved", "reason": "one ring"}
    await supervisor.post(f"{address}/decision", page=address, **deed)
    approval = approvals.read(desk.store, officer, address.split("/")[-1])
    cases.close(desk.store, officer, approval.case_id, desk.clock())
    assert f"{address}/ask" not in (await signed_in.get(address)).text
    assert 422 == (await signed_in.post(f"{address}/ask", page="/desk/account")).status_code
    assert [] == session.coordinators.sent


@pytest.mark.usefixtures("strict")
async def test_no_identifier_stands_in_an_address_or_a_title(signed_in, supervisor):
    """Of the pages about long questions."""
    _, address = await want(signed_in, KNOWN, OTHER)
    for browser in (signed_in, supervisor):
        text = (await browser.get(address)).text
        title = text.split("<title>")[1].split("</title>")[0]
        assert not any(number in title + address for number in (KNOWN, OTHER, KNOWN[1:]))


async def test_each_question_of_a_period_is_counted_once(desk, officer, supervisor):
    """Also those at the beginning of an hour, the first and the last."""
    case = asked.begun(desk, officer)
    for number, hours_ago in enumerate((168, 167, 1, 0)):
        desk.client.session.clock.now_ms = made.NOW_MS - hours_ago * 3_600_000
        kept(desk, officer, case, made.KNOWN, question_id=f"{number:016x}")
    text = (await supervisor.get("/desk/supervise")).text
    assert '<th scope="row">Officer One</th><td class="number">4</td>' in text
