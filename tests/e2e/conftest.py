"""A federation of six nations, the desk of a Thai agency, and a browser: all of them real.

VN and KH hold phones, LA an account; MM's policy refuses police by name. The desk runs as its
operator starts it. The browser is Debian's Chromium, driven from outside; it reaches the loopback
alone. Each test signs in with an account of its own: a code is good for one sign-in, so nothing
waits for the next one. Tests wait for what a page shows, never for time.
"""

import itertools
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from support.desk_users import make_user, sign_in
from support.desk_watch import Watch
from support.raw_asker import csv_of

from fedquery.cli.demo.federation import Federation
from fedquery.cli.demo.processes import Service

POLICIES = Path(__file__).parents[2] / "policies"
NATIONS = ("TH", "VN", "MM", "LA", "KH", "CN")
# Each is looked for, last, in everything that the suite wrote (tests/canary).
PHONES = [f"+8485550199{digit}" for digit in range(10)]
ACCOUNTS = [f"TH:004:99900199{place:02}" for place in range(10)]
ABSENT = "+66855501991"
MANY = 10**6
TRIES = 60  # of a lookup, each a second and more, until a node that came back is reached
WAIT_MS = 30_000  # for a page on a busy machine; a page that is never right fails by it


def rows(nation):
    """Make the rows of a nation: phones, accounts."""
    phones = [(f"+8491{n:07}", f"{nation}-O-{n:06}", "*", "open") for n in range(40)]
    accounts = [(f"VN:970436:10{n:08}", f"{nation}-A-{n:06}", "*", "open") for n in range(40)]
    if nation in {"VN", "KH"}:
        phones += [(phone, f"{nation}-2026-{n:06}", "*", "open") for n, phone in enumerate(PHONES)]
    if nation == "LA":
        accounts += [(text, f"LA-2026-{n:06}", "*", "open") for n, text in enumerate(ACCOUNTS)]
    return {"phones": phones, "accounts": accounts}


def widen_quota(made, nation):
    """Let a nation answer all that the tests ask: none may spend what another needs."""
    path = made.node(nation) / "node.toml"
    tables = [
        f"[quota.{whose}]\nhour = {MANY}\nday = {MANY}\nyear = {MANY}\n"
        for whose in ("agency", "nation")
    ]
    path.write_text("\n".join([path.read_text(), *tables]))


@pytest.fixture(scope="session")
def federation(tmp_path_factory):
    """Make, fill and start the federation."""
    root = tmp_path_factory.mktemp("desk-federation")
    root.chmod(0o700)
    made = Federation(root, NATIONS, policies=POLICIES)
    try:
        made.make({nation: {"phones": "phone", "accounts": "account"} for nation in NATIONS})
        files = tmp_path_factory.mktemp("desk-files") / "import"
        for nation in NATIONS[1:]:
            widen_quota(made, nation)
            for dataset, held in rows(nation).items():
                file = csv_of(files, f"{nation}-{dataset}.csv", held)
                made.import_csv(nation, dataset, file)
            made.publish(nation)
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def start_again(federation):
    """Give what starts a node that was stopped, and waits until the coordinator reaches it."""

    def start(nation):
        federation.start_node(nation)
        question = ["lookup", "--nations", nation, "--json", "--case", "back", "--purpose", "fraud"]
        question += ["--max-penalty", "10", "--opened", datetime.now(UTC).date().isoformat()]
        for _ in range(TRIES):
            ended = federation.run_asker(*question, stdin=f"{ABSENT}\n")
            if '"unavailable"' not in ended.out:
                return
        raise AssertionError(nation)

    return start


@pytest.fixture(scope="session")
def make_account(federation):
    """Make accounts of the agency's desk, each with a name of its own."""
    places = itertools.count(1)

    def make(role="officer"):
        return make_user(federation.asker, f"{role} {next(places)}", role)

    return make


@pytest.fixture(scope="session")
def origin(federation, make_account):
    """Start the desk as an operator does, and give its address."""
    make_account()  # the first one makes the desk's database
    service = Service(
        "desk",
        "fedquery.cli",
        ["--home", str(federation.asker), "desk", "--port", "0", "--no-browser"],
        federation.root / "logs" / "desk.log",
    )
    port = service.start()
    yield f"http://127.0.0.1:{port}"
    service.stop()


# Not for the session: while it is open, its loop would stand in the way of other tests' loops.
@pytest.fixture(scope="module")
def chromium():
    """Start the browser."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=shutil.which("chromium"),
            # As root, which CI is, Chromium has no sandbox; what it visits here is our own.
            args=["--no-sandbox"],
            # In which order a day is typed follows the machine's language otherwise.
            env={**os.environ, "LANGUAGE": "en_US", "LC_ALL": "C.UTF-8"},
        )
        yield started
        started.close()


@pytest.fixture
def watch(origin):
    """Note what a page may never do; at the end of each test there must be nothing."""
    noted = Watch(origin)
    yield noted
    noted.require_quiet()


@pytest.fixture
def open_window(chromium, origin, watch):
    """Open windows that share nothing, each with one page."""
    opened = []

    def make(**how):
        context = chromium.new_context(base_url=origin, **{"locale": "en-GB", **how})
        context.set_default_timeout(WAIT_MS)
        opened.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page(open_window):
    """Open a window in which nobody is signed in."""
    return open_window()


@pytest.fixture
def officer_page(page, make_account):
    """Open a window in which an officer is signed in."""
    page.goto("/desk/")
    sign_in(page, make_account())
    return page
