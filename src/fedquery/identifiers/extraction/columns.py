"""Tables that were pasted: a heading says what the numbers of its column are, and a row the bank.

Rows are cut at the sign that cuts their heading, and have as many cells; anything else is no table.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from typing import Final

from fedquery.identifiers.extraction.banks_beside import Bank
from fedquery.identifiers.extraction.sides import plain
from fedquery.identifiers.extraction.word_tables import Label, bank_names, labels

_CUTS: Final = "|\t;,"
# A heading has no figures of three digits; a longer line is no row that a person pasted.
_HEADING: Final = re.compile(
    r"^(?![^\n]*[0-9]{3})[^\n|\t;,]{0,64}[|\t;,][^\n]{1,512}$", re.MULTILINE
)
_MOST_CHARACTERS = 1_024
_MOST_CELLS = 32
_RULE: Final = re.compile(r"[-=:|+\s]+")
_STRIPPED: Final = " .:#*\"'\r"
_NO_LABEL: Final = Label("", "")
_TWO = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """What a table says of a number in it.

    Attributes:
        label: what the heading of its column says; of nothing where it is no known word.
        bank: the bank that another cell of its row names alone, or None.
    """

    label: Label
    bank: Bank | None


class Columns:
    """The tables of a text.

    Args:
        text: a folded text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        # Where each row begins and ends, and the sign and the labels of its table; ascending.
        self._rows: list[tuple[int, int, str, tuple[Label, ...]]] = []
        end = 0
        for heading in _HEADING.finditer(text):
            if heading.start() >= end:
                end = self._note(heading[0], heading.end() + 1)

    def _note(self, heading: str, at: int) -> int:
        """Note the rows below a heading; give where the table ends."""
        cut = next((cut for cut in _CUTS if cut in heading), "")
        cells = heading.split(cut)
        found = tuple(_label(cell) for cell in cells)
        if sum(label is not _NO_LABEL for label in found) < _TWO or len(cells) > _MOST_CELLS:
            return at
        while at < len(self._text):
            end = self._text.find("\n", at)
            end = len(self._text) if end < 0 else end
            line = self._text[at:end] if end - at <= _MOST_CHARACTERS else ""
            if line.count(cut) != len(cells) - 1 and not _RULE.fullmatch(line):
                break
            self._rows.append((at, end, cut, found))
            at = end + 1
        return at

    def of(self, place: int) -> Cell | None:
        """Say what the table says of a place, or None where it stands in none."""
        at = bisect_right(self._rows, place, key=itemgetter(0)) - 1
        if at < 0:
            return None
        start, end, cut, found = self._rows[at]
        if end <= place:
            return None
        cells = self._text[start:end].split(cut)
        ends = tuple(accumulate(len(cell) + 1 for cell in cells))
        index = bisect_right(ends, place - start)
        if index >= len(found):
            return None
        banks = {bank for cell in cells if (bank := _bank(cell)) is not None}
        return Cell(found[index], banks.pop() if len(banks) == 1 else None)


_LABELS: Final = labels()
_BANKS: Final = bank_names()


def _label(cell: str) -> Label:
    return _LABELS.get(plain(cell).strip(_STRIPPED), _NO_LABEL)


def _bank(cell: str) -> Bank | None:
    name = _BANKS.get(plain(cell).strip(_STRIPPED))
    return name.banks[0] if name is not None and len(name.banks) == 1 else None
