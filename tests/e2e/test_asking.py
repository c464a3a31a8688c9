"""From a pasted message to answers, as an officer goes: paste, look, choose, ask, follow, claim."""

import csv
import io
import json
from urllib.parse import unquote

import pytest
from support.desk_asking import OPENED, ask, case_of, name_case, paste, word_of
from support.desk_users import PASSWORD, sign_in

from fedquery.identifiers import samples

HELD = "+84855501990"
ACCOUNT = "TH:004:9990019900"
ABSENT = "+66855501991"


def first_of(nation):
    """Give a phone of a nation that nobody holds."""
    return next(samples.drawn("phone", nation, lambda below: 1 % below)).canonical


@pytest.fixture
def officer(make_account):
    """Make the account of an officer."""
    return make_account()


@pytest.fixture
def signed_in(page, officer):
    """Sign the officer in."""
    page.goto("/desk/")
    sign_in(page, officer)
    return page


def test_a_newcomer_asks_five_nations_in_twelve_actions(page, officer):
    """Whoever has never seen the desk types, chooses and presses no more than that."""
    taken = []

    def act(does, *arguments):
        taken.append(does.__name__)
        does(*arguments)

    numbers = [HELD, ABSENT, *map(first_of, ("LA", "KH", "CN"))]
    page.goto("/desk/")
    # Signing in is what every day begins with; the actions are those of the question.
    sign_in(page, officer)
    act(page.click, "a[href='/desk/ask']")
    act(page.fill, "[name=pasted]", "They wrote from\n" + "\n".join(numbers))
    act(page.click, "main button[type=submit]")
    act(page.fill, "[name=number]", case_of(officer).number)
    act(page.select_option, "[name=purpose]", "fraud")
    act(page.fill, "[name=penalty]", "10")
    act(page.fill, "[name=opened]", OPENED)
    act(page.click, "main .actions button[type=submit]")
    act(page.click, "[action='/desk/questions'] button[type=submit]")
    page.wait_for_selector("a.to-proof")
    assert 5 == len(page.query_selector_all("table.matrix tbody tr"))
    assert ["hit", "no hit"] == [word_of(page, place, "VN") for place in (0, 1)]
    assert 12 >= len(taken)


def test_what_is_pasted_is_taken_apart_and_doubts_are_told(signed_in):
    """What is certain is ticked, what is doubtful is not, and each says what it is."""
    paste(signed_in, f"call {HELD}, pay {ACCOUNT}\nref 20261125\nagain {HELD}")
    shown = signed_in.inner_text("ol.chips")
    assert "phone number" in shown
    assert "bank account" in shown
    ticked = signed_in.eval_on_selector_all(
        "ol.chips li", "rows => rows.map(row => row.querySelector('[name=take]')?.checked)"
    )
    assert [True, True] == ticked[:2]
    # One was pasted twice, and is asked once.
    assert 1 == shown.count("Viet Nam")


def test_answers_say_what_each_nation_said(signed_in, officer):
    """A hit is a lead; a refusal names its rule; what is not held is told with its age."""
    ask(signed_in, f"{HELD}\n{ABSENT}", case_of(officer))
    assert "hit" == word_of(signed_in, 0, "VN")
    assert "no hit" == word_of(signed_in, 1, "VN")
    assert "refused" == word_of(signed_in, 0, "MM")
    shown = signed_in.inner_text("main")
    assert "A lead, not evidence: confirm with Viet Nam before acting." in shown
    assert "Only financial intelligence units may ask Myanmar" in shown
    assert "MM-90" in shown


def test_answers_come_without_a_script(open_window, officer):
    """The page reads itself again until all have come: nothing needs a script."""
    page = open_window(java_script_enabled=False)
    page.goto("/desk/")
    page.fill("[name=name]", officer.name)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", officer.code())
    page.click("main button[type=submit]")
    ask(page, HELD, case_of(officer))
    assert "hit" == word_of(page, 0, "VN")


def test_a_double_click_and_a_reload_are_one_question(signed_in, officer):
    """The same form sent twice shows the same answers; each nation counted it once."""
    paste(signed_in, HELD)
    name_case(signed_in, case_of(officer))
    signed_in.dblclick("[action='/desk/questions'] button[type=submit]")
    signed_in.wait_for_selector("a.to-proof")
    address = signed_in.url
    signed_in.reload()
    assert "hit" == word_of(signed_in, 0, "VN")
    signed_in.goto("/desk/cases")
    signed_in.click(f"text={case_of(officer).number}")
    links = signed_in.eval_on_selector_all(
        "a[href*='/desk/questions/']", "all => all.map(one => one.href.split('?')[0])"
    )
    assert {address} == set(links)


