"""Tests of policies: read strictly, run by the engine that decides, and counted."""

import json

import pytest

from fedquery.errors import EncodingError
from fedquery.policy.cases import MAX_BYTES, Result, read_cases, run_cases, unreached


@pytest.fixture
def case(question):
    """Write one case that is granted by TH-01."""
    return {
        "name": "a hit",
        "request": {
            "principal": f'Agency::"{question.asker.agency}"',
            "action": 'Action::"hit"',
            "resource": f'Dataset::"TH/{question.dataset.name}"',
            "context": question.cedar_context(),
        },
        "entities": [question.asker.entity(), question.dataset.entity()],
        "decision": "allow",
        "reason": ["TH-01"],
        "num_errors": 0,
    }


def _read(*cases):
    return read_cases(json.dumps(cases).encode())


def test_a_case_that_comes_out_as_written_reaches_its_policies(case, compiled, rule):
    """The other policy of the file is reached by none."""
    rules = compiled(rule("TH-01") + rule("TH-02", when="resource.sensitive"))
    outcomes = run_cases(rules, _read(case))
    assert [True] == [one.as_written for one in outcomes]
    assert ("TH-02",) == unreached(rules, outcomes)


@pytest.mark.parametrize(
    "change",
    [{"decision": "deny"}, {"reason": []}, {"reason": ["TH-01", "TH-02"]}, {"num_errors": 1}],
)
def test_a_case_that_comes_out_otherwise_reaches_nothing(change, case, compiled, rule):
    """Decision, reasons and errors are all compared; a failed case shows nothing of a policy."""
    rules = compiled(rule("TH-01"))
    outcomes = run_cases(rules, _read(case | change))
    assert [False] == [one.as_written for one in outcomes]
    assert ("TH-01",) == unreached(rules, outcomes)
    assert "allow by TH-01" == str(outcomes[0].found)


def test_an_erring_policy_is_counted(case, compiled, rule):
    """A case may write down that a rule cannot be evaluated."""
    rules = compiled(rule("TH-01") + rule("TH-02", when="context.used.elementsToday * 2048 > 0"))
    case["request"]["context"]["used"]["elementsToday"] = 2**53 - 1
    (outcome,) = run_cases(rules, _read(case | {"num_errors": 1}))
    assert outcome.as_written


BROKEN = {
    "no action": lambda case: case["request"].pop("action"),
    "no such action": lambda case: case["request"].update(action='Action::"hitt"'),
    "no such purpose": lambda case: case["request"]["context"]["purpose"].update(id="fun"),
    "no context": lambda case: case["request"].pop("context"),
    "an entity of another shape": lambda case: case["entities"].append(1),
    "an entity of no type": lambda case: case["entities"].append(
        {"uid": {"type": "Ghost", "id": "x"}, "attrs": {}, "parents": []}
    ),
}


@pytest.mark.parametrize("how", sorted(BROKEN))
def test_a_request_that_is_none_fails_its_case(how, case, compiled, rule):
    """It is told what the engine says, and whatever was written, it is not met."""
    BROKEN[how](case)
    (outcome,) = run_cases(
        compiled(rule("TH-01")), _read(case | {"decision": "deny", "reason": []})
    )
    assert not outcome.as_written
    assert "no decision" == outcome.found.decision
    assert outcome.problem


@pytest.mark.parametrize(
    "octets",
    [b"", b"{}", b"[1]", b"[{}]", b"\xff", b"[" * 100_000, b" " * (MAX_BYTES + 1)],
)
def test_what_is_no_file_of_cases_is_refused(octets):
    """It is a list of objects and nothing else."""
    with pytest.raises(EncodingError):
        read_cases(octets)


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"name": 1},
        {"request": []},
        {"entities": {}},
        {"decision": "permit"},
        {"reason": "TH-01"},
        {"reason": [1]},
        {"num_errors": True},
    ],
)
def test_a_case_out_of_form_is_named_by_its_number(change, case):
    """A field too many may be one misspelt, which would then test nothing."""
    with pytest.raises(EncodingError, match="policy test 2 "):
        _read(case, case | change)


def test_results_are_said_in_words():
    """What failed reads as a sentence."""
    assert "deny by no policy, 2 errors" == str(Result("deny", (), 2))
