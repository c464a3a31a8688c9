"""The pages of cases: begun, read by whoever may, noted in, shared, closed; as forms alone."""

import pytest
from unit.desk_pages import asked, served

from fedquery.ask.case_store import read_case
from fedquery.desk import acts, cases, notes
from fedquery.desk.kept_case import CaseError


@pytest.fixture
async def page(desk, browser, officer):
    """Sign the officer in."""
    await browser.sign_in(officer)
    return browser


@pytest.fixture
async def case(desk, officer):
    """Begin a case."""
    return asked.begun(desk, officer)


async def another(desk, name="Officer Two", role="officer", address="192.0.2.9"):
    """Sign somebody else in, from elsewhere."""
    account = served.account(desk, name, role)
    browser = served.Browser(desk, address=address)
    await browser.sign_in(account)
    return account, browser


async def test_a_case_is_begun_and_listed(page):
    """The form leads to its page, and the list has it with its title."""
    done = await page.post("/desk/cases/new", number="FIR 12/2026", title="Call centre")
    assert 303 == done.status_code
    shown = await page.get(done.headers["location"])
    assert "FIR 12/2026" in shown.text
    listed = await page.get("/desk/cases")
    assert all(text in listed.text for text in ("FIR 12/2026", "Call centre", "Officer One"))


@pytest.mark.parametrize(
    ("number", "title", "message"),
    [
        ("", "", "Write the number of the case in one line"),
        ("x" * 201, "", "Write the number of the case in one line"),
        ("1", "x" * 121, "Write the title in one line"),
        ("FIR 12/2026", "", "There is a case of this number already."),
    ],
)
async def test_what_is_wrong_stands_beside_the_field(page, case, number, title, message):
    """What was typed stays in the page, and nowhere else."""
    done = await page.post("/desk/cases/new", number=number, title=title)
    assert 422 == done.status_code
    assert message in done.text
    assert f'value="{number}"' in done.text


async def test_a_long_list_has_pages(desk, page, officer):
    """Each case stands on one of them; a page that is not there is the first."""
    numbers = [f"<{number}>" for number in range(51)]
    for number in numbers:
        asked.begun(desk, officer, number=number, title="")
    first, second, ninth, odd = [
        (await page.get(f"/desk/cases{query}")).text.partition("</main>")[0]
        for query in ("", "?page=2", "?page=9", "?page=-1")
    ]
    found = [[f"&lt;{number}&gt;" in text for number in range(51)] for text in (first, second)]
    assert [True] * 51 == [one != other for one, other in zip(*found, strict=True)]
    assert ("?page=2" in first, "?page=1" in second) == (True, True)
    assert first == ninth == odd


async def test_a_long_timeline_is_shown_in_parts(desk, page, case, officer):
    """The newest first, and all of it where that is wanted."""
    for number in range(60):
        note = (f"{number:016x}", f"note {number}.")
        notes.write(desk.store, officer, case.case_id, note, desk.clock())
    short = (await page.get(f"/desk/cases/{case.case_id}")).text
    whole = (await page.get(f"/desk/cases/{case.case_id}?all=1")).text
    assert ("note 59." in short, "note 0." in short, "11 more" in short) == (True, False, True)
    assert ("note 59." in whole, "note 0." in whole, "more)" in whole) == (True, True, False)


async def test_a_title_is_a_text_wherever_it_stands(page):
    """Neither a script nor a tag of it takes effect."""
    title = "<script>alert(1)</script><b>"
    done = await page.post("/desk/cases/new", number="9", title=title)
    for address in (done.headers["location"], "/desk/cases"):
        text = (await page.get(address)).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;" in text


