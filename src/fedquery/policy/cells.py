"""Situations sorted into cells: within one cell every fact of both files has the same answer.

Facts that read a common attribute are one tie; ties share nothing, so the answers of one say
nothing about another's. Each tie's cells are found by asking the engine at the candidate values;
all situations together are the product of the ties' cells.
"""

import enum
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from fedquery.errors import ConfigError
from fedquery.policy import cedar
from fedquery.policy.attributes import AGENCY, TEAMS, Point, Value
from fedquery.policy.candidates import candidates
from fedquery.policy.conditions import Fact
from fedquery.policy.expressions import entities_named, paths_read
from fedquery.policy.plane import Plane


class Truth(enum.IntEnum):
    """What the engine says to a fact."""

    FALSE = 0
    TRUE = 1
    ERROR = 2


Answers: TypeAlias = tuple[Truth, ...]
Ask: TypeAlias = Callable[[Sequence[Fact], Sequence[Point]], list[Answers]]
"""Give the answers of some facts at each point."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Situations that no fact of a tie tells apart.

    Attributes:
        answers: of the tie's facts, in their order.
        points: the tried values that lie in it; the first stands for all.
    """

    answers: Answers
    points: tuple[Mapping[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """Attributes that facts read together.

    Attributes:
        paths: the attributes.
        facts: the facts.
        cells: every combination of answers that was found; the neutral one first.
        complete: whether all values were found and tried at which a fact changes.
    """

    paths: tuple[str, ...]
    facts: tuple[Fact, ...]
    cells: tuple[Cell, ...]
    complete: bool

    def cell_of(self, answers: Answers) -> int:
        """Find a cell by its answers.

        Raises:
            KeyError: if these answers never came up.
        """
        for place, cell in enumerate(self.cells):
            if cell.answers == answers:
                return place
        raise KeyError(answers)


def sort_into_cells(plane: Plane, facts: Sequence[Fact], ask: Ask) -> tuple[Tie, ...]:
    """Find the ties of some facts and the cells of each.

    Args:
        plane: what can be asked.
        facts: every fact once.
        ask: asks the engine.
    """
    ties = []
    for paths, tied in _tied(plane, facts):
        tried = candidates(plane, paths, tied)
        # The neutral point first: its cell comes to be the first.
        neutral = {path: plane.attributes[path].neutral for path in paths}
        points = (neutral, *(point for point in tried.points if point != neutral))
        cells: dict[Answers, list[Mapping[str, Value]]] = {}
        for point, answers in zip(points, ask(tied, points), strict=True):
            cells.setdefault(answers, []).append(point)
        ties.append(
            Tie(
                paths,
                tuple(tied),
                tuple(Cell(answers, tuple(inside)) for answers, inside in cells.items()),
                tried.complete,
            )
        )
    return tuple(ties)


def _tied(plane: Plane, facts: Sequence[Fact]) -> Iterator[tuple[tuple[str, ...], list[Fact]]]:
    groups: list[tuple[set[str], list[Fact]]] = []
    for fact in facts:
        paths = set(attributes_of(plane, fact))
        joined = [fact]
        apart = []
        for other_paths, others in groups:
            # A fact that reads nothing is the same everywhere, and a tie by itself.
            if other_paths & paths:
                paths |= other_paths
                joined = others + joined
            else:
                apart.append((other_paths, others))
        groups = [*apart, (paths, joined)]
    for paths, tied in groups:
        yield tuple(path for path in plane.attributes if path in paths), tied


def attributes_of(plane: Plane, fact: Fact) -> Iterator[str]:
    """List the attributes that a fact reads."""
    kinds = {kind for kind, _ in entities_named(fact.expression)}
    for path in paths_read(fact.expression):
        if path == "principal" and kinds == {"Team"}:
            yield TEAMS
        elif path == "principal" and kinds <= {"Nation", "Agency"}:
            yield AGENCY
        else:
            yield from plane.below(path)


class FactEngine:
    """Ask the engine about facts rather than about rules.

    Args:
        engine: an engine with the schema.
        plane: what can be asked.
        facts: the facts.
    """

    _NAMED = re.compile(r"`f([0-9]+)`")

    def __init__(self, engine: cedar.Engine, plane: Plane, facts: Sequence[Fact]) -> None:
        self._plane = plane
        self._count = len(facts)
        everything = {"op": "All"}
        policies = {
            f"f{number}": {
                "effect": "permit",
                "principal": everything,
                "action": everything,
                "resource": everything,
                "conditions": [{"kind": "when", "body": fact.expression}],
            }
            for number, fact in enumerate(facts)
        }
        self._engine = engine.with_policies(
            {"staticPolicies": policies, "templates": {}, "templateLinks": []}
        )

    def __call__(self, points: Sequence[Point]) -> list[Answers]:
        """Give the answers of all facts at each point.

        Raises:
            ConfigError: if the schema has no such situation.
        """
        written = [self._plane.write(point) for point in points]
        return self.answers(written)

    def answers(self, written: Sequence[Mapping[str, object]]) -> list[Answers]:
        """Give the answers of all facts in each written situation.

        Raises:
            ConfigError: if the schema has no such situation.
        """
        verdicts = self._engine.evaluate_each(self._plane.actions[:1], written)
        return [self._answers(verdict) for (verdict,) in verdicts]

    def _answers(self, verdict: cedar.Verdict) -> Answers:
        # As permits, all that hold are reasons, and each that errs is named in its error.
        answers = [Truth.FALSE] * self._count
        for name in verdict.policy_ids:
            answers[int(name[1:])] = Truth.TRUE
        for error in verdict.errors:
            named = self._NAMED.search(error)
            if named is None:
                raise ConfigError("the schema does not know the situations of this release")
            answers[int(named[1])] = Truth.ERROR
        return tuple(answers)
