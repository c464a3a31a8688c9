"""Decisions: the ladder, the reasons, and that every failure of the engine is a refusal."""

import dataclasses
import json

import cedarpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fedquery.errors import InputError
from fedquery.policy.cedar import ENGINE
from fedquery.policy.decide import UNAVAILABLE, decide_ask, decide_claim
from fedquery.policy.recover import recover_situation
from fedquery.policy.situation import MAX_COUNT, Asker, Dataset, Used
from fedquery.policy.vocabulary import PURPOSES, SORTS, Level

OVERFLOW = "context.used.elementsToday * 9007199254740991 > 0"


def _raw(rules, situation, *, entities=None):
    """Ask bare Cedar for a hit, as a node without `decide` would."""
    if entities is None:
        entities = [situation.asker.entity(), situation.dataset.entity()]
    return cedarpy.is_authorized(
        {
            "principal": situation.asker.entity()["uid"],
            "action": {"type": "Action", "id": "hit"},
            "resource": situation.dataset.entity()["uid"],
            "context": json.dumps(situation.cedar_context()),
        },
        rules.engine._policies,
        cedarpy.Entities.from_json_str(json.dumps(entities), rules.engine._schema),
        rules.engine._schema,
    )


def _claim(situation, handling="open"):
    return dataclasses.replace(situation, handling=handling, elements=0)


@pytest.fixture(scope="module")
def ladder(compiled, rule):
    """Compile rules that grant a hit to all, and higher rungs by the role of the person."""
    return compiled(
        rule("TH-01")
        + rule("TH-02", action='in Action::"up to reference"', when="context.case.transnational")
        + rule(
            "TH-03",
            action='in Action::"up to summary"',
            when='context.personRole == PersonRole::"missing"',
        )
        + rule(
            "TH-90",
            "forbid",
            'in Action::"more than hit"',
            when='context.record.handling == Handling::"source at risk"',
        )
        + rule(
            "TH-91",
            "forbid",
            'in Action::"more than reference"',
            when='context.record.handling == Handling::"restricted"',
        )
    )


def test_question_is_granted(ladder, question):
    """A grant names its rules in order, their titles, the digests, the engine and the context."""
    decision = decide_ask(ladder, question)
    assert decision.level is Level.HIT
    assert decision.policy_ids == ("TH-01", "TH-02")
    assert decision.reasons == ("title of TH-01", "title of TH-02")
    assert not decision.fault
    assert (ladder.digest, ladder.schema_digest) == (
        decision.policy_digest,
        decision.schema_digest,
    )
    assert decision.engine == ENGINE
    assert question.to_context_json() == decision.context


CLIMBS = [
    ("suspect", "open", 2, (2, ("TH-02",), ("title of TH-02",))),
    ("suspect", "open", 3, (2, ("TH-02",), ("no rule of TH permits more than reference",))),
    ("missing", "open", 3, (3, ("TH-02", "TH-03"), ("title of TH-03",))),
    ("missing", "open", 2, (2, ("TH-02", "TH-03"), ("title of TH-02", "title of TH-03"))),
    ("missing", "restricted", 3, (2, ("TH-02", "TH-03", "TH-91"), ("title of TH-91",))),
    ("missing", "source at risk", 3, (None, ("TH-90",), ("title of TH-90",))),
]


@pytest.mark.parametrize("climb", CLIMBS)
def test_claim_climbs_to_the_first_stop(climb, ladder, question):
    """The highest rung is granted that is wanted and has no refused rung below it."""
    role, handling, wanted, expected = climb
    claim = _claim(dataclasses.replace(question, person_role=role), handling)
    decision = decide_claim(ladder, claim, Level(wanted))
    assert expected == (decision.level, decision.policy_ids, decision.reasons)
    assert not decision.fault


def test_summary_without_reference_is_nothing(compiled, rule, question):
    """A rung above a refused one is not reached, even where bare rules would permit it."""
    rules = compiled(
        rule("TH-03", action='in Action::"up to summary"')
        # The house rules leave no way to forbid one rung alone; an engine built by hand has it.
    )
    parsed = json.loads(rules.json_form)
    forbid = json.loads(json.dumps(parsed["staticPolicies"]["TH-03"]))
    forbid |= {
        "effect": "forbid",
        "action": {"op": "==", "entity": {"type": "Action", "id": "reference"}},
    }
    parsed["staticPolicies"]["TH-04"] = forbid
    engine = type(rules.engine)(parsed, rules.engine._schema)
    policies = {**rules.policies, "TH-04": rules.policies["TH-03"]}
    crooked = dataclasses.replace(rules, engine=engine, policies=policies)
    assert decide_claim(crooked, _claim(question), Level.SUMMARY).level is None


def test_default_deny_says_so(compiled, question):
    """Where no rule applies, no rule is named and the reason says that there is none."""
    decision = decide_ask(compiled(""), question)
    assert (None, (), ("no rule of TH permits it",), False) == (
        decision.level,
        decision.policy_ids,
        decision.reasons,
        decision.fault,
    )


def test_named_refusal_carries_its_title(compiled, rule, question):
    """A forbid that applies is the reason, and the permits that it overrules are not."""
    rules = compiled(rule("TH-01") + rule("TH-90", "forbid", 'in Action::"any answer"'))
    decision = decide_ask(rules, question)
    assert (None, ("TH-90",), ("title of TH-90",)) == (
        decision.level,
        decision.policy_ids,
        decision.reasons,
    )


