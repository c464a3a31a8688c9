"""A list above the quota, by real processes: refused, granted by operators, asked, verified."""

import asyncio
import json

import pytest
from fedquery_node.__main__ import main as node_command
from fedquery_node.home import open_home
from integration.conftest import PHONES, POLICIES, rows
from support.node_log import quietly
from support.raw_asker import csv_of

from fedquery.ask import Case, Client
from fedquery.ask.screening.values import ListRefusedError
from fedquery.cli.__main__ import main as fedquery
from fedquery.cli.demo.federation import Federation
from fedquery.config.service import wall_clock
from fedquery.identifiers import parse

HOUR = 20
LISTS = 3
EACH = 30
GRANTED = 100


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Make a federation of TH and VN, whose node grants few elements an hour."""
    root = tmp_path_factory.mktemp("granting")
    root.chmod(0o700)
    made = Federation(root, ("TH", "VN"), policies=POLICIES)
    try:
        made.make({nation: {"phones": "phone"} for nation in ("TH", "VN")})
        path = made.node("VN") / "node.toml"
        path.write_text(f"{path.read_text()}\n[quota.agency]\nhour = {HOUR}\n")
        files = tmp_path_factory.mktemp("files") / "import"
        made.import_csv("VN", "phones", csv_of(files, "vn.csv", rows(50)[:9]))
        made.publish("VN")
        made.start()
        yield made
    finally:
        made.close()


def grant(federation, *words):
    """Run a command about grants at VN."""
    return quietly(node_command, "--home", federation.node("VN"), "grant", *words)


def listed(number):
    """Make a list of which the first is a hit."""
    texts = [PHONES[0], *(f"+8485552{number:02}{n:02}" for n in range(EACH - 1))]
    return [parse("phone", text).identifier for text in texts]


async def test_a_list_above_the_quota_is_asked_under_a_grant(small, tmp_path):
    """Several at once take from one grant what the quota has no room for, and not one more."""
    case = Case(
        number="FIU-2026-9",
        purpose="fraud",
        maximum_penalty_years=10,
        opened_ms=wall_clock() - 72 * 3_600_000,
    )
    async with Client.open(small.asker) as client:
        async with client.screen(listed(0), case, nations=["VN"]) as one:
            with pytest.raises(ListRefusedError) as refused:
                await one.run()
        (exceeded,) = refused.value.cost.exceeding[0].exceeded
        assert ("hour", HOUR) == (exceeded.window, exceeded.left)
        needed = exceeded.needs
        assert needed >= EACH
        pseudonym = case.pseudonym("VN", client.home.pseudonym_key)
        options = ("--agency", client.home.settings.agency, "--dataset", "phones", "--json")
        more = ("--elements", GRANTED, "--until", "2027-06-01", "--case", pseudonym)
        number = json.loads(grant(small, "propose", *options, *more))["number"]
        grant(small, "approve", number)
        # A lookup in the case is told of it.
        await client.lookup(listed(0)[:1], case, nations=["VN"])
        screenings = [client.screen(listed(n), case, nations=["VN"]) for n in range(LISTS)]
        summaries = await asyncio.gather(*(one.run(anyway=True) for one in screenings))
        for one in screenings:
            await one.aclose()
    assert [True] * LISTS == [one.finished for one in summaries]
    assert [1] * LISTS == [one.nations[0].words["hit"] for one in summaries]
    (found,) = json.loads(grant(small, "list", "--json"))
    sent = 1 + sum(one.nations[0].elements for one in summaries)
    assert sent - HOUR <= found["used"] <= GRANTED
    assert 0 == small.stop("VN")
    quietly(fedquery, "audit", "export", small.node("VN"), tmp_path / "log", "--newest")
    key = open_home(small.node("VN")).log_signer.verifier_key.format()
    verified = quietly(fedquery, "audit", "verify", tmp_path / "log", "--key", key, "--json")
    entries = json.loads(verified)["entries"]
    assert (1, 1) == (entries["grant"], entries["granting"])
    replayed = json.loads(quietly(fedquery, "audit", "replay", tmp_path / "log", "--json"))
    assert (entries["answer"], 0) == (replayed["same"], replayed["mismatches"])
