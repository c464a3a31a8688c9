"""Whether statistics that somebody has signed add up, as far as what is printed of them says.

The program of an honest party prints only numbers that do. So numbers that do not were written by
hand, or changed before they were signed, and nothing of them is added to those of others.
"""

from collections.abc import Iterable, Sequence

from fedquery.audit.joint_statistics import NOTHING, Bounds
from fedquery.audit.statistics import Statistics
from fedquery.audit.suppression import Cell
from fedquery.audit.tabulation import Row, Table
from fedquery.audit.tally import OUTCOME, Population
from fedquery.errors import EncodingError


def require_adds_up(statistics: Statistics) -> None:
    """Require that nothing stands twice in statistics, and that parts can make up their sums.

    Args:
        statistics: what was signed.

    Raises:
        EncodingError: if something stands twice or does not add up.
    """
    _require_once(population.name for population in statistics.populations)
    for population in statistics.populations:
        _require_once(table.name for table in population.tables)
        for table in population.tables:
            _look(table, population)


def _look(table: Table, population: Population) -> None:
    _require_once((row.within, row.name) for row in table.rows)
    _require_once(table.columns)
    first = [row for row in table.rows if not row.within]
    for row in table.rows:
        if population.total is not None:
            most = Bounds.of(population.total).high
            _require(most is None or Bounds.of(row.total).low <= most)
        if row.cells:
            _require_fits(_sum(row.cells), Bounds.of(row.total))
    # A group's members are listed all or not at all; the rest of them is part of no such sum.
    named = [row for row in table.rows if row.name]
    for group in {row.within for row in named} - {""}:
        above = [row.total for row in first if row.name == group]
        _require(len(above) == 1)
        members = _sum(row.total for row in named if row.within == group)
        _require_fits(members, Bounds.of(above[0]))
    # Rules overlap, and refusals alone have reasons; what is told by outcome or in groups is all.
    whole = table.name == OUTCOME or len(first) < len(table.rows)
    if whole and first and population.total is not None:
        _require_fits(_sum(row.total for row in first if row.name), Bounds.of(population.total))
    _look_at_columns(table, [row for row in first if row.cells])


def _look_at_columns(table: Table, rows: Sequence[Row]) -> None:
    for place, told in enumerate(table.sums):
        _require_fits(_sum(row.cells[place] for row in rows), Bounds.of(told))


def _sum(cells: Iterable[Cell]) -> Bounds:
    return sum((Bounds.of(cell) for cell in cells), NOTHING)


def _require_fits(one: Bounds, other: Bounds) -> None:
    """Require that some number is within both."""
    for low, high in ((one.low, other.high), (other.low, one.high)):
        _require(high is None or low <= high)


def _require_once(names: Iterable[object]) -> None:
    listed = list(names)
    _require(len(set(listed)) == len(listed))


def _require(holds: bool) -> None:  # noqa: FBT001  the condition is the subject
    if not holds:
        raise EncodingError("the numbers of these statistics do not add up")
