"""The values of tied attributes at which an answer can change, attribute by attribute."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fedquery.policy.attributes import AGENCY, DATASET, DAY_MS, NEUTRAL_NOW_MS, Attribute, Value
from fedquery.policy.boundary import Solver, comparisons, value_of
from fedquery.policy.conditions import Fact
from fedquery.policy.crossings import crossings
from fedquery.policy.expressions import Expression, entities_named, paths_read, walk
from fedquery.policy.plane import Plane

WHOLE_SETS = 8
NUMERIC = frozenset({"number", "moment"})
_AGENCY = re.compile(r"[A-Z]{2}/[a-z0-9-]{1,40}")
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_PSEUDONYM = "0f3a6c1d5e7b48929a1c3e5f7081b2d4"


class Search:
    """The search of one plane for the values at which some facts change.

    Args:
        plane: what can be asked.
        facts: every fact that reads one of the attributes that are searched.
    """

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
        if one.sort in NUMERIC:
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
        if one.sort not in NUMERIC:
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
        if one.sort in NUMERIC:
            for other in rest:
                if self._plane.attributes[other].sort in NUMERIC:
                    tied = [
                        sides
                        for sides, read in zip(self._comparisons, self._read, strict=True)
                        if read == {path, other}
                    ]
                    for pair in itertools.combinations(tied, 2):
                        for value in crossings(pair, path, other):
                            if one.low <= value <= one.high:
                                yield value


def _subsets(words: Sequence[str]) -> Iterator[frozenset[str]]:
    if len(words) <= WHOLE_SETS:
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
