"""What a list came to, as its page tells it: counts by nation, and its hits by pages; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from fedquery.ask.lists.lines import Lines
from fedquery.ask.outcome import fold
from fedquery.ask.screening.values import NationSummary, Row, Summary
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.outcome_words import LEAD, WORDS, Shape, shape_of_all, word_of
from fedquery.desk.timeline import Count
from fedquery.desk.voice import Voice

_ALARM: Final = N_("Something that %(nation)s showed is false. Stop, and do not ask it again.")


@dataclass(frozen=True, slots=True)
class NationLine:
    """What one nation said of a list.

    Attributes:
        name: its name.
        counts: the different identifiers by what it said of them.
        alarm: that something is false; "" where nothing is.
    """

    name: str
    counts: tuple[Count, ...]
    alarm: str


@dataclass(frozen=True, slots=True)
class HitLine:
    """An identifier of which a nation has a record.

    Attributes:
        place: its first place in the list, from 0.
        line: the line on which it stands; "" where that is not known any more.
        kind: what it is.
        text: the identifier.
        said: of each nation that has it: shape, word and name.
        lead: that it is a lead, and with whom it is to be confirmed.
    """

    place: int
    line: str
    kind: str
    text: str = field(repr=False)
    said: tuple[tuple[Shape, str, str], ...]
    lead: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of something long.

    Attributes:
        number: which, from 1.
        count: how many there are.
        first: the first item that is on it, from 0.
    """

    SIZE: ClassVar[int] = 50

    number: int
    count: int
    first: int

    @staticmethod
    def of(wanted: str, items: int) -> "Page":
        """Choose a page as an address names it; the first where there is no such page."""
        count = max(1, -(-items // Page.SIZE))
        number = {str(one): one for one in range(1, count + 1)}.get(wanted, 1)
        return Page(number, count, (number - 1) * Page.SIZE)

    @property
    def newer(self) -> int:
        """Give the page before, or 0."""
        return self.number - 1

    @property
    def older(self) -> int:
        """Give the page after, or 0."""
        return self.number + 1 if self.number < self.count else 0


def summary_lines(summary: Summary, voice: Voice) -> tuple[NationLine, ...]:
    """Count what each nation said of the different identifiers.

    Args:
        summary: what came of the list so far.
        voice: of the visitor.
    """
    return tuple(_nation(one, voice) for one in summary.nations)


def hit_lines(rows: Sequence[Row], lines: Lines | None, voice: Voice) -> tuple[HitLine, ...]:
    """Show the hits of one page.

    Args:
        rows: what came of them.
        lines: where the list stood; None where that is not known any more.
        voice: of the visitor.
    """
    return tuple(_hit(row, lines, voice) for row in rows)


def _nation(one: NationSummary, voice: Voice) -> NationLine:
    name = nation_name(one.nation, voice.say)
    numbers: dict[Shape, int] = {
        "hit": one.words.get("hit", 0) - one.weak,
        "possible": one.weak,
        "refused": one.words.get("refused", 0),
        "unavailable": one.words.get("unavailable", 0),
        "stale": one.words.get("stale", 0),
        "no-hit": one.words.get("no hit", 0),
    }
    counts = tuple(
        Count(shape, word_of(shape, voice), voice.number(numbers[shape]))
        for shape in WORDS
        if numbers.get(shape)
    )
    return NationLine(name, counts, voice.say(_ALARM, nation=name) if one.alarm else "")


def _hit(row: Row, lines: Lines | None, voice: Voice) -> HitLine:
    said, names = [], []
    for nation in fold(row.outcomes):
        shape = shape_of_all(nation.outcomes)
        if shape in {"hit", "possible"}:
            name = nation_name(nation.nation, voice.say)
            said.append((shape, word_of(shape, voice), name))
            names.append(name)
    return HitLine(
        place=row.place,
        line="" if lines is None else voice.number(lines.places[row.place]),
        kind=kind_name(row.identifier.kind, voice.say),
        text=row.identifier.canonical,
        said=tuple(said),
        lead=voice.say(LEAD, desk=", ".join(names)),
    )