@pytest.mark.parametrize(
    "address",
    ["/desk/cases/{0}", "/desk/cases/{0}/cards", "/desk/cases/{0}/facts"],
)
async def test_whoever_is_not_of_a_case_finds_no_page(desk, page, case, address):
    """It looks like one that does not exist."""
    _, other = await another(desk)
    denied = await other.get(address.format(case.case_id))
    missing = await other.get(address.format("0" * 16))
    assert 404 == denied.status_code == missing.status_code
    assert served.token_of(denied.text) in denied.text
    assert denied.text.replace(case.case_id, "") == missing.text.replace("0" * 16, "")
    assert case.number not in (await other.get("/desk/cases")).text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("notes", {"note_id": "1" * 16, "note": "text"}),
        ("members", {"account_id": "1" * 16, "what": "add"}),
        ("close", {"sure": "1"}),
        ("cards/file", {}),
    ],
)
async def test_whoever_is_not_of_a_case_does_nothing_in_it(desk, case, officer, path, fields):
    """Each form is refused as if the case were not there."""
    _, other = await another(desk)
    done = await other.post(f"/desk/cases/{case.case_id}/{path}", page="/desk/cases", **fields)
    assert 404 == done.status_code
    assert case == cases.read(desk.store, officer, case.case_id)


async def test_an_auditor_has_no_page_of_cases(desk, case):
    """Not the list either."""
    _, auditor = await another(desk, "Auditor", "auditor")
    assert 403 == (await auditor.get("/desk/cases")).status_code
    assert 403 == (await auditor.get(f"/desk/cases/{case.case_id}")).status_code


async def test_a_note_is_written_once(desk, page, case, officer):
    """Also where its form is sent twice."""
    for _ in range(2):
        done = await page.post(
            f"/desk/cases/{case.case_id}/notes",
            page=f"/desk/cases/{case.case_id}",
            note_id="1" * 16,
            note="Spoke to the bank.\nThey call back.",
        )
        assert 303 == done.status_code
    assert 1 == len(notes.of_case(desk.store, officer, case.case_id))
    assert "Spoke to the bank." in (await page.get(f"/desk/cases/{case.case_id}")).text


async def test_a_note_that_is_too_long_stays_in_the_page(desk, page, case, officer):
    """It is neither cut nor lost."""
    text = "x" * 4_001
    done = await page.post(
        f"/desk/cases/{case.case_id}/notes",
        page=f"/desk/cases/{case.case_id}",
        note_id="1" * 16,
        note=text,
    )
    assert 422 == done.status_code
    assert text in done.text
    assert [] == notes.of_case(desk.store, officer, case.case_id)


async def test_an_officer_is_added_and_taken_out(desk, page, case):
    """The case opens for them, and closes again."""
    account, other = await another(desk)
    address = f"/desk/cases/{case.case_id}"
    assert "Officer Two" in (await page.get(address)).text
    for what, status in (("add", 200), ("remove", 404)):
        fields = {"account_id": account.account_id, "what": what}
        done = await page.post(f"{address}/members", page=address, **fields)
        assert 303 == done.status_code
        assert status == (await other.get(address)).status_code


async def test_an_auditor_is_not_added(desk, page, case):
    """Nor anybody who is not there: only those whom the page offers are."""
    auditor, _ = await another(desk, "Auditor", "auditor")
    address = f"/desk/cases/{case.case_id}"
    for account_id in (auditor.account_id, "f" * 16):
        fields = {"account_id": account_id, "what": "add"}
        await page.post(f"{address}/members", page=address, **fields)
    assert 1 == len(cases.read(desk.store, auditor_of(desk), case.case_id).members)


def auditor_of(desk):
    """Make somebody who reads every case."""
    return served.account(desk, "Supervisor", "supervisor")


async def test_a_supervisor_reads_and_adds_themselves(desk, page, case):
    """Until then they have no form to ask, note or close with."""
    account, supervisor = await another(desk, "Supervisor", "supervisor")
    address = f"/desk/cases/{case.case_id}"
    before = (await supervisor.get(address)).text
    assert f"{address}/notes" not in before
    fields = {"account_id": account.account_id, "what": "add"}
    await supervisor.post(f"{address}/members", page=address, **fields)
    assert f"{address}/notes" in (await supervisor.get(address)).text


