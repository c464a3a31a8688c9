"""Decide a log's past questions again, by the file of their time and by another one.

A leaf holds all that its decision came from but the case's pseudonym, which is erased with the
details (`audit.detail`). Where something is missing, the entry is counted as not decided, with the
reason, and never guessed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from fedquery.errors import EncodingError
from fedquery.policy.conditions import condition_of, facts_in, paths_read
from fedquery.policy.decide import Decision, decide_ask, decide_claim
from fedquery.policy.recover import recover_situation
from fedquery.policy.rules import Rules
from fedquery.policy.situation import Situation
from fedquery.policy.vocabulary import Level

PSEUDONYM = "context.case.pseudonym"
_WITH_PSEUDONYM = frozenset({PSEUDONYM, "context.case", "context"})
_LEVELS = {level.word: level for level in Level}


@dataclass(frozen=True, slots=True)
class Logged:
    """What a log says of one decision.

    Attributes:
        asked: "hit", "reference" or "summary".
        granted: the same, or "" where nothing was granted.
        by_policy: whether the policy decided; otherwise something else refused, such as a quota.
        policies: the rules that decided.
        policy_digest: SHA-256 of the policy file, 32 octets.
        situation: what it was decided from, with some pseudonym in its place.
    """

    asked: str
    granted: str
    by_policy: bool
    policies: tuple[str, ...]
    policy_digest: bytes
    situation: bytes


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision made again.

    Attributes:
        kind: "same", "widened", "narrowed" or "reason" by the new file against the log;
            "mismatch" where the file of its time does not say what the log says; "undecided".
        before: the level that the policy granted then, "" for nothing.
        after: the level that the new file grants.
        rules_before: the rules that decided then.
        rules_after: the rules that decide now.
        missing: for an undecided one, exactly what is missing.
    """

    kind: str
    before: str
    after: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    missing: str = ""


def replay(logged: Logged, new: Rules, known: Mapping[bytes, Rules]) -> Replayed:
    """Decide one past question again.

    Args:
        logged: what the log says of it.
        new: the file to try.
        known: files of the past by their digest; may be empty.
    """
    old = known.get(logged.policy_digest)
    missing = _missing(logged, old, new)
    if missing:
        return Replayed("undecided", logged.granted, "", logged.policies, (), missing)
    situation = recover_situation(logged.situation)
    before, rules_before = logged.granted, logged.policies
    if old is not None:
        then = _decided(old, logged, situation)
        before, rules_before = _word(then), then.policy_ids
        if logged.by_policy and (before, rules_before) != (logged.granted, logged.policies):
            return Replayed("mismatch", logged.granted, before, logged.policies, rules_before)
    now = _decided(new, logged, situation)
    after, rules_after = _word(now), now.policy_ids
    kind = _kind(before, after, rules_before, rules_after)
    return Replayed(kind, before, after, rules_before, rules_after)


def _missing(logged: Logged, old: Rules | None, new: Rules) -> str:
    """Say what of a decision the log does not hold, or nothing."""
    try:
        recover_situation(logged.situation)
    except EncodingError:
        return "its situation is in the form of another schema"
    if reads_pseudonym(new):
        return "the file looks at the case's pseudonym, which is not in the log"
    if old is not None and reads_pseudonym(old):
        return "the file of its time looks at the case's pseudonym, which is not in the log"
    if old is None and not logged.by_policy:
        return "something else refused it, and its own policy file was not given"
    return ""


def _decided(rules: Rules, logged: Logged, situation: Situation) -> Decision:
    if logged.asked == Level.HIT.word:
        return decide_ask(rules, situation)
    return decide_claim(rules, situation, _LEVELS[logged.asked])


def _word(decision: Decision) -> str:
    return "" if decision.level is None else decision.level.word


def _kind(
    before: str, after: str, rules_before: tuple[str, ...], rules_after: tuple[str, ...]
) -> str:
    height = {"": 0, **{word: int(level) for word, level in _LEVELS.items()}}
    if height[before] != height[after]:
        return "widened" if height[before] < height[after] else "narrowed"
    return "same" if rules_before == rules_after else "reason"


def reads_pseudonym(rules: Rules) -> bool:
    """Tell whether some rule looks at the case's pseudonym."""
    policies = json.loads(rules.json_form)["staticPolicies"].values()
    return any(
        not _WITH_PSEUDONYM.isdisjoint(paths_read(fact.expression))
        for policy in policies
        for fact in facts_in(condition_of(policy, Level.HIT.word))
    )
