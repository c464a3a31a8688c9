"""What two policy files say in every situation, as functions of the cells.

Facts are the engine's. Here they are joined as Cedar joins them: a rule applies if its condition
holds; an answer is permitted if a permit applies and no forbid does; an error anywhere is a fault
and permits nothing (`decide`).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fedquery.policy.cells import Tie, Truth
from fedquery.policy.conditions import (
    Always,
    And,
    Condition,
    Fact,
    If,
    Not,
    Or,
    condition_of,
    facts_in,
)
from fedquery.policy.diagram import Diagrams, Node
from fedquery.policy.plane import Plane

QUESTION: Final = "question"
CLAIM: Final = "claim"
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    QUESTION: ("nothing", "hit"),
    CLAIM: ("hit", "reference", "summary"),
}
"""What can come of a question and of a claim, from the least. Who claims has a hit already."""
_BESIDE: Final = ("no", "yes")
_SOME: Final = "some"


def levels_of(plane: Plane) -> tuple[str, ...]:
    """Name what can come of what is asked for, from the least."""
    return LEVELS.get(plane.name, _BESIDE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of one situation.

    Attributes:
        level: a place in `levels_of` the plane.
        granting: the rules that granted the last rung; none where none was granted.
        stopping: the rules that stopped the next rung; none where no rule permits it.
        deciding: all rules that decided a rung, as `Decision.policy_ids` has them.
        fault: whether the rules could not be evaluated.
    """

    level: int
    granting: tuple[str, ...] = ()
    stopping: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    fault: bool = False

    def unnamed(self) -> "Outcome":
        """Leave the rules out."""
        return Outcome(self.level, fault=self.fault)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all rules together say to one action.

    Attributes:
        permits: the permits that apply.
        forbids: the forbids that apply.
        error: whether one could not be evaluated; then the others mean nothing.
    """

    permits: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    error: bool = False


def climb(*verdicts: Verdict) -> Outcome:
    """Climb the ladder, or take the one step that an action beside it has.

    Args:
        verdicts: for each rung, from the lowest.
    """
    outcome = Outcome(0)
    for verdict in verdicts:
        if verdict.error:
            # A claim of a lower rung is not asked about the higher one (`decide_claim`).
            return replace(outcome, fault=True)
        stopped = bool(verdict.forbids) or not verdict.permits
        found = tuple(sorted(verdict.forbids if stopped else verdict.permits))
        deciding = tuple(sorted({*outcome.deciding, *found}))
        if stopped:
            return replace(outcome, stopping=found, deciding=deciding)
        outcome = Outcome(outcome.level + 1, granting=found, deciding=deciding)
    return outcome


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that covers an action.

    Attributes:
        policy_id: its name.
        permits: whether it is a permit.
        condition: when it applies.
    """

    policy_id: str
    permits: bool
    condition: Condition


def applied_to(
    json_form: str, action: str, groups: Mapping[str, frozenset[str]]
) -> tuple[Applied, ...]:
    """List the rules of a file that cover an action.

    Args:
        json_form: the file in Cedar's JSON form.
        action: the action.
        groups: the groups that each action is in, itself included.
    """
    return tuple(
        Applied(policy_id, policy["effect"] == "permit", condition_of(policy, action))
        for policy_id, policy in json.loads(json_form)["staticPolicies"].items()
        if _covers(policy["action"], groups[action])
    )


def _covers(scope: Mapping[str, Any], groups: frozenset[str]) -> bool:
    if scope["op"] == "All":
        return True
    named = scope.get("entities", [scope.get("entity")])
    return any(entity["id"] in groups for entity in named)


def facts_of(rules: Sequence[Applied]) -> Iterator[Fact]:
    """List each fact of some rules once, in the order of the rules."""
    yield from dict.fromkeys(fact for rule in rules for fact in facts_in(rule.condition))


class Outcomes:
    """Build what a file says as a diagram over the ties' cells.

    Args:
        plane: what is asked for.
        ties: the ties.
        diagrams: has one variable for each tie.
        held: the ties whose cells are left out but for the neutral one.
        named: whether outcomes name rules. Without, they say the level only, and are much smaller.
    """

    def __init__(
        self, ties: Sequence[Tie], diagrams: Diagrams, held: frozenset[int], *, named: bool
    ) -> None:
        self._diagrams = diagrams
        self._named = named
        self._facts: dict[Fact, Node] = {}
        for place, tie in enumerate(ties):
            cells = tie.cells[:1] if place in held else tie.cells
            for number, fact in enumerate(tie.facts):
                leaves = [diagrams.leaf(cell.answers[number]) for cell in cells]
                self._facts[fact] = diagrams.branch(place, leaves)

    def of(self, rules: Sequence[Sequence[Applied]]) -> Node:
        """Give the outcome everywhere.

        Args:
            rules: for each action of the plane the rules that cover it.

        Raises:
            DiagramTooLargeError: if it takes too many nodes.
        """
        climbed = climb if self._named else lambda *verdicts: climb(*verdicts).unnamed()
        return self._diagrams.combine(climbed, *(self._verdict(one) for one in rules))

    def _verdict(self, rules: Sequence[Applied]) -> Node:
        verdict = self._diagrams.leaf(Verdict())
        for rule in rules:
            applies = self._holds(rule.condition)
            name = rule.policy_id if self._named else _SOME
            verdict = self._diagrams.combine(_joining(rule.permits, name), verdict, applies)
        return verdict

    def _holds(self, condition: Condition) -> Node:
        combine = self._diagrams.combine
        match condition:
            case Always():
                return self._diagrams.leaf(Truth.TRUE)
            case Fact():
                return self._facts[condition]
            case Not(inner):
                return combine(_not, self._holds(inner))
            case And(left, right):
                return combine(_and, self._holds(left), self._holds(right))
            case Or(left, right):
                return combine(_or, self._holds(left), self._holds(right))
            case If(test, then, otherwise):
                parts = (self._holds(part) for part in (test, then, otherwise))
                return combine(_if, *parts)


def _joining(permits: bool, name: str) -> Callable[[Verdict, Truth], Verdict]:  # noqa: FBT001  one of two effects
    """Add what one rule says to what the rules before it have said."""

    def joined(before: Verdict, applies: Truth) -> Verdict:
        if before.error or applies is Truth.ERROR:
            return Verdict(error=True)
        if applies is Truth.FALSE:
            return before
        if permits:
            return replace(before, permits=_with(before.permits, name))
        return replace(before, forbids=_with(before.forbids, name))

    return joined


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)


def _not(inner: Truth) -> Truth:
    return inner if inner is Truth.ERROR else Truth(1 - inner)


def _and(left: Truth, right: Truth) -> Truth:
    return right if left is Truth.TRUE else left


def _or(left: Truth, right: Truth) -> Truth:
    return right if left is Truth.FALSE else left


def _if(test: Truth, then: Truth, otherwise: Truth) -> Truth:
    if test is Truth.ERROR:
        return test
    return then if test is Truth.TRUE else otherwise
