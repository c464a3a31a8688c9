"""Lists, page by page, against a nation that answers as the real one does."""

import asyncio
import contextlib
import json
import re
from dataclasses import replace
from io import BytesIO

import pytest
from unit.ask import nation as made
from unit.desk_pages import full_disk, served
from unit.desk_pages.asked import FACTS as CASE_FACTS
from unit.desk_pages.test_asking import FACTS

from fedquery.desk import accounts, case_changes, cases, interrupted_lists, lists
from fedquery.desk.list_digest import digest_of, digest_of_kept
from fedquery.desk.list_running import Lists
from fedquery.errors import BusyError
from fedquery.identifiers import decode
from fedquery.tabular.workbook import write_workbook

PHONES = [decode(made.identifier(number)).canonical for number in range(20, 50)]
HITS = 20
READ = {"step": "keep", "column": "", "kind": "phone", "nation": ["VN"], **FACTS}


@pytest.fixture
async def signed_in(browser, officer):
    """Sign an officer in."""
    await browser.sign_in(officer)
    return browser


@pytest.fixture(autouse=True)
async def stopped(desk):
    """End what a desk still asks when its test ends."""
    yield
    await desk.aclose()


async def another(desk, name, role="supervisor"):
    """Sign somebody else in."""
    browser = served.Browser(desk, address="192.0.2.99")
    await browser.sign_in(served.account(desk, name, role))
    return browser


async def pasted(browser, text):
    """Paste a list; give the address where it is looked at."""
    sent = await browser.post("/desk/lists/new", pasted=text, case_id="")
    assert 303 == sent.status_code, sent.text
    return sent


async def uploaded(browser, name, octets):
    """Upload a list."""
    page = (await browser.get("/desk/lists/new")).text
    return await browser.window.post(
        "/desk/lists/new",
        data={"csrf": served.token_of(page), "pasted": "", "case_id": ""},
        files={"file": (name, octets)},
        headers=browser.headers,
    )


def as_read(page):
    """Read how a page says that a list was read."""
    chosen = re.findall(r'<option value="([^"]*)" selected', page)
    column = re.search(r'name="column" value="(\d*)"', page)
    if column is not None:
        return {"column": column[1], "kind": chosen[0]}
    return {"column": chosen[0], "kind": chosen[1]}


async def kept(browser, phones=PHONES, **changes):
    """Keep a list of phone numbers, and give its address."""
    address = (await pasted(browser, "\n".join(phones))).headers["location"]
    read = as_read((await browser.get(address)).text)
    sent = await browser.post(address, **{**READ, **read, **changes})
    assert 303 == sent.status_code, sent.text
    return sent.headers["location"]


async def questions_of(desk, address):
    """Count the questions that a list is to be asked in."""
    async with desk.client.resume_screening(address.split("/")[-1]) as screening:
        cost = await screening.prepare()
    datasets = [one for nation in cost.nations for one in nation.datasets]
    return sum(count for one in datasets for _, count in one.classes)


async def asked(desk, browser, address, **fields):
    """Ask a list, and wait until nothing more comes."""
    sent = await browser.post(f"{address}/ask", page=address, **fields)
    await finished(desk)
    assert 303 == sent.status_code, sent.text
    return sent


async def finished(desk):
    """Wait until what is under way has ended."""
    # Only what never ends by itself runs into this.
    async with asyncio.timeout(60):
        while desk._tasks:
            await asyncio.gather(*desk._tasks, return_exceptions=True)