def test_overflowing_forbid_is_a_fault(compiled, rule, question):
    """A forbid that errs denies and is named, though bare Cedar would skip it and allow."""
    rules = compiled(
        rule("TH-01") + rule("TH-90", "forbid", 'in Action::"any answer"', when=OVERFLOW)
    )
    heavy = dataclasses.replace(question, used=Used(elements_today=MAX_COUNT))
    bare = _raw(rules, heavy)
    assert bare.allowed
    assert len(bare.diagnostics.errors) == 1
    decision = decide_ask(rules, heavy)
    assert (None, ("TH-90",), (UNAVAILABLE,), True) == (
        decision.level,
        decision.policy_ids,
        decision.reasons,
        decision.fault,
    )


def test_forbid_applies_where_it_does_not_overflow(compiled, rule, question):
    """The same rule refuses by name while its numbers are small."""
    rules = compiled(
        rule("TH-01") + rule("TH-90", "forbid", 'in Action::"any answer"', when=OVERFLOW)
    )
    light = dataclasses.replace(question, used=Used(elements_today=1))
    assert decide_ask(rules, light).policy_ids == ("TH-90",)


def test_sum_of_largest_counters_does_not_overflow(compiled, rule, question):
    """As many counters as one clause can add stay below 2^63."""
    total = " + ".join(["context.used.elementsToday"] * 33)
    rules = compiled(rule("TH-01", when=f"{total} > 0"))
    full = dataclasses.replace(question, used=Used(elements_today=MAX_COUNT))
    assert decide_ask(rules, full).level is Level.HIT


def test_asker_is_always_among_the_entities(compiled, rule, question):
    """A forbid on the asker applies, though bare Cedar without the entity would skip it."""
    rules = compiled(
        rule("TH-01")
        + rule(
            "TH-90",
            "forbid",
            'in Action::"any answer"',
            when='principal.sort == Sort::"police"',
        )
    )
    bare = _raw(rules, question, entities=[question.dataset.entity()])
    assert bare.allowed
    assert len(bare.diagnostics.errors) == 1
    assert decide_ask(rules, question).policy_ids == ("TH-90",)


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": Dataset("TH", "papers", "diary", sensitive=False)},
        {"asker": Asker("XX/police", "XX", "police")},
        {"asker": Asker("VN/police", "VN", "police", frozenset({"Unknown Team"}))},
    ],
)
def test_words_that_the_schema_lacks_are_a_fault(change, ladder, question):
    """An unknown kind, nation or team is refused and granted nothing by any other rule."""
    decision = decide_ask(ladder, dataclasses.replace(question, **change))
    assert (None, (UNAVAILABLE,), True) == (decision.level, decision.reasons, decision.fault)


class _Panicking:
    """An engine that fails as a Rust panic does: not with an Exception."""

    def __init__(self, error):
        self.error = error

    def evaluate(self, *_):
        raise self.error


class _Panic(BaseException):
    """What pyo3 raises is no Exception either."""


@pytest.mark.parametrize("error", [_Panic("panic"), ValueError("value"), MemoryError()])
def test_failure_of_the_engine_is_a_fault(error, ladder, question):
    """Whatever the engine raises, nothing is granted."""
    decision = decide_ask(dataclasses.replace(ladder, engine=_Panicking(error)), question)
    assert (None, (), (UNAVAILABLE,), True) == (
        decision.level,
        decision.policy_ids,
        decision.reasons,
        decision.fault,
    )


def test_interruption_is_passed_on(ladder, question):
    """Who stops the process is not told that the policy is unavailable."""
    with pytest.raises(KeyboardInterrupt):
        decide_ask(dataclasses.replace(ladder, engine=_Panicking(KeyboardInterrupt())), question)


def test_questions_and_claims_are_not_mixed_up(ladder, question):
    """A handling code belongs to claims only, and a claim asks for more than a hit."""
    with pytest.raises(InputError):
        decide_ask(ladder, _claim(question))
    with pytest.raises(InputError):
        decide_claim(ladder, question, Level.REFERENCE)
    with pytest.raises(InputError):
        decide_claim(ladder, _claim(question), Level.HIT)


def test_rules_speak_for_their_own_datasets(ladder, question):
    """Another nation's dataset is not decided by these rules."""
    foreign = Dataset("LA", "phones", "phone", sensitive=False)
    with pytest.raises(InputError):
        decide_ask(ladder, dataclasses.replace(question, dataset=foreign))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(PURPOSES)), st.sampled_from(sorted(SORTS)), st.booleans())
def test_decision_can_be_replayed(ladder, question, purpose, sort, sensitive):
    """The context of a decision and the same rules bring the same decision, byte for byte."""
    situation = dataclasses.replace(
        question,
        purpose=purpose,
        asker=Asker("VN/a", "VN", sort),
        dataset=Dataset("TH", "phones", "phone", sensitive),
    )
    decision = decide_ask(ladder, situation)
    assert decision == decide_ask(ladder, recover_situation(decision.context))


def test_context_is_not_shown(ladder, question):
    """The case's pseudonym stays out of a decision's repr."""
    case = dataclasses.replace(question.case, pseudonym="plain reference")
    assert "plain reference" not in repr(
        decide_ask(ladder, dataclasses.replace(question, case=case))
    )


def test_ladder_is_ordered():
    """Each rung is above the one before, and is called as policies call it."""
    assert [level.word for level in sorted(Level)] == ["hit", "reference", "summary"]
