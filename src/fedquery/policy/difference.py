"""The difference between two policy files of one nation, by effect: what changes for whom.

Both files are laid over the same cells, so that every situation is compared and not a sample. What
the comparison says is held against the engine itself, with whole files, at thousands of situations;
where the two disagree there is no result.
"""

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fedquery.errors import InputError
from fedquery.policy import cedar
from fedquery.policy.actions import Actions, read_actions
from fedquery.policy.attributes import Plane, Point, make_planes
from fedquery.policy.cells import FactEngine, Tie, sort_into_cells
from fedquery.policy.diagram import Cube, Diagrams, DiagramTooLargeError, Node
from fedquery.policy.literals import named_in
from fedquery.policy.outcomes import (
    Applied,
    Outcome,
    Outcomes,
    Verdict,
    applied_to,
    climb,
    facts_of,
)
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


@dataclass(frozen=True, slots=True)
class Change:
    """Situations for which one thing changes alike.

    Attributes:
        kind: "widened", "narrowed" or "reason".
        before: the levels before, as places in `levels_of` the plane.
        after: the levels after.
        cube: the cells, by tie.
        rules_before: the rules that made it so before, somewhere in the cube: for what was less,
            those that stopped more; for what was more, those that granted it; for a reason, all.
        rules_after: the same, after.
        faults: whether before, and whether after, some of it could not be evaluated.
        situations: how many cells it has.
        example: one of them, written.
    """

    kind: str
    before: int
    after: int
    cube: Cube
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    faults: tuple[bool, bool]
    situations: int
    example: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlaneDifference:
    """The difference in one plane.

    Attributes:
        plane: what is asked for.
        ties: the ties of the facts of both files.
        changes: what changes; two changes of one kind may overlap.
        situations: how many cells were compared.
        checked: in how many of them the engine decided with the whole files, too.
        not_covered: what was left out, in words; empty where every level was compared.
        reasons: whether changes of the deciding rules alone were looked for, too.
    """

    plane: Plane
    ties: tuple[Tie, ...]
    changes: tuple[Change, ...]
    situations: int
    checked: int
    not_covered: tuple[str, ...]
    reasons: bool
    _facts: FactEngine = field(repr=False)
    _diagrams: Diagrams = field(repr=False)
    _outcomes: tuple[Node, Node] = field(repr=False)
    _held: frozenset[int] = field(repr=False)

    def at(self, written: Mapping[str, Any]) -> tuple[Outcome, Outcome]:
        """Say what the comparison holds of one situation, old and new.

        Args:
            written: the situation as principal, resource and context.

        Raises:
            KeyError: if no cell has this situation.
        """
        point = self._cell_of(written)
        old, new = self._outcomes
        return self._diagrams.at(old, point), self._diagrams.at(new, point)

    def changes_at(self, written: Mapping[str, Any]) -> tuple[Change, ...]:
        """List the changes that cover a situation.

        Raises:
            KeyError: if no cell has this situation.
        """
        point = self._cell_of(written)
        return tuple(
            change
            for change in self.changes
            if all(cell in cells for cell, cells in zip(point, change.cube, strict=True))
        )

    def _cell_of(self, written: Mapping[str, Any]) -> tuple[int, ...]:
        (answers,) = self._facts.answers([written])
        found = []
        place = 0
        for number, tie in enumerate(self.ties):
            cell = tie.cell_of(answers[place : place + len(tie.facts)])
            if number in self._held and cell:
                raise KeyError(cell)
            found.append(cell)
            place += len(tie.facts)
        return tuple(found)


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
        found = {_kind(before, after) for before, after in diagrams.count(pairs)}
        kinds = sorted(kind for kind in found if kind is not None)
        for kind in kinds:
            wanted = diagrams.combine(lambda pair, kind=kind: _kind(*pair) == kind, pairs)
            for cube in diagrams.cover(wanted):
                inside = diagrams.values_in(pairs, cube)
                before = [one for one, _ in inside]
                after = [one for _, one in inside]
                yield Change(
                    kind=kind[0],
                    before=before[0].level,
                    after=after[0].level,
                    cube=cube,
                    rules_before=_rules(before, _ROLES[kind[0]][0]),
                    rules_after=_rules(after, _ROLES[kind[0]][1]),
                    faults=(any(o.fault for o in before), any(o.fault for o in after)),
                    situations=math.prod(map(len, cube)),
                    example=self._plane.write(self._point(self._first(cube))),
                )

    def _with_rules(self, change: Change) -> Change:
        """Name the rules that decide at the example."""
        old, new = (next(decide_each(one, self._plane, [change.example])) for one in self._files)
        before, after = _ROLES[change.kind]
        return replace(change, rules_before=_rules([old], before), rules_after=_rules([new], after))

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


def _kind(before: Outcome, after: Outcome) -> tuple[str, ...] | None:
    """Say in what way two outcomes differ, so that alike changes are one."""
    if before.level != after.level:
        word = "widened" if before.level < after.level else "narrowed"
        return word, f"{before.level}", f"{after.level}"
    if before != after:
        gone = sorted({*before.deciding} - {*after.deciding})
        come = sorted({*after.deciding} - {*before.deciding})
        faults = f"{before.fault}{after.fault}"
        return "reason", f"{before.level}", faults, *gone, "->", *come
    return None


# Which rules explain an outcome, before and after.
_ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "widened": ("stopping", "granting"),
    "narrowed": ("granting", "stopping"),
    "reason": ("deciding", "deciding"),
}


def _rules(outcomes: Sequence[Outcome], role: str) -> tuple[str, ...]:
    """List the rules that explain outcomes; "" stands for that no rule permits it."""
    found = {rule for outcome in outcomes for rule in getattr(outcome, role) or ("",)}
    return tuple(sorted(found, key=lambda name: (not name, name)))


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
