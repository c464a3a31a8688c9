"""Tables of what was counted, with small numbers hidden; sums first, and then what is inside.

Each table is made safe given its sums, and its sums are printed or can be computed. So what one
table prints says nothing of what another one hides: `suppression` looks at one table at a time.
Rows are sorted by name, for an order by number would tell which of two hidden ones is larger.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from fedquery.audit.folding import TOGETHER, Folding, Member, RowKey
from fedquery.audit.suppression import Cell, Edge, suppress

Counted: TypeAlias = Mapping[Member, Mapping[str, int]]
"""For each group and member (a nation and its agency, or "") the number of each outcome."""

_Cells: TypeAlias = dict[RowKey, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        name: what is counted; `TOGETHER` for all rows of its group that have no cells of their own.
        within: the group that the row is a part of; "" for a row of the first order.
        total: the number.
        cells: the number in each column; empty where they are told in `TOGETHER`, or nowhere.
    """

    name: str
    within: str
    total: Cell
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be printed.

    Attributes:
        name: by what the numbers are told apart.
        columns: the columns; the last may be `TOGETHER`.
        sums: the sum of each column.
        rows: the rows.
        withheld: whether it says less than it was made for: without rows, nothing; with rows, no
            columns.
    """

    name: str
    columns: tuple[str, ...] = ()
    sums: tuple[int, ...] = ()
    rows: tuple[Row, ...] = ()
    withheld: bool = False


def one_way(name: str, counts: Mapping[str, int]) -> Table:
    """Tell a sum apart in one way.

    Args:
        name: the name of the table.
        counts: the parts of a sum that is printed.
    """
    parts = _parts(counts)
    rows = tuple(Row(one, "", parts[one]) for one in sorted(parts))
    return Table(name, rows=rows, withheld=bool(counts) and not parts)


def two_way(name: str, counted: Counted, outcomes: Table) -> Table:
    """Tell a sum apart by groups and their members, and each of them by outcome.

    Args:
        name: the name of the table.
        counted: the parts of a sum that is printed.
        outcomes: the same sum told apart by outcome, which is printed too.
    """
    totals = {member: sum(counts.values()) for member, counts in counted.items()}
    groups = _parts(_by_group(totals))
    parts = {group: _parts(_within(totals, group)) for group in _shown(groups)}
    columns = _columns(outcomes)
    inside = {member: _in_columns(counts, columns) for member, counts in counted.items()}
    cells: _Cells = {}
    # A table of one column would say what the sums of its rows say.
    wanted = len(columns) > 1
    if wanted and groups:
        cells = _settle(inside, Folding(totals, {one: _shown(parts[one]) for one in parts}))
    rows = tuple(_rows(totals, groups, parts, cells))
    if not cells:
        return Table(name, rows=rows, withheld=wanted or (bool(totals) and not groups))
    return Table(name, columns, _sum(inside.values()), rows)


def _parts(counts: Mapping[str, int]) -> dict[str, Cell]:
    """Hide what must be hidden in the parts of a sum; empty where they cannot be told apart."""
    found = suppress([Edge("sum", "parts", count) for count in counts.values()])
    return {} if found.unsafe else dict(zip(counts, found.cells, strict=True))


def _by_group(totals: Mapping[Member, int]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for (group, _), total in totals.items():
        found[group] += total
    return found


def _within(totals: Mapping[Member, int], group: str) -> dict[str, int]:
    return {name: total for (one, name), total in totals.items() if one == group and name}


def _shown(cells: Mapping[str, Cell]) -> list[str]:
    return [name for name, cell in cells.items() if isinstance(cell, int)]


def _columns(outcomes: Table) -> tuple[str, ...]:
    """Name the columns: outcomes whose sum is printed, and the others together."""
    shown = sorted(row.name for row in outcomes.rows if isinstance(row.total, int))
    return tuple(shown) if len(shown) == len(outcomes.rows) else (*shown, TOGETHER)


def _in_columns(counts: Mapping[str, int], columns: tuple[str, ...]) -> tuple[int, ...]:
    found = Counter[str]()
    for outcome, count in counts.items():
        found[outcome if outcome in columns else TOGETHER] += count
    return tuple(found[column] for column in columns)


def _settle(inside: Mapping[Member, tuple[int, ...]], folding: Folding) -> _Cells:
    """Tell rows together until all small numbers are hidden; empty where nothing is left to say."""
    while not folding.says_nothing:
        edges, row_of = _graph(inside, folding)
        found = suppress(edges)
        if not found.unsafe:
            cells: dict[RowKey, list[Cell]] = {}
            for row, cell in zip(row_of, found.cells, strict=True):
                cells.setdefault(row, []).append(cell)
            return {row: tuple(listed) for row, listed in cells.items()}
        folding.fold_some({row_of[place] for place in found.unsafe})
    return {}


def _graph(
    inside: Mapping[Member, tuple[int, ...]], folding: Folding
) -> tuple[list[Edge], list[RowKey]]:
    """Write a table as the edges of a graph, and say of each of which row it is.

    A member's number goes from the member to its group's number of the same column, and that to the
    column; where there is one row in a group, at once.
    """
    edges: list[Edge] = []
    row_of: list[RowKey] = []
    for group, rows in folding.groups().items():
        sums = {row: _sum(inside[one] for one in members) for row, members in rows.items()}
        above = {} if group in rows else {group: _sum(sums.values())}
        for row, values in (*sums.items(), *above.items()):
            for column, value in enumerate(values):
                tail = f"row {row}" if row in rows else f"{group} {column}"
                head = f"column {column}" if row == group else f"{group} {column}"
                edges.append(Edge(tail, head, value))
                row_of.append(row)
    return edges, row_of


def _sum(rows: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*rows, strict=True)))


def _rows(
    totals: Mapping[Member, int],
    groups: Mapping[str, Cell],
    parts: Mapping[str, Mapping[str, Cell]],
    cells: _Cells,
) -> Iterator[Row]:
    """Write the rows: groups by name with their members, and behind them what is told together."""
    by_group = _by_group(totals)
    for group in sorted(groups):
        yield Row(group, "", groups[group], cells.get(("", group), ()))
        members = parts.get(group, {})
        only = len(members) == 1
        for name in sorted(members):
            told = cells.get(("", group) if only else (group, name), ())
            yield Row(name, group, members[name], told)
        if (group, TOGETHER) in cells:
            alone = sum(totals[group, name] for name in members if (group, name) in cells)
            yield Row(TOGETHER, group, by_group[group] - alone, cells[group, TOGETHER])
    if ("", TOGETHER) in cells:
        alone = sum(by_group[group] for group in groups if ("", group) in cells)
        yield Row(TOGETHER, "", sum(totals.values()) - alone, cells["", TOGETHER])
