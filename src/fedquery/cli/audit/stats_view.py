"""Statistics as captions, heads and lines of text: what the terminal and the page both show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from fedquery.audit.folding import TOGETHER
from fedquery.audit.joint_statistics import (
    Bounds,
    JointPopulation,
    JointRow,
    JointStatistics,
    JointTable,
)
from fedquery.audit.statistics import LogBehind, Statistics
from fedquery.audit.suppression import Hidden
from fedquery.audit.tabulation import Row, Table
from fedquery.audit.tally import OUTCOME, Population
from fedquery.cli.audit import stats_words as words

Value: TypeAlias = int | Hidden | Bounds


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a grid.

    Attributes:
        label: what is counted.
        depth: 0, or 1 for a part of the row above.
        values: the numbers as text; "" where there is none.
        exact: of each number whether it is printed as it is.
    """

    label: str
    depth: int
    values: tuple[str, ...]
    exact: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes:
        caption: by what its numbers are told apart.
        heads: the columns of numbers.
        lines: the rows.
        note: what else there is to say; "" for nothing.
    """

    caption: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Things of one kind.

    Attributes:
        title: what they are.
        total: how many, as text.
        about: what they are, in a sentence.
        note: what else there is to say; "" for nothing.
        grids: the tables.
    """

    title: str
    total: str
    about: str
    note: str
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The figures of one log, or of several joined.

    Attributes:
        heading: whose they are.
        month: of which month, in words.
        logs: whose log is behind them, and which.
        missing: the parties whose figures are not in a sum.
        parts: the figures.
        facts: figures that are no counts.
    """

    heading: str
    month: str
    logs: tuple[tuple[str, LogBehind], ...]
    missing: tuple[str, ...]
    parts: tuple[Part, ...]
    facts: tuple[tuple[str, str], ...] = ()


def view_of(statistics: Statistics) -> View:
    """Show the figures of one log."""
    return View(
        heading=f"{words.KINDS[statistics.kind]} {statistics.party}",
        month=statistics.month or words.WHOLE,
        logs=((statistics.party, statistics.log),),
        missing=(),
        parts=tuple(_part(statistics.kind, one) for one in statistics.populations),
        facts=tuple(_times(statistics)),
    )


def joint_view_of(joint: JointStatistics) -> View:
    """Show the sum of several logs."""
    return View(
        heading=f"{len(joint.logs)} of {len(joint.logs) + len(joint.missing)} {joint.kind} logs",
        month=joint.month,
        logs=joint.logs,
        missing=joint.missing,
        parts=tuple(_part(joint.kind, one) for one in joint.populations),
    )


def shown(value: Value | None) -> str:
    """Write a number, what hides it, or a range."""
    if value is None:
        return words.NOT_TOLD
    if isinstance(value, Hidden):
        return value.value
    if isinstance(value, int):
        return f"{value:,}"
    if value.high is None:
        return f"{value.low:,}+"
    if value.low == value.high:
        return f"{value.low:,}"
    return f"{value.low:,}{words.TO}{value.high:,}"


def _exact(value: Value) -> bool:
    return isinstance(value, int) or (isinstance(value, Bounds) and value.low == value.high)


def _times(statistics: Statistics) -> Iterable[tuple[str, str]]:
    if statistics.times is not None:
        for name, at_ms in (
            ("median", statistics.times.median_ms),
            ("p95", statistics.times.p95_ms),
        ):
            yield words.TIMES[name], words.NOT_TOLD if at_ms is None else f"{at_ms / 1000:,.2f} s"


def _part(kind: str, population: Population | JointPopulation) -> Part:
    return Part(
        words.POPULATIONS.get(population.name, population.name),
        shown(population.total),
        words.ABOUT.get((kind, population.name), ""),
        words.HIDDEN_TOTAL if population.total is None else "",
        tuple(
            _grid(kind, table, population.total)
            for table in population.tables
            if table.rows or _withheld(table)
        ),
    )


def _withheld(table: Table | JointTable) -> bool:
    return isinstance(table, Table) and table.withheld


def _grid(kind: str, table: Table | JointTable, total: Value | None) -> Grid:
    places = sorted(range(len(table.columns)), key=lambda at: _rank(table.columns[at]))
    lines = [
        _line(
            _name(kind, table, row),
            1 if row.within else 0,
            [row.total, *(row.cells[place] for place in places if row.cells)],
            len(places),
        )
        for row in _in_order(table)
    ]
    if places and total is not None:
        sums = [table.sums[place] for place in places]
        lines.append(_line(words.TOTAL, 0, [total, *sums], len(places)))
    note = words.NOTES.get(table.name, "")
    if _withheld(table):
        note = words.NOT_INSIDE if table.rows else words.NOT_APART
    heads = [_outcome(kind, table.columns[place]) or words.OTHERS for place in places]
    caption = words.TABLES.get(table.name, table.name)
    return Grid(caption, (words.NUMBER, *heads), tuple(lines), note)


def _in_order(table: Table | JointTable) -> Iterable[Row | JointRow]:
    """Put outcomes and sizes into the order in which people count them; others stand by name."""
    if table.name in {OUTCOME, "size"}:
        return sorted(table.rows, key=lambda row: _rank(row.name))
    return table.rows


def _rank(name: str) -> tuple[bool, int, str]:
    if name.isdecimal():
        return False, int(name), ""
    known = words.ORDER.index(name) if name in words.ORDER else len(words.ORDER)
    return name == TOGETHER, known, name


def _name(kind: str, table: Table | JointTable, row: Row | JointRow) -> str:
    if row.name == TOGETHER:
        return words.TOGETHER
    return _outcome(kind, row.name) if table.name == OUTCOME else row.name


def _outcome(kind: str, name: str) -> str:
    return words.OUTCOMES.get((kind, name), name)


def _line(label: str, depth: int, values: list[Value], columns: int) -> Line:
    empty = 1 + columns - len(values)
    return Line(
        label,
        depth,
        (*map(shown, values), *[""] * empty),
        (*map(_exact, values), *[True] * empty),
    )
