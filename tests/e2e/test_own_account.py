"""An officer changes password and codes in a browser; the session goes on, in every width."""

import re
import time
from dataclasses import replace

import pyotp
import pytest
from support.desk_users import PASSWORD, sign_in
from support.desk_watch import WIDTHS, violations, wider_than_the_window

NEW = "another four words of it"
STEP_S = 30


@pytest.fixture
def user(make_account):
    """Make the account of an officer."""
    return make_account()


@pytest.fixture
def account_page(page, user):
    """Sign in, and open the page of the account."""
    page.goto("/desk/")
    sign_in(page, user)
    page.goto("/desk/account")
    return page


def next_code(user):
    """Give the code of the next step: that of now was used to sign in, and nobody waits here."""
    return pyotp.parse_uri(user.secret).at(int(time.time()) + STEP_S)


def test_a_password_is_changed_and_the_session_goes_on(account_page, user):
    """A fault is said beside its field first, and uses up no code."""
    form = "form[action='/desk/account/password']"
    for again, words in ((PASSWORD, "This is not the same as above."), (NEW, "was changed.")):
        account_page.fill(f"{form} [name=password]", PASSWORD)
        account_page.fill(f"{form} [name=code]", next_code(user))
        account_page.fill(f"{form} [name=new]", NEW)
        account_page.fill(f"{form} [name=again]", again)
        account_page.click(f"{form} button")
        account_page.wait_for_selector(f"text={words}")
        assert [] == violations(account_page)
    account_page.goto("/desk/cases")
    account_page.wait_for_selector("body[data-signed-in]")


def test_new_codes_are_scanned_and_count(account_page, user):
    """The picture fits each width by day and by night, and its secret makes the codes."""
    page, form = account_page, "form[action='/desk/account/codes']"
    page.fill(f"{form} [name=password]", PASSWORD)
    page.fill(f"{form} [name=code]", next_code(user))
    page.click(f"{form} button")
    page.wait_for_selector("svg.qr")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert 0 == wider_than_the_window(page), width
        assert [] == violations(page), scheme
    secret = re.sub(r"\s", "", page.inner_text("main .code"))
    fresh = replace(user, secret=f"otpauth://totp/desk?secret={secret}")
    page.fill("[name=code]", fresh.code())
    page.click("main button[type=submit]")
    page.wait_for_selector("text=The new codes count from now on.")
