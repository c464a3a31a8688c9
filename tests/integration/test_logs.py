"""The auditor's commands on the logs of real processes, while they run."""

import json
import time

import pytest
import pytest_asyncio
from integration.conftest import PHONES

from fedquery.ask import Case, Client
from fedquery.cli.__main__ import main
from fedquery.config.keyfile import read_secret
from fedquery.identifiers import parse
from fedquery.tlog.note import Signer

VN = "fedquery.log/mekong/VN"
HUB = "fedquery.log/mekong/coordinator/hub"
ASKER = "fedquery.log/mekong/agency/TH/cyber-police"


@pytest_asyncio.fixture
async def asked(federation):
    """Ask VN and MM about ten identifiers, as an officer does, and claim a hit."""
    opened_ms = time.time_ns() // 1_000_000 - 72 * 3_600_000
    case = Case(
        number="2026/2100",
        opened_ms=opened_ms,
        purpose="fraud",
        maximum_penalty_years=10,
        offence="telecom fraud",
    )
    async with Client.open(federation.asker) as client:
        identifiers = [parse("phone", text).identifier for text in PHONES]
        lookup = await client.lookup(identifiers, case)
        hit = next(one for one in lookup.outcomes if one.claim_id)
        await client.claim(hit.claim_id)
    return federation


@pytest.fixture
def run(asked, capsys):
    """Run a command of an auditor; give its code and its document."""

    def call(*words):
        code = main(["audit", *map(str, words), "--json"])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else None

    return call


def homes(federation):
    """Name the data directories by the origins of their logs."""
    return {VN: federation.node("VN"), HUB: federation.coordinator, ASKER: federation.asker}


@pytest.mark.parametrize("origin", [VN, HUB, ASKER])
def test_the_log_of_each_party_verifies_while_it_is_written(asked, run, origin, tmp_path):
    """By its own key, and as plain files too; what other tests did stands in it."""
    home = homes(asked)[origin]
    key = Signer(origin, read_secret(home / "keys" / "log.key", 32)).verifier_key.format()
    code, found = run("verify", home, "--key", key)
    assert (0, origin) == (code, found["origin"])
    # Coordinator and node sign by the clock, and an agency when its client is closed.
    assert found["size"] + found["unsigned"] > 0
    assert found["unsigned"] == 0 or origin != ASKER
    assert 0 == run("export", home, tmp_path / "log", "--newest")[0]
    code, found = run("verify", tmp_path / "log", "--key", key)
    assert (0, origin) == (code, found["origin"])


def test_the_decisions_of_a_node_come_out_as_it_logged_them(asked, run):
    """Of VN, which grants, and of MM, which refuses; claims too."""
    for nation in ("VN", "MM"):
        code, found = run("replay", asked.node(nation))
        assert (0, 0) == (code, found["mismatches"])


def test_questions_of_the_sdk_stand_in_every_log(asked, run):
    """What is found lacking was asked of the node by hand, with no coordinator, by other tests."""
    code, found = run("reconcile", *homes(asked).values())
    assert code in {0, 8}
    assert {tuple(one["having"]) for one in found["findings"]} <= {(VN,)}
    assert {"lacks"} >= {one["kind"] for one in found["findings"]}
    assert sum(found["questions"].values()) > 0