async def test_from_a_pasted_list_to_its_hits(desk, signed_in):
    """Paste, look at its kinds, say what for, see what it costs, ask, and read what came."""
    address = (await pasted(signed_in, "\n".join([*PHONES, PHONES[0], "x"]))).headers["location"]
    page = (await signed_in.get(address)).text
    assert "31 identifiers were read." in page
    assert "1 stands there again, and is asked once." in page
    assert "1 line cannot be read, and is not asked." in page
    assert not any(one in page for one in PHONES)
    assert "phone number" in page
    sent = await signed_in.post(address, **{**READ, **as_read(page)})
    address = sent.headers["location"]
    page = (await signed_in.get(address)).text
    assert "Counted" in page
    assert "not asked yet" in page
    assert [] == desk.client.session.coordinators.sent
    assert desk.client.kept_screening(address.split("/")[-1]).at_desk
    assert 303 == (await asked(desk, signed_in, address)).status_code
    page = (await signed_in.get(address)).text
    assert "20 identifiers were found." in page
    assert "A lead, not evidence: confirm with Viet Nam before acting." in page
    assert PHONES[0] in page
    assert PHONES[-1] not in page
    assert "ended" in page


async def test_a_hit_of_a_list_is_opened_with_its_proof_and_claimed(desk, signed_in):
    """As a question of its own, once however often, and nothing is asked for it."""
    address = await kept(signed_in)
    await asked(desk, signed_in, address)
    sent = len(desk.client.session.coordinators.sent)
    opened = [
        (await signed_in.post(f"{address}/hits", page=address, place="3")).headers["location"]
        for _ in range(2)
    ]
    assert 1 == len(set(opened))
    page = (await signed_in.get(opened[0])).text
    assert PHONES[3] in page
    assert sent == len(desk.client.session.coordinators.sent)
    claim = re.search(r'href="(/desk/questions/[^"]+/claim/[^"]+)"', page)[1]
    done = await signed_in.post(claim, turn="0", level="reference")
    assert 303 == done.status_code
    assert "VN-1" in (await signed_in.get(claim)).text
    proof = re.search(r'href="(/desk/questions/[^"]+/proof[^"]+)"', page)[1].replace("&amp;", "&")
    assert "Proof" in (await signed_in.get(proof)).text
    case = re.search(r'href="(/desk/cases/[0-9a-f]+)"', (await signed_in.get(address)).text)[1]
    page = (await signed_in.get(case)).text
    assert f'href="{address}"' in page
    assert "Hit of a list opened" in page


@pytest.mark.parametrize("place", ["25", "-1", "x", "999", "²"])
async def test_what_is_no_hit_is_not_opened(desk, signed_in, place):
    """Neither a place that was not found, nor one that is not there."""
    address = await kept(signed_in)
    await asked(desk, signed_in, address)
    sent = await signed_in.post(f"{address}/hits", page=address, place=place)
    assert 404 == sent.status_code


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
@pytest.mark.parametrize("shown", [False, True])
async def test_a_report_has_every_line_and_stands_in_the_case(desk, signed_in, form, shown):
    """Masked, unless somebody has chosen otherwise."""
    address = await kept(signed_in)
    await asked(desk, signed_in, address)
    wish = {"form": form, **({"shown": "1"} if shown else {})}
    made_report = await signed_in.post(f"{address}/report", page=address, **wish)
    assert 200 == made_report.status_code
    assert f'{form}"' in made_report.headers["content-disposition"]
    if form != "xlsx":
        text = made_report.content.decode("utf-8-sig")
        assert (PHONES[0] in text) == shown
        assert len(PHONES) == text.count(f"{PHONES[0][:3]}") or not shown
    kept_list = lists.read(desk.store, _account(desk), address.split("/")[-1])
    acts = desk.connection.execute(
        "SELECT what FROM act WHERE subject = ?", (kept_list.list_id,)
    ).fetchall()
    assert ("list-exported",) in acts


