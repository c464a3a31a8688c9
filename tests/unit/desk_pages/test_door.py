"""The door: which requests come in, what every answer tells a browser, and what the log says."""

import json

import pytest
from unit.desk_pages import served
from unit.desk_pages.served import HOST

from fedquery.desk import door, headers, sessions
from fedquery.desk.door import require_same_origin
from fedquery.desk.refusals import CrossSiteError


def scope(**fields):
    """Make a request with these headers."""
    named = {"host": HOST, **{name.replace("_", "-"): value for name, value in fields.items()}}
    listed = [(name.encode(), value.encode()) for name, value in named.items()]
    return {"type": "http", "scheme": "https", "headers": listed}


@pytest.mark.parametrize(
    "sent",
    [
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin", "origin": f"https://{HOST}"},
        {"origin": f"https://{HOST}"},
        {"origin": f"https://{HOST}:8466", "host": f"{HOST}:8466"},
    ],
)
def test_a_page_of_this_desk_may_send_a_form(sent):
    """As browsers say so: forms under no-referrer have the origin null."""
    require_same_origin(scope(**sent))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"origin": "null"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "null"},
        {"sec_fetch_site": "cross-site", "origin": f"https://{HOST}"},
        {"sec_fetch_site": "same-origin", "origin": "https://evil.example"},
        {"sec_fetch_site": "same-origin", "origin": f"http://{HOST}"},
        {"origin": f"https://{HOST}:8466"},
        {"origin": f"https://{HOST}.evil.example"},
        {"origin": f"https://evil.example/{HOST}"},
        {"origin": f"https://x@{HOST}"},
        {"origin": "https://["},
        {"origin": HOST},
    ],
)
def test_no_other_page_may(sent):
    """Of another site, another name or port of the same site, or nobody knows where from."""
    with pytest.raises(CrossSiteError):
        require_same_origin(scope(**sent))


@pytest.mark.parametrize("name", ["sec-fetch-site", "origin"])
def test_doubled_headers_say_nothing(name):
    """Which of them is the browser's nobody knows."""
    doubled = scope(sec_fetch_site="same-origin", origin=f"https://{HOST}")
    require_same_origin(doubled)
    doubled["headers"] += [pair for pair in doubled["headers"] if pair[0] == name.encode()]
    with pytest.raises(CrossSiteError):
        require_same_origin(doubled)


@pytest.mark.parametrize(
    "host", ["evil.example", f"{HOST}.evil.example", "127.0.0.1", f"x@{HOST}", f"{HOST}:1:2", ""]
)
async def test_another_name_leads_nowhere(browser, host):
    """What a name points to can be changed while a page is open (DNS rebinding)."""
    page = await browser.get("/desk/login", host=host)
    assert 400 == page.status_code
    assert "This desk is not served under this name." in page.text


@pytest.mark.parametrize("host", [HOST, f"{HOST}:8466", HOST.upper()])
async def test_its_own_name_leads_to_it(browser, host):
    """With and without a port, in any case."""
    assert 200 == (await browser.get("/desk/login", host=host)).status_code


async def test_a_form_wants_the_token_of_its_session(desk, browser, officer):
    """None, a wrong one, one from before signing in, one of another session: nothing is done."""
    before = served.token_of((await browser.get("/desk/login")).text)
    await browser.sign_in(officer)
    other = served.Browser(desk)
    await other.sign_in(served.account(desk, "Officer Two"))
    others = served.token_of((await other.get("/desk/account")).text)
    for token in ("", "wrong", before, others):
        page = await browser.post("/desk/logout", csrf=token)
        assert 403 == page.status_code
        assert "This form was not sent from a page of this session." in page.text
    assert 200 == (await browser.get("/desk/account")).status_code
    assert 303 == (await browser.post("/desk/logout", page="/desk/account")).status_code
    assert 303 == (await browser.get("/desk/account")).status_code


async def test_a_form_wants_the_cookie_that_its_token_is_of(desk, browser):
    """Without any, also the token of no cookie is none."""
    token = sessions.csrf_of(desk.store.key, "")
    typed = {"name": "x", "password": "x", "code": "x", "next": ""}
    assert 403 == (await browser.post("/desk/login", csrf=token, **typed)).status_code


