"""What was counted of one kind of thing, and the tables that may be printed of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fedquery.audit.folding import Member
from fedquery.audit.suppression import Cell, Hidden, is_small
from fedquery.audit.tabulation import Table, one_way, two_way

OUTCOME: Final = "outcome"
"""The name of the table that tells outcomes apart."""


@dataclass(frozen=True, slots=True)
class Population:
    """Things of one kind that were counted, as they may be printed.

    Attributes:
        name: what they are, such as questions.
        total: how many; None where that is not told, because it would give away other numbers.
        tables: how they are told apart.
    """

    name: str
    total: Cell | None
    tables: tuple[Table, ...] = ()

    def table(self, name: str) -> Table | None:
        """Find a table by its name."""
        return next((table for table in self.tables if table.name == name), None)


class Tally:
    """Counts of things of one kind.

    Args:
        name: what they are.
        ways: by what they are told apart beside their outcome.
        parts: in what parts those of one outcome, or ("") all, are told apart.
    """

    def __init__(
        self, name: str, ways: Iterable[str], parts: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._name = name
        self._outcomes: Counter[str] = Counter()
        self._ways: dict[str, dict[Member, Counter[str]]] = {way: {} for way in ways}
        self._parts: dict[tuple[str, str], Counter[str]] = {part: Counter() for part in parts}

    def add(
        self, outcome: str, ways: Mapping[str, Member], parts: Mapping[str, Iterable[str]]
    ) -> None:
        """Count one.

        Args:
            outcome: what it came to.
            ways: for each way the group and the member that it belongs to.
            parts: by name the parts that it belongs to, also where they are of another outcome.
        """
        self._outcomes[outcome] += 1
        for way, told in self._ways.items():
            member = ways[way]
            if member not in told:
                told[member] = Counter()
            told[member][outcome] += 1
        for (name, of), counts in self._parts.items():
            if of in {"", outcome}:
                counts.update(parts[name])

    def tabulated(self) -> Population:
        """Write what may be printed."""
        total = self._outcomes.total()
        if is_small(total):
            return Population(self._name, Hidden.FEW)
        if not total:
            return Population(self._name, 0)
        outcomes = one_way(OUTCOME, self._outcomes)
        ways = [two_way(way, counted, outcomes) for way, counted in self._ways.items()]
        parts = [self._part(name, of, outcomes) for name, of in self._parts]
        return Population(self._name, total, (outcomes, *ways, *parts))

    def _part(self, name: str, of: str, outcomes: Table) -> Table:
        told = {row.name: row.total for row in outcomes.rows}.get(of, 0)
        # Parts of a sum that is hidden would add up to it.
        if of and (outcomes.withheld or isinstance(told, Hidden)):
            return Table(name, withheld=True)
        # What belongs to several parts is hidden as if their sum was known, which hides more.
        return one_way(name, self._parts[name, of])
