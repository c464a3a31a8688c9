"""Numbers in a text: runs of groups of digits, and the spans of them that may be one number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from fedquery.identifiers.extraction.quantities import dates

# Six digits at least. A separator of up to three characters stands between digits and a digit ends
# each turn, so no text is walked over twice.
_RUN: Final = re.compile(r"(?:\+ ?|\(\+|\()?[0-9](?:[ .()-]{0,3}[0-9]){5,}")
_GROUP: Final = re.compile(r"(?:\(?\+ ?|\()?[0-9]+\)?")
# What cannot stand within one number: a stop or bracket that ends something, two separators that
# set things apart.
_ENDS: Final = re.compile(r"\. |[^0-9(]\)|  |\)\.|-- |\.\.| - (?=[0-9]{7})")
_SEPARATORS: Final = str.maketrans("", "", " .()+-")
# Thirty-two are the longest account of China's banks.
_SHORTEST, _LONGEST = 6, 32
_MOST_GROUPS = 7
# The groups of Thailand's identity numbers, whose first is a single digit.
_TH_CARD: Final = [1, 4, 5, 2, 1]
# More short groups in a row are a table of figures.
_TABLE = 32
_WHOLE = 7


@dataclass(frozen=True, slots=True)
class Number:
    """A span that may be one number.

    Attributes:
        start: where it begins in the folded text.
        end: where it ends.
        text: it as it stands there.
        digits: its digits.
    """

    start: int
    end: int
    text: str = field(repr=False)
    digits: str = field(repr=False)

    @property
    def is_international(self) -> bool:
        """Whether a plus stands before it."""
        return "+" in self.text[:2]


@dataclass(frozen=True, slots=True)
class Run:
    """Groups of digits that stand together.

    Attributes:
        text: the folded text.
        groups: where each group begins and ends.
    """

    text: str = field(repr=False)
    groups: tuple[tuple[int, int], ...]

    def window(self, first: int, last: int) -> Number | None:
        """Give some groups as one number, or None where they have too few or too many digits."""
        start, end = self.groups[first][0], self.groups[last][1]
        written = self.text[start:end]
        if written.endswith(")") and "(" not in written:
            end, written = end - 1, written[:-1]
        if written.count("(") != written.count(")"):
            # A bracket that is not closed begins something else.
            return None
        digits = written.translate(_SEPARATORS)
        if not _SHORTEST <= len(digits) <= _LONGEST:
            return None
        return Number(start, end, written, digits)

    def windows(self, first: int) -> Iterator[tuple[int, Number]]:
        """List the numbers that begin with a group, the longest first, and the group behind."""
        for last in range(min(first + _MOST_GROUPS, len(self.groups)) - 1, first - 1, -1):
            number = self.window(first, last)
            if number is not None:
                yield last + 1, number


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a run where dates stand in it, and where one number cannot go on."""
    at = 0
    for start, end in (*dates(text), (len(text), len(text))):
        piece, begin = text[at:start], at
        for stop in _ENDS.finditer(piece):
            yield begin, at + stop.start() + 1
            begin = at + stop.end()
        yield begin, start
        at = end


def _without_lone_beginning(text: str, groups: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Drop single digits that blanks set apart at the beginning: the number of an item."""
    if [last - first for first, last in groups] == _TH_CARD:
        return groups
    first = 0
    while first < len(groups) - 1 and is_lone(groups[first]) and text[groups[first][1]] == " ":
        first += 1
    return groups[first:]


def is_lone(group: tuple[int, int]) -> bool:
    """Tell whether a group is a single digit."""
    return group[1] - group[0] == 1


def runs(text: str) -> Iterator[Run]:
    """List the runs of digits in a folded text that may hold numbers.

    Args:
        text: a folded text.
    """
    for run in _RUN.finditer(text):
        base = run.start()
        for start, end in _pieces(run[0]):
            found = [group.span() for group in _GROUP.finditer(text, base + start, base + end)]
            groups = _without_lone_beginning(text, found)
            short = sum(last - first < _WHOLE for first, last in groups)
            if groups and short <= _TABLE:
                yield Run(text, tuple(groups))
