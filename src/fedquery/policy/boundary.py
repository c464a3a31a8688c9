"""The values at which a comparison changes its answer, found by solving it for one attribute.

`context.used.elementsToday + context.elements > 5000` changes where the sum goes from 5000 to 5001;
with the elements held at 512 that is where the counter goes from 4488 to 4489. Nothing here decides
anything: a value that is missed makes a search blind at one place, and never a decision wrong.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from fedquery.policy.attributes import DAY_MS, NEUTRAL_NOW_MS, Value, read_moment
from fedquery.policy.expressions import Expression, path_of, walk
from fedquery.policy.literals import duration_ms

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
_LONGEST = 2**63 - 1
ROUNDED = {
    "toMilliseconds": 1,
    "toSeconds": 1_000,
    "toMinutes": 60_000,
    "toHours": 3_600_000,
    "toDays": DAY_MS,
}


_OF_ONE = frozenset({"toTime", "toDate", *ROUNDED})


def comparisons(expression: Expression) -> Iterator[tuple[Expression, Expression]]:
    """List both sides of every comparison of numbers or times within an expression."""
    for one in walk(expression):
        match _named(one):
            case "contains", {"left": {"Set": list(members)}, "right": right}:
                yield from ((right, member) for member in members)
            case str(name), {"left": left, "right": right} if name in COMPARISONS:
                yield from itertools.product(_branches(left), _branches(right))
            case (("+" | "-" | "*" | "neg"), _):
                # Beyond these a sum cannot be evaluated, and that is an answer of its own.
                yield from ((one, {"Value": most}) for most in (_LONGEST, -_LONGEST - 1))
            case _:
                pass


def _branches(side: Expression) -> Iterator[Expression]:
    """List what a side may be, as the conditions within it turn out."""
    match side:
        case {"if-then-else": {"then": then, "else": otherwise}}:
            yield from _branches(then)
            yield from _branches(otherwise)
        case _:
            yield side


def value_of(expression: object, at: Mapping[str, Value]) -> int | None:  # noqa: PLR0911  one form a line
    """Compute a number, a time or a duration, both of these in milliseconds.

    Args:
        expression: the expression.
        at: the values of attributes, by path.

    Returns:
        The number, or None where the expression is none or reads an attribute that is not given.
    """
    path = path_of(expression)
    if path:
        found = at.get(path)
        return found if type(found) is int else None
    match _named(expression):
        case "Value", int(known) if not isinstance(known, bool):
            return known
        case ("duration" | "datetime") as name, [{"Value": str(text)}]:
            return _duration(text) if name == "duration" else _moment(text)
        case "neg", {"arg": inside}:
            return _computed("-", {"Value": 0}, inside, at)
        case ("+" | "-" | "*") as operator, {"left": left, "right": right}:
            return _computed(operator, left, right, at)
        case ("offset" | "durationSince") as name, [left, right]:
            return _computed("+" if name == "offset" else "-", left, right, at)
        case str(name), [inside] if name in _OF_ONE:
            number = value_of(inside, at)
            return None if number is None else _of_one(name, number)
        case _:
            return None


def _named(expression: object) -> tuple[str, object] | None:
    """Give the one operator of an expression and what it is applied to."""
    if not isinstance(expression, dict) or len(expression) != 1:
        return None
    ((name, inside),) = expression.items()
    return name, inside


def _of_one(name: str, time_ms: int) -> int:
    if name == "toTime":
        return time_ms % DAY_MS
    if name == "toDate":
        return time_ms - time_ms % DAY_MS
    # Cedar rounds towards zero.
    whole = abs(time_ms) // ROUNDED[name]
    return -whole if time_ms < 0 else whole


def _computed(operator: str, left: object, right: object, at: Mapping[str, Value]) -> int | None:
    one, other = value_of(left, at), value_of(right, at)
    if one is None or other is None:
        return None
    if operator == "*":
        return one * other
    return one + other if operator == "+" else one - other


def _duration(text: str) -> int | None:
    try:
        return duration_ms(text)
    except ValueError:
        return None


def _moment(text: str) -> int | None:
    try:
        return read_moment(text)
    except ValueError:
        return None


class Solver:
    """Solve comparisons for one attribute at a time.

    Args:
        days: midnights, in milliseconds since 1970, for comparisons of a time of day: it comes
            again each day, and these are the days on which it is tried.
    """

    def __init__(self, days: frozenset[int] = frozenset()) -> None:
        neutral = NEUTRAL_NOW_MS - NEUTRAL_NOW_MS % DAY_MS
        self._days = days or frozenset({neutral})

    def boundary(
        self, sides: tuple[Expression, Expression], path: str, at: Mapping[str, Value]
    ) -> Iterator[int]:
        """List the values of an attribute at and beside which a comparison changes.

        Args:
            sides: left and right.
            path: the attribute.
            at: the values of the other attributes.
        """
        for one, other in (sides, sides[::-1]):
            goal = value_of(other, at)
            if goal is not None:
                for near in (goal - 1, goal, goal + 1):
                    yield from self._solved(one, path, near, at)

    def _solved(
        self, expression: object, path: str, goal: int, at: Mapping[str, Value]
    ) -> Iterator[int]:
        """List values of the attribute at which the expression is the goal, or next to it."""
        if path_of(expression) == path:
            yield goal
            return
        match _named(expression):
            case "neg", {"arg": inside}:
                yield from self._solved(inside, path, -goal, at)
            case ("+" | "-" | "*") as operator, {"left": left, "right": right}:
                yield from self._of_two(operator, (left, right), path, goal, at)
            case ("offset" | "durationSince") as name, [left, right]:
                operator = "+" if name == "offset" else "-"
                yield from self._of_two(operator, (left, right), path, goal, at)
            case str(name), [inside] if name in _OF_ONE:
                for near in self._before(name, goal):
                    yield from self._solved(inside, path, near, at)
            case "if-then-else", {"then": then, "else": otherwise}:
                yield from self._solved(then, path, goal, at)
                yield from self._solved(otherwise, path, goal, at)
            case _:
                return

    def _before(self, name: str, goal: int) -> Iterator[int]:
        """List what a function of one number turns into the goal, or into what is beside it."""
        if name == "toTime":
            yield from (day + goal % DAY_MS for day in self._days)
        elif name == "toDate":
            midnight = goal - goal % DAY_MS
            yield from (midnight - 1, midnight, midnight + DAY_MS - 1, midnight + DAY_MS)
        else:
            unit = ROUNDED[name]
            yield from (goal * unit + near for near in (-unit, -1, 0, 1, unit - 1))

    def _of_two(
        self,
        operator: str,
        sides: tuple[Any, Any],
        path: str,
        goal: int,
        at: Mapping[str, Value],
    ) -> Iterator[int]:
        left, right = sides
        known = value_of(right, at)
        if known is not None:
            for before in _undone(operator, goal, known, first=True):
                yield from self._solved(left, path, before, at)
        known = value_of(left, at)
        if known is not None:
            for before in _undone(operator, goal, known, first=False):
                yield from self._solved(right, path, before, at)


def _undone(operator: str, goal: int, known: int, *, first: bool) -> tuple[int, ...]:
    if operator == "+":
        return (goal - known,)
    if operator == "-":
        return (goal + known if first else known - goal,)
    if known == 0:
        return ()
    return (goal // known, goal // known + 1)
