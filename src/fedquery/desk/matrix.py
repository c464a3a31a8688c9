"""The answers to a question as a table: identifiers by nations, and what each nation said.

While answers still come a cell waits until every dataset of its nation has said something: "no hit"
of one of two would be taken for the nation's. Hits and false proofs are shown at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from fedquery.ask.outcome import Outcome
from fedquery.desk.kind_names import kind_name
from fedquery.desk.nation_names import nation_name
from fedquery.desk.outcome_words import Said, Shape, said_of, shape_of_all, word_of
from fedquery.desk.voice import Voice

# By place and nation, the datasets that are asked; "" for a nation that is not asked at all.
Awaited: TypeAlias = Mapping[tuple[int, str], frozenset[str]]
# By nation, the titles of the rules of its policy.
Titles: TypeAlias = Mapping[str, Mapping[str, str]]

_AT_ONCE: frozenset[Shape] = frozenset({"hit", "possible"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, as far as its table needs it.

    Attributes:
        identifiers: what was asked, by place: kind and canonical text.
        nations: who was asked, in the order of the columns.
        asked_ms: when.
        awaited: which datasets have to answer; None where all that will come has come.
    """

    identifiers: tuple[tuple[str, str], ...] = field(repr=False)
    nations: tuple[str, ...]
    asked_ms: int
    awaited: Awaited | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one dataset said of one identifier.

    Attributes:
        outcome: the outcome.
        said: it in sentences.
    """

    outcome: Outcome
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one nation said of one identifier.

    Attributes:
        place: the place of the identifier, from 0.
        nation: the nation's code.
        name: its name.
        shape: the shape of the badge.
        word: the word beside it.
        age: how old the data are that were looked through; "" where none were.
        is_alarm: whether something that it showed is false.
        parts: what each dataset said, hits first.
    """

    place: int
    nation: str
    name: str
    shape: Shape
    word: str
    age: str = ""
    is_alarm: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One identifier.

    Attributes:
        place: its place, from 0.
        text: it, in its canonical form.
        kind: what it is, in words.
        cells: one for each nation.
    """

    place: int
    text: str = field(repr=False)
    kind: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table.

    Attributes:
        nations: code and name, by column.
        rows: one for each identifier.
    """

    nations: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    def cells(self) -> tuple[Cell, ...]:
        """List all cells, row by row."""
        return tuple(cell for row in self.rows for cell in row.cells)

    def hits(self) -> tuple[tuple[Row, Cell], ...]:
        """List the cells with a hit or a possible one, with their rows."""
        return tuple(
            (row, cell) for row in self.rows for cell in row.cells if cell.shape in _AT_ONCE
        )

    @property
    def is_waiting(self) -> bool:
        """Whether a cell still waits."""
        return any(cell.shape == "waiting" for cell in self.cells())


def matrix(
    asked: Asked, outcomes: Iterable[Outcome], voice: Voice, titles: Titles | None = None
) -> Matrix:
    """Lay out what has come of a question.

    Args:
        asked: the question.
        outcomes: what has come of it so far.
        voice: of the visitor.
        titles: of rules, where they are known.
    """
    came: dict[tuple[int, str], list[Outcome]] = {}
    for outcome in outcomes:
        came.setdefault((outcome.place, outcome.nation), []).append(outcome)
    rows = tuple(
        Row(
            place,
            text,
            kind_name(kind, voice.say),
            tuple(
                cell_of(asked, (place, nation), came.get((place, nation), ()), voice, titles)
                for nation in asked.nations
            ),
        )
        for place, (kind, text) in enumerate(asked.identifiers)
    )
    nations = tuple((nation, nation_name(nation, voice.say)) for nation in asked.nations)
    return Matrix(nations, rows)


def cell_of(
    asked: Asked,
    key: tuple[int, str],
    outcomes: Sequence[Outcome],
    voice: Voice,
    titles: Titles | None = None,
) -> Cell:
    """Make one cell from what has come for it.

    Args:
        asked: the question.
        key: place and nation.
        outcomes: what has come for it so far.
        voice: of the visitor.
        titles: of rules, where they are known.
    """
    place, nation = key
    name = nation_name(nation, voice.say)
    shape = shape_of_all(outcomes)
    is_alarm = any(one.alarm for one in outcomes)
    if not (is_alarm or shape in _AT_ONCE or _is_whole(asked, key, outcomes)):
        return Cell(
            place=place,
            nation=nation,
            name=name,
            shape="waiting",
            word=word_of("waiting", voice),
        )
    known = (titles or {}).get(nation)
    ages = [one.as_of_ms for one in outcomes if one.as_of_ms is not None]
    ordered = sorted(outcomes, key=lambda one: (one.word != "hit", one.weak, one.dataset))
    return Cell(
        place=place,
        nation=nation,
        name=name,
        shape=shape,
        word=word_of(shape, voice),
        # Of several datasets the oldest: an age must not say that all was looked at lately.
        age=voice.age(min(ages)) if ages else "",
        is_alarm=is_alarm,
        parts=tuple(Part(one, said_of(one, asked.asked_ms, voice, known)) for one in ordered),
    )


def _is_whole(asked: Asked, key: tuple[int, str], outcomes: Sequence[Outcome]) -> bool:
    if asked.awaited is None:
        return bool(outcomes)
    awaited = asked.awaited.get(key)
    return awaited is not None and awaited <= {one.dataset for one in outcomes}
