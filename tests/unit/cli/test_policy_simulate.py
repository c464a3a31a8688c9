"""`fedquery policy simulate` over a log that a store wrote: an export, and a database."""

import dataclasses
import json
import sqlite3

import pytest
from click.testing import CliRunner

from fedquery.audit.detail import split_situation
from fedquery.audit.node import PolicyEntry, QuestionEntry
from fedquery.cli.commands import cli
from fedquery.policy.decide import decide_ask
from fedquery.policy.load import load_rules
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used
from fedquery.storage.log import LogStore
from fedquery.storage.log_export import export
from fedquery.tlog.note import Signer

NOW_MS = 1_795_496_400_000
HERE = "TH"
OLD = """@id("TH-01") @title("fraud") @law("EXAMPLE, Art. 1")
permit (principal, action in Action::"up to hit", resource in Nation::"TH")
when { context.purpose == Purpose::"fraud" };
"""


def situation(purpose):
    """Make a question of Vietnam."""
    return Situation(
        asker=Asker("VN/crime-police", "VN", "police"),
        dataset=Dataset(HERE, "phones", "phone", sensitive=False),
        case=CaseCard("C-1", 5, True, NOW_MS - 86_400_000, frozenset()),
        purpose=purpose,
        person_role="suspect",
        aim="identify",
        elements=1,
        used=Used(),
        now_ms=NOW_MS,
    )


def entry(rules, purpose, **other):
    """Write the leaf of a question as the node writes it."""
    decided = decide_ask(rules, situation(purpose))
    granted = decided.level.word if decided.level else ""
    values = {
        "type": "answer" if granted else "refusal",
        "nation": HERE,
        "dataset": "phones",
        "version": 1,
        "agency": "VN/crime-police",
        "request_digest": bytes(32),
        "size_class": 1,
        "columns": "tags",
        "prefix_len": 8,
        "received_ms": NOW_MS,
        "decided_ms": NOW_MS,
        "asked_level": "hit",
        "granted_level": granted,
        "reason": "" if granted else "policy-denied",
        "policies": decided.policy_ids,
        "policy_digest": decided.policy_digest,
        "schema_digest": decided.schema_digest,
        "engine": decided.engine,
        "situation": split_situation(decided.context)[0],
        "retain_until_ms": NOW_MS,
    }
    return QuestionEntry(**{**values, **other})


@pytest.fixture
def log(tmp_path, policies):
    """Write a log of five leaves into a database and export it."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "TH.cedar").write_text(OLD)
    (tmp_path / "old" / "schema.cedarschema").write_bytes(policies.schema)
    rules = load_rules(OLD.encode(), policies.schema, HERE)
    loaded = PolicyEntry(
        nation=HERE,
        policy_digest=rules.digest,
        schema_digest=rules.schema_digest,
        engine="cedarpy",
        act="activated",
        at_ms=NOW_MS,
    )
    quota = entry(rules, "fraud", type="refusal", granted_level="", reason="quota")
    unasked = entry(
        rules,
        "fraud",
        type="refusal",
        granted_level="",
        reason="suspended",
        situation=b"",
        policies=(),
    )
    leaves = [loaded, entry(rules, "fraud"), entry(rules, "trafficking"), quota, unasked]
    return write_log(tmp_path, leaves)


def write_log(tmp_path, leaves):
    """Sign a log of some leaves."""
    origin = "th.example/log"
    store = LogStore(origin)
    connection = sqlite3.connect(tmp_path / "node.db", isolation_level=None)
    connection.execute("BEGIN")
    store.install(connection)
    store.append(connection, [one.encode() for one in leaves])
    store.sign_checkpoint(connection, Signer(origin, bytes(32)), NOW_MS)
    connection.execute("COMMIT")
    export(store, connection, tmp_path / "export")
    connection.close()
    return tmp_path


def run(*arguments):
    """Run the command; give its code and its document."""
    done = CliRunner().invoke(
        cli, ["policy", "simulate", *map(str, arguments), "--json"], standalone_mode=False
    )
    if done.exception:
        raise done.exception
    return done.return_value, json.loads(done.output)


@pytest.fixture
def new(tmp_path, policies):
    """Write another file of Thailand."""

    def write(text):
        (tmp_path / "new").mkdir(exist_ok=True)
        (tmp_path / "new" / "schema.cedarschema").write_bytes(policies.schema)
        path = tmp_path / "new" / "TH.cedar"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("source", ["export", "node.db"])
def test_a_wider_file_would_have_told_more(source, log, new):
    """Each entry that would differ is named; the one that a quota refused needs its own file."""
    wider = new(OLD.replace('== Purpose::"fraud"', '!= Purpose::"missing person"'))
    code, found = run(wider, "--log", log / source, "--old", log / "old" / "TH.cedar")
    assert (1, {"same": 2, "widened": 1, "unasked": 1}) == (code, found["counts"])
    (one,) = found["entries"]
    assert (2, "", "hit", [], ["TH-01"]) == (
        one["index"],
        one["before"],
        one["after"],
        one["rules_before"],
        one["rules_after"],
    )


def test_what_is_missing_is_said(log, new):
    """Without the file of its time, what it said where a quota refused is unknown."""
    code, found = run(new(OLD + "// later\n"), "--log", log / "export")
    assert (3, {"same": 2, "undecided": 1, "unasked": 1}) == (code, found["counts"])
    assert "policy file was not given" in found["entries"][0]["missing"]


def test_a_file_that_looks_at_the_pseudonym_decides_nothing(log, new):
    """The pseudonym is not in the log: nothing is guessed."""
    text = OLD.replace(
        '== Purpose::"fraud"', '== Purpose::"fraud" && context.case.pseudonym == "-"'
    )
    code, found = run(new(text), "--log", log / "export")
    assert (3, {"undecided": 3, "unasked": 1}) == (code, found["counts"])
    assert {"pseudonym" in one["missing"] for one in found["entries"]} == {True}


def test_a_log_that_says_what_its_file_does_not_is_an_alarm(tmp_path, policies, new):
    """A level in the log that the file of that digest does not grant is a mismatch, exit code 8."""
    rules = load_rules(OLD.encode(), policies.schema, HERE)
    forged = dataclasses.replace(
        entry(rules, "trafficking"), type="answer", granted_level="hit", reason=""
    )
    write_log(tmp_path, [forged])
    code, found = run(new(OLD), "--log", tmp_path / "export")
    assert (8, {"mismatch": 1}) == (code, found["counts"])


@pytest.mark.parametrize("source", ["export", "node.db"])
def test_an_altered_log_is_refused(source, log, new):
    """An entry that was changed after signing: nothing is shown."""
    if source == "export":
        (bundle,) = (log / "export" / "tile" / "entries").rglob("5")
        bundle.write_bytes(bundle.read_bytes().replace(b"VN/crime-police", b"VN/grime-police"))
    else:
        connection = sqlite3.connect(log / "node.db")
        connection.execute("DROP TRIGGER log_entry_update")
        connection.execute(
            "UPDATE log_entry SET data = CAST(replace(CAST(data AS TEXT), 'VN/', 'KH/') AS BLOB)"
        )
        connection.commit()
        connection.close()
    with pytest.raises(Exception, match="not the entry that was logged"):
        run(new(OLD), "--log", log / source)
