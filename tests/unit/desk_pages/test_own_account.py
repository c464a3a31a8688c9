"""One's own password and codes: changed by whoever proves who they are, not at an open page."""

import base64
import re

import pytest
from unit.desk_pages import served

from fedquery.desk import accounts, cookies, one_time_codes, renewing
from fedquery.desk.drafts import Draft
from fedquery.desk.renewing import LIFE_MS

NEW = "another four words of it"
ACCOUNT = "/desk/account"


@pytest.fixture
async def page(desk, browser, officer):
    """Sign the officer in, and let the code that was used be over."""
    await browser.sign_in(officer)
    desk.clock.now_ms += 60_000
    return browser


async def change(page, desk, officer, **other):
    """Send the form of another password."""
    fields = {"password": served.PASSWORD, "new": NEW, "again": NEW}
    fields["code"] = served.code(desk, accounts.read(desk.connection, officer.account_id))
    return await page.post(f"{ACCOUNT}/password", page=ACCOUNT, **{**fields, **other})


async def begin_codes(page, desk, officer, **other):
    """Send the form that wants another secret."""
    fields = {"password": served.PASSWORD, "code": served.code(desk, officer)}
    return await page.post(f"{ACCOUNT}/codes", page=ACCOUNT, **{**fields, **other})


def secret_of(text):
    """Read the secret that a page shows, as an authenticator takes it."""
    (written,) = re.findall(r'class="code">([A-Z2-7 ]+)<', text)
    return written


async def first_code(page, desk, text, code=None):
    """Type a code of the secret that a page shows."""
    step = one_time_codes.step_of(desk.clock())
    shown = base64.b32decode(secret_of(text).replace(" ", ""))
    typed = one_time_codes.code_at(shown, step) if code is None else code
    return await page.post(f"{ACCOUNT}/codes/first", page=ACCOUNT, code=typed)


async def elsewhere(desk, officer, password=served.PASSWORD):
    """Sign the officer in at another machine."""
    desk.clock.now_ms += 60_000
    other = served.Browser(desk, address="192.0.2.8")
    fresh = accounts.read(desk.connection, officer.account_id)
    done = await other.sign_in(fresh, password=password)
    return other, done.status_code


async def test_a_password_is_changed_and_signs_in(desk, page, officer):
    """The old one does not any more."""
    done = await change(page, desk, officer)
    assert (303, f"{ACCOUNT}?done=password") == (done.status_code, done.headers["location"])
    assert "The password was changed." in (await page.get(done.headers["location"])).text
    assert 401 == (await elsewhere(desk, officer))[1]
    assert 303 == (await elsewhere(desk, officer, NEW))[1]


async def test_other_sessions_end_and_this_one_goes_on_under_another_token(desk, page, officer):
    """Whoever had copied the old token has nothing either; what was being written stays."""
    other, _ = await elsewhere(desk, officer)
    desk.clock.now_ms += 60_000
    before = page.window.cookies[cookies.SESSION]
    session = desk.connection.execute(
        "SELECT token_hash FROM session ORDER BY begun_ms LIMIT 1"
    ).fetchone()[0]
    draft = Draft(draft_id="1" * 16, session=session, begun_ms=desk.clock())
    desk.drafts.begin(draft)
    await change(page, desk, officer)
    assert before != page.window.cookies[cookies.SESSION]
    assert 303 == (await other.get(ACCOUNT)).status_code
    assert 200 == (await page.get(ACCOUNT)).status_code
    stolen = served.Browser(desk)
    stolen.window.cookies.set(cookies.SESSION, before)
    assert 303 == (await stolen.get(ACCOUNT)).status_code
    assert 200 == (await page.get(f"/desk/ask/{draft.draft_id}")).status_code


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"password": "not the password"}, "The password or the code is not right."),
        ({"code": "000000"}, "The password or the code is not right."),
        ({"new": "short", "again": "short"}, "A password has 12 to 256 characters."),
        ({"new": "a" * 20, "again": "a" * 20}, "Choose another one: without your name"),
        (
            {"new": "xx Officer One xx", "again": "xx Officer One xx"},
            "Choose another one: without your name",
        ),
        ({"again": "something else"}, "This is not the same as above."),
    ],
)
async def test_what_is_refused_changes_nothing(desk, page, officer, wrong, message):
    """And is said beside the field; nothing that was typed comes back."""
    refused = await change(page, desk, officer, **wrong)
    assert 422 == refused.status_code
    assert message in refused.text
    typed = (served.PASSWORD, NEW, *wrong.values())
    assert not any(f'value="{text}"' in refused.text for text in typed)
    assert accounts.read(desk.connection, officer.account_id).password == officer.password


async def test_a_fault_of_the_new_one_uses_up_no_code(desk, page, officer):
    """The same code serves once the fault is mended."""
    assert 422 == (await change(page, desk, officer, again="something else")).status_code
    assert 303 == (await change(page, desk, officer)).status_code


