"""`fedquery audit replay`: decisions of a real log, and of logs that say what no policy says."""

import json
import shutil
from dataclasses import replace

import pytest
from support.node_log import POLICIES
from unit.cli.test_policy_simulate import situation
from unit.cli_audit.conftest import write_log

from fedquery.audit.node import QuestionEntry
from fedquery.cli.__main__ import main
from fedquery.policy.load import load_rules
from fedquery.policy.replay import Logged, remake
from fedquery.storage.log_reading import read_log


@pytest.fixture
def run(capsys):
    """Run a command; give its code, its document and what went to standard error."""

    def call(*words):
        code = main(["audit", "replay", *map(str, words), "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return call


@pytest.mark.parametrize("form", ["new", "home"])
def test_every_decision_of_a_real_log_comes_out_as_logged(run, real, form):
    """From an export alone, and from the data directory: each question that asked a policy."""
    code, found, _ = run(getattr(real, form))
    assert (0, {}, {}, 0, []) == (
        code,
        found["missing"],
        found["undecided"],
        found["mismatches"],
        found["entries"],
    )
    assert found["same"] > 100 < found["unasked"]
    assert 0 == found["other_engine"]


def test_a_missing_file_is_named_and_counted(run, real, tmp_path):
    """Exit code 3; with the files of elsewhere everything is decided."""
    shutil.copytree(real.new, tmp_path / "log")
    (tmp_path / "log/policies").rename(tmp_path / "kept")
    code, found, _ = run(tmp_path / "log")
    assert (3, 0, 3) == (code, found["same"], len(found["missing"]))
    assert set(found["missing"]) < {path.stem for path in (tmp_path / "kept").iterdir()}
    assert 0 == run(tmp_path / "log", "--policies", tmp_path / "kept")[0]


def test_a_swapped_file_decides_nothing(run, real, tmp_path):
    """A file that is not the one of its digest is refused, wherever it lies."""
    shutil.copytree(real.new, tmp_path / "log")
    (tmp_path / "log/policies").rename(tmp_path / "kept")
    for path in (tmp_path / "kept").glob("*.cedar"):
        path.write_bytes(path.read_bytes() + b"\n")
    code, _, err = run(tmp_path / "log", "--policies", tmp_path / "kept")
    assert (78, True) == (code, "not the policy file of its digest" in err)


def forged(real, change):
    """Change the first decided question of a real log that a function takes, and sign anew."""
    leaves = list(read_log(real.new))
    for index, leaf in enumerate(leaves):
        if b'"situation":{' in leaf:
            other = change(QuestionEntry.decode(leaf))
            if other is not None:
                leaves[index] = other.encode()
                return leaves, index
    raise AssertionError("no entry was taken")


CHANGES = {
    "a level that was not granted": lambda one: (
        replace(one, type="answer", granted_level="hit", reason="")
        if one.reason == "policy-denied"
        else None
    ),
    "a refusal that was an answer": lambda one: (
        replace(one, type="refusal", granted_level="", reason="policy-denied")
        if one.type == "answer"
        else None
    ),
    "another rule": lambda one: replace(one, policies=("VN-99",)) if one.policies else None,
    "another situation": lambda one: (
        replace(one, situation=one.situation.replace(b'"fraud"', b'"missing person"'))
        if one.type == "answer" and b'"fraud"' in one.situation
        else None
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_policy_does_not_say_is_named(run, real, tmp_path, name):
    """Exit code 8, with the entry, what is logged of it and what its policy says."""
    leaves, index = forged(real, CHANGES[name])
    write_log(tmp_path / "log", leaves, real.signer)
    code, found, _ = run(tmp_path / "log", "--policies", real.new / "policies")
    assert (8, 1, index) == (code, found["mismatches"], found["entries"][0]["index"])


def test_the_rules_stand_also_where_something_else_refused():
    """A quota refuses after the policy has decided: other rules than it named are a mismatch."""
    text = b"""@id("TH-01") @title("x") @law("x, Art. 1")
permit (principal, action in Action::"up to hit", resource in Nation::"TH");
"""
    rules = load_rules(text, (POLICIES / "schema.cedarschema").read_bytes(), "TH")
    logged = Logged(
        "hit", "", False, ("TH-01",), rules.digest, situation("fraud").to_context_json()
    )
    assert "same" == remake(logged, rules).kind
    assert "mismatch" == remake(replace(logged, policies=()), rules).kind


def test_only_a_node_decides(run, tmp_path, stranger):
    """A coordinator's log is refused in one sentence."""
    write_log(tmp_path / "log", [], stranger("fedquery.log/mekong/coordinator/hub"))
    code, _, err = run(tmp_path / "log")
    assert (65, True) == (code, "only a node decides" in err)


def test_an_altered_log_is_refused(run, real, tmp_path):
    """Nothing of it means anything: the entry is named and no figure is shown."""
    shutil.copytree(real.new, tmp_path / "log")
    bundle = tmp_path / "log/tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b"phones", b"bhones", 1))
    code, found, err = run(tmp_path / "log")
    assert (8, None) == (code, found)
    assert "tile/entries/000: entry" in err