def _account(desk):
    return next(iter(accounts.every(desk.connection)))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_where_several_columns_may_be_meant_nothing_is_read_before_one_is_chosen(
    signed_in, form
):
    """With their kinds and no content; then the one that was chosen is read."""
    rows = [("phone", "note", "other"), *zip(PHONES, "x" * 30, reversed(PHONES), strict=True)]
    octets = "\n".join(map(",".join, rows)).encode()
    if form == "xlsx":
        file = BytesIO()
        write_workbook(file, rows[0], rows[1:])
        octets = file.getvalue()
    address = (await uploaded(signed_in, f"list.{form}", octets)).headers["location"]
    page = (await signed_in.get(address)).text
    assert "Choose the column" in page
    assert "Column 1 (phone): phone number" in page
    assert "Column 2" not in page
    assert "identifiers were read" not in page
    refused = await signed_in.post(address, **{**READ, "kind": "auto"})
    assert 422 == refused.status_code
    assert "Choose which column is meant." in refused.text
    chosen = await signed_in.post(address, **{**READ, "column": "2", "kind": "phone"})
    assert address == chosen.headers["location"]
    page = (await signed_in.get(address)).text
    assert "30 identifiers were read." in page
    assert not any(one in page for one in PHONES)


async def test_one_column_that_may_be_meant_is_a_guess_and_said_to_be_one(signed_in):
    """It is read at once, with a question."""
    octets = "\n".join(f"{phone},x" for phone in PHONES).encode()
    address = (await uploaded(signed_in, "list.csv", octets)).headers["location"]
    page = (await signed_in.get(address)).text
    assert "Which column is meant was guessed." in page
    assert "30 identifiers were read." in page


@pytest.mark.parametrize(
    ("name", "octets", "said"),
    [
        ("a.csv", b"x\ny\n", "Nothing in it can be read as an identifier."),
        ("a.pdf", b"%PDF-1.7", "PDF"),
        ("a.xlsx", b"PK\x03\x04 and no more", "cannot be read"),
        ("a.csv", b"\xff\xfe\xfd", ""),
        ("a.csv", b",".join([b"+84855501990"] * 65), "too many columns"),
        ("a.csv", b"+84855501990\n" * 100_001, "100,000 lines"),
    ],
)
async def test_a_file_that_is_no_list_is_refused_beside_its_field(signed_in, name, octets, said):
    """And nothing of it is kept or quoted."""
    refused = await uploaded(signed_in, name, octets)
    assert 422 == refused.status_code
    assert said in refused.text
    assert "aria-invalid" in refused.text
    assert "+84855501990" not in refused.text


async def test_a_question_of_too_many_goes_on_as_a_list(signed_in):
    """By a button above 64, and by itself above 512; what is unclear is told."""
    phones = "\n".join(f"+8485550{number:04}" for number in range(70))
    draft = (await signed_in.post("/desk/ask", pasted=phones, case_id="")).headers["location"]
    page = (await signed_in.get(draft)).text
    assert f'formaction="{draft}/list"' in page
    rows = {
        "spelled": re.findall(r'name="spelled" value="(.*?)"', page),
        "reading": re.findall(r'name="reading" value="(.*?)"', page),
        "take": re.findall(r'name="take" value="(\d+)"', page),
    }
    sent = await signed_in.post(f"{draft}/list", page=draft, **rows, nation=["VN"], **FACTS)
    page = (await signed_in.get(sent.headers["location"])).text
    assert "70 identifiers were read." in page
    assert 'value="FIR 12/2026"' in page
    phones = "\n".join(f"+8485550{number:04}" for number in range(600))
    sent = await signed_in.post("/desk/ask", pasted=phones, case_id="")
    page = (await signed_in.get(sent.headers["location"])).text
    assert "600 identifiers were read." in page


async def test_a_list_that_is_sent_twice_is_one_list_and_asked_once(desk, signed_in):
    """Double click on both pages: one screening, and nothing is charged again."""
    address = (await pasted(signed_in, "\n".join(PHONES))).headers["location"]
    page = (await signed_in.get(address)).text
    token, fields = served.token_of(page), {**READ, **as_read(page)}
    sent = await asyncio.gather(*(signed_in.post(address, csrf=token, **fields) for _ in range(3)))
    assert 1 == len({one.headers["location"] for one in sent})
    address = sent[0].headers["location"]
    planned = await questions_of(desk, address)
    asks = await asyncio.gather(*(signed_in.post(f"{address}/ask", csrf=token) for _ in range(3)))
    assert {303} == {one.status_code for one in asks}
    await finished(desk)
    assert planned == len(desk.client.session.coordinators.sent)
    assert 1 == len(desk.client.screenings())


