"""What a second person does, in a real browser before a real federation."""

from dataclasses import replace

import pytest
from support.desk_asking import ask_now, case_of, name_case, paste
from support.desk_users import sign_in
from support.desk_watch import keep_picture, violations, wider_than_the_window

PHONES = [f"+8485550{number:04}" for number in range(1_900, 1_933)]


@pytest.fixture
def window_of(open_window, make_account):
    """Sign a new account in, in a window of its own."""

    def opened(role):
        user, page = make_account(role), open_window()
        page.goto("/desk/")
        sign_in(page, user)
        return user, page

    return opened


def look(page, name):
    """Keep a picture, and find nothing wrong with the page, wide or narrow."""
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        keep_picture(page, f"{name}-{width}")
        assert 0 == wider_than_the_window(page)
        assert [] == violations(page)


def test_a_long_question_is_asked_once_a_second_person_has_approved_it(window_of):
    """The officer waits, the supervisor finds it and says why, and the answers come."""
    user, officer = window_of("officer")
    paste(officer, "\n".join(PHONES))
    name_case(officer, case_of(user))
    officer.click("[action='/desk/questions'] button[type=submit]")
    officer.wait_for_url("**/desk/approvals/*")
    assert "Nothing was asked." in officer.inner_text("main")
    _, supervisor = window_of("supervisor")
    supervisor.goto("/desk/supervise")
    supervisor.click(f"a[href='{officer.url.removeprefix(officer.url.split('/desk/')[0])}']")
    look(supervisor, "approval-to-decide")
    supervisor.fill("[name=reason]", "Numbers of one call centre.")
    supervisor.click("button[value=approved]")
    supervisor.wait_for_selector("text=It was approved. Its officer can ask it for a day.")
    officer.reload()
    assert "Numbers of one call centre." in officer.inner_text("main")
    officer.click("[action$='/ask'] button")
    officer.wait_for_selector("a.to-proof")
    assert len(PHONES) == officer.locator("table.matrix tbody tr").count()


def test_a_threat_to_life_is_asked_at_once_and_reviewed_afterwards(window_of):
    """It waits among the reviews until a supervisor has written one."""
    user, officer = window_of("officer")
    paste(officer, PHONES[0])
    name_case(officer, replace(case_of(user), purpose="threat to life"))
    ask_now(officer)
    address = f"/desk/supervise/reviews/{officer.url.split('/')[-1]}"
    _, supervisor = window_of("supervisor")
    supervisor.goto("/desk/supervise")
    look(supervisor, "supervise-waiting")
    supervisor.click(f"a[href='{address}']")
    look(supervisor, "review-to-write")
    supervisor.fill("[name=reason]", "A person was held.")
    supervisor.click("button[value=justified]")
    supervisor.wait_for_selector("text=It was reviewed")
    supervisor.goto("/desk/supervise")
    assert 0 == supervisor.locator(f"a[href='{address}']").count()


def test_what_the_nations_offer_and_how_their_logs_are_witnessed(window_of):
    """An auditor sees both, of each other nation that answers."""
    _, auditor = window_of("auditor")
    auditor.goto("/desk/federation")
    others = auditor.locator("text=It can be asked.").count()
    assert others
    auditor.goto("/desk/audit")
    assert others == auditor.locator("dt:text-is('Cosigned by')").count()
    assert 0 == auditor.locator(".is-alarm").count()
