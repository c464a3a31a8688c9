"""Where two straight comparisons of the same two attributes cross."""

import itertools
from collections.abc import Iterator
from typing import TypeAlias

from fedquery.policy.attributes import NEUTRAL_NOW_MS, Value
from fedquery.policy.boundary import value_of
from fedquery.policy.expressions import Expression

Sides: TypeAlias = tuple[Expression, Expression]
"""What is compared, and with what."""


def crossings(pair: tuple[Sides, Sides], path: str, other: str) -> Iterator[int]:
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
