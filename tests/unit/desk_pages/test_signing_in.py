"""Signing in: name, password and code together, once, and not too often."""

import pytest
from unit.desk_pages import served

from fedquery.desk import accounts, cookies


async def test_a_page_wants_somebody_who_is_signed_in(browser):
    """Whoever is not is led to sign in, and back to the page; a program gets 401."""
    led = await browser.get("/desk/account")
    assert (303, "/desk/login?next=/desk/account") == (led.status_code, led.headers["location"])
    browser.headers["accept"] = "*/*"
    assert 401 == (await browser.get("/desk/account")).status_code


async def test_who_signs_in_sees_the_page(browser, officer):
    """Name, password and code of an account give its session and lead on."""
    led = await browser.sign_in(officer, following="/desk/account")
    assert (303, "/desk/account") == (led.status_code, led.headers["location"])
    page = await browser.get("/desk/account")
    assert 200 == page.status_code
    assert officer.name in page.text


@pytest.mark.parametrize("wrong", ["password", "code", "name"])
async def test_whatever_is_wrong_has_one_text(desk, browser, officer, wrong):
    """Of a wrong password, a wrong code and an unknown name nobody can tell which it was."""
    name = "Nobody" if wrong == "name" else officer.name
    typed = {
        "name": name,
        "password": "another four words" if wrong == "password" else served.PASSWORD,
        "code": "000000" if wrong == "code" else served.code(desk, officer),
        "next": "",
    }
    page = await browser.post("/desk/login", **typed)
    assert 401 == page.status_code
    assert cookies.SESSION not in browser.window.cookies
    assert "The name, the password or the code is not right." in page.text
    right = await browser.post("/desk/login", **{**typed, "name": "Somebody else"})
    assert served.token_of(page.text) == served.token_of(right.text)
    assert page.text.replace(name, "") == right.text.replace("Somebody else", "")


async def test_a_code_is_used_once(desk, browser, officer):
    """Whoever saw a code typed cannot use it, not in another browser either."""
    assert 303 == (await browser.sign_in(officer)).status_code
    other = served.Browser(desk, address="192.0.2.8")
    assert 401 == (await other.sign_in(officer)).status_code
    earlier, later = served.code(desk, officer, -1), served.code(desk, officer, 1)
    assert 401 == (await other.sign_in(officer, typed_code=earlier)).status_code
    assert 303 == (await other.sign_in(officer, typed_code=later)).status_code


async def test_a_disabled_account_signs_nobody_in(desk, browser, officer):
    """Its sessions end at once, and no other begins."""
    await browser.sign_in(officer)
    accounts.set_enabled(desk.connection, officer, enabled=False)
    assert 303 == (await browser.get("/desk/account")).status_code
    later = served.code(desk, officer, 1)
    assert 401 == (await browser.sign_in(officer, typed_code=later)).status_code
