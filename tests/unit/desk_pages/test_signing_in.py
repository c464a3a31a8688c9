"""Signing in: name, password and code together, once, and not too often."""

import asyncio
import contextlib
import re
from dataclasses import replace

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import CHEAPEST
from unit.desk_pages import served

from fedquery.desk import accounts, cookies, sessions
from fedquery.desk.refusals import LoginFailedError
from fedquery.desk.signing_in import SigningIn


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


async def test_the_sixth_try_waits(desk, browser, officer):
    """Also with the right password, and from another address; the page says for how long."""
    for _ in range(5):
        assert 401 == (await browser.sign_in(officer, password="wrong")).status_code  # noqa: S106 -- wrong
    for one in (browser, served.Browser(desk, address="192.0.2.8")):
        page = await one.sign_in(officer)
        assert (429, "30") == (page.status_code, page.headers["retry-after"])
        assert "Wait 30 seconds, then try again." in page.text
    desk.clock.now_ms += 30_000
    assert 303 == (await browser.sign_in(officer)).status_code


async def test_signing_in_begins_to_count_anew(browser, officer):
    """For the account and for the address: who mistypes now and then does not wait."""
    for _ in range(4):
        assert 401 == (await browser.sign_in(officer, password="wrong")).status_code  # noqa: S106 -- wrong
    assert 303 == (await browser.sign_in(officer)).status_code
    await browser.post("/desk/logout", page="/desk/account")
    for _ in range(5):
        assert 401 == (await browser.sign_in(officer, password="wrong")).status_code  # noqa: S106 -- wrong
    assert 429 == (await browser.sign_in(officer, password="wrong")).status_code  # noqa: S106 -- wrong


async def fail(desk, officer, times, address="192.0.2.66"):
    """Try an account in vain from a browser that nobody has signed in with."""
    stranger = served.Browser(desk, address=address)
    return [
        (await stranger.sign_in(officer, password="wrong")).status_code  # noqa: S106 -- wrong
        for _ in range(times)
    ]


async def test_others_failures_keep_nobody_waiting_in_their_own_browser(desk, browser, officer):
    """Neither those at the account nor those from the address; elsewhere they do."""
    await browser.sign_in(officer)
    await browser.post("/desk/logout", page="/desk/account")
    assert [401] * 5 + [429] == await fail(desk, officer, 6)
    assert [429] == await fail(desk, officer, 1, browser.address)
    elsewhere = served.Browser(desk, address=browser.address)
    later = served.code(desk, officer, 1)
    assert 429 == (await elsewhere.sign_in(officer, typed_code=later)).status_code
    assert 303 == (await browser.sign_in(officer, typed_code=later)).status_code
    # And what they wait for is not over by that.
    assert [429] == await fail(desk, officer, 1)


async def test_a_known_browser_has_five_tries_of_its_own(desk, browser, officer):
    """Whoever sits at it, or has taken its cookie, guesses no longer than anybody else."""
    await browser.sign_in(officer)
    await browser.post("/desk/logout", page="/desk/account")
    tried = [
        (await browser.sign_in(officer, password="wrong")).status_code  # noqa: S106 -- wrong
        for _ in range(7)
    ]
    assert [401] * 5 + [429] * 2 == tried
    # Others are not kept waiting by it either.
    elsewhere = served.Browser(desk, address="192.0.2.8")
    later = served.code(desk, officer, 1)
    assert 303 == (await elsewhere.sign_in(officer, typed_code=later)).status_code


async def test_a_browser_is_known_for_its_own_people_alone(desk, browser, officer):
    """An officer's own cookie is no way to try a colleague's account more often."""
    await browser.sign_in(officer)
    await browser.post("/desk/logout", page="/desk/account")
    colleague = served.account(desk, "Officer Two")
    assert [401] * 5 == await fail(desk, colleague, 5)
    assert 429 == (await browser.sign_in(colleague)).status_code
    nobody = replace(officer, name="Nobody")
    tried = [(await browser.sign_in(nobody)).status_code for _ in range(6)]
    assert [401] * 5 + [429] == tried


async def test_signing_out_keeps_the_browser_known(browser, officer):
    """Its cookie names nobody, and stays when the session goes."""
    await browser.sign_in(officer)
    kept = browser.window.cookies[cookies.BROWSER]
    assert browser.window.cookies[cookies.SESSION] != kept
    await browser.post("/desk/logout", page="/desk/account")
    assert kept == browser.window.cookies[cookies.BROWSER]
    assert 303 == (await browser.get("/desk/account")).status_code


async def test_an_address_that_tries_many_accounts_waits(desk, browser):
    """One password tried at many names is counted like many tried at one."""
    people = [served.account(desk, f"Officer {number}") for number in range(6)]
    for one in people[:5]:
        assert 401 == (await browser.sign_in(one, password="wrong")).status_code  # noqa: S106 -- wrong
    assert 429 == (await browser.sign_in(people[5])).status_code
    other = served.Browser(desk, address="192.0.2.8")
    assert 303 == (await other.sign_in(people[5])).status_code


async def test_tries_that_come_at_once_are_counted_too(desk, browser, officer):
    """Of twenty, five are looked at: counting comes before comparing."""
    token = served.token_of((await browser.get("/desk/login")).text)
    typed = {"name": officer.name, "password": "wrong", "code": "1", "next": ""}
    pages = await asyncio.gather(
        *(browser.post("/desk/login", csrf=token, **typed) for _ in range(20))
    )
    assert [401] * 5 + [429] * 15 == sorted(page.status_code for page in pages)


