"""Decide a log's past questions again, by the file of their time and by another one.

A leaf holds all that its decision came from but the case's pseudonym, which is erased with the
details (`audit.detail`). Where something is missing, the entry is counted as not decided, with the
reason, and never guessed.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass

from fedquery.errors import EncodingError
from fedquery.policy.conditions import condition_of, facts_in
from fedquery.policy.decide import Decision, decide_ask, decide_claim
from fedquery.policy.expressions import paths_read
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


def remake(logged: Logged, rules: Rules) -> Replayed:
    """Make one past decision again, by the file of its time.

    Args:
        logged: what the log says of it.
        rules: the file of its policy digest.

    Returns:
        "same", "mismatch" or "undecided".
    """
    situation, missing = _recovered(logged)
    if reads_pseudonym(rules):
        missing = "the file of its time looks at the case's pseudonym, which is not in the log"
    if situation is None or missing:
        return Replayed("undecided", logged.granted, "", logged.policies, (), missing)
    then = _decided(rules, logged, situation)
    word = _word(then)
    # What something else refused, the policy had decided before: its rules stand there too.
    differs = then.policy_ids != logged.policies or (logged.by_policy and word != logged.granted)
    kind = "mismatch" if differs else "same"
    return Replayed(kind, logged.granted, word, logged.policies, then.policy_ids)


def replay(logged: Logged, new: Rules, known: Mapping[bytes, Rules]) -> Replayed:
    """Decide one past question again, by the file of its time and by another one.

    Args:
        logged: what the log says of it.
        new: the file to try.
        known: files of the past by their digest; may be empty.
    """
    old = known.get(logged.policy_digest)
    situation, missing = _recovered(logged)
    if reads_pseudonym(new):
        missing = "the file looks at the case's pseudonym, which is not in the log"
    elif old is None and not logged.by_policy:
        missing = missing or "something else refused it, and its own policy file was not given"
    if situation is None or missing:
        return Replayed("undecided", logged.granted, "", logged.policies, (), missing)
    before, rules_before = logged.granted, logged.policies
    if old is not None:
        then = remake(logged, old)
        if then.kind != "same":
            return then
        before, rules_before = then.after, then.rules_after
    now = _decided(new, logged, situation)
    after, rules_after = _word(now), now.policy_ids
    kind = _kind(before, after, rules_before, rules_after)
    return Replayed(kind, before, after, rules_before, rules_after)


def _recovered(logged: Logged) -> tuple[Situation | None, str]:
    """Give the situation of a decision, or say why there is none."""
    try:
        return recover_situation(logged.situation), ""
    except EncodingError:
        return None, "its situation is in the form of another schema"


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
    return _reads_pseudonym(rules.json_form)


# A log has a question a second by one file for months: it is looked through once.
@functools.lru_cache(maxsize=64)
def _reads_pseudonym(json_form: str) -> bool:
    policies = json.loads(json_form)["staticPolicies"].values()
    return any(
        not _WITH_PSEUDONYM.isdisjoint(paths_read(fact.expression))
        for policy in policies
        for fact in facts_in(condition_of(policy, Level.HIT.word))
    )