async def test_a_long_list_waits_for_a_second_person(desk, officer, signed_in):
    """Who sees every line of it, decides once with a reason, and never on their own."""
    phones = [decode(made.identifier(number)).canonical for number in range(60)]
    address = await kept(signed_in, phones)
    page = (await signed_in.get(address)).text
    assert "Ask for approval" in page
    await asked(desk, signed_in, address)
    assert [] == desk.client.session.coordinators.sent
    assert "waits for approval" in (await signed_in.get(address)).text
    denied = await signed_in.post(
        f"{address}/verdict", page=address, finding="approved", reason="mine"
    )
    assert 403 == denied.status_code
    supervisor = await another(desk, "Chief One")
    assert f'href="{address}"' in (await supervisor.get("/desk/supervise")).text
    page = (await supervisor.get(f"{address}/lines?page=2")).text
    assert phones[50] in page
    assert phones[49] not in page
    empty = await supervisor.post(
        f"{address}/verdict", page=address, finding="approved", reason=" "
    )
    assert 422 == empty.status_code
    judged = {"page": address, "finding": "approved", "reason": "One call centre."}
    assert 303 == (await supervisor.post(f"{address}/verdict", **judged)).status_code
    assert 409 == (await supervisor.post(f"{address}/verdict", **judged)).status_code
    assert 422 == (await supervisor.post(f"{address}/ask", page=address)).status_code
    assert [] == desk.client.session.coordinators.sent
    await asked(desk, signed_in, address)
    assert "One call centre." in (await signed_in.get(address)).text
    assert "40 identifiers were found." in (await signed_in.get(address)).text
    assert "Lists by officer" in (await supervisor.get("/desk/supervise")).text


async def test_who_approves_sees_all_facts_and_which_the_case_has_changed(desk, signed_in):
    """What goes out stands on the page; what the case says otherwise by now is named."""
    phones = [decode(made.identifier(number)).canonical for number in range(60)]
    address = await kept(signed_in, phones)
    await asked(desk, signed_in, address)
    supervisor = await another(desk, "Chief One")
    page = (await supervisor.get(address)).text
    for label in (
        "Purpose",
        "Highest penalty in years",
        "Opened",
        "Crosses a border",
        "Sensitive",
        "Whom identifiers may belong to",
        "Aim",
    ):
        assert f"<dt>{label}</dt>" in page
    assert "its case says otherwise" not in page
    made_list = lists.kept_for_whoever(desk.store, address.split("/")[-1])
    newer = replace(made_list.new.facts, maximum_penalty_years=3)
    case_changes.remember(desk.store, made_list.account_id, made_list.case_id, newer, desk.clock())
    page = (await supervisor.get(address)).text
    assert "its case says otherwise: Highest penalty in years." in page


async def test_an_approval_lapses_after_a_day(desk, signed_in, officer):
    """What was right then may not be so any more."""
    phones = [decode(made.identifier(number)).canonical for number in range(60)]
    address = await kept(signed_in, phones)
    await asked(desk, signed_in, address)
    supervisor = await another(desk, "Chief One")
    await supervisor.post(f"{address}/verdict", page=address, finding="approved", reason="x")
    desk.client.session.clock.now_ms += 86_400_001
    again = served.Browser(desk, address="192.0.2.55")
    await again.sign_in(officer)
    page = await again.get(address)
    assert "The approval is older than a day." in page.text
    sent = await again.post(f"{address}/ask", page="/desk/lists/new")
    assert 409 == sent.status_code
    assert [] == desk.client.session.coordinators.sent


