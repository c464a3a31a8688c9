"""An officer's way at a gateway that serves its agency under TLS, by an authority of its own.

The browser verifies the certificate, by authority and by name, as those of officers do: nothing in
it is told to look away. The federation is one of this file's own, since one process serves a desk.
"""

import csv
import io
import shutil
from contextlib import closing

import pytest
from e2e.conftest import NATIONS, POLICIES, rows, widen_quota
from playwright.sync_api import Error, sync_playwright
from support.desk_asking import ask, case_of, word_of
from support.desk_users import make_user, sign_in
from support.raw_asker import csv_of
from support.trusted_browser import environment, trusting_home

from fedquery.cli.demo.federation import Federation
from fedquery.cli.demo.processes import Service
from fedquery.config.service import wall_clock
from fedquery.federation.certificate_files import write_issued
from fedquery.federation.certificates import issue, make_ca

NAME = "desk.agency.example"
HELD = "+84855501990"
ABSENT = "+66855501991"


@pytest.fixture(scope="module")
def federation(tmp_path_factory):
    """Make, fill and start Thailand and Viet Nam."""
    root = tmp_path_factory.mktemp("tls-federation")
    root.chmod(0o700)
    two = NATIONS[:2]
    with closing(Federation(root, two, policies=POLICIES)) as made:
        made.make({nation: {"phones": "phone"} for nation in two})
        directory = tmp_path_factory.mktemp("tls-files") / "import"
        widen_quota(made, "VN")
        made.import_csv("VN", "phones", csv_of(directory, "VN.csv", rows("VN")["phones"]))
        made.publish("VN")
        made.start()
        yield made


@pytest.fixture(scope="module")
def make_account(federation):
    """Make accounts of this agency's desk."""
    return lambda role="officer": make_user(federation.asker, f"{role} 1", role)


@pytest.fixture(scope="module")
def user(make_account):
    """Make the account of an officer, and with it the desk."""
    return make_account()


@pytest.fixture(scope="module")
def authority(federation, tmp_path_factory):
    """Make the agency's authority and the certificate of its desk, as the demo makes those."""
    directory = tmp_path_factory.mktemp("tls-certificates")
    made = make_ca("agency", wall_clock())
    leaf = issue(made, "fedquery://agency/desk", [NAME], wall_clock())
    write_issued(leaf, directory / "desk.crt", directory / "desk.key")
    (directory / "ca.crt").write_bytes(made.certificate_pem)
    return directory


@pytest.fixture(scope="module")
def origin(federation, user, authority):
    """Serve the gateway with its desk as an operator does, and give its address."""
    service = Service(
        "gateway",
        "fedquery.cli",
        [
            *("--home", str(federation.asker), "gateway", "serve", "--desk", "--port", "0"),
            *("--name", NAME, "--tls-cert", str(authority / "desk.crt")),
            *("--tls-key", str(authority / "desk.key")),
        ],
        federation.root / "logs" / "gateway.log",
    )
    port = service.start()
    yield f"https://{NAME}:{port}"
    service.stop()


def launched(driver, home):
    """Start a browser in a home, which finds the desk by its name."""
    return driver.chromium.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
        env=environment(home),
    )


@pytest.fixture(scope="module")
def driver():
    """Open what drives browsers."""
    with sync_playwright() as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium(driver, authority, tmp_path_factory):
    """Start a browser of the agency."""
    home = trusting_home(tmp_path_factory.mktemp("tls-home"), authority / "ca.crt")
    with closing(launched(driver, home)) as started:
        yield started


def test_an_officer_signs_in_asks_reads_and_exports(page, user):
    """The main way, with cookies that only TLS carries; the file has what was shown."""
    page.goto("/desk/")
    sign_in(page, user)
    cookies = {one["name"]: one for one in page.context.cookies()}
    assert cookies["__Host-fedquery-desk"]["secure"]
    ask(page, f"{HELD}\n{ABSENT}", case_of(user))
    assert ("hit", "no hit") == (word_of(page, 0, "VN"), word_of(page, 1, "VN"))
    answers = page.url
    page.click("[data-cell='0-VN'] a.to-proof")
    assert "failed" not in page.inner_text("main")
    page.goto(f"{answers}/export")
    page.check("[value=csv]")
    with page.expect_download() as download:
        page.click("main button[type=submit]")
    text = download.value.path().read_text(encoding="utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [("hit", "verified"), ("no hit", "verified")] == [
        (row["outcome"], row["proof"]) for row in found
    ]
    assert HELD not in text


def test_a_browser_that_does_not_trust_the_authority_shows_nothing(driver, origin, tmp_path):
    """The twin: it is the certificate that is looked at."""
    with closing(launched(driver, tmp_path)) as stranger:
        page = stranger.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(f"{origin}/desk/login")