async def test_whoever_finds_an_open_page_tries_as_often_as_to_sign_in(desk, page, officer):
    """Five times, in whichever of the two forms; then also what is right waits."""
    for number in range(5):
        send = change if number % 2 else begin_codes
        assert 422 == (await send(page, desk, officer, password="wrong")).status_code  # noqa: S106 -- wrong
    waiting = await change(page, desk, officer)
    assert (429, "30") == (waiting.status_code, waiting.headers["retry-after"])
    assert accounts.read(desk.connection, officer.account_id).password == officer.password


async def test_who_is_reset_meanwhile_changes_nothing(desk, page, officer, monkeypatch):
    """What the operator has set stands."""
    keep = renewing.change_password

    def reset_before(_desk, account, hashed, address):
        made = accounts.Credentials(served.CHEAP.hash("of the operator"), bytes(20))
        accounts.reset(desk.connection, desk.store.key, account, made, desk.random)
        return keep(desk, account, hashed, address)

    monkeypatch.setattr(renewing, "change_password", reset_before)
    await change(page, desk, officer)
    kept = accounts.read(desk.connection, officer.account_id).password
    assert served.CHEAP.verify(kept, "of the operator")


async def test_new_codes_are_shown_once_and_count_from_their_first_one(desk, page, officer):
    """The picture is one of shapes alone; the old codes sign nobody in any more."""
    shown = await begin_codes(page, desk, officer)
    assert 200 == shown.status_code
    assert re.search(r'<svg [^>]*class="qr"', shown.text)
    assert not re.search(r"<style| style=|<image|href=\"data:", shown.text)
    secret = secret_of(shown.text)
    other, _ = await elsewhere(desk, officer)
    done = await first_code(page, desk, shown.text)
    assert f"{ACCOUNT}?done=codes" == done.headers["location"]
    after = await page.get(done.headers["location"])
    assert "The new codes count from now on." in after.text
    assert secret not in after.text
    assert 303 == (await other.get(ACCOUNT)).status_code
    desk.clock.now_ms += 60_000
    old = served.code(desk, officer)
    late = served.Browser(desk, address="192.0.2.10")
    assert 401 == (await late.sign_in(officer, typed_code=old)).status_code
    assert 303 == (await elsewhere(desk, officer))[1]


async def test_until_a_new_code_was_typed_the_old_ones_count(desk, page, officer):
    """A picture that was not scanned locks nobody out; a wrong code shows no secret again."""
    shown = await begin_codes(page, desk, officer)
    wrong = await first_code(page, desk, shown.text, "000000")
    assert 422 == wrong.status_code
    assert "This is not a code of the new secret." in wrong.text
    assert secret_of(shown.text) not in wrong.text
    assert 303 == (await elsewhere(desk, officer))[1]
    desk.clock.now_ms += 60_000
    assert 303 == (await first_code(page, desk, shown.text)).status_code


@pytest.mark.parametrize("how", ["late", "tried five times"])
async def test_new_codes_that_waited_too_long_are_gone(desk, page, officer, how):
    """After ten minutes or five wrong codes nothing waits any more, and nothing has changed."""
    shown = await begin_codes(page, desk, officer)
    if how == "late":
        desk.clock.now_ms += LIFE_MS + 1
    else:
        for _ in range(5):
            await first_code(page, desk, shown.text, "000000")
    done = await first_code(page, desk, shown.text)
    assert f"{ACCOUNT}?done=none" == done.headers["location"]
    assert "Nothing was changed" in (await page.get(done.headers["location"])).text
    kept = accounts.read(desk.connection, officer.account_id)
    assert kept.code_secret == officer.code_secret


async def test_nobody_finishes_what_another_session_began(desk, page, officer):
    """Not the same officer at another machine either."""
    shown = await begin_codes(page, desk, officer)
    other, _ = await elsewhere(desk, officer)
    done = await first_code(other, desk, shown.text)
    assert f"{ACCOUNT}?done=none" == done.headers["location"]


async def test_the_first_code_is_used_up(desk, page, officer):
    """Whoever saw it typed does not sign in with it."""
    shown = await begin_codes(page, desk, officer)
    step = one_time_codes.step_of(desk.clock())
    await first_code(page, desk, shown.text)
    fresh = accounts.read(desk.connection, officer.account_id)
    assert step == fresh.last_step
    other = served.Browser(desk, address="192.0.2.8")
    assert 401 == (await other.sign_in(fresh)).status_code


async def test_a_language_is_chosen_there(desk, page, officer):
    """It is the account's, whichever machine it signs in at."""
    done = await page.post("/desk/language", page=ACCOUNT, language="vi", next=ACCOUNT)
    assert ACCOUNT == done.headers["location"]
    assert '<html lang="vi">' in (await page.get(ACCOUNT)).text
    assert "vi" == accounts.read(desk.connection, officer.account_id).language


async def test_an_address_says_nothing_but_what_was_done(page):
    """Whatever else stands behind it is not shown."""
    text = (await page.get(f"{ACCOUNT}?done=<b>owned</b>")).text
    assert "<b>owned" not in text
    assert '<p class="notice' not in text
