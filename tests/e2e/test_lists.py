"""Lists, in a real browser before a real federation: a file, an approval, hits, a report."""

import pytest
from support.desk_asking import OPENED, case_of
from support.desk_users import sign_in
from support.desk_watch import keep_picture, violations, wider_than_the_window

# The nations of the federation hold ten of them.
PHONES = [f"+8485550{number:04}" for number in range(1_900, 2_050)]


@pytest.fixture
def window_of(open_window, make_account):
    """Sign a new account in, in a window of its own."""

    def opened(role, **how):
        user, page = make_account(role), open_window(**how)
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


def upload(page, octets):
    """Upload a table, and look at how it was read."""
    page.goto("/desk/ask")
    page.click("text=A file, or a list of more than 64")
    page.set_input_files(
        "[name=file]", {"name": "accounts.csv", "mimeType": "text/csv", "buffer": octets}
    )
    page.click("main button[type=submit]")
    page.wait_for_selector("button[value=keep]")


def keep(page, user, purpose="fraud"):
    """Say for which case, and look at what it costs."""
    page.fill("[name=number]", case_of(user).number)
    page.select_option("[name=purpose]", purpose)
    page.fill("[name=penalty]", "10")
    page.fill("[name=opened]", OPENED)
    page.click("button[value=keep]")
    page.wait_for_selector("form[action$='/ask']")


def approve(window_of, address):
    """Have another person approve a list."""
    _, supervisor = window_of("supervisor")
    supervisor.goto("/desk/supervise")
    look(supervisor, "supervise-lists")
    supervisor.click(f"a[href='{address}']")
    look(supervisor, "list-to-decide")
    supervisor.fill("[name=reason]", "Numbers of one call centre.")
    supervisor.click("button[value=approved]")
    supervisor.wait_for_selector("text=It was approved. Its officer can ask it for a day.")


def path_of(page):
    """Give the path of the page that is shown."""
    return "/desk/" + page.url.split("/desk/")[1]


def test_from_a_file_to_a_claimed_hit(window_of):
    """Read, looked at, approved by another person, asked, and a hit opened; a report downloaded."""
    user, officer = window_of("officer")
    table = "\n".join(f"{phone},seen {place}" for place, phone in enumerate([*PHONES, PHONES[0]]))
    upload(officer, table.encode() + b"\nnobody,x\n")
    assert "151 identifiers were read." in officer.inner_text("main")
    assert not any(phone in officer.content() for phone in PHONES)
    look(officer, "list-read")
    keep(officer, user)
    look(officer, "list-cost")
    address = path_of(officer)
    officer.click("form[action$='/ask'] button")
    officer.wait_for_selector("text=It waits for a supervisor who did not make it.")
    approve(window_of, address)
    officer.reload()
    officer.click("form[action$='/ask'] button")
    officer.wait_for_selector("text=What came of it")
    assert "10 identifiers were found." in officer.inner_text("main")
    assert "A lead, not evidence: confirm with" in officer.inner_text("main")
    look(officer, "list-results")
    with officer.expect_download() as download:
        officer.click("button[value=csv]")
    assert download.value.suggested_filename.endswith(".csv")
    officer.click("form[action$='/hits'] button >> nth=0")
    officer.wait_for_selector("a.to-proof")
    officer.click("a:text-is('Claim')")
    officer.wait_for_selector("[name=level]")
    officer.goto("/desk/lists")
    look(officer, "lists")
    assert "ended" in officer.inner_text("main")


def test_a_list_works_without_script(window_of):
    """Pasted, asked and read by forms and refreshes alone."""
    user, officer = window_of("officer", java_script_enabled=False)
    officer.goto("/desk/lists/new")
    officer.fill("[name=pasted]", "\n".join(PHONES[85:100]))
    officer.click("main button[type=submit]")
    officer.wait_for_selector("button[value=keep]")
    keep(officer, user)
    officer.click("form[action$='/ask'] button")
    officer.wait_for_selector("text=What came of it")
    assert "10 identifiers were found." in officer.inner_text("main")
