"""What follows an answer: proof, claim, request, export; once, in the desk's own pages alone."""

import csv
import http.client
import io
import json
from urllib.parse import urlsplit

import pytest
from support.desk_asking import ask, case_of, name_case, paste, word_of
from support.desk_users import sign_in

HELD = "+84855501990"
ABSENT = "+66855501991"
TAGS = "<script>document.title = 'taken'</script>\"><img src=x onerror=\"document.title='taken'\">"


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
    signed_in.click("main button[type=submit]")
    signed_in.wait_for_selector("article.letter")
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


def test_tags_in_a_case_are_a_text(signed_in):
    """A title that is a script is shown as it was typed, wherever it stands, and does nothing."""
    signed_in.goto("/desk/cases/new")
    signed_in.fill("[name=number]", TAGS)
    signed_in.fill("[name=title]", TAGS)
    signed_in.click("main button[type=submit]")
    signed_in.wait_for_selector("text=Timeline")
    for address in (signed_in.url, "/desk/cases"):
        signed_in.goto(address)
        assert TAGS in signed_in.inner_text("main")
        assert 0 == signed_in.locator("main img, main script").count()
        assert "taken" not in signed_in.title()


def status_at(origin, path, host):
    """Ask for a page under the name of a host, as no browser does."""
    where = urlsplit(origin)
    line = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    try:
        line.request("GET", path, headers={"host": host, "accept": "text/html"})
        return line.getresponse().status
    finally:
        line.close()


def test_a_host_that_is_not_served_gets_nothing(origin):
    """A name that somebody bent to this address (DNS rebinding) shows no page."""
    port = urlsplit(origin).port
    assert 200 == status_at(origin, "/desk/login", f"127.0.0.1:{port}")
    for host in ("desk.evil.example", f"127.0.0.1.evil.example:{port}"):
        assert 400 == status_at(origin, "/desk/login", host)
