"""Each page speaks the language of whoever looks at it, and says whether that was reviewed."""

import pytest
from unit.desk_pages import served

from fedquery.desk.language import ENGLISH, LANGUAGES
from fedquery.desk.own_pages import page_of_ours

UNREVIEWED = "This translation has not been reviewed."


def language_of(page):
    """Say which language a page is in."""
    return page.text.split('<html lang="')[1].split('"')[0]


async def switch(browser, tag, page="/desk/login", following=None):
    """Choose a language at the foot of a page."""
    following = page if following is None else following
    return await browser.post("/desk/language", page=page, language=tag, next=following)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
async def test_the_page_to_sign_in_speaks_what_the_browser_asks_for(desk, browser, language):
    """Before anybody is known the browser's language counts; the footer says what is unreviewed."""
    page = await browser.get("/desk/login", **{"accept-language": f"{language.html},de;q=0.9"})
    assert language.html == language_of(page) == page.headers["content-language"]
    catalogue = desk.catalogues[language.tag]
    assert catalogue.gettext("Sign in") in page.text
    said = catalogue.gettext(UNREVIEWED) in page.text
    assert said == (language.tag != ENGLISH) == (not catalogue.reviewed)


async def test_a_language_that_was_chosen_stays(browser):
    """The browser keeps it for the page to sign in, against what it asks for."""
    led = await switch(browser, "lo")
    assert (303, "/desk/login") == (led.status_code, led.headers["location"])
    page = await browser.get("/desk/login", **{"accept-language": "vi"})
    assert "lo" == language_of(page)


async def test_an_account_keeps_its_language(desk, browser, officer):
    """Another machine shows it as well, once its officer has signed in there."""
    await browser.sign_in(officer)
    await switch(browser, "km", page="/desk/account")
    assert "km" == language_of(await browser.get("/desk/account"))
    other = served.Browser(desk, address="192.0.2.8")
    code = served.code(desk, officer, 1)
    assert 303 == (await other.sign_in(officer, typed_code=code)).status_code
    assert "km" == language_of(await other.get("/desk/account"))


async def test_a_language_that_is_none_of_ours_is_refused(browser):
    """No page of ours sends another."""
    assert 400 == (await switch(browser, "fr")).status_code


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/desk/account", "/desk/account"),
        ("https://elsewhere.example/", "/desk/"),
        ("//elsewhere.example/desk/", "/desk/"),
        ("/desk/logout", "/desk/"),  # an address that only forms have
        ("/desk/nothing", "/desk/"),
        ("/desk/account?place=1&nation=VN", "/desk/account?place=1&nation=VN"),
        ("/desk/account?next=//elsewhere.example", "/desk/"),
        ("", "/desk/"),
    ],
)
async def test_the_switch_leads_back_to_a_page_of_ours(browser, address, expected):
    """It leads to no page of others, and to no address that cannot be read."""
    led = await switch(browser, "th", following=address)
    assert (303, expected) == (led.status_code, led.headers["location"])


def test_addresses_of_others_are_not_ours():
    """Nothing that a browser could take for another host passes."""
    for address in ("/\\elsewhere", "/desk/\\..", "/desk/%2e%2e", "/desk/a\n", "javascript:1", "/"):
        assert "/desk/" == page_of_ours(address)


async def test_a_page_names_itself_for_the_switch(browser, officer):
    """The parameters of a page stay when its language is changed."""
    await browser.sign_in(officer)
    page = await browser.get("/desk/account?place=1")
    assert 'name="next" value="/desk/account?place=1"' in page.text
