"""What somebody else could try with a desk, tried from outside: each is refused, and says so."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

import pytest
from support.desk_users import PASSWORD, sign_in

TAGS = "<script>document.title = 'taken'</script>\"><img src=x onerror=\"document.title='taken'\">"


def request(origin, path, *, method="GET", body=None, source="127.0.0.1", **headers):
    """Send one request as no browser does, from an address of the loopback."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    where = urlsplit(origin)
    line = http.client.HTTPConnection(
        where.hostname, where.port, timeout=30, source_address=(source, 0)
    )
    try:
        line.request(method, path, body, named)
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        line.close()


def try_to_sign_in(origin, name, code, source):
    """Send the form to sign in as a browser would, from an address."""
    _, headers, page = request(origin, "/desk/login", source=source, accept="text/html")
    visit = headers["set-cookie"].split(";")[0]
    csrf = re.search('name="csrf" value="([^"]+)"', page)[1]
    fields = {"csrf": csrf, "name": name, "password": PASSWORD, "code": code, "next": ""}
    status, headers, text = request(
        origin,
        "/desk/login",
        method="POST",
        body=urlencode(fields),
        source=source,
        accept="text/html",
        cookie=visit,
        content_type="application/x-www-form-urlencoded",
        sec_fetch_site="same-origin",
    )
    return status, headers, text


def test_the_sixth_try_waits_even_with_the_right_code(origin, make_account):
    """Five wrong codes are answered; then nothing is looked at, and the page says how long."""
    user, source = make_account(), "127.0.0.66"
    for _ in range(5):
        status, _, text = try_to_sign_in(origin, user.name, "x", source)
        assert 401 == status
        assert "The name, the password or the code is not right." in text
    status, headers, text = try_to_sign_in(origin, user.name, user.code(), source)
    assert 429 == status
    assert 0 < int(headers["retry-after"]) <= 30
    assert "There were too many tries to sign in." in text


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"host": "desk.evil.example"}, 400),
        ({"host": "127.0.0.1.evil.example"}, 400),
        ({}, 200),
    ],
)
def test_a_host_that_is_not_served_gets_nothing(origin, headers, expected):
    """A name that somebody bent to this address (DNS rebinding) shows no page."""
    status, _, text = request(origin, "/desk/login", accept="text/html", **headers)
    assert expected == status
    assert ('name="password"' in text) == (expected == 200)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_from_another_page_is_refused(origin, officer_page, site):
    """The session's cookie alone does nothing, whoever sends it along."""
    cookies = officer_page.context.cookies()
    session = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
    csrf = officer_page.get_attribute("[name=csrf]", "value")
    told = {"sec_fetch_site": site, "cookie": session, "accept": "text/html"}
    told |= {"content_type": "application/x-www-form-urlencoded"}
    body = urlencode({"csrf": csrf})
    assert 403 == request(origin, "/desk/logout", method="POST", body=body, **told)[0]
    told["sec_fetch_site"] = "same-origin"
    assert 403 == request(origin, "/desk/logout", method="POST", body="csrf=x", **told)[0]
    # Nothing was done by either, and the right one does it.
    officer_page.reload()
    assert officer_page.is_visible("body[data-signed-in]")
    assert 303 == request(origin, "/desk/logout", method="POST", body=body, **told)[0]


def test_tags_in_a_case_are_a_text(officer_page):
    """A title that is a script is shown as it was typed, wherever it stands, and does nothing."""
    officer_page.goto("/desk/cases/new")
    officer_page.fill("[name=number]", TAGS)
    officer_page.fill("[name=title]", TAGS)
    officer_page.click("main button[type=submit]")
    officer_page.wait_for_selector("text=Timeline")
    for address in (officer_page.url, "/desk/cases"):
        officer_page.goto(address)
        assert TAGS in officer_page.inner_text("main")
        assert 0 == officer_page.locator("main img, main script").count()
        assert "taken" not in officer_page.title()


def test_a_script_that_got_in_would_not_run(officer_page, watch):
    """Even where somebody could write into a page, the browser refuses to run what is written."""
    officer_page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.append("document.title = 'taken'");
          document.body.append(script);
        }"""
    )
    assert "taken" not in officer_page.title()
    # Trusted Types refuse it first, before anybody asks where it came from.
    assert any("TrustedScript" in one for one in watch.complaints)
    watch.complaints.clear()


def test_a_session_that_was_ended_shows_nothing_more(open_window, make_account):
    """Two windows of one session: who signs out in one is signed out in the other."""
    user = make_account()
    first = open_window()
    first.goto("/desk/")
    sign_in(first, user)
    second = first.context.new_page()
    second.goto("/desk/account")
    first.click("[data-sign-out] button")
    first.wait_for_selector("[name=password]")
    second.reload()
    second.wait_for_selector("[name=password]")
    assert user.name not in second.inner_text("body")
