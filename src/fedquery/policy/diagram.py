"""Decision diagrams over variables of a few values each: a function of all of them, kept exactly.

A table of all combinations of a policy file's facts has millions of rows; as a diagram it has some
hundred nodes, since most rules look at few facts. Equal nodes are one node, and a node whose
branches are all alike is its branch (Bryant 1986, for variables of more than two values).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Leaf: TypeAlias = Any
"""A value of a function: anything that can be compared and hashed."""

Node: TypeAlias = int
Cube: TypeAlias = tuple[frozenset[int], ...]
"""For each variable the values that are meant; all of them where it does not matter."""


class DiagramTooLargeError(Exception):
    """The function has no small diagram; whoever builds it asks a smaller question."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    value: Leaf


@dataclass(frozen=True, slots=True)
class _Branch:
    variable: int
    below: tuple[Node, ...]


class Diagrams:
    """Functions of the same variables, in one order.

    Args:
        sizes: how many values each variable has, at least one.
        most: how many nodes there may be.
    """

    def __init__(self, sizes: Sequence[int], most: int) -> None:
        self.sizes = tuple(sizes)
        self._most = most
        self._nodes: list[_Leaf | _Branch] = []
        self._places: dict[_Leaf | _Branch, Node] = {}

    def leaf(self, value: Leaf) -> Node:
        """Make the function that is one value everywhere."""
        return self._place(_Leaf(value))

    def branch(self, variable: int, below: Sequence[Node]) -> Node:
        """Make the function that looks at a variable first.

        Args:
            variable: its place; every function below looks at later variables only.
            below: the function for each of its values.
        """
        if len(set(below)) == 1:
            return below[0]
        return self._place(_Branch(variable, tuple(below)))

    def _place(self, content: _Leaf | _Branch) -> Node:
        found = self._places.get(content)
        if found is None:
            if len(self._nodes) >= self._most:
                raise DiagramTooLargeError
            found = self._places[content] = len(self._nodes)
            self._nodes.append(content)
        return found

    def combine(self, function: Callable[..., Leaf], *nodes: Node) -> Node:
        """Apply a function to the values of functions, everywhere at once.

        Args:
            function: takes as many values as there are nodes.
            nodes: the functions.

        Raises:
            DiagramTooLargeError: if there would be more nodes than are allowed.
        """
        known: dict[tuple[Node, ...], Node] = {}

        def apply(roots: tuple[Node, ...]) -> Node:
            if roots in known:
                return known[roots]
            variable = min(self._variable(root) for root in roots)
            if variable == len(self.sizes):
                made = self.leaf(function(*(self.value(root) for root in roots)))
            else:
                made = self.branch(
                    variable,
                    [
                        apply(tuple(self._step(root, variable, value) for root in roots))
                        for value in range(self.sizes[variable])
                    ],
                )
            known[roots] = made
            return made

        return apply(nodes)

    def _variable(self, node: Node) -> int:
        content = self._nodes[node]
        return content.variable if isinstance(content, _Branch) else len(self.sizes)

    def _step(self, node: Node, variable: int, value: int) -> Node:
        content = self._nodes[node]
        if isinstance(content, _Branch) and content.variable == variable:
            return content.below[value]
        return node

    def value(self, node: Node) -> Leaf:
        """Give the value of a function that is one value everywhere."""
        content = self._nodes[node]
        if isinstance(content, _Branch):
            raise ValueError("the function is not one value")  # noqa: TRY004  its content is wrong, not its type
        return content.value

    def at(self, node: Node, point: Sequence[int]) -> Leaf:
        """Give the value of a function at one point."""
        content = self._nodes[node]
        while isinstance(content, _Branch):
            content = self._nodes[content.below[point[content.variable]]]
        return content.value

    def values_in(self, node: Node, cube: Cube) -> frozenset[Leaf]:
        """Give every value that a function has within a cube."""
        seen: set[Node] = set()
        found: set[Leaf] = set()
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            content = self._nodes[one]
            if isinstance(content, _Branch):
                waiting += [content.below[value] for value in cube[content.variable]]
            else:
                found.add(content.value)
        return frozenset(found)

    def count(self, node: Node) -> Mapping[Leaf, int]:
        """Count at how many points a function has each of its values."""
        known: dict[Node, dict[Leaf, int]] = {}

        def counted(one: Node) -> dict[Leaf, int]:
            if one not in known:
                content = self._nodes[one]
                found: dict[Leaf, int] = {}
                if isinstance(content, _Branch):
                    for below in content.below:
                        skipped = self._points(content.variable + 1, self._variable(below))
                        for value, number in counted(below).items():
                            found[value] = found.get(value, 0) + number * skipped
                else:
                    found[content.value] = 1
                known[one] = found
            return known[one]

        skipped = self._points(0, self._variable(node))
        return {value: number * skipped for value, number in counted(node).items()}

    def _points(self, first: int, last: int) -> int:
        product = 1
        for size in self.sizes[first:last]:
            product *= size
        return product

    def cover(self, node: Node) -> Iterator[Cube]:
        """Cover the points at which a function is true with few and large cubes.

        Each cube is as large as it can be; two may overlap, and together they are exactly all.

        Args:
            node: a function whose values are true and false.
        """
        everything = tuple(frozenset(range(size)) for size in self.sizes)
        left = node
        while (path := self._path(left)) is not None:
            cube = list(everything)
            for variable, value in path.items():
                cube[variable] = frozenset({value})
            for variable in path:
                for value in range(self.sizes[variable]):
                    wider = [*cube]
                    wider[variable] = cube[variable] | {value}
                    if self.values_in(node, tuple(wider)) == {True}:
                        cube = wider
            yield tuple(cube)
            left = self._without(left, tuple(cube))

    def _path(self, node: Node) -> dict[int, int] | None:
        content = self._nodes[node]
        if isinstance(content, _Leaf):
            return {} if content.value else None
        for value, below in enumerate(content.below):
            found = self._path(below)
            if found is not None:
                return {content.variable: value, **found}
        return None

    def _without(self, node: Node, cube: Cube) -> Node:
        inside = self.leaf(value=True)
        outside = self.leaf(value=False)
        for variable in reversed(range(len(self.sizes))):
            below = [
                inside if value in cube[variable] else outside
                for value in range(self.sizes[variable])
            ]
            inside = self.branch(variable, below)
        return self.combine(lambda whole, gone: bool(whole) and not gone, node, inside)
