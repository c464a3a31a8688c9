"""What somebody pasted or uploaded, read as a list: pure, and bounded in rows, columns and work.

Which column holds the identifiers, and of which kind they are, is told or guessed from the first
rows; a guess is shown as one, and where several columns may be meant nothing is read before
somebody has chosen. What cannot be read is told by its line and never by what stands there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.lists.column import Candidate, candidates, find_column, only_kind, width_of
from fedquery.ask.lists.lines import COLUMN, Lines, identifiers
from fedquery.ask.lists.spelled import AUTO
from fedquery.desk.language import N_
from fedquery.desk.reading import Chip
from fedquery.errors import IdentifierError, InputError
from fedquery.identifiers import Identifier, Reason, parse, recognise
from fedquery.tabular import Form, Row, opened_octets

MOST_LISTED: Final = 100_000
FILE_CAP: Final = 16 * 1024 * 1024
# Trying each line as every kind takes some twenty times longer than reading it as one.
MOST_OF_ANY_KIND: Final = 10_000
# The first rows of each column are tried as every kind.
MOST_COLUMNS: Final = 64


class ListFileError(InputError):
    """A list is too long, or cannot be read as it is.

    Args:
        what: what is wrong, in words of the desk.
    """

    slug = "list-file"

    def __init__(self, what: str) -> None:
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list that was read.

    Attributes:
        identifiers: what it holds, in its order, duplicates too.
        lines: where each stands, and what could not be read.
        distinct: how many different ones.
        kinds: how many of each kind, the most frequent first.
    """

    identifiers: tuple[Identifier, ...] = field(repr=False)
    lines: Lines = field(repr=False)
    distinct: int
    kinds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a list was read, and what came of it.

    Attributes:
        columns: the columns that may be meant, the likeliest first; none where there is but one.
        column: which of the file's columns was read, from 0; None while nobody has chosen.
        is_guess: whether nobody has chosen it.
        kind: as what it was read: a kind, or `auto` for each line as what it is.
        has_header: whether the first row was taken for the names of the columns.
        found: what was read; None while nobody has chosen.
    """

    columns: tuple[Candidate, ...] = field(default=(), repr=False)
    column: int | None = None
    is_guess: bool = False
    kind: str = AUTO
    has_header: bool = False
    found: ReadList | None = None


def read_file(name: str, octets: bytes, region: str, column: int | None, kind: str) -> Reading:
    """Read a list out of a file.

    Args:
        name: what the file is called, which may tell its form.
        octets: all of it, at most `FILE_CAP`.
        region: the nation by whose habits numbers are read.
        column: its place, from 0; None to guess it.
        kind: the kind of all, `auto` for each line as what it is, or "" to guess it.

    Raises:
        FileError, ColumnError, ConfigError: if it cannot be read.
        ListFileError: if it is too long or too wide, or nothing in it is an identifier.
    """
    with opened_octets(name, octets, otherwise=Form.LINES) as table:
        if width_of(table) > MOST_COLUMNS:
            raise ListFileError(N_("The file has too many columns. Keep the one that is meant."))
        choices = tuple(candidates(table, _kind_of(kind, region))) if width_of(table) > 1 else ()
        if column is None and len(choices) > 1:
            return Reading(columns=choices, kind=kind or AUTO)
        if column is None and choices:
            guess: int | None = choices[0].place
        else:
            guess = column
        found = find_column(table, guess, _kind_of(kind, region), None)
        told = kind or only_kind(found.sample, region) or AUTO
        rows = table.rows({COLUMN: found.place}, found.width)
        read = _read(rows, told, region, comments=table.form is Form.LINES)
        return Reading(
            columns=choices,
            column=found.place,
            is_guess=column is None and bool(choices),
            kind=told,
            has_header=found.has_header and table.names is None,
            found=read,
        )


def read_chips(chips: Iterable[Chip]) -> Reading:
    """Make a list of the chips of a question, those that are ticked and read.

    Each stands in the list by its number among the chips.

    Args:
        chips: the chips, in order; what stood there several times counts as often.

    Raises:
        ListFileError: if none is left.
    """
    lines, found = Lines(), []
    for number, chip in enumerate(chips, 1):
        if chip.is_ticked and chip.identifier is not None:
            found += [chip.identifier] * chip.times
            lines.places.extend([number] * chip.times)
        elif chip.is_ticked or chip.sureness in {"doubtful", "unread"}:
            lines.refuse(number, chip.fault or Reason.AMBIGUOUS.value)
    return Reading(found=_counted(found, lines))


def _read(rows: Iterable[Row], kind: str, region: str, *, comments: bool) -> ReadList:
    lines, most = Lines(), MOST_OF_ANY_KIND if kind == AUTO else MOST_LISTED
    bounded = _bounded(rows, most, kind)
    return _counted(list(identifiers(bounded, kind, region, lines, comments=comments)), lines)


def _bounded(rows: Iterable[Row], most: int, kind: str) -> Iterable[Row]:
    for number, row in enumerate(rows):
        if number == most:
            # Also where nothing of it can be read: that costs as much.
            raise ListFileError(_TOO_LONG if kind != AUTO else _SAY_THE_KIND)
        yield row


_TOO_LONG: Final = N_("A list has 100,000 lines at most. Divide it.")
_SAY_THE_KIND: Final = N_("More than 10,000 lines are read as one kind only. Say which it is.")
_NOTHING: Final = N_("Nothing in it can be read as an identifier.")


def _counted(found: Sequence[Identifier], lines: Lines) -> ReadList:
    if not found:
        raise ListFileError(_NOTHING)
    if len(found) > MOST_LISTED:
        raise ListFileError(_TOO_LONG)
    return ReadList(
        identifiers=tuple(found),
        lines=lines,
        distinct=len({one.encode() for one in found}),
        kinds=tuple(Counter(one.kind for one in found).most_common()),
    )


def _kind_of(kind: str, region: str) -> "_Reads":
    return _Reads("" if kind == AUTO else kind, region)


@dataclass(frozen=True, slots=True)
class _Reads:
    """Tells the kind that a text may be of, for finding the column.

    Attributes:
        kind: the kind of all, or "" for any.
        region: the nation by whose habits numbers are read.
    """

    kind: str
    region: str

    def __call__(self, text: str) -> str | None:
        """Read a text; None where it is no identifier."""
        try:
            if self.kind:
                return parse(self.kind, text, self.region).identifier.kind
            return recognise(text, self.region)[0].identifier.kind
        except IdentifierError:
            return None