async def test_nobody_who_writes_to_the_disk_approves_a_list(desk, signed_in):
    """Neither by its state, nor by a verdict of their own, nor by an older one of another list."""
    phones = [decode(made.identifier(number)).canonical for number in range(60)]
    address = await kept(signed_in, phones)
    token = served.token_of((await signed_in.get(address)).text)
    for state in ("approved", "stopped", "ended"):
        desk.connection.execute("UPDATE kept_list SET state = ?", (state,))
        assert 409 == (await signed_in.post(f"{address}/ask", csrf=token)).status_code
    desk.connection.execute(
        "INSERT INTO list_verdict VALUES (?, 'approval', ?, 0, 'approved', X'00')",
        (address.split("/")[-1], "f" * 16),
    )
    assert 303 != (await signed_in.post(f"{address}/ask", csrf=token)).status_code
    assert [] == desk.client.session.coordinators.sent


async def test_what_is_declined_is_never_asked(desk, signed_in):
    """By no way."""
    phones = [decode(made.identifier(number)).canonical for number in range(60)]
    address = await kept(signed_in, phones)
    token = served.token_of((await signed_in.get(address)).text)
    await asked(desk, signed_in, address)
    supervisor = await another(desk, "Chief One")
    await supervisor.post(f"{address}/verdict", page=address, finding="declined", reason="x")
    assert 409 == (await signed_in.post(f"{address}/ask", csrf=token)).status_code
    assert "It was declined. Nothing was asked." in (await signed_in.get(address)).text
    assert [] == desk.client.session.coordinators.sent


async def test_another_list_is_not_asked_in_the_place_of_the_one_that_was_approved(desk, signed_in):
    """What lies on the disk is compared with what was confirmed, before anything is asked."""
    address = await kept(signed_in)
    other = await kept(signed_in, PHONES[:5], number="", case_id=case_of(desk))
    one, two = (each.split("/")[-1] for each in (address, other))
    directory = desk.home.path / "screenings"
    # Each is sealed to its own id; so the row of the desk is what can be bent.
    row = desk.connection.execute(
        "SELECT sealed FROM kept_list WHERE list_id = ?", (two,)
    ).fetchone()
    desk.connection.execute("UPDATE kept_list SET sealed = ? WHERE list_id = ?", (*row, one))
    assert 303 != (await signed_in.post(f"{address}/ask", page="/desk/lists/new")).status_code
    (directory / f"{two}.db").replace(directory / f"{one}.db")
    assert 303 != (await signed_in.post(f"{address}/ask", page="/desk/lists/new")).status_code
    assert [] == desk.client.session.coordinators.sent


async def test_what_lies_on_the_disk_is_compared_with_what_was_confirmed(desk, signed_in):
    """A list of another digest is not asked, whoever has put it there."""
    address = await kept(signed_in)
    confirmed = lists.kept_for_whoever(desk.store, address.split("/")[-1])
    with contextlib.closing(desk.client.look_at_screening(confirmed.list_id)) as look:
        assert confirmed.new.digest == digest_of_kept(look.board.listed)
    desk.connection.execute("DELETE FROM kept_list")
    desk.connection.execute("DELETE FROM salt WHERE owner = ?", (confirmed.list_id,))
    lists.keep(desk.store, replace(confirmed.new, digest=bytes(32)), desk.clock())
    sent = await signed_in.post(f"{address}/ask", page=address)
    assert 409 == sent.status_code
    assert "What lies on the disk is not the list that was confirmed." in sent.text
    assert [] == desk.client.session.coordinators.sent


def test_a_digest_names_identifiers_in_their_order_case_officer_and_nations():
    """Each change gives another one."""
    case = CASE_FACTS.case_of("1", "One")
    first = digest_of([b"a", b"b"], case, ["VN"])
    others = [
        digest_of([b"b", b"a"], case, ["VN"]),
        digest_of([b"ab"], case, ["VN"]),
        digest_of([b"a", b"b", b"b"], case, ["VN"]),
        digest_of([b"a", b"b"], case, ["VN", "LA"]),
        digest_of([b"a", b"b"], CASE_FACTS.case_of("1", "Two"), ["VN"]),
        digest_of([b"a", b"b"], CASE_FACTS.case_of("2", "One"), ["VN"]),
        digest_of([b"a", b"b"], replace(case, purpose="trafficking"), ["VN"]),
    ]
    assert 8 == len({first, *others})
    assert first == digest_of(iter([b"a", b"b"]), case, ("VN",))


