"""policies/tests/*.json in the format of `cedar run-tests`, run through the engine of the node."""

import json
from pathlib import Path
from typing import Any

import cedarpy
import pytest

FILES = sorted((Path(__file__).parents[2] / "policies" / "tests").glob("*.json"))


def _cases() -> list[Any]:
    return [
        pytest.param(file.stem, case, id=f"{file.stem}: {case['name']}")
        for file in FILES
        for case in json.loads(file.read_text(encoding="utf-8"))
    ]


def _outcome(case: dict[str, Any], policies: object, schema: object) -> tuple[str, list[str], int]:
    entities = cedarpy.Entities.from_json_str(json.dumps(case["entities"]), schema)
    result = cedarpy.is_authorized(case["request"], policies, entities, schema)
    return (
        result.decision.value.lower(),
        sorted(result.diagnostics.reasons),
        len(result.diagnostics.errors),
    )


@pytest.mark.parametrize(("nation", "case"), _cases())
def test_case_comes_out_as_written(nation, case, six_rules):
    """Each case has the written decision, exactly the written reasons, and no error."""
    engine = six_rules[nation].engine
    expected = (case["decision"], sorted(case["reason"]), case["num_errors"])
    assert expected == _outcome(case, engine._policies, engine._schema)


def test_every_nation_has_cases():
    """No file of cases is missing or empty, so the test above cannot pass by running nothing."""
    counts = {file.stem: len(json.loads(file.read_text(encoding="utf-8"))) for file in FILES}
    assert {"CN", "KH", "LA", "MM", "TH", "VN"} == set(counts)
    assert all(count >= 6 for count in counts.values())


def test_cases_name_every_rule(six_rules):
    """Every rule of every file is a reason in at least one case."""
    named = {
        reason
        for file in FILES
        for case in json.loads(file.read_text(encoding="utf-8"))
        for reason in case["reason"]
    }
    assert {rule for rules in six_rules.values() for rule in rules.policies} == named
