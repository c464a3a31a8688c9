"""Who sees each row of a dataset: one number for each identifier, in memory that stays small.

Identifiers that the same viewers may see are of one audience. There are few audiences and many
identifiers; so an array has the audience of each, four octets for each number that identifiers in
the database have, and not a set of Python's for each view, twenty times as much.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fedquery_node.rows import Subjects

# Of which audiences the rows of a view are, by the number of the audience.
Chosen = NDArray[np.bool_]


class Audiences:
    """The audience of each identifier, while release lists are read.

    Args:
        lowest: the lowest number of an identifier.
        highest: the highest; below `lowest` where there are none.
    """

    def __init__(self, lowest: int, highest: int) -> None:
        self._lowest = lowest
        self._numbers = np.zeros(max(0, highest - lowest + 1), np.uint32)
        self._viewers: list[frozenset[str]] = [frozenset()]
        self._known = {frozenset[str](): 0}

    def release(self, subjects: Subjects, viewers: frozenset[str]) -> None:
        """Let viewers see identifiers, beside those who see them already."""
        at = subjects - self._lowest
        before = self._numbers[at]
        joined = np.zeros(len(self._viewers), np.uint32)
        for number in np.flatnonzero(np.bincount(before)).tolist():
            joined[number] = self._number(self._viewers[number] | viewers)
        self._numbers[at] = joined[before]

    def _number(self, viewers: frozenset[str]) -> int:
        if viewers not in self._known:
            self._known[viewers] = len(self._viewers)
            self._viewers.append(viewers)
        return self._known[viewers]

    def seen_by(self, viewers: list[str]) -> Mapping[str, frozenset[int]]:
        """Say for each viewer the audiences that it is of, among those that an identifier has."""
        present = np.flatnonzero(np.bincount(self._numbers, minlength=1)).tolist()
        return {
            viewer: frozenset(number for number in present if viewer in self._viewers[number])
            for viewer in viewers
        }

    def chosen(self, numbers: frozenset[int]) -> Chosen:
        """Make what `places_of` looks up."""
        chosen = np.zeros(len(self._viewers), np.bool_)
        chosen[list(numbers)] = True
        return chosen

    def places_of(self, subjects: Subjects, chosen: Chosen) -> NDArray[np.intp]:
        """Say at which places of a chunk stand identifiers of the chosen audiences."""
        return np.flatnonzero(chosen[self._numbers[subjects - self._lowest]])