async def test_a_form_of_another_site_is_not_looked_at(browser, officer):
    """Even with cookie and token, which another site does not have."""
    await browser.sign_in(officer)
    token = served.token_of((await browser.get("/desk/account")).text)
    browser.headers |= {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert 403 == (await browser.post("/desk/logout", csrf=token)).status_code
    assert 200 == (await browser.get("/desk/account")).status_code


async def test_large_forms_want_somebody_who_is_signed_in(browser, officer):
    """Others send 64 KiB at most; the answer is a page."""
    large = "x" * (70 * 1024)
    refused = await browser.post("/desk/login", csrf="x", name=large)
    assert 413 == refused.status_code
    assert "What was sent is too large." in refused.text
    await browser.sign_in(officer)
    # Read now, and refused for what it is.
    assert 400 == (await browser.post("/desk/logout", page="/desk/account", x=large)).status_code
    assert door.LARGEST_BODY > 16 * 1024 * 1024


@pytest.mark.parametrize(
    "path", ["/desk/login", "/desk/account", "/desk/nothing", "/desk/session", "/", "/elsewhere"]
)
async def test_every_answer_forbids_what_pages_do_not_need(browser, path):
    """Also refusals, redirects and what is not there."""
    found = (await browser.get(path)).headers
    assert headers.HEADERS.items() <= dict(found).items()
    assert "no-store" == found["cache-control"]
    policy = dict(one.split(" ", 1) for one in found["content-security-policy"].split("; "))
    own = {"script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"}
    assert own == {name for name, value in policy.items() if value == "'self'"}
    none = {"default-src", "frame-ancestors", "base-uri", "trusted-types"}
    assert none == {name for name, value in policy.items() if value == "'none'"}
    assert {"require-trusted-types-for": "'script'"} == {
        name: value for name, value in policy.items() if name not in own | none
    }


async def test_files_of_the_release_are_kept_for_ever(desk, browser):
    """And nothing else is; an address of another content is not there."""
    address = desk.static.address("desk.css")
    found = await browser.get(address)
    assert ("text/css; charset=utf-8", "public, max-age=31536000, immutable") == (
        found.headers["content-type"],
        found.headers["cache-control"],
    )
    assert "nosniff" == found.headers["x-content-type-options"]
    other = address.replace(address.split("/")[3], "0" * 16)
    assert 404 == (await browser.get(other)).status_code
    assert 404 == (await browser.get("/desk/static/../app.py")).status_code


async def test_an_unexpected_error_shows_a_reference_and_nothing_of_it(
    browser, monkeypatch, log_lines
):
    """The officer tells it to the operator, whose log has it."""

    def broken(*_arguments):
        raise RuntimeError("+85591683672")

    monkeypatch.setattr("fedquery.desk.login_routes.page_of_ours", broken)
    page = await browser.get("/desk/login")
    assert 500 == page.status_code
    (reference,) = {line["ref"] for line in log_lines() if line["event"] == "http-fault"}
    assert f"Reference: {reference}" in page.text
    assert "85591683672" not in page.text + json.dumps(log_lines())


async def test_the_log_has_one_line_for_each_request_and_names_nobody(browser, officer, log_lines):
    """No name, no address, no id, no text that was typed."""
    await browser.sign_in(officer)
    await browser.get("/desk/account?x=%2B85591683672")
    await browser.get("/desk/cases/0123456789abcdef")
    await browser.post("/desk/account/sessions", page="/desk/account", session="+85591683672"[:16])
    lines = log_lines()
    assert ["desk"] * 6 == [line["event"] for line in lines]
    keys = {"time", "event", "outcome", "class", "code", "ms", "why"}
    assert set() == {key for line in lines for key in line} - keys
    assert ("end_session", 404, "not-found") == tuple(
        lines[-1][key] for key in ("class", "code", "why")
    )
    written = json.dumps(lines)
    for hidden in (officer.name, officer.account_id, "192.0.2.7", "85591683672", "0123456789abc"):
        assert hidden not in written
