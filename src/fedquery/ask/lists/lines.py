"""Rows of a file as identifiers, each with its line; those that are none with their reason."""

import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import Final

from fedquery.ask.lists.spelled import read_identifier
from fedquery.errors import EncodingError, IdentifierError
from fedquery.identifiers import Identifier
from fedquery.tabular import Row, Typed

COLUMN: Final = "identifier"
NUMBER_CELL: Final = (
    "the cell is a number: zeros at its beginning are gone; save the column as text"
)
REASONS: Final = {
    "columns": "another number of fields than the first line",
    "number-rounded": "a number of which a spreadsheet has thrown digits away",
    "date-cell": "a date",
    "cell-error": "the error of a formula",
    "formula-unsaved": "a formula that was saved without what it comes to; open and save the file",
    "cell-type": "neither text nor a number",
    "overlong": "longer than an identifier can be",
    "nul": "a NUL",
    "empty": "nothing stands in the column",
}
_MARK: Final = b"fedquery/screened-lines/v1\n"


@dataclass(slots=True)
class Lines:
    """Where the identifiers of a list stand, and what else stands in it.

    Attributes:
        places: the line of each identifier, by its place.
        unread: for each reason, the lines that are no identifiers, ascending.
        notes: for each warning, how many lines.
    """

    places: "array[int]" = field(default_factory=lambda: array("Q"))
    unread: dict[str, "array[int]"] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def unread_count(self) -> int:
        """Count the lines that are no identifiers."""
        return sum(map(len, self.unread.values()))

    def refuse(self, line: int, reason: str) -> None:
        """Take note of a line that is none."""
        self.unread.setdefault(reason, array("Q")).append(line)

    def refused(self) -> Iterator[tuple[int, str]]:
        """List the lines that are none, ascending, with their reasons."""
        return merge(*([(line, reason) for line in lines] for reason, lines in self.unread.items()))

    def dump(self) -> bytes:
        """Write it down: numbers of lines and reasons, and nothing of what stands there."""
        unread = {reason: list(lines) for reason, lines in self.unread.items()}
        head = json.dumps({"unread": unread, "notes": self.notes}).encode()
        places = array("Q", self.places)
        if sys.byteorder == "big":
            places.byteswap()
        return _MARK + head + b"\n" + places.tobytes()

    @staticmethod
    def load(octets: bytes) -> "Lines":
        """Read what `dump` wrote.

        Raises:
            EncodingError: if it is something else.
        """
        mark, rest = octets[: len(_MARK)], octets[len(_MARK) :]
        head, newline, places = rest.partition(b"\n")
        if mark != _MARK or not newline or len(places) % 8:
            raise EncodingError("malformed list of lines")
        try:
            found = json.loads(head)
            unread = {reason: array("Q", numbers) for reason, numbers in found["unread"].items()}
            lines = Lines(unread=unread, notes=Counter(found["notes"]))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            raise EncodingError("malformed list of lines") from None
        lines.places.frombytes(places)
        if sys.byteorder == "big":
            lines.places.byteswap()
        return lines


def identifiers(
    rows: Iterable[Row], kind: str, region: str, lines: Lines, *, comments: bool
) -> Iterator[Identifier]:
    """Read each row as an identifier, and take note of where it stands.

    Args:
        rows: rows with the column `identifier`.
        kind: the kind of all, or `auto`; a text may begin with its kind and a colon.
        region: the nation by whose habits numbers are read.
        lines: takes the notes.
        comments: whether what begins with # is passed over, as in plain lines.
    """
    for row in rows:
        if row.fields is None:
            lines.refuse(row.number, REASONS.get(row.complaint, row.complaint))
            continue
        text = row.fields[COLUMN].strip()
        typed = row.typed.get(COLUMN)
        if comments and text.startswith("#"):
            continue
        if not text or typed is Typed.DATE:
            lines.refuse(row.number, REASONS["date-cell" if text else "empty"])
            continue
        try:
            parsed = read_identifier(text, kind, region)
        except IdentifierError as error:
            lines.refuse(row.number, error.reason)
            continue
        if typed is Typed.NUMBER:
            lines.notes[NUMBER_CELL] += 1
        for warning in parsed.warnings:
            lines.notes[str(warning)] += 1
        lines.places.append(row.number)
        yield parsed.identifier
