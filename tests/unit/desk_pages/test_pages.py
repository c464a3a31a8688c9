"""Pages: whatever was typed is text, nothing is inline, and each language has each of them."""

import re

import pytest
from unit.desk_pages import served

from fedquery.desk.language import LANGUAGES

SCRIPT = "<script>alert(1)</script>"
QUOTED = '"><img src=x onerror=alert(1)>'


async def texts(desk, browser, name="Officer One"):
    """Give every page of the ground, before and behind the door."""
    account = served.account(desk, name, "supervisor")
    found = [await browser.get("/desk/login"), await browser.sign_in(account, password="wrong")]  # noqa: S106 -- wrong
    await browser.sign_in(account)
    found += [await browser.get(path) for path in ("/desk/", "/desk/account", "/desk/nothing")]
    return [page.text for page in found]


@pytest.mark.parametrize("name", [SCRIPT, QUOTED, "{{ 7 * 7 }}", "%(agency)s"])
async def test_what_was_typed_is_text(desk, browser, name):
    """Wherever a page shows a name, in text and in attributes."""
    pages = await texts(desk, browser, name)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "49" not in re.sub(r'value="[^"]*"|static/[0-9a-f]+', "", page)
    assert sum(page.count("&lt;script&gt;") for page in pages) >= 3 * (name == SCRIPT)


async def test_no_page_has_a_script_or_style_of_its_own(desk, browser):
    """What the policy would forbid is not there, and every address is of this desk."""
    for page in await texts(desk, browser):
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=|javascript:", page)
        for address in re.findall(r' (?:src|href|action)="([^"]*)"', page):
            assert re.fullmatch(r"/desk/[A-Za-z0-9./?=-]*|#[a-z-]+", address), address


async def test_a_page_of_a_training_federation_says_so(desk, browser, monkeypatch):
    """Every one, by the list that the nations signed; and none of another federation."""
    assert desk.training
    for page in await texts(desk, browser):
        assert "Training: no real records." in page
    monkeypatch.setattr(type(desk), "training", False)
    assert "Training" not in (await browser.get("/desk/login")).text


@pytest.mark.parametrize("tag", LANGUAGES)
async def test_each_page_is_there_in_each_language(desk, browser, tag):
    """By the browser's wish, before anybody has chosen."""
    browser.headers["accept-language"] = f"{LANGUAGES[tag].html},en;q=0.1"
    for page in await texts(desk, browser):
        assert f'<html lang="{LANGUAGES[tag].html}">' in page
        assert "UndefinedError" not in page


async def test_titles_and_addresses_hold_nothing_that_was_typed(desk, browser):
    """A title stands in the history of a browser and in its windows."""
    for page in await texts(desk, browser, "Officer 55501234"):
        (title,) = re.findall(r"<title>([^<]*)</title>", page)
        assert not re.search(r"[0-9]", title)
        assert "55501234" not in " ".join(re.findall(r' (?:href|action)="([^"]*)"', page))


async def test_fields_are_not_remembered_by_the_browser(browser):
    """No form offers what another officer typed."""
    page = (await browser.get("/desk/login")).text
    fields = re.findall(r"<(?:input|textarea)[^>]*>", page)
    typed = [one for one in fields if 'type="hidden"' not in one]
    assert 3 == len(typed)
    assert all('autocomplete="off"' in one for one in typed)
