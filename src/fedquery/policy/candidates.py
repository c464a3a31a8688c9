"""The values to try for attributes that facts tie together, so that every answer comes up.

Attributes are taken one after the other: the first at every value where something can change, the
next at every value where something changes given the first. Two comparisons of the same two
attributes cross somewhere; those places are computed too.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.policy.attributes import (
    AGENCY,
    DATASET,
    DAY_MS,
    NEUTRAL_NOW_MS,
    Attribute,
    Plane,
    Value,
)
from fedquery.policy.boundary import Solver, comparisons, value_of
from fedquery.policy.conditions import Fact
from fedquery.policy.expressions import Expression, entities_named, paths_read, walk
from fedquery.policy.understood import Numbers, understood

MOST: Final = 6_000
"""How many combinations of tied attributes are tried in one order of them."""

_WHOLE_SETS = 8
_ORDERS = 3
_TWO = 2
_NUMERIC = frozenset({"number", "moment"})
_AGENCY = re.compile(r"[A-Z]{2}/[a-z0-9-]{1,40}")
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_SPREAD = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: its multiples are spread evenly

_PSEUDONYM = "0f3a6c1d5e7b48929a1c3e5f7081b2d4"

Sides = tuple[Expression, Expression]


@dataclass(frozen=True, slots=True)
class Tried:
    """What is tried.

    Attributes:
        points: values of all the attributes.
        complete: whether these are all that were found, and every fact is of a form that can be
            solved; otherwise a change may stand between them.
    """

    points: tuple[Mapping[str, Value], ...]
    complete: bool


def candidates(plane: Plane, paths: Sequence[str], facts: Sequence[Fact]) -> Tried:
    """List the values to try of attributes that some facts tie together.

    Args:
        plane: what can be asked.
        paths: the attributes.
        facts: every fact that reads one of them; none reads others.
    """
    search = _Search(plane, facts)
    orders = itertools.islice(itertools.permutations(paths), 6 if len(paths) <= _ORDERS else 2)
    tried = [_in_order(search, paths, order) for order in orders]
    # One order is enough where no time of day is in it; the others are for what it might miss.
    whole = [one for one in tried if len(one) <= MOST]
    found = list({values: None for one in sorted(whole or tried, key=len) for values in one})
    if not whole:
        places = sorted({(place * _SPREAD) % len(found) for place in range(MOST)})
        found = [found[place] for place in places]
    points = tuple(dict(zip(paths, values, strict=True)) for values in found)
    # What cannot be solved was not searched for, and more sets are there than are tried.
    numbers = _numbers(plane)
    solved = all(understood(fact.expression, numbers) for fact in facts)
    sets = all(
        len(plane.attributes[path].listed) <= _WHOLE_SETS
        for path in paths
        if plane.attributes[path].sort == "subset"
    )
    lines = _crosses_in_lines(paths, facts, numbers)
    return Tried(points, complete=bool(whole) and solved and sets and lines)


def _crosses_in_lines(paths: Sequence[str], facts: Sequence[Fact], numbers: Numbers) -> bool:
    """Tell whether all that can cross are two straight lines: only these crossings are computed."""
    clocks = {
        path
        for fact in facts
        for one in walk(fact.expression)
        if "toTime" in one
        for path in paths_read(one)
    }
    return len(numbers.searched & set(paths)) <= _TWO and len(clocks) < _TWO


def _numbers(plane: Plane) -> Numbers:
    every = plane.attributes.values()
    return Numbers(
        searched=frozenset(one.path for one in every if one.sort in _NUMERIC),
        listed=frozenset(
            one.path for one in every if any(type(each) is int for each in one.listed)
        ),
    )


def _in_order(
    search: "_Search", paths: Sequence[str], order: Sequence[str]
) -> dict[tuple[Value, ...], None]:
    """List what is tried when the attributes are taken in an order; more than MOST is cut."""
    found: dict[tuple[Value, ...], None] = {}
    for point in search.points(order):
        found[tuple(point[path] for path in paths)] = None
        if len(found) > MOST:
            break
    return found


class _Search:
    def __init__(self, plane: Plane, facts: Sequence[Fact]) -> None:
        self._plane = plane
        self._expressions = [fact.expression for fact in facts]
        self._comparisons = [
            sides for expression in self._expressions for sides in comparisons(expression)
        ]
        self._read = [
            frozenset(one for path in paths_read(list(sides)) for one in plane.below(path))
            for sides in self._comparisons
        ]
        days = frozenset(self._days())
        self._solver = Solver(days)
        # A day may be told by a sum, too.
        self._solver = Solver(days | frozenset(self._days_of_boundaries()))

    def _days(self) -> Iterator[int]:
        neutral = NEUTRAL_NOW_MS - NEUTRAL_NOW_MS % DAY_MS
        yield neutral
        for expression in self._expressions:
            for one in walk(expression):
                if "datetime" in one:
                    moment = value_of(one, {})
                    if moment is not None:
                        midnight = moment - moment % DAY_MS
                        yield from (midnight - DAY_MS, midnight, midnight + DAY_MS)

    def _days_of_boundaries(self) -> Iterator[int]:
        if not any("toTime" in one for each in self._expressions for one in walk(each)):
            return
        for path, one in self._plane.attributes.items():
            if one.sort == "moment":
                for moment in self._solved(path, {}):
                    midnight = moment - moment % DAY_MS
                    yield from (midnight - DAY_MS, midnight, midnight + DAY_MS)

    def points(self, order: Sequence[str]) -> Iterator[dict[str, Value]]:
        """List points, the attributes taken in this order."""
        if not order:
            yield {}
            return
        first, *rest = order
        for value in dict.fromkeys([*self._alone(first), *self._projected(first, rest)]):
            yield from self._extended({first: value}, rest)

    def _extended(self, given: dict[str, Value], rest: Sequence[str]) -> Iterator[dict[str, Value]]:
        if not rest:
            yield given
            return
        path, *later = rest
        for value in dict.fromkeys([*self._alone(path), *self._solved(path, given)]):
            yield from self._extended({**given, path: value}, later)

    def _alone(self, path: str) -> list[Value]:
        """List the values of an attribute that matter whatever the others are; neutral first."""
        one = self._plane.attributes[path]
        return list(dict.fromkeys([one.neutral, *self._listed(one), *self._solved(path, {})]))

    def _listed(self, one: Attribute) -> Iterator[Value]:
        if one.sort in _NUMERIC:
            yield from (one.low, one.high)
        elif one.sort == "subset":
            yield from _subsets([str(word) for word in one.listed])
        elif one.sort == "text":
            yield from _texts(self._expressions)
        else:
            yield from one.listed
            yield from self._named(one)

    def _named(self, one: Attribute) -> Iterator[str]:
        """List the agencies or datasets that facts name; a name that none can have is left out."""
        for expression in self._expressions:
            for kind, name in entities_named(expression):
                nation, _, rest = name.partition("/")
                here = str(one.neutral).partition("/")[0]
                if kind == one.kind and (
                    (one.path == AGENCY and _AGENCY.fullmatch(name))
                    or (one.path == DATASET and nation == here and _NAME.fullmatch(rest))
                ):
                    yield name

    def _solved(self, path: str, given: Mapping[str, Value]) -> Iterator[int]:
        one = self._plane.attributes[path]
        if one.sort not in _NUMERIC:
            return
        for sides, read in zip(self._comparisons, self._read, strict=True):
            if path in read and read - {path} <= given.keys():
                for value in self._solver.boundary(sides, path, given):
                    if one.low <= value <= one.high:
                        yield value

    def _projected(self, path: str, rest: Sequence[str]) -> Iterator[int]:
        """List where an attribute's boundaries meet the others' own, and where they cross."""
        for other in rest:
            for value in self._alone(other):
                yield from self._solved(path, {other: value})
        one = self._plane.attributes[path]
        if one.sort in _NUMERIC:
            for other in rest:
                if self._plane.attributes[other].sort in _NUMERIC:
                    tied = [
                        sides
                        for sides, read in zip(self._comparisons, self._read, strict=True)
                        if read == {path, other}
                    ]
                    for pair in itertools.combinations(tied, 2):
                        for value in _crossings(pair, path, other):
                            if one.low <= value <= one.high:
                                yield value


def _crossings(pair: tuple[Sides, Sides], path: str, other: str) -> Iterator[int]:
    """List where two straight comparisons of two attributes cross, for the first attribute."""
    lines = [line for sides in pair if (line := _line(sides, path, other)) is not None]
    if len(lines) < len(pair):
        return
    (a, b, c), (d, e, f) = lines
    determinant = a * e - b * d
    if determinant:
        # Cramer's rule, for each comparison just below, at and just above its boundary.
        for near, beside in itertools.product((-1, 0, 1), repeat=2):
            place = ((near - c) * e - (beside - f) * b) // determinant
            yield from (place - 1, place, place + 1)


def _line(sides: Sides, path: str, other: str) -> tuple[int, int, int] | None:
    """Give a, b and c of `left - right = a * path + b * other + c`, as it is around neutral."""
    values = []
    # Around noon no time of day wraps.
    origin = NEUTRAL_NOW_MS
    for step, beside in ((0, 0), (1, 0), (0, 1)):
        at: dict[str, Value] = {path: origin + step, other: origin + beside}
        left, right = value_of(sides[0], at), value_of(sides[1], at)
        if left is None or right is None:
            return None
        values.append(left - right)
    base, with_first, with_other = values
    a, b = with_first - base, with_other - base
    return a, b, base - (a + b) * origin


def _subsets(words: Sequence[str]) -> Iterator[frozenset[str]]:
    if len(words) <= _WHOLE_SETS:
        sizes: Iterable[int] = range(len(words) + 1)
    else:
        # Too many to try all: none, one, two, all but one, all.
        sizes = (0, 1, 2, len(words) - 1, len(words))
    for size in sizes:
        yield from map(frozenset, itertools.combinations(words, size))


def _texts(expressions: Sequence[Expression]) -> Iterator[str]:
    """List texts that equal or are like what facts name, alone and two patterns together."""
    samples: list[str] = []
    for expression in expressions:
        for one in walk(expression):
            match one:
                case {"Value": str(text)}:
                    samples.append(text)
                case {"like": {"pattern": list(pattern)}}:
                    samples.append(
                        "".join("" if part == "Wildcard" else part["Literal"] for part in pattern)
                    )
                case _:
                    pass
    # As real ones are, so that a rule for all but what it names is seen.
    yield _PSEUDONYM
    for one_text, other in itertools.product(samples, repeat=2):
        for text in (one_text, one_text + other):
            if 1 <= len(text) <= 64 and text.isprintable():  # noqa: PLR2004  a pseudonym's length
                yield text
