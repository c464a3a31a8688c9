"""The first pages in a real browser: every language, every width, by day and by night."""

import pytest
from support.desk_users import sign_in
from support.desk_watch import WIDTHS, keep_picture, violations, wider_than_the_window

from fedquery.desk.language import LANGUAGES


@pytest.mark.parametrize("tag", LANGUAGES)
def test_letters_of_each_language_are_shown(open_window, tag):
    """The fonts of the desk are fetched and used for each script that needs them."""
    page = open_window(locale=LANGUAGES[tag].html)
    page.goto("/desk/login")
    assert LANGUAGES[tag].html == page.get_attribute("html", "lang")
    page.evaluate("() => document.fonts.ready")
    loaded = page.evaluate(
        "() => [...document.fonts].filter(one => one.status === 'loaded').map(one => one.family)"
    )
    for language, family in (("th", "Thai"), ("lo", "Lao"), ("km", "Khmer"), ("my", "Burmese")):
        # The switch of languages names each language in its own letters.
        assert f"Desk {family}" in [one.strip('"') for one in loaded], language
    keep_picture(page, f"login-{tag}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_first_pages_fit_and_are_accessible(open_window, make_account, width, scheme):
    """Nothing serious is found by axe-core, and no page scrolls sideways."""
    page = open_window(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto("/desk/")
    for name in ("login", "first", "account"):
        if name == "first":
            sign_in(page, make_account())
        if name == "account":
            page.goto("/desk/account")
        keep_picture(page, f"{name}-{scheme}-{width}")
        assert [] == violations(page), name
        assert 0 == wider_than_the_window(page), name


def test_what_is_inaccessible_is_noticed(page):
    """The check above sees a picture without a text, in spite of the policy of the page."""
    page.goto("/desk/login")
    page.evaluate("() => document.querySelector('main').append(document.createElement('img'))")
    assert "image-alt" in [rule for rule, _, _ in violations(page)]


def test_the_language_is_switched_on_the_page(officer_page):
    """The switch works without a word of English, and the account keeps it."""
    officer_page.select_option("[name=language]", "lo")
    officer_page.click("footer button")
    officer_page.wait_for_selector("html[lang=lo]")
    officer_page.goto("/desk/account")
    assert "lo" == officer_page.get_attribute("html", "lang")