async def test_a_name_that_nobody_has_costs_the_same_work(session):
    """One password is compared, with the same parameters, for known and unknown names alike."""
    compared = []

    class Counting(PasswordHasher):
        def verify(self, kept, password):
            compared.append(extract_parameters(kept))
            return super().verify(kept, password)

    hasher = Counting.from_parameters(CHEAPEST)
    desk = served.desk_of(session, hasher=hasher)
    with contextlib.closing(desk.connection):
        account = served.account(desk)
        browser = served.Browser(desk)
        await browser.sign_in(account, password="wrong")  # noqa: S106 -- wrong
        accounts.set_enabled(desk.connection, account, enabled=False)
        await browser.sign_in(account)
        await browser.sign_in(replace(account, name="Nobody"))
    assert 3 == len(compared)
    assert 1 == len({repr(one) for one in compared})


async def test_who_is_reset_while_signing_in_is_not_signed_in(desk, officer, monkeypatch):
    """What was compared was the old password."""
    signing = SigningIn(desk)
    code = served.code(desk, officer)

    def fits(*_arguments):
        secret = accounts.code_secret(desk.store.key, officer)
        made = accounts.Credentials(served.CHEAP.hash("another four words"), secret)
        accounts.reset(desk.connection, desk.store.key, officer, made, desk.random)
        return True

    monkeypatch.setattr("fedquery.desk.signing_in.passwords.fits", fits)
    with pytest.raises(LoginFailedError):
        await signing.sign_in(officer.name, served.PASSWORD, code, "192.0.2.7")


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example/",
        "//evil.example",
        "/desk/../v1",
        "/v1/lookups",
        "/desk/\\x",
        "/desk/?a=//elsewhere.example",
    ],
)
async def test_signing_in_leads_to_pages_of_the_desk_alone(browser, officer, following):
    """Nobody is sent elsewhere by an address that somebody gave them."""
    led = await browser.sign_in(officer, following=following)
    assert "/desk/" == led.headers["location"]


async def test_the_cookie_of_a_session_is_tied_to_host_and_browser(browser, officer):
    """As `__Host-` wants it; the one from before signing in is taken back."""
    led = await browser.sign_in(officer)
    session, known, visit = led.headers.get_list("set-cookie")
    for cookie, wanted, more in (
        (session, cookies.SESSION, set()),
        (known, cookies.BROWSER, {"Max-Age=15552000"}),
    ):
        name, _, rest = cookie.partition("=")
        assert wanted == name
        flags = {part.strip() for part in rest.split(";")[1:]}
        assert {"HttpOnly", "Path=/", "SameSite=strict", "Secure", *more} == flags
    assert visit.startswith(f'{cookies.VISIT}=""; ')
    assert "Max-Age=0" in visit


async def test_signing_out_ends_the_session_and_what_the_browser_keeps(desk, browser, officer):
    """The cookie is no use any more, wherever else it is."""
    await browser.sign_in(officer)
    kept = browser.window.cookies[cookies.SESSION]
    led = await browser.post("/desk/logout", page="/desk/account")
    assert (303, "/desk/login") == (led.status_code, led.headers["location"])
    assert '"cache", "storage"' == led.headers["clear-site-data"]
    assert cookies.SESSION not in browser.window.cookies
    again = served.Browser(desk)
    again.window.cookies.set(cookies.SESSION, kept)
    assert 303 == (await again.get("/desk/account")).status_code


async def test_a_page_that_looks_learns_when_its_session_has_ended(desk, browser, officer):
    """And prolongs nothing by looking."""
    assert 401 == (await browser.get("/desk/session")).status_code
    await browser.sign_in(officer)
    for _ in range(15):
        assert 204 == (await browser.get("/desk/session")).status_code
        desk.clock.now_ms += 60_000
    assert 401 == (await browser.get("/desk/session")).status_code


async def test_sessions_are_listed_and_ended(desk, browser, officer):
    """One's own alone; the one that was ended has to sign in again."""
    await browser.sign_in(officer)
    other = served.Browser(desk, address="192.0.2.9")
    await other.sign_in(officer, typed_code=served.code(desk, officer, 1))
    page = (await browser.get("/desk/account")).text
    assert {"192.0.2.7", "192.0.2.9"} == set(re.findall(r"192[.0-9]+", page))
    assert 1 == page.count("(this session)")
    stranger = served.Browser(desk, address="192.0.2.10")
    await stranger.sign_in(served.account(desk, "Officer Two"))
    (theirs,) = sessions.of_account(
        desk.connection, visitor(desk, stranger).account_id, desk.clock()
    )
    found = await browser.post(
        "/desk/account/sessions", page="/desk/account", session=theirs.session_id
    )
    assert 404 == found.status_code
    ended = visitor(desk, other).session_id
    await browser.post("/desk/account/sessions", page="/desk/account", session=ended)
    assert 303 == (await other.get("/desk/account")).status_code
    assert 200 == (await stranger.get("/desk/account")).status_code


def visitor(desk, browser):
    """Say whose session a browser has."""
    token = browser.window.cookies[cookies.SESSION]
    return sessions.visitor_of(desk.connection, desk.store.key, token, desk.clock())
