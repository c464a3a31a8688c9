"""The outcomes that a walk through the six nations relies on, at any hour of the day."""

import dataclasses

import pytest

from fedquery.policy.decide import decide_ask, decide_claim
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used
from fedquery.policy.vocabulary import Level

MIDNIGHT_MS = 1_795_478_400_000  # 2026-11-24T00:00:00Z
HOUR_MS = 3_600_000
POLICE = Asker("TH/cyber-police", "TH", "police")


def _fraud(nation, hour=0):
    now_ms = MIDNIGHT_MS + hour * HOUR_MS
    return Situation(
        asker=POLICE,
        dataset=Dataset(nation, "phones", "phone", sensitive=False),
        case=CaseCard("C-1", 10, True, now_ms - 72 * HOUR_MS, frozenset()),
        purpose="fraud",
        person_role="suspect",
        aim="identify",
        elements=1,
        used=Used(),
        now_ms=now_ms,
    )


@pytest.mark.parametrize("hour", range(24))
def test_police_in_fraud_are_answered_by_all_but_myanmar(hour, six_rules):
    """The hour of the day changes nothing for an ordinary question."""
    levels = {n: decide_ask(rules, _fraud(n, hour)).level for n, rules in six_rules.items()}
    answered = dict.fromkeys(("CN", "KH", "LA", "TH", "VN"), Level.HIT)
    assert {**answered, "MM": None} == levels


def _references(six_rules, hour, signed):
    claimed = {}
    for nation, rules in six_rules.items():
        question = _fraud(nation, hour)
        case = dataclasses.replace(question.case, signed_by=frozenset(signed))
        claim = dataclasses.replace(question, case=case, handling="open", elements=0)
        claimed[nation] = decide_claim(rules, claim, Level.REFERENCE).level
    return {nation for nation, level in claimed.items() if level is Level.REFERENCE}


@pytest.mark.parametrize("hour", range(24))
def test_references_without_a_signature(hour, six_rules):
    """Three nations name an open record in transnational serious fraud to police as such."""
    assert _references(six_rules, hour, ()) == {"CN", "LA", "VN"}


@pytest.mark.parametrize("hour", range(24))
def test_references_with_a_prosecutor(hour, six_rules):
    """A prosecutor's signature opens two more."""
    assert _references(six_rules, hour, ("prosecutor",)) == {"CN", "KH", "LA", "TH", "VN"}


def test_myanmar_refuses_by_name(six_rules):
    """The refusal carries the rule's id and a title that says who may ask."""
    decision = decide_ask(six_rules["MM"], _fraud("MM"))
    assert decision.policy_ids == ("MM-90", "MM-91")
    assert decision.reasons[0] == "Only financial intelligence units may ask Myanmar"


def test_laos_answers_anyone_in_fraud(six_rules):
    """Not even the sort of the agency or the weight of the offence matters."""
    asker = Asker("KH/regulator", "KH", "regulator")
    case = CaseCard("C-1", 0, False, MIDNIGHT_MS, frozenset())
    situation = dataclasses.replace(_fraud("LA"), asker=asker, case=case)
    assert Level.HIT is decide_ask(six_rules["LA"], situation).level


def test_cambodia_s_ninety_days(six_rules):
    """A case of ninety-one days is refused, and the reason says why."""
    case = dataclasses.replace(_fraud("KH").case, opened_ms=MIDNIGHT_MS - 91 * 24 * HOUR_MS)
    decision = decide_ask(six_rules["KH"], dataclasses.replace(_fraud("KH"), case=case))
    assert (
        decision.level,
        decision.reasons,
    ) == (None, ("Only in the first ninety days of a case",))
