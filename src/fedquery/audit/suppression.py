"""Hide small numbers of a table, and as many more as keep them from being computed.

A table is a graph: each number is an edge between the two sums that it is part of (its row and its
column; or a nation's number in one column, between its agencies and the column). The sums at the
ends are printed. What anybody can compute from them are the circulations of this graph, so whether
a hidden number is safe is a question of flows, and is answered exactly.

The guarantee (ADR 0022): as far as the printed numbers of the table say, every number printed as
`<5` can be each of 1, 2, 3 and 4, and every number printed as `5+` can be more than one.
"""

import enum
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

THRESHOLD: Final = 5
_NO_END: Final = 2**62


class Hidden(enum.Enum):
    """What is printed in the place of a number."""

    FEW = "<5"
    MORE = "5+"


Cell: TypeAlias = int | Hidden


def least(cell: Cell) -> int:
    """Say what a number is at least, by what is printed of it."""
    if isinstance(cell, Hidden):
        return 1 if cell is Hidden.FEW else THRESHOLD
    return cell


@dataclass(frozen=True, slots=True)
class Edge:
    """A number of a table, between two sums that are printed.

    Attributes:
        tail: the sum that it is part of on one side.
        head: the sum on the other side.
        value: the number, 0 or more.
    """

    tail: str
    head: str
    value: int


def is_small(value: int) -> bool:
    """Tell whether a number must not be printed."""
    return 0 < value < THRESHOLD


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What of a table can be printed.

    Attributes:
        cells: what to print for each edge, if none is unsafe.
        unsafe: the places of small numbers that the table has too few numbers to hide among.
    """

    cells: tuple[Cell, ...]
    unsafe: tuple[int, ...]


def suppress(edges: Sequence[Edge]) -> Suppressed:
    """Hide the small numbers of a table and what would give them away.

    Args:
        edges: all numbers of the table. The difference of what goes into and out of each of their
            ends is taken to be known to everybody, and so is every 0.
    """
    graph = _Graph(edges)
    unsafe = []
    for place, edge in enumerate(edges):
        if not is_small(edge.value):
            continue
        # What a number can be in all circulations is an interval: its two ends are enough.
        up, down = THRESHOLD - 1 - edge.value, 1 - edge.value
        if not (graph.shift(place, up) and graph.shift(place, down)):
            unsafe.append(place)
    return Suppressed(graph.cells(), tuple(unsafe))


class _Graph:
    """The edges, and which are hidden by now; hiding one more never makes another one unsafe."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self._edges = edges
        self._hidden = [is_small(edge.value) for edge in edges]
        self._at: dict[str, list[int]] = {}
        for place, edge in enumerate(edges):
            if edge.value:
                self._at.setdefault(edge.tail, []).append(place)
                self._at.setdefault(edge.head, []).append(place)

    def cells(self) -> tuple[Cell, ...]:
        """Give what is printed."""
        return tuple(
            edge.value if not hidden else Hidden.FEW if is_small(edge.value) else Hidden.MORE
            for edge, hidden in zip(self._edges, self._hidden, strict=True)
        )

    def shift(self, place: int, amount: int) -> bool:
        """Make it possible that a number is larger or smaller, by hiding others where needed.

        Args:
            place: the number.
            amount: by how much it must be possible to be larger; smaller, where negative.

        Returns:
            Whether it is possible now. If not, what was hidden on the way stays hidden.
        """
        edge = self._edges[place]
        # More on this edge must flow back from its head to its tail through others.
        start, end = (edge.head, edge.tail) if amount > 0 else (edge.tail, edge.head)
        moved = {place: amount}
        missing = abs(amount)
        while missing:
            path = self._path(start, end, place, moved)
            if path is None:
                return False
            step = min(missing, *(self._room(at, sign, moved) for at, sign in path))
            for at, sign in path:
                moved[at] = moved.get(at, 0) + sign * step
                self._hidden[at] = True
            missing -= step
        return True

    def _room(self, place: int, sign: int, moved: dict[int, int]) -> int:
        """Say how far a number can go up (1) or down (-1), if it is hidden."""
        value = self._edges[place].value
        small = is_small(value)
        low, high = (1, THRESHOLD - 1) if small else (THRESHOLD, _NO_END)
        now = value + moved.get(place, 0)
        return high - now if sign > 0 else now - low

    def _path(
        self, start: str, end: str, without: int, moved: dict[int, int]
    ) -> list[tuple[int, int]] | None:
        """Find the way on which the least is hidden anew, by Dijkstra's algorithm."""
        # (hidden anew so far, edges so far, end): the sum of the numbers that are lost to the
        # reader, and then the shorter way; names last, so that it comes out alike everywhere.
        waiting = [(0, 0, start)]
        came: dict[str, tuple[int, int]] = {}
        best = {start: (0, 0)}
        while waiting:
            lost, length, here = heapq.heappop(waiting)
            if here == end:
                return self._walk(start, end, came)
            if (lost, length) > best[here]:
                continue
            for place in self._at.get(here, ()):
                edge = self._edges[place]
                sign, there = (1, edge.head) if edge.tail == here else (-1, edge.tail)
                if place == without or self._room(place, sign, moved) <= 0:
                    continue
                cost = (lost + (0 if self._hidden[place] else edge.value), length + 1)
                if there not in best or cost < best[there]:
                    best[there] = cost
                    came[there] = (place, sign)
                    heapq.heappush(waiting, (*cost, there))
        return None

    def _walk(
        self, start: str, end: str, came: dict[str, tuple[int, int]]
    ) -> list[tuple[int, int]]:
        path = []
        here = end
        while here != start:
            place, sign = came[here]
            path.append((place, sign))
            edge = self._edges[place]
            here = edge.tail if sign > 0 else edge.head
        return path
