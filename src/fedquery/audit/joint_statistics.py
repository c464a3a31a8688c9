"""The sum of the statistics of several logs, with what is hidden in one hidden in the sum.

A number that was hidden counts as the range that its sign allows, so a sum is a range too: from
what it is at least to what it is at most.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from fedquery.audit.folding import TOGETHER
from fedquery.audit.statistics import LogBehind, Statistics
from fedquery.audit.suppression import THRESHOLD, Cell, Hidden, least
from fedquery.audit.tabulation import Row, Table
from fedquery.audit.tally import OUTCOME, Population


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a number.

    Attributes:
        low: it is this at least.
        high: it is this at most; None where that is not known.
    """

    low: int
    high: int | None

    @classmethod
    def of(cls, cell: Cell | None) -> Self:
        """Say what a printed number says."""
        if cell is None:
            return cls(0, None)
        if cell is Hidden.FEW:
            return cls(least(cell), THRESHOLD - 1)
        return cls(least(cell), None if cell is Hidden.MORE else cell)

    def __add__(self, other: "Bounds") -> "Bounds":
        """Add two numbers."""
        if self.high is None or other.high is None:
            return Bounds(self.low + other.low, None)
        return Bounds(self.low + other.low, self.high + other.high)

    def part(self) -> "Bounds":
        """Say what is known of a part of it: nothing but that it is no more."""
        return Bounds(0, self.high)

    def narrower(self, other: "Bounds") -> "Bounds":
        """Keep of two upper ends the lower one."""
        ends = [end for end in (self.high, other.high) if end is not None]
        return Bounds(self.low, min(ends) if ends else None)


NOTHING: Final = Bounds(0, 0)
# A rule stands in the policy of one nation: there is nothing to add up.
_OWN: Final = frozenset({"rule"})


@dataclass(frozen=True, slots=True)
class JointRow:
    """A row of a joint table.

    Attributes:
        name: what is counted.
        within: the group that the row is a part of; "" for a row of the first order.
        total: its sum over all logs.
        cells: the same in each column.
    """

    name: str
    within: str
    total: Bounds
    cells: tuple[Bounds, ...]


@dataclass(frozen=True, slots=True)
class JointTable:
    """A table whose numbers are sums over all logs.

    Attributes:
        name: by what they are told apart.
        columns: the columns.
        sums: the sum of each column.
        rows: the rows.
    """

    name: str
    columns: tuple[str, ...]
    sums: tuple[Bounds, ...]
    rows: tuple[JointRow, ...]


@dataclass(frozen=True, slots=True)
class JointPopulation:
    """Things of one kind, over all logs.

    Attributes:
        name: what they are.
        total: how many.
        tables: how they are told apart.
    """

    name: str
    total: Bounds
    tables: tuple[JointTable, ...]


@dataclass(frozen=True, slots=True)
class JointStatistics:
    """The sum of the statistics of several logs of one month.

    Attributes:
        kind: "node", "coordinator" or "agency".
        month: the month.
        logs: the parties that are in it, and the log behind the figures of each.
        missing: the parties of the member list that are not.
        populations: the sums.
    """

    kind: str
    month: str
    logs: tuple[tuple[str, LogBehind], ...]
    missing: tuple[str, ...]
    populations: tuple[JointPopulation, ...]


def join(statistics: Sequence[Statistics], parties: Iterable[str]) -> JointStatistics:
    """Add up the statistics of several logs.

    Args:
        statistics: of one kind and month, each of another party; at least one.
        parties: all parties of that kind that there are.
    """
    found = sorted(statistics, key=lambda one: one.party)
    first = found[0]
    names = dict.fromkeys(population.name for one in found for population in one.populations)
    populations = tuple(
        _population(name, [p for one in found for p in one.populations if p.name == name])
        for name in names
    )
    logs = tuple((one.party, one.log) for one in found)
    missing = tuple(sorted(set(parties) - {party for party, _ in logs}))
    return JointStatistics(first.kind, first.month, logs, missing, populations)


def _population(name: str, found: Sequence[Population]) -> JointPopulation:
    named = [table.name for one in found for table in one.tables]
    tables = dict.fromkeys(table for table in named if table not in _OWN)
    return JointPopulation(
        name,
        _sum(Bounds.of(one.total) for one in found),
        tuple(_table(table, found) for table in tables),
    )


def _table(name: str, found: Sequence[Population]) -> JointTable:
    printed = [table for one in found if (table := one.table(name)) is not None]
    columns = sorted({column for table in printed for column in table.columns} - {TOGETHER})
    rows = {(row.within, row.name) for table in printed for row in table.rows if row.name}
    readings = [_Reading(one, name) for one in found]
    return JointTable(
        name,
        tuple(columns),
        tuple(_sum(one.outcome(column) for one in readings) for column in columns),
        tuple(_row(readings, place, columns) for place in sorted(rows, key=_order)),
    )


def _order(place: tuple[str, str]) -> tuple[str, str]:
    within, name = place
    return (within, name) if within else (name, "")


def _row(
    readings: Sequence["_Reading"], place: tuple[str, str], columns: Sequence[str]
) -> JointRow:
    within, name = place
    total = _sum(one.total(within, name) for one in readings)
    cells = tuple(_sum(one.cell(within, name, column) for one in readings) for column in columns)
    return JointRow(name, within, total, cells)


def _sum(found: Iterable[Bounds]) -> Bounds:
    return sum(found, NOTHING)


class _Reading:
    """One log's table, read for what it says of any row and column, also of those it hides."""

    def __init__(self, population: Population, name: str) -> None:
        self._all = Bounds.of(population.total)
        self._table = population.table(name)
        self._outcomes = population.table(OUTCOME)

    def total(self, within: str, name: str) -> Bounds:
        """Say what is known of the total of a row."""
        table = self._table
        if table is None or (table.withheld and not table.rows):
            return self._all.part()
        row = _find(table, within, name)
        if row is not None:
            return Bounds.of(row.total)
        group = _find(table, "", within) if within else None
        # A group whose members are not listed may have any; one that is listed has no others.
        if group is None or any(one.within == within for one in table.rows):
            return NOTHING
        return Bounds.of(group.total).part()

    def cell(self, within: str, name: str, column: str) -> Bounds:
        """Say what is known of a row in a column."""
        total = self.total(within, name)
        if total == NOTHING:
            return NOTHING
        most = total.part().narrower(self.outcome(column).part())
        table = self._table
        row = _find(table, within, name) if table is not None else None
        if table is not None and row is not None and row.cells and column in table.columns:
            return Bounds.of(row.cells[table.columns.index(column)])
        # Where all came to one outcome, there are no columns: the total is told.
        only = self._outcomes is not None and len(self._outcomes.rows) == 1
        return total if only and most.high else most

    def outcome(self, column: str) -> Bounds:
        """Say what is known of the sum of a column."""
        table = self._outcomes
        if table is None or table.withheld:
            return self._all.part()
        row = _find(table, "", column)
        return NOTHING if row is None else Bounds.of(row.total)


def _find(table: Table, within: str, name: str) -> Row | None:
    return next((row for row in table.rows if (row.within, row.name) == (within, name)), None)
