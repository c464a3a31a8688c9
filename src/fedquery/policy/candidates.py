"""The values to try for attributes that facts tie together, so that every answer comes up.

Attributes are taken one after the other: the first at every value where something can change, the
next at every value where something changes given the first. Two comparisons of the same two
attributes cross somewhere; those places are computed too.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.policy.attributes import Value
from fedquery.policy.conditions import Fact
from fedquery.policy.expressions import paths_read, walk
from fedquery.policy.plane import Plane
from fedquery.policy.searching import NUMERIC, WHOLE_SETS, Search
from fedquery.policy.understood import Numbers, understood

MOST: Final = 6_000
"""How many combinations of tied attributes are tried in one order of them."""

_ORDERS = 3
_TWO = 2
_SPREAD = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: its multiples are spread evenly


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
    search = Search(plane, facts)
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
        len(plane.attributes[path].listed) <= WHOLE_SETS
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
        searched=frozenset(one.path for one in every if one.sort in NUMERIC),
        listed=frozenset(
            one.path for one in every if any(type(each) is int for each in one.listed)
        ),
    )


def _in_order(
    search: Search, paths: Sequence[str], order: Sequence[str]
) -> dict[tuple[Value, ...], None]:
    """List what is tried when the attributes are taken in an order; more than MOST is cut."""
    found: dict[tuple[Value, ...], None] = {}
    for point in search.points(order):
        found[tuple(point[path] for path in paths)] = None
        if len(found) > MOST:
            break
    return found
