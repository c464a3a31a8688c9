"""The figures of a month as tables of text, in the words of the visitor; hidden numbers stay so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fedquery.audit.folding import TOGETHER
from fedquery.audit.statistics import Statistics
from fedquery.audit.suppression import Cell, Hidden
from fedquery.audit.tabulation import Row, Table
from fedquery.audit.tally import Population
from fedquery.desk.case_form import PURPOSE_NAMES
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import WORDS

_POPULATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"questions": N_("Questions"), "claims": N_("Claims")}
)
_TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "outcome": N_("By outcome"),
        "holder": N_("By nation asked"),
        "purpose": N_("By purpose"),
        "size": N_("By size class"),
        "reason": N_("Why refused"),
        "reason unavailable": N_("Why unavailable"),
    }
)
_OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hit": N_("hit"),
        "no hit": N_("no hit"),
        "refused": N_("refused"),
        "unavailable": N_("unavailable"),
        "released": N_("released"),
        "contact us": N_("told whom to contact"),
        "not concluded": N_("outcome not known"),
    }
)
_OTHERS: Final = N_("the others together")
_ALL: Final = N_("All")
_NOT_TOLD: Final = N_("not told")
_APART: Final = N_("There are too few to tell them apart.")
_SECONDS: Final = N_("%(seconds)s s")
_HALF: Final = N_("Half of all answers came within")
_MOST: Final = N_("19 of 20 came within")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row.

    Attributes:
        label: what is counted.
        is_part: whether it is a part of the row above.
        values: the numbers; "" where one is not told apart.
    """

    label: str
    is_part: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table.

    Attributes:
        caption: by what the numbers are told apart.
        heads: the columns of numbers.
        lines: the rows.
        note: why it says less than it could; "" for nothing.
    """

    caption: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Things of one kind.

    Attributes:
        title: what they are.
        total: how many.
        grids: the tables.
    """

    title: str
    total: str
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresView:
    """The figures of a month.

    Attributes:
        parts: questions, and claims.
        times: how long answers took: what is told, and how long.
    """

    parts: tuple[Part, ...]
    times: tuple[tuple[str, str], ...]


def figures_view(statistics: Statistics, voice: Voice) -> FiguresView:
    """Tell the figures of an agency's log.

    Args:
        statistics: the figures, with small numbers hidden.
        voice: of the visitor.
    """
    return FiguresView(
        parts=tuple(_part(one, voice) for one in statistics.populations),
        times=tuple(_times(statistics, voice)),
    )


def _times(statistics: Statistics, voice: Voice) -> Iterable[tuple[str, str]]:
    if statistics.times is None:
        return
    for name, took_ms in (
        (_HALF, statistics.times.median_ms),
        (_MOST, statistics.times.p95_ms),
    ):
        # To the next whole second: nobody reads a page for more.
        told = (
            voice.say(_NOT_TOLD)
            if took_ms is None
            else voice.say(_SECONDS, seconds=voice.number(-(-took_ms // 1_000)))
        )
        yield voice.say(name), told


def _part(population: Population, voice: Voice) -> Part:
    return Part(
        title=voice.say(_POPULATIONS.get(population.name, population.name)),
        total=_shown(population.total, voice),
        grids=tuple(
            _grid(table, voice) for table in population.tables if table.rows or table.withheld
        ),
    )


def _grid(table: Table, voice: Voice) -> Grid:
    lines = tuple(
        Line(
            label=_label(table.name, row, voice),
            is_part=bool(row.within),
            values=(
                _shown(row.total, voice),
                *(_shown(cell, voice) for cell in row.cells),
                *("" for _ in table.columns[len(row.cells) :]),
            ),
        )
        for row in table.rows
    )
    return Grid(
        caption=voice.say(_TABLES.get(table.name, table.name)),
        heads=(voice.say(_ALL), *(_outcome(one, voice) for one in table.columns)),
        lines=lines,
        note=voice.say(_APART) if table.withheld else "",
    )


def _label(table: str, row: Row, voice: Voice) -> str:
    if row.name == TOGETHER:
        return voice.say(_OTHERS)
    if table == "outcome":
        return _outcome(row.name, voice)
    if table == "purpose" and row.name in PURPOSE_NAMES:
        return voice.say(PURPOSE_NAMES[row.name])
    if table == "holder" and not row.within:
        return nation_name(row.name, voice.say)
    if table.startswith("reason") and row.name in WORDS:
        return f"{voice.say(WORDS[row.name][0])} ({row.name})"
    return row.name


def _outcome(name: str, voice: Voice) -> str:
    if name == TOGETHER:
        return voice.say(_OTHERS)
    return voice.say(_OUTCOMES[name]) if name in _OUTCOMES else name


def _shown(cell: Cell | None, voice: Voice) -> str:
    if cell is None:
        return voice.say(_NOT_TOLD)
    return cell.value if isinstance(cell, Hidden) else voice.number(cell)
