"""Auditors against real processes: what an officer asked, proofs of answers, and retention."""

import asyncio
import json
import sqlite3
from contextlib import closing

import pytest
from integration.conftest import ABSENT, PHONES
from integration.test_ask import case, phones

from fedquery.ask import Client
from fedquery.audit.reading import decode_entry
from fedquery.config.exit_codes import ExitCode
from fedquery.storage.details import YEAR_MS

# The coordinator looks at manifests once a minute.
ROUNDS, ROUND_S = 400, 0.25
DETAILS = [("erase", "--due"), ("hold", "0", "--why", "x"), ("open", "0")]


def leaves(database):
    """Read the entries of a log that are of this project's own forms, with their places."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT position, data FROM log_entry ORDER BY position")
        return [(place, decode_entry(data)) for place, data in rows if b"publication" not in data]


def asked_by(federation):
    """Give the newest question in the agency's log."""
    found = [
        (place, entry)
        for place, entry in leaves(federation.asker / "asker.db")
        if json.loads(entry.encode())["type"] == "asked"
    ]
    return found[-1]


async def test_one_question_stands_in_three_logs_under_one_digest(federation):
    """The agency's, the coordinator's and the node's, whose entry names the agency's log."""
    async with Client.open(federation.asker) as client:
        await client.lookup(phones(ABSENT), case("three logs"), nations=["VN"])
        origin = client.home.log.origin
    _, asked = asked_by(federation)
    twins = [
        entry
        for database in (
            federation.node("VN") / "node.db",
            federation.coordinator / "coordinator.db",
        )
        for _, entry in leaves(database)
        if getattr(entry, "request_digest", b"") == asked.request_digest
    ]
    kinds = {json.loads(entry.encode())["type"] for entry in twins}
    assert {"answer", "relay", "relayed"} == kinds
    assert {origin} == {entry.twin for entry in twins if hasattr(entry, "twin")}


async def test_the_auditor_opens_what_was_looked_up_and_the_operator_what_he_was_told(federation):
    """Each in their own log, where it is an entry; the identifier is told to the auditor alone."""
    async with Client.open(federation.asker) as client:
        await client.lookup(phones(ABSENT), case("opened 1", officer="officer 9"), nations=["VN"])
    place, asked = asked_by(federation)
    key = federation.root / "root-keys" / "TH.auditor.key"
    command = ("audit", "open", str(federation.asker), str(place), "--json")
    told = json.loads(federation.run_asker(*command, "--key", str(key)).out)
    assert {"case": "opened 1", "officer": "officer 9"} == {
        name: told["details"]["identifiers"][name] for name in ("case", "officer")
    }
    assert [{"kind": "phone", "text": ABSENT}] == told["details"]["identifiers"]["identifiers"]
    without = federation.run_asker(*command).out
    assert ABSENT.lstrip("+") not in without
    (answer,) = [
        index
        for index, entry in leaves(federation.node("VN") / "node.db")
        if getattr(entry, "request_digest", b"") == asked.request_digest
    ]
    node = federation.run_asker("audit", "open", str(federation.node("VN")), str(answer), "--json")
    assert told["details"]["case"] == json.loads(node.out)["details"]["case"]


async def test_an_answer_is_proved_once_its_log_is_signed(federation):
    """Before that it is waited for; a publication makes a checkpoint, and witnesses follow."""
    async with Client.open(federation.asker) as client:
        lookup = await client.lookup(phones(PHONES[2]), case("proved"), nations=["VN"])
        name = lookup.outcomes[0].receipt
        assert 0 == client.verify_receipt(name).proved_size
        federation.publish("VN")
        for _ in range(ROUNDS):
            found = {one.receipt: one for one in await client.collect()}
            if found[name].state != "pending":
                break
            await asyncio.sleep(ROUND_S)
        assert found[name].state in {"proved", "kept"}
        shown = client.verify_receipt(name)
    assert shown.proved_size > shown.head.receipt.index
    ended = federation.run_asker("audit", "collect", "--json")
    counts = json.loads(ended.out)["counts"]
    assert (0, 0) == (counts["broken"], counts["late"])
    assert "proved in the log of" in federation.run_asker("receipts", "--verify", name).out


async def test_a_node_erases_while_it_serves(federation):
    """Nothing is due yet; what is made due by hand goes, and the node goes on answering."""
    node = federation.node("VN")
    command = ("audit", "erase", str(node), "--due", "--json")
    assert 0 == json.loads(federation.run_asker(*command).out)["details"]
    async with Client.open(federation.asker) as client:
        await client.lookup(phones(ABSENT), case("erased"), nations=["VN"])
        with closing(sqlite3.connect(node / "node.db")) as connection, connection:
            connection.execute(
                "UPDATE detail SET retain_until_ms = retain_until_ms - ?"
                " WHERE log_index = (SELECT max(log_index) FROM detail)",
                (4 * YEAR_MS,),
            )
        ended = federation.run_asker(*command)
        assert ended.code in {ExitCode.OK, ExitCode.BUSY}, ended.err
        lookup = await client.lookup(phones(ABSENT), case("erased"), nations=["VN"])
    assert "no hit" == lookup.outcomes[0].word
    (erasure,) = [entry for _, entry in leaves(node / "node.db") if hasattr(entry, "until_ms")]
    assert (1, True) == (erasure.entries, erasure.details >= 2)


@pytest.mark.parametrize(
    "command", [("erase", "--due"), ("hold", "0", "--why", "x"), ("open", "0")]
)
def test_a_coordinator_has_no_details(federation, command):
    """It knows none."""
    ended = federation.run_asker("audit", command[0], str(federation.coordinator), *command[1:])
    assert ExitCode.DATA == ended.code
