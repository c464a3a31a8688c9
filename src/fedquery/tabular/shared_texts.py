"""The texts that cells of a workbook share: each stands once in the archive, and cells number them.

They are kept in one piece of memory, so that they take no more of it than their XML is long.
"""

import re
from array import array
from typing import Final

from fedquery.tabular.cell import FIELD_CAP, OVERLONG, Broken
from fedquery.tabular.xml_stream import Reader, XmlError

# How characters are written that XML has not, and the underscore before what looks like one
# (ECMA-376, part 1, 22.9.2.19, ST_Xstring). Halves of a character are none.
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_HALVES: Final = range(0xD800, 0xE000)


class TextOfRuns:
    """One text of a workbook: of all its runs, without how it is spoken."""

    NAMES: Final = ("t", "rPh")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._taken = False
        self._spoken = False

    def begin(self, name: str) -> None:
        """Look for where text is, and where it is only how another one is spoken.

        Raises:
            XmlError: if an element stands in the text, which would become a part of it.
        """
        if self._taken:
            raise XmlError
        if name == "t":
            self._taken = not self._spoken
        elif name == "rPh":
            self._spoken = True

    def text(self, text: str) -> None:
        """Take text where there is some; what is too long for a cell is counted alone."""
        if self._taken:
            self._length += len(text)
            if self._length <= FIELD_CAP:
                self._pieces.append(text)

    def end(self, name: str) -> None:
        """See that text has ended."""
        if name == "t":
            self._taken = False
        elif name == "rPh":
            self._spoken = False

    def take(self) -> str | None:
        """Give the text, None where it is too long, and begin another one."""
        text = "".join(self._pieces) if self._length <= FIELD_CAP else None
        self._pieces.clear()
        self._length = 0
        return text


class SharedTexts(Reader):
    """The texts that cells share, by their numbers from 0."""

    NAMES: Final = ("si", *TextOfRuns.NAMES)

    def __init__(self) -> None:
        self._octets = bytearray()
        self._ends = array("I")
        self._overlong: set[int] = set()
        self._one = TextOfRuns()

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        self._one.begin(name)

    def text(self, text: str) -> None:
        """Take text."""
        self._one.text(text)

    def end(self, name: str) -> None:
        """Put a text behind the others where it has ended."""
        self._one.end(name)
        if name == "si":
            text = self._one.take()
            if text is None:
                self._overlong.add(len(self._ends))
            self._octets += (text or "").encode()
            self._ends.append(len(self._octets))

    def at(self, number: int) -> str | Broken:
        """Give a text.

        Raises:
            XmlError: if there is none of this number.
        """
        if not 0 <= number < len(self._ends):
            raise XmlError
        if number in self._overlong:
            return OVERLONG
        start = self._ends[number - 1] if number else 0
        return unescaped(self._octets[start : self._ends[number]].decode())


def unescaped(text: str) -> str:
    """Write the characters of a text that stand there by their numbers."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return found[0] if number in _HALVES else chr(number)
