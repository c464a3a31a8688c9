"""The difference between two policy files of one nation, by effect: what changes for whom.

Both files are laid over the same cells, so that every situation is compared and not a sample. What
the comparison says is held against the engine itself, with whole files, at thousands of situations;
where the two disagree there is no result.
"""

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from fedquery.errors import InputError
from fedquery.policy import cedar
from fedquery.policy.actions import Actions, read_actions
from fedquery.policy.attributes import Point
from fedquery.policy.cells import FactEngine, Tie, sort_into_cells
from fedquery.policy.changes import ROLES, Change, PlaneDifference, explaining, kind_of
from fedquery.policy.diagram import Cube, Diagrams, DiagramTooLargeError, Node
from fedquery.policy.literals import named_in
from fedquery.policy.neutral import make_planes
from fedquery.policy.outcomes import (
    Applied,
    Outcome,
    Outcomes,
    Verdict,
    applied_to,
    climb,
    facts_of,
)
from fedquery.policy.plane import Plane
from fedquery.policy.rules import Rules
from fedquery.policy.source import Source
from fedquery.policy.words import read_words

CHECKED: Final = 2_048
"""How many situations of a plane the engine decides with the whole files, at most."""

MOST_NAMED: Final = 30_000
"""How many nodes the diagrams may have in which outcomes name their rules."""

MOST_NODES: Final = 200_000
"""How many they may have in which outcomes are levels."""

_SPREAD = 0x9E3779B97F4A7C15


class DisagreementError(Exception):
    """The comparison and the engine say different things of one situation: a fault of ours."""


def compare(old: Rules, new: Rules, schema: Source) -> tuple[PlaneDifference, ...]:
    """Compare two files of a nation, in each plane.

    Args:
        old: the file before.
        new: the file after.
        schema: the schema of both.

    Raises:
        InputError: if they are of different nations or of another schema.
        DisagreementError: if the comparison is not what the engine says.
    """
    if old.nation != new.nation:
        raise InputError("the two files are of different nations")
    if not old.schema_digest == new.schema_digest == schema.digest:
        raise InputError("the two files are not of this schema")
    actions = read_actions(schema)
    named = {name for rules in (old, new) for name in _entities(rules)}
    planes = make_planes(old.nation, read_words(schema).enumerated, actions.contexts, named)
    return tuple(_Comparison(plane, actions, old, new).result() for plane in planes)


def _entities(rules: Rules) -> Iterator[str]:
    policies = json.loads(rules.json_form)["staticPolicies"].values()
    yield from (name for _, name in named_in(policies).entities)


