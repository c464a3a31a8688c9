"""A renewed member list goes round while everything serves; blocks hold from the next answer."""

import json
import shutil

import pytest
from integration.conftest import PHONES
from integration.test_ask import case, phones

from fedquery.ask import Client
from fedquery.cli.demo.processes import require, run
from fedquery.federation.member_file import NOTE


def number_of(path):
    """Read the number of a list."""
    shown = require("fedquery.cli", "federation", "show", str(path), "--json")
    return json.loads(shown.out)["number"]


@pytest.fixture(scope="module")
def before(federation, tmp_path_factory):
    """Renew the list at coordinator and nodes, and give the one before.

    One signature short of the quorum is refused on the way.
    """
    folder = tmp_path_factory.mktemp("lists")
    renewed, before, half_signed = folder / "renewed", folder / "before", folder / "half"
    for copy in (renewed, before):
        shutil.copy(federation.member_list, copy)
    require("fedquery.cli", "federation", "renew", str(renewed), "--days", "20")
    keys = federation.root / "root-keys"
    for nation in federation.nations[: federation.quorum]:
        shutil.copy(renewed, half_signed)
        key = str(keys / f"{nation}.root.key")
        require("fedquery.cli", "federation", "sign", str(renewed), "--key", key)
    home = str(federation.coordinator)
    assert 7 == run("fedquery_coordinator", "--home", home, "members", str(half_signed)).code
    require("fedquery_coordinator", "--home", home, "members", str(renewed))
    for nation in ("VN", "MM"):
        require("fedquery_node", "--home", str(federation.node(nation)), "members", str(renewed))
    return before


def ask_until_renewed(federation, number):
    """Have doctor ask the coordinator anew until it offers a list, as it does within a second."""
    for _ in range(40):
        assert federation.run_asker("doctor").code == 0
        if number_of(federation.asker / NOTE) == number:
            return
    pytest.fail("the coordinator goes on offering the list before")


def test_a_renewed_list_reaches_the_asker_through_the_coordinator(federation, before):
    """The operators install it; askers fetch it, and believe the quorum's signatures alone."""
    ask_until_renewed(federation, number_of(before) + 1)


def test_an_older_list_is_refused_everywhere(federation, before):
    """What was accepted once is not undone."""
    ask_until_renewed(federation, number_of(before) + 1)
    for module, home in (
        ("fedquery_coordinator", federation.coordinator),
        ("fedquery_node", federation.node("VN")),
        ("fedquery.cli", federation.asker),
    ):
        assert 7 == run(module, "--home", str(home), "members", str(before)).code


@pytest.fixture
def blocked(federation):
    """Block the agency at VN for one test."""
    home = str(federation.node("VN"))
    require("fedquery_node", "--home", home, "block", federation.agency, "--why", "a test")
    yield
    require("fedquery_node", "--home", home, "unblock", federation.agency)


async def test_a_blocked_agency_is_refused_at_its_next_question(federation, blocked):
    """Without a restart, and with a slug that says so."""
    async with Client.open(federation.asker) as client:
        (outcome,) = (await client.lookup(phones(PHONES[0]), case("b"), nations=["VN"])).outcomes
    assert ("refused", "agency-blocked") == (outcome.word, outcome.why)


async def test_a_new_version_is_taken_over_while_serving(federation):
    """The version before is answered from until clients have the new manifest."""
    async with Client.open(federation.asker) as client:
        first = await client.lookup(phones(PHONES[0]), case("v1"), nations=["VN"])
        federation.publish("VN")
        again = await client.lookup(phones(PHONES[0]), case("v2"), nations=["VN"])
        assert ["hit", "hit"] == [first.outcomes[0].word, again.outcomes[0].word]
        # A hit of the version before can still be claimed.
        claimed = await client.claim(first.outcomes[0].claim_id)
    assert "released" == claimed.word
