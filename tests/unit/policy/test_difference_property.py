"""Whatever two files say differently in some situation, their difference says so."""

import dataclasses
import json

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from support.policy_files import files
from support.policy_situations import situations

from fedquery.policy.boundary import Solver
from fedquery.policy.decide import decide_ask, decide_claim
from fedquery.policy.diagram import Diagrams
from fedquery.policy.difference import compare
from fedquery.policy.source import read_source
from fedquery.policy.vocabulary import Level


def granted(rules, situation):
    """Give the highest level that a question or any claim is granted, as a place in its plane."""
    if situation.handling is None:
        return int(decide_ask(rules, situation).level is Level.HIT)
    found = [
        decide_claim(rules, situation, wanted).level for wanted in (Level.REFERENCE, Level.SUMMARY)
    ]
    return max((int(level) - 1 for level in found if level), default=0)


def missed(differences, old, new, situation):
    """Say what a difference misses of one situation, or nothing."""
    name = "question" if situation.handling is None else "claim"
    (one,) = [found for found in differences if found.plane.name == name]
    written = json.loads(situation.to_context_json())
    levels = granted(old, situation), granted(new, situation)
    try:
        said = one.at(written)
    except KeyError:
        return "no cell"
    if levels != tuple(outcome.level for outcome in said):
        return "another level"
    point = one._cell_of(written)
    changes = {
        (change.before, change.after)
        for change in one.changes
        if all(cell in cells for cell, cells in zip(point, change.cube, strict=True))
    }
    if levels[0] != levels[1] and levels not in changes:
        return "no change"
    if levels[0] == levels[1] and any(before != after for before, after in changes):
        return "a change that is none"
    return ""


def differences(compiled, schema, pair):
    """Compare two written files."""
    old, new = (compiled(text) for text in pair)
    return old, new, compare(old, new, schema)


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pair=files(), asked=st.lists(situations(), min_size=20, max_size=40))
def test_what_random_situations_find_is_in_the_difference(compiled, schema_text, pair, asked):
    """For each situation: the levels that the node would grant, and a change where they differ."""
    old, new, found = differences(compiled, read_source(schema_text, "policy schema"), pair)
    assert {""} == {missed(found, old, new, situation) for situation in asked}


@pytest.mark.parametrize(
    ("blind", "seen"),
    [
        (lambda patch: None, {""}),
        (lambda patch: patch.setattr(Solver, "boundary", lambda *_: iter(())), {"no cell"}),
        (lambda patch: patch.setattr(Diagrams, "cover", lambda *_: iter(())), {"no change"}),
    ],
)
def test_the_property_notices_a_blind_spot(
    blind, seen, *, compiled, schema_text, rule, question, monkeypatch
):
    """What judges above sees a value that is not tried, and a change that is lost."""
    years = "context.case.maximumPenaltyYears"
    blind(monkeypatch)
    pair = rule(when=f"{years} == 7"), rule(when="false")
    old, new, found = differences(compiled, read_source(schema_text, "policy schema"), pair)
    case = dataclasses.replace(question.case, maximum_penalty_years=7)
    asked = dataclasses.replace(question, case=case)
    assert seen == {missed(found, old, new, asked)}
