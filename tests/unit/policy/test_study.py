"""Studies of policy files: what they tell is what the engine says, and no file harms who asks."""

from dataclasses import replace

import pytest
from unit.policy.test_trial import DEEP, HOSTILE, RULE

from fedquery.errors import ConfigError
from fedquery.policy import study as studying
from fedquery.policy.asked import Usual
from fedquery.policy.compared import compare_files, difference_document
from fedquery.policy.load import load_rules
from fedquery.policy.matrix import make_matrix
from fedquery.policy.matrix_document import matrix_document
from fedquery.policy.source import MAX_BYTES, read_source
from fedquery.policy.study import Files, study

NOW_MS = 1_795_500_000_000
PERMIT = f"{RULE} when {{ context.case.maximumPenaltyYears >= 4 }};"
WIDER = PERMIT.replace(">= 4", ">= 2")


def files(schema, *policies, **usual):
    """Name files of TH."""
    return Files(
        nation="TH",
        policies=tuple(one.encode() if isinstance(one, str) else one for one in policies),
        schema=schema,
        usual=Usual(**usual),
        now_ms=NOW_MS,
    )


def test_one_file_is_who_may_learn_what(schema_text):
    """As `policy try` says it, with titles and laws of its rules."""
    wanted = files(schema_text, PERMIT, penalty_years=4)
    found = study(wanted)
    rules = load_rules(PERMIT.encode(), schema_text, "TH")
    asked = wanted.usual.asked(NOW_MS)
    cells = make_matrix([rules], asked.datasets, asked.purposes, asked.situation)
    assert (matrix_document(asked, [rules], cells),) == found.matrices
    assert {"TH-01": {"title": "title", "law": "EXAMPLE, Art. 1"}} == found.rules[0]
    levels = {one["disclosed"]["level"] for one in found.matrices[0]["cells"]}
    assert ({"hit"}, None, ()) == (levels, found.difference, found.complaints)
    below = study(files(schema_text, PERMIT, penalty_years=3))
    assert {"nothing"} == {one["disclosed"]["level"] for one in below.matrices[0]["cells"]}


def test_two_files_are_what_changes_between_them(schema_text):
    """As `policy diff` says it; the other way round it is narrower."""
    found = study(files(schema_text, PERMIT, WIDER))
    old, new = (load_rules(one.encode(), schema_text, "TH") for one in (PERMIT, WIDER))
    compared = compare_files(old, new, read_source(schema_text, "schema"))
    assert difference_document([compared]) == found.difference
    kinds = {one["kind"] for one in found.difference["nations"][0]["changes"]}
    assert {"widened"} == kinds
    back = study(files(schema_text, WIDER, PERMIT)).difference["nations"][0]["changes"]
    assert {"narrowed"} == {one["kind"] for one in back}
    assert [] == study(files(schema_text, PERMIT, PERMIT)).difference["nations"][0]["changes"]


def test_what_is_wrong_is_told_of_the_file_that_it_is_in(schema_text):
    """Its place in the file too, and nothing else is said."""
    found = study(files(schema_text, PERMIT, PERMIT.replace("permit", "permt")))
    ((number, complaint),) = found.complaints
    assert (1, 4, 1, "permit") == (number, complaint.line, complaint.column, complaint.meant)
    assert ((), None) == (found.matrices, found.difference)


@pytest.mark.parametrize("attack", sorted(set(HOSTILE) - {"too large"}))
def test_a_hostile_file_is_refused(attack, schema_text):
    """In either place, by a complaint."""
    octets, words = HOSTILE[attack]
    for place, both in enumerate(((octets, PERMIT), (PERMIT, octets))):
        found = study(files(schema_text, *both))
        assert any(words in one.text and place == number for number, one in found.complaints)


def test_a_crash_is_an_error_and_no_crash(schema_text, monkeypatch):
    """Known-bad twin: where the file is not measured, it kills the child and nobody else."""
    unmeasured = (
        "import sys; from fedquery.policy import study_child;"
        "study_child.unsafe = lambda source: (); sys.exit(study_child.main())"
    )
    monkeypatch.setattr(studying, "_PROGRAM", ("-c", unmeasured))
    deep = DEEP.replace("(" * 40, "(" * 5_000).replace(")" * 40, ")" * 5_000)
    with pytest.raises(ConfigError, match="crashes the policy engine"):
        study(files(schema_text, deep))


@pytest.mark.parametrize(
    "program", ["print('{')", "print('{}')", "print('[1]' * 9_000_000)", "raise SystemExit(3)"]
)
def test_an_answer_that_is_none_is_an_error(schema_text, monkeypatch, program):
    """Whatever a file has made of the process."""
    monkeypatch.setattr(studying, "_PROGRAM", ("-c", program))
    with pytest.raises(ConfigError, match="could not be tried"):
        study(files(schema_text, PERMIT))


def test_what_takes_too_long_is_ended(schema_text, monkeypatch):
    """And said to be that."""
    monkeypatch.setattr(studying, "_PROGRAM", ("-c", "while True: pass"))
    with pytest.raises(ConfigError, match="takes too long"):
        study(files(schema_text, PERMIT), timeout_s=0.2)


def test_files_that_are_too_large_are_not_read(schema_text):
    """Neither a policy nor the schema; which one is said."""
    wanted = files(schema_text, PERMIT)
    with pytest.raises(ConfigError, match=r"^TH\.cedar: larger than"):
        study(replace(wanted, policies=(b" " * (MAX_BYTES + 1),)))
    with pytest.raises(ConfigError, match=r"^schema\.cedarschema: larger than"):
        study(replace(wanted, schema=b" " * (MAX_BYTES + 1)))


def test_a_broken_schema_is_not_the_file_s_fault(schema_text):
    """It is an error of its own."""
    with pytest.raises(ConfigError, match="schema"):
        study(files(b"entity {", PERMIT))


def test_what_widens_is_never_left_out_for_what_changes_less(schema_text, monkeypatch):
    """Rules with other names make hundreds of changes that are none, and are told first."""
    fewer = (
        "import sys; from fedquery.policy import study_child;"
        "study_child.MOST_CHANGES = 1; sys.exit(study_child.main())"
    )
    two = WIDER + "\n" + RULE.replace("TH-01", "TH-02").replace("up to hit", "up to summary") + ";"
    whole = study(files(schema_text, PERMIT, two)).difference["nations"][0]["changes"]
    kinds = [one["kind"] for one in whole]
    assert "reason" == kinds[0]
    monkeypatch.setattr(studying, "_PROGRAM", ("-c", fewer))
    found = study(files(schema_text, PERMIT, two))
    assert [whole[kinds.index("widened")]] == found.difference["nations"][0]["changes"]
    assert len(whole) - 1 == found.left_out > 0
