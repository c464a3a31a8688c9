"""The desk as it is served: beside the API at one port, over real connections, once for a home."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
import pytest

from fedquery.cli.demo.processes import Service, run
from fedquery.config.exit_codes import ExitCode

PASSWORD = "four words of a book"  # noqa: S105 -- of no real account
NAME = "officer of the desk"
FORM = {"accept": "text/html", "sec-fetch-site": "same-origin", "origin": "null"}


@pytest.fixture(scope="module")
def secret(federation):
    """Make an account, and give the secret of its codes."""
    home = ("--home", str(federation.asker))
    made = run(
        "fedquery.cli",
        *home,
        "desk",
        "account",
        "add",
        NAME,
        "--role",
        "officer",
        stdin=f"{PASSWORD}\n",
    )
    assert 0 == made.code, made.err
    (uri,) = re.findall(r"otpauth://\S+", made.out)
    return parse_qs(urlsplit(uri).query)["secret"][0]


@pytest.fixture(scope="module")
def url(federation, secret):
    """Start a gateway that serves the desk."""
    arguments = ("--home", str(federation.asker), "gateway", "serve", "--port", "0", "--desk")
    log = federation.root / "logs" / "gateway-with-desk"
    service = Service("gateway with desk", "fedquery.cli", arguments, log)
    port = service.start()
    yield f"http://127.0.0.1:{port}"
    assert 0 == service.stop()
    assert NAME not in log.read_text()


@pytest.fixture
def http(url):
    """Open a client."""
    with httpx2.Client(base_url=url, timeout=20, trust_env=False) as client:
        yield client


def cookies(answer):
    """Give the cookies of an answer as a browser sends them to a loopback address."""
    pairs = [one.partition(";")[0] for one in answer.headers.get_list("set-cookie")]
    return "; ".join(pair for pair in pairs if not pair.endswith('=""'))


def test_an_officer_signs_in_over_a_real_connection(http, secret):
    """Page, form, cookie, page."""
    page = http.get("/desk/login", headers=FORM)
    assert 200 == page.status_code
    (token,) = set(re.findall(r'name="csrf" value="([^"]+)"', page.text))
    code = pyotp.TOTP(secret).at(int(time.time()))
    typed = {"name": NAME, "password": PASSWORD, "code": code, "csrf": token, "next": "/desk/"}
    led = http.post("/desk/login", data=typed, headers={**FORM, "cookie": cookies(page)})
    assert (303, "/desk/") == (led.status_code, led.headers["location"])
    first = http.get("/desk/", headers={**FORM, "cookie": cookies(led)})
    assert (200, True) == (first.status_code, "Training" in first.text)


def test_desk_and_api_keep_their_own_rules(http):
    """The API takes nothing of a page, with a session or without; the desk no token of the API."""
    assert 200 == http.get("/healthz").status_code
    assert 403 == http.get("/healthz", headers={"origin": "null"}).status_code
    assert 403 == http.post("/v1/lookups", headers=FORM, json={}).status_code
    led = http.get("/desk/account", headers={"accept": "text/html", "authorization": "Bearer x"})
    assert 303 == led.status_code
    assert 400 == http.get("/desk/login", headers={"host": "evil.example"}).status_code


def test_a_home_has_one_desk(federation, url):
    """A second one would end what the first has under way."""
    again = run("fedquery.cli", "--home", str(federation.asker), "desk", "--no-browser")
    assert ExitCode.BUSY == again.code
    assert "in use by another process" in again.err
