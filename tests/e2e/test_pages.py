"""Every page that links lead to: wide and narrow, by day and night, accessible, kept as pictures.

A walk follows the links of the desk from page to page, one page of each sort, so that a new page is
looked at without being named here.
"""

import re
from urllib.parse import urlsplit

import pytest
from support.desk_asking import ask_now, case_of, name_case, paste
from support.desk_users import sign_in
from support.desk_watch import WIDTHS, keep_picture, violations, wider_than_the_window

from fedquery.desk.language import ENGLISH, LANGUAGES

TEXT = "+84855501990\n+66855501991\nTH:004:9990019900\nref 20261125"
ID = re.compile(r"[0-9a-f]{16,}")
# What there must be for each role, so that a link that is lost is noticed.
OFFICER = {
    "/desk/",
    "/desk/account",
    "/desk/ask",
    "/desk/lists",
    "/desk/lists/new",
    "/desk/cases",
    "/desk/cases/new",
    "/desk/cases/ID",
    "/desk/cases/ID/facts",
    "/desk/questions/ID",
    "/desk/questions/ID/proof",
    "/desk/questions/ID/claim/ID",
    "/desk/questions/ID/letter/ID",
    "/desk/questions/ID/export",
}


def sort_of(address):
    """Give the sort of a page: its path, whatever its ids are."""
    return ID.sub("ID", urlsplit(address).path)


def go(page, address):
    """Go to a page, and give the name of its pictures."""
    assert 200 == page.goto(address).status, sort_of(address)
    return sort_of(address).removeprefix("/desk").strip("/").replace("/", "-") or "first"


def links_of(page):
    """List the pages that a page links to; files to download are none."""
    return page.eval_on_selector_all(
        "a[href^='/desk/']:not([href$='.json'])", "all => all.map(one => one.getAttribute('href'))"
    )


def look(page, address):
    """Look at a page in each width and colour scheme, and give the pages that it links to."""
    name = go(page, address)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            keep_picture(page, f"{name}-{scheme}-{width}")
            assert 0 == wider_than_the_window(page), (name, width)
        assert [] == violations(page), (name, scheme)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    assert [] == violations(page), (name, WIDTHS[0])
    return links_of(page)


def look_narrow(page, address):
    """Look at a page as a phone shows it, and give the pages that it links to."""
    name = go(page, address)
    keep_picture(page, f"{name}-{page.get_attribute('html', 'lang')}")
    assert 0 == wider_than_the_window(page), name
    return links_of(page)


def walk(page, first, look=look):
    """Follow links from page to page, and give the sorts of pages that were looked at."""
    seen, waiting = set(), [*first]
    while waiting:
        address = waiting.pop(0)
        if sort_of(address) not in seen:
            seen.add(sort_of(address))
            waiting += look(page, address)
    return seen


@pytest.fixture(scope="module")
def asked(origin, chromium, make_account):
    """Have an officer ask a question, and give the account and the addresses of its pages."""
    user = make_account()
    page = chromium.new_page(base_url=origin)
    page.goto("/desk/")
    sign_in(page, user)
    paste(page, TEXT)
    addresses = [page.url]
    name_case(page, case_of(user))
    addresses.append(page.url)
    # Another draft stays: this one becomes the question.
    ask_now(page)
    addresses.append(page.url)
    paste(page, TEXT)
    addresses[0] = page.url
    state = page.context.storage_state()
    page.context.close()
    return state, addresses


def test_pages_of_an_officer(open_window, asked):
    """Nothing serious is found by axe-core, no page scrolls sideways, no link is dead."""
    state, (draft, _, question) = asked
    page = open_window(storage_state=state)
    seen = walk(page, [draft, question, "/desk/"])
    assert seen >= {*OFFICER, "/desk/ask/ID"}


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        ("supervisor", {"/desk/supervise", "/desk/federation", "/desk/audit"}),
        ("auditor", {"/desk/federation", "/desk/audit", "/desk/audit/figures"}),
    ],
)
def test_pages_of_other_roles(page, make_account, role, wanted):
    """The same holds for whoever looks over questions, or over logs."""
    page.goto("/desk/")
    sign_in(page, make_account(role))
    assert {"/desk/", "/desk/account", *wanted} <= walk(page, ["/desk/"])


@pytest.mark.parametrize("tag", sorted(set(LANGUAGES) - {ENGLISH}))
def test_pages_fit_a_phone_in_each_language(open_window, asked, tag):
    """Words of other lengths, and words without spaces between them, make no page too wide."""
    state, (draft, _, question) = asked
    page = open_window(storage_state=state, viewport={"width": WIDTHS[0], "height": 900})
    page.goto("/desk/")
    page.select_option("[name=language]", tag)
    page.click("footer button")
    page.wait_for_selector(f"html[lang={LANGUAGES[tag].html}]")
    assert walk(page, [draft, question, "/desk/"], look_narrow) >= OFFICER
