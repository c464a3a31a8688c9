"""Try a policy file out: every policy can apply, none errs, the rungs are monotone.

That a policy can apply is shown by a situation in which it does. It replaces Cedar's warning of
impossible policies, and finds more: a purpose compared with a sort of agency, a time of day past
midnight. What is searched is every combination of the values that the policy tells apart; where
these are too many, or the policy computes something first, a fruitless search shows nothing and is
said to have been given up.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fedquery.errors import InputError
from fedquery.policy import cedar
from fedquery.policy.choices import choices_for
from fedquery.policy.complaint import Complaint
from fedquery.policy.examine import Examined
from fedquery.policy.literals import Named, named_in
from fedquery.policy.points import Point, count, extremes, points, situation_at
from fedquery.policy.source import Source

MOST_PER_POLICY: Final = 2_000
MOST: Final = 6_000
_RUNGS: Final = ("hit", "reference", "summary")
_CLAIMS: Final = frozenset({"reference", "summary"})
# For each group the rungs to try, those first that tell the most.
_IN_GROUP: Final = {
    "up to hit": ("hit",),
    "up to reference": ("reference", "hit"),
    "up to summary": ("summary", "reference", "hit"),
    "any answer": ("hit", "reference", "summary"),
    "more than hit": ("reference", "summary"),
    "more than reference": ("summary",),
}
_EVERY: Final = (*_RUNGS, "follow up", "watch", "alert", "snapshot")
# Only these can overflow.
_ARITHMETIC: Final = frozenset({"+", "-", "*", "neg", "offset", "durationSince"})
# What is computed first may change at other values than the literals; nothing is claimed then.
_INEXACT: Final = (_ARITHMETIC - {"durationSince", "offset"}) | {
    *("toDate", "toDays", "toHours", "toMinutes", "toSeconds", "toMilliseconds"),
    *("decimal", "ip"),
}
_ERRS: Final = (
    "cannot be evaluated in some situations (a number overflows), and then every answer is refused"
)
_BREAKS: Final = (
    "breaks the ladder: in some situation a higher rung is permitted and a lower one is not"
)


class _SpentError(Exception):
    """So many situations were tried that the search is given up."""


@dataclass(slots=True)
class _Trial:
    """Situations tried against policies, and how many may still be."""

    nation: str
    nations: Sequence[str]
    schema: cedar.ParsedSchema
    left: int = MOST
    engines: dict[tuple[str, ...], cedar.Engine] = field(default_factory=dict)

    def ask(self, policies: Mapping[str, Any], action: str, point: Point) -> cedar.Verdict:
        """Evaluate one action at one point."""
        if self.left <= 0:
            raise _SpentError
        self.left -= 1
        key = tuple(policies)
        if key not in self.engines:
            # One engine at a time: a file of many policies needs as many.
            whole = {"staticPolicies": dict(policies), "templates": {}, "templateLinks": []}
            self.engines = {key: cedar.Engine(whole, self.schema)}
        try:
            situation = situation_at(point, self.nation, self.nations, claim=action in _CLAIMS)
        except InputError:
            # A literal that nothing can have: no such situation comes before the policy.
            return cedar.Verdict(allowed=False, policy_ids=(), errors=())
        context = situation.cedar_context()
        if action == "snapshot":
            context = {"used": context["used"], "now": context["now"]}
        (verdict,) = self.engines[key].evaluate(
            [action], situation.asker.entity(), situation.dataset.entity(), json.dumps(context)
        )
        return verdict


def try_out(
    policy: Source, schema: Source, examined: Examined
) -> tuple[tuple[Complaint, ...], int, tuple[str, ...]]:
    """Try out a policy file about which there is no complaint yet.

    Args:
        policy: the file.
        schema: its schema.
        examined: what examining it gave.

    Returns:
        The complaints, how many policies there are, and for which of them the search was given up.
    """
    policies = examined.policies
    nation = next(iter(policies))[:2] if policies else ""
    trial = _Trial(nation, examined.words.enumerated["Nation"], cedar.parse_schema(schema.text))
    complaints: list[Complaint] = []
    undecided: list[str] = []
    for policy_id, one in policies.items():
        what = _complaint_about(trial, examined, policy_id, one)
        if what is None:
            undecided.append(policy_id)
        elif what:
            complaints.append(policy.complain(examined.heads[policy_id], what))
    complaints += [
        policy.complain(examined.heads[policy_id], f"{policy_id} {_BREAKS}")
        for policy_id in _not_monotone(trial, examined)
    ]
    return tuple(sorted(complaints)), len(policies), tuple(undecided)


def _complaint_about(
    trial: _Trial, examined: Examined, policy_id: str, policy: Mapping[str, Any]
) -> str | None:
    """Say what is wrong with one policy, "" for nothing, None where the search was given up."""
    named = named_in([policy])
    choices = choices_for(named, examined.words)
    alone = {policy_id: policy}
    try:
        for point in points(choices, MOST_PER_POLICY):
            for action in _actions(policy):
                verdict = trial.ask(alone, action, point)
                if verdict.errors:
                    return f"{policy_id} {_ERRS}"
                if verdict.policy_ids:
                    # Where it applies, all that is written in it is evaluated.
                    far = extremes(choices, point) if named.operators & _ARITHMETIC else ()
                    errs = any(trial.ask(alone, action, one).errors for one in far)
                    return f"{policy_id} {_ERRS}" if errs else ""
    except _SpentError:
        return None
    if count(choices) > MOST_PER_POLICY or _computes(named):
        return None
    return f"{policy_id} never applies: no situation fulfils its conditions"


def _computes(named: Named) -> bool:
    # Shifted times of day are among the values that are tried, other shifted times are not.
    shifts = "offset" in named.operators and "toTime" not in named.operators
    return shifts or bool(named.operators & _INEXACT)


def _actions(policy: Mapping[str, Any]) -> tuple[str, ...]:
    name = policy["action"].get("entity", {}).get("id")
    if name is None:
        return _EVERY
    return _IN_GROUP.get(name, (name,))


def _not_monotone(trial: _Trial, examined: Examined) -> Iterator[str]:
    """List the policies that let a higher rung pass where a lower one is refused.

    By the house rules a permit names a group that holds every lower rung, and a forbid one that
    holds every higher rung. So only a policy that looks at the action itself, or at whether there
    is a record, can tell rungs apart the wrong way; only these are tried, with all others beside.
    """
    policies = examined.policies
    every = choices_for(named_in(policies.values()), examined.words)
    for policy_id, policy in policies.items():
        named = named_in([policy])
        asks_for_record = "record" in named.attributes and "has" in named.operators
        if "action" not in named.variables and not asks_for_record:
            continue
        own = choices_for(named, examined.words)
        tried = [*points(own, MOST_PER_POLICY // 8), *points(every, MOST_PER_POLICY // 8)]
        try:
            if any(_wrong_way(trial, policies, point) for point in tried):
                yield policy_id
        except _SpentError:
            return


def _wrong_way(trial: _Trial, policies: Mapping[str, Any], point: Point) -> bool:
    # A claim evaluates nothing, so that a ceiling may refuse a question and not a claim; the
    # ladder is compared at the same number of elements.
    level = {"elements": 0, **point}
    allowed = [trial.ask(policies, rung, level).allowed for rung in _RUNGS]
    return allowed != sorted(allowed, reverse=True)
