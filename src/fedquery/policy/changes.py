"""What changes between two policy files: changes, and what a comparison holds of a situation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fedquery.policy.cells import FactEngine, Tie
from fedquery.policy.diagram import Cube, Diagrams, Node
from fedquery.policy.outcomes import Outcome
from fedquery.policy.plane import Plane


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


def kind_of(before: Outcome, after: Outcome) -> tuple[str, ...] | None:
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
ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "widened": ("stopping", "granting"),
    "narrowed": ("granting", "stopping"),
    "reason": ("deciding", "deciding"),
}


def explaining(outcomes: Sequence[Outcome], role: str) -> tuple[str, ...]:
    """List the rules that explain outcomes; "" stands for that no rule permits it."""
    found = {rule for outcome in outcomes for rule in getattr(outcome, role) or ("",)}
    return tuple(sorted(found, key=lambda name: (not name, name)))
