"""How the policies of nations have changed, as far as their manifests have told this agency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.ask.policies_seen import PolicySeen
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.nation_view import RuleLine, rules_of
from fedquery.desk.voice import Voice
from fedquery.federation.policy_summary import PolicySummary

MOST: Final = 20
"""How many changes of a step a page shows: a nation may have 200 rules, and change them all."""
_NEW: Final = N_("new rule")
_GONE: Final = N_("rule taken out")
_OTHER: Final = N_("rule told otherwise")
_FIRST: Final = N_("The first that this agency has seen.")
_UNTOLD: Final = N_("Another file. Nothing of what is told of its rules has changed.")
_MORE: Final = N_("Rules that are not told, before and now: %(before)s, %(now)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """What became of a rule.

    Attributes:
        sort: whether it is new, gone or told otherwise.
        rule: the rule as it is now, or was last.
        before: as it was told before, where it is told otherwise.
    """

    sort: str
    rule: RuleLine
    before: RuleLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyStep:
    """A policy that a nation has told of.

    Attributes:
        since_ms: when its manifest told of it first.
        digest: the digest of the file, in hexadecimal.
        changes: what became of which rules, at most `MOST`.
        more: how many more changes there are; "" for none.
        remark: what is to be said besides; "" for nothing.
    """

    since_ms: int
    digest: str
    changes: tuple[RuleChange, ...]
    more: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NationPolicies:
    """The policies of a nation.

    Attributes:
        nation: its name.
        steps: its policies, the newest first.
    """

    nation: str
    steps: tuple[PolicyStep, ...]


def policy_history(
    seen: Mapping[str, Sequence[PolicySeen]], voice: Voice
) -> tuple[NationPolicies, ...]:
    """Tell the policies of all nations that have told of one.

    Args:
        seen: by nation the policies that it has told of, the oldest first.
        voice: of the visitor.
    """
    return tuple(
        NationPolicies(nation=nation_name(code, voice.say), steps=_steps(policies, voice))
        for code, policies in sorted(seen.items())
        if policies
    )


def _steps(policies: Sequence[PolicySeen], voice: Voice) -> tuple[PolicyStep, ...]:
    steps = []
    for place, one in enumerate(policies):
        before = policies[place - 1].summary if place else None
        changes = () if before is None else _changes(before, one.summary, voice)
        steps.append(
            PolicyStep(
                since_ms=one.since_ms,
                digest=one.summary.digest.hex(),
                changes=changes[:MOST],
                more=voice.number(len(changes) - MOST) if len(changes) > MOST else "",
                remark=_remark(before, one.summary, changes, voice),
            )
        )
    return tuple(reversed(steps))


def _remark(
    before: PolicySummary | None,
    now: PolicySummary,
    changes: tuple[RuleChange, ...],
    voice: Voice,
) -> str:
    if before is None:
        return voice.say(_FIRST)
    if before.more != now.more:
        return voice.say(_MORE, before=voice.number(before.more), now=voice.number(now.more))
    return "" if changes else voice.say(_UNTOLD)


def _changes(before: PolicySummary, now: PolicySummary, voice: Voice) -> tuple[RuleChange, ...]:
    old = {rule.policy_id: rule for rule in rules_of(before, voice)}
    new = {rule.policy_id: rule for rule in rules_of(now, voice)}
    found = []
    for policy_id in sorted({*old, *new}):
        was, here = old.get(policy_id), new.get(policy_id)
        if was is None and here is not None:
            found.append(RuleChange(sort=voice.say(_NEW), rule=here))
        elif was is not None and here is None:
            found.append(RuleChange(sort=voice.say(_GONE), rule=was))
        elif was is not None and here is not None and was != here:
            found.append(RuleChange(sort=voice.say(_OTHER), rule=here, before=was))
    return tuple(found)