async def test_a_case_is_closed_by_whoever_is_sure(desk, page, case, officer):
    """Once the box is ticked, with its cards; then nothing goes out from it any more."""
    address = f"/desk/cases/{case.case_id}"
    await make_cards(page, address)
    unsure = await page.post(f"{address}/close", page=address)
    assert 422 == unsure.status_code
    assert "open" == cases.read(desk.store, officer, case.case_id).state
    done = await page.post(f"{address}/close", page=address, sure="1")
    assert 303 == done.status_code
    with pytest.raises(CaseError):
        cases.read_to_act(desk.store, officer, case.case_id)
    assert "closed" == read_case(desk.home, case.number).state
    closed = (await page.get(address)).text
    assert "This case is closed." in closed
    assert f"{address}/notes" not in closed


CARDS = {
    "purpose": "fraud",
    "penalty": "10",
    "opened": "2026-01-02",
    "offence": "telecom fraud",
    "role": "suspect",
    "days": "90",
}


async def make_cards(page, address, **changed):
    """Send the form of cards."""
    return await page.post(f"{address}/cards", **(CARDS | changed))


async def test_cards_are_made_carried_and_taken_over(desk, page, case):
    """The file that is downloaded comes back, and its signatures count."""
    address = f"/desk/cases/{case.case_id}"
    assert 303 == (await make_cards(page, address)).status_code
    shown = (await page.get(f"{address}/cards")).text
    assert "telecom fraud" in shown
    file = await page.post(f"{address}/cards/file", page=f"{address}/cards")
    assert f'filename="TRAINING-case-{case.case_id}.json"' in file.headers["content-disposition"]
    assert read_case(desk.home, case.number).render() == file.content
    done = await page.window.post(
        f"{address}/cards/signed",
        data={"csrf": served.token_of(shown)},
        files={"file": ("case.json", file.content)},
        headers=page.headers,
    )
    assert 303 == done.status_code
    what = [one.what for one in acts.read(desk.connection, case.case_id)]
    assert ["begun", "cards", "carried", "cards"] == what
    assert "File to be signed downloaded" in (await page.get(address)).text


@pytest.mark.parametrize(
    "octets", [b"", b"{}", b"x" * 1000, None], ids=["nothing", "no case file", "noise", "another's"]
)
async def test_a_file_of_something_else_is_refused(desk, page, case, officer, octets):
    """Beside the field; the cards stay as they were."""
    address = f"/desk/cases/{case.case_id}"
    await make_cards(page, address)
    before = read_case(desk.home, case.number)
    if octets is None:
        other = asked.begun(desk, officer, number="2")
        await make_cards(page, f"/desk/cases/{other.case_id}")
        octets = read_case(desk.home, "2").render()
    token = served.token_of((await page.get(f"{address}/cards")).text)
    done = await page.window.post(
        f"{address}/cards/signed",
        data={"csrf": token},
        files={"file": ("case.json", octets)},
        headers=page.headers,
    )
    assert 422 == done.status_code
    assert before == read_case(desk.home, case.number)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("penalty", "ten"),
        ("opened", "2.1.2026"),
        ("offence", "fraud by +66 81 234 5678"),
        ("days", "367"),
        ("days", "many"),
    ],
)
async def test_facts_that_no_card_can_say_are_refused(desk, page, case, field, value):
    """Beside the field, with what was typed; no card is made."""
    address = f"/desk/cases/{case.case_id}"
    done = await make_cards(page, address, **{field: value})
    assert 422 == done.status_code
    assert f'id="e-{field}"' in done.text
    assert value in done.text
    assert read_case(desk.home, case.number) is None


async def test_the_timeline_counts_what_came(desk, page, case, officer):
    """By the words of the outcomes, and leads to the question."""
    question = await asked.ask(desk, officer, case)
    text = (await page.get(f"/desk/cases/{case.case_id}")).text
    assert f'href="/desk/questions/{question.question_id}"' in text
    assert "is-hit" in text
    assert "is-no-hit" in text
    assert all(one.shown not in text for one in question.asked)


async def test_no_page_of_a_case_has_its_number_in_the_title_or_address(page, case):
    """The history of the browser says nothing of it."""
    for address in ("/desk/cases", f"/desk/cases/{case.case_id}"):
        text = (await page.get(address)).text
        title = text.partition("<title>")[2].partition("</title>")[0]
        assert case.number not in title
        assert case.title not in title
