"""Another build of Cedar, @cedar-policy/cedar-wasm, reads our policies as the node does."""

import json
from pathlib import Path

import pytest
from unit.policy.test_house_rules import BAD

from fedquery.policy.cases import read_cases, run_cases
from fedquery.policy.load import load_rules
from fedquery.policy.trial import try_file

POLICIES = Path(__file__).parents[2] / "policies"
NATIONS = ("CN", "KH", "LA", "MM", "TH", "VN")
SCHEMA = (POLICIES / "schema.cedarschema").read_text(encoding="utf-8")
# What Cedar itself refuses; the rest are house rules, of which it knows nothing.
CEDAR_S_OWN = (
    "annotation twice", "misspelt nation", "misspelt purpose", "misspelt attribute",
    "misspelt type", "misspelt action", "missing comma", "missing semicolon", "doubled operator",
    "half written", "record in a question",
)  # fmt: skip


@pytest.fixture(scope="module")
def wasm(run):
    """Run the other build, once: it takes a second to begin."""
    with run("cedar_reader.mjs") as program:
        yield program


def _text(nation):
    return (POLICIES / f"{nation}.cedar").read_text(encoding="utf-8")


@pytest.mark.parametrize("nation", NATIONS)
def test_it_finds_nothing_wrong_in_our_files(nation, wasm):
    """No error, and none of the warnings that our engine does not pass on."""
    found = wasm.call("validate", schema=SCHEMA, policies=_text(nation))
    assert {"errors": [], "warnings": []} == found


@pytest.mark.parametrize("fault", CEDAR_S_OWN)
def test_it_refuses_what_cedar_refuses_here(fault, wasm):
    """Each mistake of a policy that is Cedar's to find is found there too."""
    found = wasm.call("validate", schema=SCHEMA, policies=BAD[fault][0])
    assert found.get("error") or found["errors"]


@pytest.mark.parametrize(
    "clause",
    ["when { false }", 'when { context.aim == Sort::"fiu" }', "when { context has elementz }"],
)
def test_what_it_warns_of_is_refused_here(clause, wasm):
    """Where it calls a policy impossible, `fedquery policy check` complains."""
    text = (
        '@id("TH-01") @title("title") @law("EXAMPLE, Art. 1")\n'
        'permit (principal, action in Action::"up to hit", resource in Nation::"TH")\n'
        f"{clause};"
    )
    assert wasm.call("validate", schema=SCHEMA, policies=text)["warnings"]
    assert try_file(text.encode(), SCHEMA.encode(), "TH", thorough=True).complaints


@pytest.mark.parametrize("nation", NATIONS)
def test_it_reads_the_same_policies(nation, wasm):
    """Their JSON form is the one from which sentences are made here."""
    rules = load_rules(_text(nation).encode(), SCHEMA.encode(), nation)
    ours = json.loads(rules.json_form)["staticPolicies"]
    assert ours == wasm.call("json", policies=_text(nation))


@pytest.mark.parametrize("nation", NATIONS)
def test_it_decides_every_case_alike(nation, wasm):
    """Decision, reasons and errors of each case of policies/tests are the same."""
    cases = read_cases((POLICIES / "tests" / f"{nation}.json").read_bytes())
    rules = load_rules(_text(nation).encode(), SCHEMA.encode(), nation)
    assert len(cases) >= 6
    for outcome in run_cases(rules, cases):
        theirs = wasm.call(
            "decide",
            schema=SCHEMA,
            policies=_text(nation),
            request=outcome.case.request,
            entities=outcome.case.entities,
        )
        found = outcome.found
        assert {
            "decision": found.decision,
            "reason": list(found.reasons),
            "errors": found.errors,
        } == theirs, outcome.case.name


def test_a_changed_policy_is_decided_otherwise(wasm):
    """Known-bad twin: with one word changed, the other build does not say the same."""
    changed = _text("MM").replace('Role::"supervisor"', 'Role::"judge"')
    cases = json.loads((POLICIES / "tests" / "MM.json").read_text(encoding="utf-8"))
    (case,) = [one for one in cases if one["name"].startswith("a supervisor's signature")]
    given = {"schema": SCHEMA, "request": case["request"], "entities": case["entities"]}
    assert "allow" == wasm.call("decide", policies=_text("MM"), **given)["decision"]
    assert "deny" == wasm.call("decide", policies=changed, **given)["decision"]