def test_a_hit_is_claimed_proved_and_exported(signed_in, officer):
    """The claim tells beforehand who will know; its result stays; the files are what was shown."""
    ask(signed_in, f"{HELD}\n{ABSENT}", case_of(officer))
    answers = signed_in.url
    signed_in.click("[data-cell='0-VN'] a.to-proof")
    proof = signed_in.inner_text("main")
    assert "verified" in proof
    assert "failed" not in proof
    with signed_in.expect_download() as download:
        signed_in.click("text=Download the receipt")
    receipt = download.value.path().read_bytes()
    assert HELD.lstrip("+").encode() not in receipt
    signed_in.goto(answers)
    signed_in.click("li.card:has-text('Viet Nam') >> text=Claim")
    assert "Viet Nam will then know" in signed_in.inner_text("main")
    signed_in.click("main button[type=submit]")
    signed_in.wait_for_selector("text=VN-2026-000000")
    signed_in.click("text=Print a request")
    letter = signed_in.inner_text("main")
    assert "Request about a record that you hold" in letter
    assert HELD.lstrip("+") not in letter.replace(" ", "")
    texts = {}
    for form in ("csv", "json"):
        signed_in.goto(f"{answers}/export")
        signed_in.check(f"[value={form}]")
        signed_in.check("[name=shown]")
        with signed_in.expect_download() as download:
            signed_in.click("main button[type=submit]")
        texts[form] = download.value.path().read_text(encoding="utf-8-sig")
        # The one file that may hold identifiers; the suite keeps none.
        download.value.delete()
    rows = list(csv.reader(io.StringIO(texts["csv"])))
    assert any(HELD in cell for row in rows for cell in row)
    assert HELD in json.dumps(json.loads(texts["json"]))


def test_the_keyboard_alone_is_enough(signed_in, officer):
    """Everything is reached with Tab, chosen with Space and arrows, and sent with Enter."""

    def tab_to(selector, most=80):
        for _ in range(most):
            if signed_in.evaluate(f"() => document.activeElement.matches({selector!r})"):
                return
            signed_in.keyboard.press("Tab")
        raise AssertionError(selector)

    def enter(waited_for):
        signed_in.keyboard.press("Enter")
        signed_in.wait_for_selector(waited_for)

    signed_in.goto("/desk/")
    tab_to("a[href='/desk/ask']")
    enter("[name=pasted]")
    tab_to("[name=pasted]")
    signed_in.keyboard.type(f"{HELD} ")
    tab_to("main button[type=submit]")
    enter("ol.chips")
    tab_to("[name=number]")
    signed_in.keyboard.type(case_of(officer).number)
    tab_to("[name=purpose]")
    signed_in.keyboard.type("fraud")
    tab_to("[name=penalty]")
    signed_in.keyboard.type("10")
    tab_to("[name=opened]")
    signed_in.keyboard.type("11212026")  # as American browsers write a day
    tab_to("main .actions button[type=submit]")
    enter("[action='/desk/questions']")
    tab_to("[action='/desk/questions'] button[type=submit]")
    enter("table.matrix")
    signed_in.wait_for_selector("a.to-proof, #all-came:not([hidden])")
    if signed_in.is_visible("#all-came"):
        tab_to("#all-came a")
        enter("a.to-proof")
    tab_to("[data-cell='0-VN'] a")
    enter("text=verified")


def test_no_identifier_is_in_an_address_a_title_or_what_the_browser_keeps(
    signed_in, officer, watch
):
    """What was typed is in bodies alone; nothing of it stays in the browser."""
    ask(signed_in, HELD, case_of(officer))
    titles = [signed_in.title()]
    signed_in.click("[data-cell='0-VN'] a.to-proof")
    titles.append(signed_in.title())
    kept = signed_in.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    seen = unquote(" ".join([*watch.addresses, *titles, kept, signed_in.url]))
    assert "855501990" not in seen
    assert case_of(officer).number not in seen
    assert "[{},{}]" == kept
