"""What bare Cedar does that a node must not: each trap is shown, and then that it is closed.

The others are beside what closes them: an erring forbid, an overflow and an unknown agency in
test_decide, nesting in test_source and test_trial, a doubled @id in test_house_rules.
"""

import dataclasses
import json

import cedarpy
import pytest

from fedquery.policy.decide import UNAVAILABLE, decide_ask
from fedquery.policy.situation import MAX_COUNT, Used


def _bare(rules, question, context, *, action="hit"):
    """Ask Cedar as one who hands on whatever comes."""
    entities = [question.asker.entity(), question.dataset.entity()]
    return cedarpy.is_authorized(
        {
            "principal": question.asker.entity()["uid"],
            "action": {"type": "Action", "id": action},
            "resource": question.dataset.entity()["uid"],
            "context": context,
        },
        rules.engine._policies,
        cedarpy.Entities.from_json_str(json.dumps(entities), rules.engine._schema),
        rules.engine._schema,
    )


def test_reasons_come_in_random_order_and_are_sorted(compiled, rule, question):
    """Forty rules apply; Cedar names them in another order each time, a decision in one."""
    rules = compiled("".join(rule(f"TH-{number:02}") for number in range(1, 41)))
    bare = {
        tuple(_bare(rules, question, question.cedar_context()).diagnostics.reasons)
        for _ in range(8)
    }
    assert len(bare) > 1
    ids = tuple(sorted(next(iter(bare))))
    titles = tuple(f"title of {policy_id}" for policy_id in ids)
    for _ in range(8):
        decision = decide_ask(rules, question)
        assert (ids, titles) == (decision.policy_ids, decision.reasons)


MISSHAPEN = {
    "a field is missing": lambda context: context.pop("aim"),
    "a field is of another type": lambda context: context.update(elements="1"),
    "a number is a float": lambda context: context.update(elements=1.5),
    "a field is null": lambda context: context.update(elements=None),
    "a field too many": lambda context: context.update(extra=1),
    "a number is too large": lambda context: context.update(elements=2**63),
    "an unknown word": lambda context: context.update(
        purpose={"type": "Purpose", "id": "curiosity"}
    ),
}


@pytest.mark.parametrize("how", sorted(MISSHAPEN))
def test_a_request_that_is_none_is_no_decision_and_no_answer(how, compiled, rule, question):
    """Cedar answers NoDecision without an exception; the engine's verdict says so."""
    rules = compiled(rule("TH-01"))
    context = question.cedar_context()
    MISSHAPEN[how](context)
    assert _bare(rules, question, context).decision is cedarpy.Decision.NoDecision
    (verdict,) = rules.engine.evaluate(
        ["hit"], question.asker.entity(), question.dataset.entity(), json.dumps(context)
    )
    assert (False, False) == (verdict.allowed, verdict.decided)
    assert verdict.errors


def test_no_decision_is_a_fault(compiled, rule, question, monkeypatch):
    """Should such a context ever be written, nothing is granted and the fault is told."""
    rules = compiled(rule("TH-01"))
    context = question.cedar_context()
    del context["aim"]
    monkeypatch.setattr(type(question), "cedar_context", lambda _self: context)
    decision = decide_ask(rules, question)
    assert (None, (UNAVAILABLE,), True) == (decision.level, decision.reasons, decision.fault)


def test_an_unknown_action_is_no_decision(compiled, rule, question):
    """With the schema Cedar refuses it; without, it would be evaluated like any other."""
    rules = compiled(rule("TH-01", action='== Action::"snapshot"'))
    (verdict,) = rules.engine.evaluate(
        ["snapshoot"],
        question.asker.entity(),
        question.dataset.entity(),
        json.dumps(question.cedar_context()),
    )
    assert not verdict.decided


def test_an_error_in_one_rule_is_not_outvoted(compiled, rule, question):
    """One permit applies and another errs: bare Cedar allows, a decision does not."""
    overflow = "context.used.elementsToday * 2048 > 0"
    rules = compiled(rule("TH-01") + rule("TH-02", when=overflow))
    heavy = dataclasses.replace(question, used=Used(elements_today=MAX_COUNT))
    assert _bare(rules, heavy, heavy.cedar_context()).allowed
    assert decide_ask(rules, heavy).fault
