"""Bring a text to characters that can be scanned, one for one, and find the way back.

NFKC would change lengths and the letters of words. Here each character becomes one character, or is
a mark that nobody sees; so every place in the folded text is a place in the original.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

# General category Cf: zero-width spaces and joiners, marks of direction, soft hyphens, tags.
_MARKS: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_DECIMAL = "Nd"  # codespell:ignore nd - the Unicode category of decimal digits
_FULL_WIDTH = 0xFEE0
# Full-width commas, stops and marks of exclamation and question end what stands before them, as no
# ASCII one must, so they stay what they are.
_ENDS: Final = frozenset("\uff0c\uff01\uff1f\uff1b")
_CACHED = 0x10000
_LOWER: Final = {code: code + 0x20 for code in range(ord("A"), ord("Z") + 1)}


def _fold(code: int) -> int | str:
    character = chr(code)
    if 0xFF01 <= code <= 0xFF5E and character not in _ENDS:  # noqa: PLR2004 - full-width ASCII
        return code - _FULL_WIDTH
    category = unicodedata.category(character)
    if category == _DECIMAL:
        return str(unicodedata.decimal(character))
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    if category == "Zs":
        return " "
    return code


class _Table(dict[int, int | str]):
    """What each character becomes, computed when it is first seen; 65,536 entries at most."""

    def __missing__(self, code: int) -> int | str:
        folded = _fold(code)
        if code < _CACHED:
            self[code] = folded
        return folded


_TABLE: Final = _Table()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text and its folded form.

    Attributes:
        original: the text as it was pasted.
        text: the folded text, without marks that nobody sees.
        lower: the same with the letters of ASCII in lower case.
    """

    original: str = field(repr=False)
    text: str = field(repr=False)
    lower: str = field(repr=False)
    # Of each dropped mark its index in the folded text; ascending.
    _dropped: tuple[int, ...] = field(repr=False)

    def _place(self, at: int) -> int:
        return at + bisect_right(self._dropped, at)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original in which a span of the folded text stands, not empty."""
        if not self._dropped:
            return start, end
        return self._place(start), self._place(end - 1) + 1

    def written(self, start: int, end: int) -> str:
        """Give what was pasted where a span of the folded text is."""
        first, last = self.span(start, end)
        return self.original[first:last]

    def mixes_digits(self, start: int, end: int) -> bool:
        """Tell whether digits of two local scripts stand in a span: that is damage."""
        written = self.written(start, end)
        if written.isascii():
            return False
        zeros = {ord(one) - unicodedata.decimal(one) for one in written if one.isdecimal()}
        return len(zeros - {ord("0")}) > 1


def fold(text: str) -> Folded:
    """Fold a text."""
    if text.isascii():
        return Folded(text, text, text.lower(), ())
    marks = tuple(mark.start() - before for before, mark in enumerate(_MARKS.finditer(text)))
    plain = _MARKS.sub("", text) if marks else text
    folded = plain.translate(_TABLE)
    return Folded(text, folded, _ascii_lower(folded), marks)


def _ascii_lower(text: str) -> str:
    lower = text.lower()
    # Some capital letters of other scripts become two, and places would move.
    return lower if len(lower) == len(text) else text.translate(_LOWER)