class _Comparison:
    def __init__(self, plane: Plane, actions: Actions, old: Rules, new: Rules) -> None:
        self._plane = plane
        self._files = (old, new)
        self._applied = [
            [applied_to(rules.json_form, action, actions.groups) for action in plane.actions]
            for rules in self._files
        ]
        flat = [rule for one in self._applied for rules in one for rule in rules]
        facts = tuple(facts_of(flat))
        ties = sort_into_cells(
            plane, facts, lambda tied, points: FactEngine(old.engine, plane, tied)(points)
        )
        self._ties = _ordered(ties, facts)
        self._facts = FactEngine(
            old.engine, plane, [fact for tie in self._ties for fact in tie.facts]
        )
        self._changed = _changed(self._applied)

    def result(self) -> PlaneDifference:
        """Compare, with fewer attributes where it takes too much."""
        held: frozenset[int] = frozenset()
        named = True
        while True:
            try:
                return self._compared(held, named=named)
            except DiagramTooLargeError:
                held |= frozenset() if named else {self._least(held)}
                named = False

    def _compared(self, held: frozenset[int], *, named: bool) -> PlaneDifference:
        sizes = [1 if place in held else len(tie.cells) for place, tie in enumerate(self._ties)]
        diagrams = Diagrams(sizes, MOST_NAMED if named else MOST_NODES)
        outcomes = Outcomes(self._ties, diagrams, held, named=named)
        old, new = (outcomes.of(applied) for applied in self._applied)
        changes = tuple(self._changes(diagrams, old, new))
        points = {self._first(change.cube) for change in changes} | set(_spread(sizes, CHECKED))
        self._check(diagrams, (old, new), sorted(points), named=named)
        if not named:
            changes = tuple(map(self._with_rules, changes))
        return PlaneDifference(
            plane=self._plane,
            ties=self._ties,
            changes=changes,
            situations=math.prod(sizes),
            checked=len(points),
            not_covered=tuple(self._not_covered(held)),
            reasons=named,
            _facts=self._facts,
            _diagrams=diagrams,
            _outcomes=(old, new),
            _held=held,
        )

    def _least(self, held: frozenset[int]) -> int:
        """Choose the tie to hold: one that no changed rule looks at, and with the most cells."""
        places = [place for place in range(len(self._ties)) if place not in held]
        return min(
            places,
            key=lambda place: (
                len(self._changed & set(self._ties[place].facts)),
                -len(self._ties[place].cells),
            ),
        )

    def _changes(self, diagrams: Diagrams, old: Node, new: Node) -> Iterator[Change]:
        pairs = diagrams.combine(lambda before, after: (before, after), old, new)
        found = {kind_of(before, after) for before, after in diagrams.count(pairs)}
        kinds = sorted(kind for kind in found if kind is not None)
        for kind in kinds:
            wanted = diagrams.combine(lambda pair, kind=kind: kind_of(*pair) == kind, pairs)
            for cube in diagrams.cover(wanted):
                inside = diagrams.values_in(pairs, cube)
                before = [one for one, _ in inside]
                after = [one for _, one in inside]
                yield Change(
                    kind=kind[0],
                    before=before[0].level,
                    after=after[0].level,
                    cube=cube,
                    rules_before=explaining(before, ROLES[kind[0]][0]),
                    rules_after=explaining(after, ROLES[kind[0]][1]),
                    faults=(any(o.fault for o in before), any(o.fault for o in after)),
                    situations=math.prod(map(len, cube)),
                    example=self._plane.write(self._point(self._first(cube))),
                )

    def _with_rules(self, change: Change) -> Change:
        """Name the rules that decide at the example."""
        old, new = (next(decide_each(one, self._plane, [change.example])) for one in self._files)
        before, after = ROLES[change.kind]
        return replace(
            change, rules_before=explaining([old], before), rules_after=explaining([new], after)
        )

    def _first(self, cube: Cube) -> tuple[int, ...]:
        return tuple(min(cells) for cells in cube)

    def _point(self, cells: Sequence[int]) -> Point:
        return {
            path: value
            for tie, cell in zip(self._ties, cells, strict=True)
            for path, value in tie.cells[cell].points[0].items()
        }

    def _check(
        self,
        diagrams: Diagrams,
        nodes: tuple[Node, Node],
        points: Sequence[Sequence[int]],
        *,
        named: bool,
    ) -> None:
        """Decide with the whole files, and compare."""
        written = [self._plane.write(self._point(point)) for point in points]
        for rules, node in zip(self._files, nodes, strict=True):
            said = decide_each(rules, self._plane, written)
            for point, outcome in zip(points, said, strict=True):
                if diagrams.at(node, point) != (outcome if named else outcome.unnamed()):
                    raise DisagreementError(f"plane {self._plane.name} of {rules.nation}")

    def _not_covered(self, held: frozenset[int]) -> Iterator[str]:
        for place, tie in enumerate(self._ties):
            names = ", ".join(tie.paths)
            if place in held:
                yield f"{self._plane.name}: only one value of {names} was tried"
            elif not tie.complete:
                yield f"{self._plane.name}: not all combinations of {names} were tried"
            elif any(self._plane.attributes[path].sort == "text" for path in tie.paths):
                yield f"{self._plane.name}: of {names} only texts that the files name were tried"


def decide_each(
    rules: Rules, plane: Plane, written: Sequence[Mapping[str, Any]]
) -> Iterator[Outcome]:
    """Decide situations with a whole file.

    Args:
        rules: the file.
        plane: what is asked for.
        written: each as principal, resource and context.
    """
    for verdicts in rules.engine.evaluate_each(plane.actions, written):
        yield climb(*(_verdict(verdict) for verdict in verdicts))


def _verdict(verdict: cedar.Verdict) -> Verdict:
    if verdict.errors:
        return Verdict(error=True)
    if verdict.allowed:
        return Verdict(permits=verdict.policy_ids)
    return Verdict(forbids=verdict.policy_ids)


def _changed(applied: Sequence[Sequence[Sequence[Applied]]]) -> set[Any]:
    """List the facts of the rules that only one of the files has."""
    old, new = ({rule for rules in one for rule in rules} for one in applied)
    return set(facts_of(sorted(old ^ new, key=lambda rule: rule.policy_id)))


def _ordered(ties: Sequence[Tie], facts: Sequence[Any]) -> tuple[Tie, ...]:
    """Put ties in the order in which rules look at them: diagrams stay small."""
    first = {fact: place for place, fact in reversed([*enumerate(facts)])}
    return tuple(sorted(ties, key=lambda tie: min(first[fact] for fact in tie.facts)))


def _spread(sizes: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """List all points, or as many as are allowed, spread evenly."""
    total = math.prod(sizes)
    if total <= most:
        yield from itertools.product(*map(range, sizes))
        return
    for number in range(most):
        place = number * _SPREAD % total
        point = []
        for size in reversed(sizes):
            place, digit = divmod(place, size)
            point.append(digit)
        yield tuple(reversed(point))
