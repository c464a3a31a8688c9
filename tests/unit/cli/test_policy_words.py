"""`fedquery policy explain` and `test`: what is printed, and the exit codes."""

import json
import shutil
from pathlib import Path

import pytest

from fedquery.cli.__main__ import main

SHIPPED = Path(__file__).parents[3] / "policies"


@pytest.fixture
def policies(tmp_path):
    """Copy Myanmar's file, its tests and the schema."""
    (tmp_path / "tests").mkdir()
    for name in ("schema.cedarschema", "MM.cedar", "tests/MM.json"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def _out(capsys):
    # However the lines are broken.
    return " ".join(capsys.readouterr().out.split())


def test_every_shipped_policy_has_words(capsys):
    """None of the six files needs to be read in Cedar."""
    assert 0 == main(["policy", "explain", str(SHIPPED), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert len(found) > 30
    assert {True} == {clause["worded"] for one in found for clause in one["clauses"]}


def test_a_policy_is_explained_with_its_title_and_law(policies, capsys):
    """Whoever reads it knows where it stands and what it rests on."""
    assert 0 == main(["policy", "explain", str(policies)])
    said = _out(capsys)
    assert "MM-02 Financial intelligence units: our reference, when a supervisor has signed" in said
    assert f"EXAMPLE, Art. 2 ({policies / 'MM.cedar'})" in said
    assert (
        "Any agency may learn a hit and the reference from Myanmar, if the asking agency is a"
        " financial intelligence unit, and if the purpose is “money laundering”, and if a"
        " supervisor has signed."
    ) in said


def test_a_refusal_is_explained(policies, capsys):
    """MM-90 says what stopped the asker and what would be needed."""
    assert 0 == main(["policy", "explain", str(policies), "--refusal", "MM-90"])
    said = _out(capsys)
    assert "MM-90 Only financial intelligence units may ask Myanmar" in said
    assert "For it not to apply, this is needed: - the asking agency is a financial" in said
    assert "MM-91" not in said


def test_no_rule_permits_it_is_explained(policies, capsys):
    """Where no rule refused, all that would permit is shown."""
    assert 0 == main(["policy", "explain", str(policies), "--refusal", "MM", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert ["MM-01", "MM-02"] == [one["id"] for one in found]
    assert "a supervisor has signed" in found[1]["needed"]["all"]


def test_an_unknown_refusal_names_the_nearest(policies, capsys):
    """A slip in the id is answered with the id that was meant."""
    assert 65 == main(["policy", "explain", str(policies), "--refusal", "MM-09"])
    assert "Did you mean MM-" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["explain", "test"])
def test_a_wrong_file_is_neither_explained_nor_tested(command, policies, capsys):
    """Nothing is said of a file that no node would take."""
    file = policies / "MM.cedar"
    file.write_text(file.read_text().replace("@law", "@lore", 1))
    assert 78 == main(["policy", command, str(file)])
    captured = capsys.readouterr()
    assert "a policy needs @law" in captured.err
    assert "" == captured.out


def test_the_shipped_files_come_out_as_their_tests_say(capsys):
    """All tests pass and every policy of the six files is a reason of one."""
    assert 0 == main(["policy", "test", str(SHIPPED)])
    lines = capsys.readouterr().out.splitlines()
    assert 6 == len(lines)
    assert all("tests as written" in line and ", not " not in line for line in lines)


def test_a_failed_test_is_shown(policies, capsys):
    """What was written stands beside what came."""
    file = policies / "MM.cedar"
    file.write_text(file.read_text().replace('Role::"supervisor"', 'Role::"judge"'))
    assert 78 == main(["policy", "test", str(policies)])
    said = _out(capsys)
    assert "FAILED a supervisor's signature brings the reference" in said
    assert "written: allow by MM-02 found: deny by no policy" in said


def test_a_policy_that_no_test_reaches_is_named(policies, capsys):
    """All pass, and still somebody wrote a rule without a test: exit code 3."""
    tests = policies / "tests" / "MM.json"
    kept = [case for case in json.loads(tests.read_text()) if case["reason"] != ["MM-92"]]
    tests.write_text(json.dumps(kept))
    assert 3 == main(["policy", "test", str(policies)])
    assert "they reach 4 of 5 policies, not MM-92" in _out(capsys)
    assert 3 == main(["policy", "test", str(policies), "--json"])
    (found,) = json.loads(capsys.readouterr().out)
    assert (["MM-92"], [], len(kept)) == (found["unreached"], found["failed"], found["passed"])


def test_tests_may_stand_elsewhere(policies, capsys):
    """A draft is run against the tests of the file in force."""
    (policies / "tests").rename(policies / "others")
    assert 66 == main(["policy", "test", str(policies)])
    assert 0 == main(["policy", "test", str(policies), "--tests", str(policies / "others")])


def test_tests_that_cannot_be_read_are_another_fault(policies, capsys):
    """It is the file of tests that is wrong, and not the policy."""
    (policies / "tests" / "MM.json").write_text("{")
    assert 65 == main(["policy", "test", str(policies)])
