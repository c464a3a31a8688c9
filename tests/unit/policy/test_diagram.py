"""Diagrams are the functions that they stand for."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.policy.diagram import Diagrams, DiagramTooLargeError

SIZES = (2, 3, 2, 4)
POINTS = list(itertools.product(*map(range, SIZES)))
tables = st.lists(st.integers(0, 2), min_size=len(POINTS), max_size=len(POINTS))


def build(diagrams, table, first=0, offset=0):
    """Make the diagram of a table of values."""
    if first == len(SIZES):
        return diagrams.leaf(table[offset])
    step = len(POINTS)
    for size in SIZES[: first + 1]:
        step //= size
    below = [
        build(diagrams, table, first + 1, offset + value * step) for value in range(SIZES[first])
    ]
    return diagrams.branch(first, below)


@given(tables, tables)
def test_combining_is_pointwise(left, right):
    """A combination has at each point what the function makes of the two values there."""
    diagrams = Diagrams(SIZES, 10_000)
    both = diagrams.combine(lambda a, b: a - b, build(diagrams, left), build(diagrams, right))
    expected = [a - b for a, b in zip(left, right, strict=True)]
    assert expected == [diagrams.at(both, point) for point in POINTS]
    assert {value: expected.count(value) for value in expected} == dict(diagrams.count(both))


@given(tables)
def test_equal_functions_are_one_node(table):
    """However a function came about."""
    diagrams = Diagrams(SIZES, 10_000)
    node = build(diagrams, table)
    assert node == diagrams.combine(lambda a: -a, diagrams.combine(lambda a: -a, node))


@given(tables)
def test_a_cover_is_exact(table):
    """The cubes hold the points where the function is true and no other; none can be larger."""
    diagrams = Diagrams(SIZES, 10_000)
    true = diagrams.combine(lambda a: a == 1, build(diagrams, table))
    cubes = list(diagrams.cover(true))
    inside = {
        point
        for point in POINTS
        if any(all(v in c for v, c in zip(point, cube, strict=True)) for cube in cubes)
    }
    assert {point for point, value in zip(POINTS, table, strict=True) if value == 1} == inside
    for cube in cubes:
        for place, size in enumerate(SIZES):
            for value in set(range(size)) - cube[place]:
                wider = list(cube)
                wider[place] = cube[place] | {value}
                assert False in diagrams.values_in(true, tuple(wider))


def test_a_function_that_is_too_large_is_refused():
    """Rather than all memory being taken."""
    diagrams = Diagrams((2,) * 8, 20)

    def add_up():
        total = diagrams.leaf(0)
        for place in range(8):
            one = diagrams.branch(place, [diagrams.leaf(0), diagrams.leaf(2**place)])
            total = diagrams.combine(lambda a, b: a + b, total, one)

    with pytest.raises(DiagramTooLargeError):
        add_up()
