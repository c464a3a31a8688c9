"""Decide a question or a claim: the highest rung of the ladder that the rules permit.

A decision is a function of the rules and the situation and of nothing else. Cedar skips a policy
that errs, so that a forbid which errs fails open; here any error in any request is a refusal and a
fault.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from fedquery.errors import InputError
from fedquery.policy import cedar
from fedquery.policy.rules import Rules
from fedquery.policy.situation import Situation
from fedquery.policy.vocabulary import Level

UNAVAILABLE = "policy-unavailable"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one nation's rules say to one situation.

    Attributes:
        level: the highest rung granted; None where nothing is.
        policy_ids: every rule that decided a rung, sorted; for a fault, the rules that erred.
        reasons: public texts: what stopped the next rung or, where all that was wanted is granted,
            what granted it.
        fault: whether the rules could not be evaluated; then nothing is granted.
        policy_digest: SHA-256 of the policy file, 32 octets.
        schema_digest: SHA-256 of the schema file, 32 octets.
        engine: name and version of the engine.
        context: the situation in its canonical form, from which the decision can be replayed.
    """

    level: Level | None
    policy_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    fault: bool
    policy_digest: bytes
    schema_digest: bytes
    engine: str
    context: bytes = field(repr=False)


def decide_ask(rules: Rules, situation: Situation) -> Decision:
    """Decide whether a question is answered with hit or no hit.

    Args:
        rules: the holder's rules.
        situation: the question's situation, without a handling code.

    Raises:
        InputError: if the situation is a claim's, or its dataset is another nation's.
    """
    if situation.handling is not None:
        raise InputError("a question has no handling code")
    return _decide(rules, situation, (Level.HIT,))


def decide_claim(rules: Rules, situation: Situation, wanted: Level) -> Decision:
    """Decide how much of a record is shown to the asker that proved a hit.

    Args:
        rules: the holder's rules.
        situation: the claim's situation, with the record's handling code.
        wanted: `Level.REFERENCE` or `Level.SUMMARY`; no more is granted.

    Raises:
        InputError: if the situation is a question's, its dataset is another nation's, or the level
            is not to be claimed.
    """
    if situation.handling is None:
        raise InputError("a claim needs the handling code of its record")
    # A claim proves its hit by the token (protocol.md, 7), so the rung of the hit is not decided
    # again.
    rungs = tuple(level for level in Level if Level.HIT < level <= wanted)
    if not rungs:
        raise InputError("only a reference or a summary can be claimed")
    return _decide(rules, situation, rungs)


def _decide(rules: Rules, situation: Situation, rungs: Sequence[Level]) -> Decision:
    if situation.dataset.nation != rules.nation:
        raise InputError("the dataset is not of the nation whose rules are asked")
    try:
        verdicts = rules.engine.evaluate(
            [level.word for level in rungs],
            situation.asker.entity(),
            situation.dataset.entity(),
            json.dumps(situation.cedar_context()),
        )
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  a panic of the engine is no Exception, and must deny too
        return _fault(rules, situation, ())
    errors = [error for verdict in verdicts for error in verdict.errors]
    if errors or len(verdicts) != len(rungs):
        return _fault(rules, situation, errors)
    return _climb(rules, situation, rungs, verdicts)


def _climb(
    rules: Rules, situation: Situation, rungs: Sequence[Level], verdicts: Sequence[cedar.Verdict]
) -> Decision:
    granted: Level | None = None
    deciding: set[str] = set()
    reasons: tuple[str, ...] = ()
    for level, verdict in zip(rungs, verdicts, strict=True):
        deciding.update(verdict.policy_ids)
        reasons = tuple(rules.policies[name].title for name in verdict.policy_ids)
        # A rung counts only if every rung below it is granted.
        if not verdict.allowed:
            reasons = reasons or (_no_rule(rules.nation, granted),)
            break
        granted = level
    return _decision(rules, situation, granted, tuple(sorted(deciding)), reasons)


def _no_rule(nation: str, granted: Level | None) -> str:
    # Cedar names no policy for a default deny.
    more = "it" if granted is None else f"more than {granted.word}"
    return f"no rule of {nation} permits {more}"


def _fault(rules: Rules, situation: Situation, errors: Sequence[str]) -> Decision:
    # Of Cedar's error texts only the ids of our own rules are kept: the rest may quote the context.
    erring = tuple(name for name in rules.policies if any(f"`{name}`" in text for text in errors))
    return _decision(rules, situation, None, erring, (UNAVAILABLE,), fault=True)


def _decision(
    rules: Rules,
    situation: Situation,
    level: Level | None,
    policy_ids: tuple[str, ...],
    reasons: tuple[str, ...],
    *,
    fault: bool = False,
) -> Decision:
    return Decision(
        level=level,
        policy_ids=policy_ids,
        reasons=reasons,
        fault=fault,
        policy_digest=rules.digest,
        schema_digest=rules.schema_digest,
        engine=cedar.ENGINE,
        context=situation.to_context_json(),
    )