async def test_a_threat_to_life_waits_for_nobody_and_is_reviewed(desk, signed_in):
    """Asked at once, however long; then a supervisor says what they find."""
    phones = [decode(made.identifier(number)).canonical for number in range(60)]
    address = await kept(signed_in, phones, purpose="threat to life")
    await asked(desk, signed_in, address)
    assert "40 identifiers were found." in (await signed_in.get(address)).text
    supervisor = await another(desk, "Chief One")
    assert f'href="{address}"' in (await supervisor.get("/desk/supervise")).text
    done = await supervisor.post(
        f"{address}/verdict", page=address, finding="justified", reason="A person was held."
    )
    assert 303 == done.status_code
    assert f'href="{address}"' not in (await supervisor.get("/desk/supervise")).text
    # The list is reviewed, and not each of its hits.
    opened = await signed_in.post(f"{address}/hits", page=address, place="0")
    one = f"/desk/supervise/reviews/{opened.headers['location'].split('/')[-1]}"
    again = await supervisor.post(one, page=address, finding="justified", reason="x")
    assert 409 == again.status_code


def case_of(desk):
    """Give the only case."""
    return desk.connection.execute("SELECT case_id FROM kept_case").fetchone()[0]


async def test_who_may_not_read_the_case_finds_no_list(desk, signed_in):
    """Page, lines, progress and every form: 404, as an address that does not exist."""
    address = await kept(signed_in)
    other = await another(desk, "Officer Two", "officer")
    token = served.token_of((await other.get("/desk/lists/new")).text)
    assert address not in (await other.get("/desk/lists")).text
    for page in ("", "/lines", "/progress"):
        assert 404 == (await other.get(f"{address}{page}")).status_code
    forms = {
        "ask": {},
        "stop": {},
        "discard": {},
        "hits": {"place": "0"},
        "report": {"form": "csv"},
    }
    for name, fields in forms.items():
        done = await other.post(f"{address}/{name}", csrf=token, **fields)
        assert 404 == done.status_code, name
    auditor = await another(desk, "Auditor One", "auditor")
    assert 403 == (await auditor.get(address)).status_code
    supervisor = await another(desk, "Chief One")
    assert 200 == (await supervisor.get(address)).status_code
    # They read it, and are no officers of the case.
    assert 422 == (await supervisor.post(f"{address}/ask", page=address)).status_code


async def test_a_list_that_was_not_asked_can_be_discarded(desk, signed_in):
    """Its screening, its row and its key are gone."""
    address = await kept(signed_in)
    done = await signed_in.post(f"{address}/discard", page=address)
    assert 303 == done.status_code
    assert 404 == (await signed_in.get(address)).status_code
    assert [] == desk.client.screenings()
    owner = address.split("/")[-1]
    found = desk.connection.execute("SELECT 1 FROM salt WHERE owner = ?", (owner,)).fetchall()
    assert [] == found


async def test_what_the_desk_was_asking_when_it_ended_is_interrupted_and_goes_on(desk, signed_in):
    """It says so, and asks only what has no answer; what was answered is not sent again."""
    address = await kept(signed_in)
    await asked(desk, signed_in, address)
    sent = len(desk.client.session.coordinators.sent)
    desk.connection.execute("UPDATE kept_list SET state = 'asking'")
    assert 1 == interrupted_lists.stop_unfinished(desk.store)
    page = (await signed_in.get(address)).text
    assert "It was interrupted when the desk stopped." in page
    assert "Go on with it" in page
    assert "20 identifiers were found." in page
    await asked(desk, signed_in, address)
    assert sent == len(desk.client.session.coordinators.sent)
    assert "ended" in (await signed_in.get(address)).text


