"""What is published is believed once nodes of other nations have seen it, as real processes."""

import json
import shutil

import pytest
from integration.conftest import PHONES, POLICIES, rows
from support.raw_asker import csv_of

from fedquery.ask import schema
from fedquery.cli.demo.federation import NAME, Federation
from fedquery.cli.demo.processes import require, run
from fedquery.federation.names import agency_log_origin
from fedquery.storage.log import LogStore
from fedquery.tlog.cosignature import Cosigner

NOBODY = Cosigner("nobody", bytes(32)).verifier_key.format()
NATIONS = ("TH", "VN", "MM")
FACTS = ("--purpose", "fraud", "--max-penalty", "10", "--opened", "2026-11-21")


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Make a federation in which VN's log needs both of the others as witnesses."""
    root = tmp_path_factory.mktemp("three")
    root.chmod(0o700)
    made = Federation(root, NATIONS, policies=POLICIES)
    try:
        made.make({nation: {"phones": "phone"} for nation in NATIONS})
        file = csv_of(tmp_path_factory.mktemp("files") / "import", "rows.csv", rows(60)[:9])
        made.import_csv("VN", "phones", file)
        made.publish("VN")
        made.start()
        yield made
    finally:
        made.close()


def look(home, *more):
    """Ask VN from a home by the command line: each time a process of its own."""
    facts = ("--case", "2026/117", *FACTS, "--nations", "VN", *more)
    return run("fedquery.cli", "--home", str(home), "lookup", *facts, stdin=PHONES[0])


def outcome(home):
    """Ask VN and read the one outcome as a program does."""
    (found,) = json.loads(look(home, "--json").out)["outcomes"]
    return found


def until(home, wanted):
    """Ask until an outcome is as wanted: rounds of witnesses take a few seconds."""
    for _ in range(40):
        found = outcome(home)
        if wanted(found):
            return found
    raise AssertionError(found)


@pytest.fixture
def stranger(three, tmp_path):
    """Make a home of the same agency that has seen nothing yet."""
    home = tmp_path / "stranger"
    shutil.copytree(three.asker, home)
    for file in home.glob("asker.db*"):
        file.unlink()
    schema.create(home, LogStore(agency_log_origin(NAME, three.agency)))
    return home


def test_what_waits_for_its_witnesses_is_not_believed_and_what_was_accepted_goes_on(
    three, stranger
):
    """A node of the quorum is down while VN publishes; then it comes back."""
    before = until(three.asker, lambda one: one["word"] == "hit")
    both = {"cosigned": 2, "of": 2, "needed": 2, "newest": True}
    assert (1, both) == (before["version"], before["witnesses"])
    assert "witnesses: 2 of 2 (VN)" in look(three.asker).out

    three.kill("MM")
    three.publish("VN")
    waiting = until(three.asker, lambda one: not (one["witnesses"] or both)["newest"])
    # The version before is still served, and is what a quorum has seen.
    assert ("hit", 1, both | {"newest": False}) == (
        waiting["word"],
        waiting["version"],
        waiting["witnesses"],
    )
    said = look(three.asker)
    assert 0 == said.code
    assert "witnesses: 2 of 2 (VN), of what was accepted last" in said.out
    # Whoever has accepted nothing yet has nothing to go by, and asks nothing.
    found = outcome(stranger)
    one = {"cosigned": 1, "of": 2, "needed": 2, "newest": True}
    assert ("unavailable", "not-witnessed", one) == (
        found["word"],
        found["why"],
        found["witnesses"],
    )
    refused = look(stranger)
    assert 4 == refused.code
    assert "too few witnesses" in refused.out
    doctor = run("fedquery.cli", "--home", str(three.asker), "doctor")
    assert 3 == doctor.code
    assert "witnesses VN" in doctor.out
    assert "missing: MM" in doctor.out

    three.start_node("MM")
    for home in (three.asker, stranger):
        after = until(home, lambda one: one["version"] == 2)
        assert ("hit", both) == (after["word"], after["witnesses"])


def test_a_policy_of_ones_own_decides(three, tmp_path):
    """What asks for a witness that nobody has is met by no log; what the list says is again."""
    until(three.asker, lambda one: one["word"] == "hit")
    shown = run("fedquery.cli", "--home", str(three.asker), "audit", "trust", "--of", "VN")
    given = tmp_path / "trust.txt"
    given.write_text(shown.out)
    require("fedquery.cli", "--home", str(three.asker), "members", "--trust", str(given))
    assert "hit" == outcome(three.asker)["word"]
    stricter = shown.out.replace("quorum others", f"witness nobody {NOBODY}\nquorum nobody")
    given.write_text(stricter)
    require("fedquery.cli", "--home", str(three.asker), "members", "--trust", str(given))
    assert "not-witnessed" == outcome(three.asker)["why"]
    (three.asker / "trust.txt").unlink()
    assert "hit" == outcome(three.asker)["word"]


def test_a_receipt_counts_the_witnesses_of_its_checkpoint(three):
    """From the octets that were kept, offline."""
    found = until(three.asker, lambda one: one["word"] == "hit")
    verified = three.run_asker("receipts", "--verify", found["receipt"])
    assert 0 == verified.code
    assert "witnesses     2 of 2" in verified.out
    document = json.loads(three.run_asker("receipts", "--verify", found["receipt"], "--json").out)
    assert (2, 2) == (document["witnesses"], document["witnesses_of"])
