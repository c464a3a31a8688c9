"""All six files over a matrix of situations: no faults, monotone rungs, no dead rule."""

import dataclasses
import itertools
import json

from fedquery.policy.decide import decide_ask
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used
from fedquery.policy.vocabulary import HANDLINGS, PURPOSES, SORTS, Level

NOON_MS = 1_795_496_400_000  # 2026-11-24T05:00:00Z, noon in Hanoi
NIGHT_MS = NOON_MS + 12 * 3_600_000
DAY_MS = 86_400_000
TEAM = frozenset({"Joint Team 2026-07"})

ASKERS = [
    *(Asker(f"TH/{sort}", "TH", sort) for sort in sorted(SORTS)),
    *(Asker(f"{nation}/police", nation, "police") for nation in ("CN", "KH", "LA", "MM", "VN")),
    Asker("LA/joint-team", "LA", "police", TEAM),
]
CASES = [
    CaseCard("C-1", years, transnational, NOON_MS - age * DAY_MS, frozenset(signed))
    for years, transnational, age, signed in (
        (5, True, 10, {"officer", "prosecutor"}),
        (5, True, 10, {"judge"}),
        (5, True, 10, {"supervisor"}),
        (5, False, 10, {"officer"}),
        (3, True, 10, {"prosecutor"}),
        (3, False, 100, {"officer"}),
    )
]
UNOPENED = CaseCard("C-1", 5, True, NOON_MS + 2 * DAY_MS, frozenset())
SPENT = [
    Used(),
    Used(elements_today=5001),
    Used(elements_of_nation_today=2001),
    Used(questions_today=20),
    Used(rows_shown_today=100),
]


def _questions(nation):
    """Yield a situation for each point of the matrix, without a handling code."""
    matrix = itertools.product(ASKERS, CASES, sorted(PURPOSES), (NOON_MS, NIGHT_MS))
    for number, (asker, case, purpose, now_ms) in enumerate(matrix):
        yield _situation(nation, asker, case, purpose, now_ms, sensitive=number % 7 == 0)
    for asker, role, used in itertools.product(ASKERS[:4], ("victim", "suspect"), SPENT):
        yield _situation(nation, asker, CASES[3], "fraud", NOON_MS, role=role, used=used)
    yield _situation(nation, ASKERS[0], UNOPENED, "fraud", NOON_MS)


def _situation(nation, asker, case, purpose, now_ms, **more):
    return Situation(
        asker=asker,
        dataset=Dataset(nation, "phones", "phone", more.get("sensitive", False)),
        case=case,
        purpose=purpose,
        person_role=more.get("role", "suspect"),
        aim="identify",
        elements=more.get("elements", 1),
        used=more.get("used", Used()),
        now_ms=now_ms,
        handling=more.get("handling"),
    )


def _level(verdicts, rungs):
    granted = [rung for rung, verdict in zip(rungs, verdicts, strict=True) if verdict.allowed]
    return max(granted, default=None)


def _climb(rules, question, number):
    """Decide a question and then a claim on it; return both levels, as Cedar says them raw."""
    claim = dataclasses.replace(
        question, elements=0, handling=sorted(HANDLINGS)[number % len(HANDLINGS)]
    )
    claimed = rules.engine.evaluate(
        ["reference", "summary"],
        claim.asker.entity(),
        claim.dataset.entity(),
        json.dumps(claim.cedar_context()),
    )
    assert [()] * len(claimed) == [verdict.errors for verdict in claimed]
    # Monotone: no rung above a refused one.
    assert claimed[0].allowed or not claimed[1].allowed
    asked = decide_ask(rules, question)
    assert not asked.fault
    top = _level(claimed, (Level.REFERENCE, Level.SUMMARY))
    # No claim is granted where the question would not be.
    assert top is None or asked.level is Level.HIT
    return {asked.level, top}, {*asked.policy_ids, *(i for v in claimed for i in v.policy_ids)}


def _beside_the_ladder(rules, nation):
    question = _situation(nation, ASKERS[0], CASES[0], "fraud", NOON_MS)
    context = question.cedar_context()
    download = {"used": context["used"], "now": context["now"]}
    fired = set()
    for action, shape in (("follow up", context), ("snapshot", download)):
        (verdict,) = rules.engine.evaluate(
            [action], question.asker.entity(), question.dataset.entity(), json.dumps(shape)
        )
        assert verdict.errors == ()
        fired.update(verdict.policy_ids)
    return fired


def test_rungs_are_monotone_and_every_rule_fires(six_rules):
    """Rungs are monotone, nothing errs, each nation uses its rungs, and no rule is dead."""
    levels, fired = {}, set()
    for nation, rules in six_rules.items():
        levels[nation] = set()
        for number, question in enumerate(_questions(nation)):
            reached, deciding = _climb(rules, question, number)
            levels[nation] |= reached
            fired |= deciding
        fired |= _beside_the_ladder(rules, nation)
    both = {None, Level.HIT, Level.REFERENCE}
    summaries = {"TH", "VN"}
    assert {n: both | ({Level.SUMMARY} if n in summaries else set()) for n in six_rules} == levels
    assert {policy_id for rules in six_rules.values() for policy_id in rules.policies} == fired