async def test_a_closed_case_asks_no_list(desk, signed_in):
    """Neither anew nor further."""
    address = await kept(signed_in)
    token = served.token_of((await signed_in.get(address)).text)
    desk.connection.execute("UPDATE kept_case SET state = 'closed'")
    assert 422 == (await signed_in.post(f"{address}/ask", csrf=token)).status_code
    assert [] == desk.client.session.coordinators.sent
    assert "Ask now" not in (await signed_in.get(address)).text


async def test_progress_comes_in_lines_that_name_no_identifier(desk, signed_in):
    """To the end of the list, with numbers alone."""
    address = await kept(signed_in)
    await asked(desk, signed_in, address)
    answer = await signed_in.get(f"{address}/progress")
    lines = [json.loads(one) for one in answer.text.splitlines()]
    assert "end" == lines[-1]["type"]
    assert not any(phone in answer.text for phone in PHONES)


async def test_the_list_of_lists_shows_state_and_case(desk, signed_in):
    """And leads to each."""
    address = await kept(signed_in)
    page = (await signed_in.get("/desk/lists")).text
    assert f'href="{address}"' in page
    assert "not asked yet" in page
    assert "FIR 12/2026" in page
    await asked(desk, signed_in, address)
    assert "ended" in (await signed_in.get("/desk/lists")).text


async def test_a_screening_that_was_erased_leaves_a_page_that_says_so(desk, signed_in):
    """From the command line, whoever has the home can do it."""
    address = await kept(signed_in)
    await asked(desk, signed_in, address)
    desk.client.erase_screening(address.split("/")[-1])
    page = await signed_in.get(address)
    assert 200 == page.status_code
    assert "What the list held was erased." in page.text


async def test_what_a_case_says_by_now_is_not_taken_back_by_a_list(desk, signed_in):
    """A list goes out with what was confirmed, and changes nothing that was changed since."""
    address = await kept(signed_in)
    case = cases.read_any(desk.store, case_of(desk))
    newer = replace(case.facts, maximum_penalty_years=3)
    owner = accounts.find(desk.connection, "Officer One").account_id
    desk.client.session.clock.now_ms += 1_000
    case_changes.remember(desk.store, owner, case.case_id, newer, desk.clock())
    for _ in range(2):
        await asked(desk, signed_in, address)
        assert newer == cases.read_any(desk.store, case.case_id).facts


async def test_a_list_that_cannot_be_kept_is_said_and_can_be_kept_later(
    desk, signed_in, monkeypatch
):
    """On a full disk it is 507; nothing is left behind, and the same form works afterwards."""
    address = (await pasted(signed_in, "\n".join(PHONES))).headers["location"]
    page = (await signed_in.get(address)).text
    form = {"csrf": served.token_of(page), **READ, **as_read(page)}

    def no_room(*_what):
        raise full_disk.no_room()

    with monkeypatch.context() as full:
        full.setattr(lists, "keep", no_room)
        assert 507 == (await signed_in.post(address, **form)).status_code
    assert [] == list(desk.client.screenings())
    assert 303 == (await signed_in.post(address, **form)).status_code


async def test_what_is_missing_is_asked_once_its_cost_was_shown(desk, signed_in, monkeypatch):
    """Of a list that has ended too; where the cost is not known, nothing is offered."""
    address = await kept(signed_in)
    kept_list = lists.kept_for_whoever(desk.store, address.split("/")[-1])
    lists.begin(desk.store, kept_list, desk.clock())
    desk.connection.execute("UPDATE kept_list SET state = 'ended'")
    page = (await signed_in.get(address)).text
    assert "What is left costs and tells" in page
    assert "Ask what is missing" in page

    async def fails(*_what):
        raise BusyError("another program runs it")

    monkeypatch.setattr(Lists, "cost_of", fails)
    page = (await signed_in.get(address)).text
    assert "another program runs it" in page
    assert "Ask what is missing" not in page
    assert "Look again" in page
