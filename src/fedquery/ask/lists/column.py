"""Which column of a table holds the identifiers: named, the only one, or chosen by a person.

The wrong column would be asked about people whom nobody means, so nothing is guessed in silence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.lists.spelled import AUTO, read_identifier
from fedquery.errors import IdentifierError, InputError
from fedquery.tabular import CellError, Form, Raw, Table
from fedquery.tabular.cell import read_cell

# Tells the label of the kind that a text may be of, or None.
Reads = Callable[[str], str | None]

_SAMPLE: Final = 50  # rows
_NAME_CAP: Final = 40  # characters


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may be meant.

    Attributes:
        place: its place, from 0.
        name: its name in the header; "" where the first row is no header.
        labels: the kinds that its cells may be of, the most frequent first.
        readable: how many of the cells that were looked at can be read.
        filled: how many have anything in them.
    """

    place: int
    name: str = field(repr=False)
    labels: tuple[str, ...]
    readable: int
    filled: int


@dataclass(frozen=True, slots=True)
class Column:
    """The column that is read.

    Attributes:
        place: its place, from 0.
        width: how many columns the table has.
        has_header: whether the first row names the columns.
        sample: what stands in it in the first rows.
    """

    place: int
    width: int
    has_header: bool
    sample: tuple[str, ...] = field(repr=False)


class ColumnError(InputError):
    """Nobody said which column is meant, or there is none like it."""

    slug = "column"
    default_do = "Give --column with its number from 1, or its name in the header."


def find_column(
    table: Table,
    wanted: str | int | None,
    reads: Reads,
    choose: Callable[[Sequence[Candidate]], int] | None,
) -> Column:
    """Find the column of the identifiers; the rows after the header are left to be read.

    Args:
        table: the table, nothing of which was read yet.
        wanted: its name in the header, or its number from 1 as a text; its place from 0 as a
            number; None if it was not said.
        reads: reads a text.
        choose: has a person choose among candidates, by place in them; None where nobody is there.

    Raises:
        ColumnError: if there is no such column, or nobody can say which is meant.
        FileError: if the file cannot be read.
    """
    sample, width, first = _looked_at(table)
    if isinstance(wanted, int):
        place = _counted(wanted, width)
    elif wanted is not None:
        place = _named(first, wanted)
    elif width == 1:
        place = 0
    else:
        place = _chosen(_candidates(sample, width, first, reads), width, choose)
    # Lines have no header: one that cannot be read is told like any other.
    has_header = table.form is not Form.LINES and (
        table.names is not None or reads(first[place]) is None
    )
    if has_header and table.names is None:
        table.skip_row()
    texts = [_text(values[place]) if place < len(values) else "" for _, values in sample]
    if has_header and table.names is None:
        texts = texts[1:]
    return Column(place, width, has_header, tuple(text for text in texts if text))


def candidates(table: Table, reads: Reads) -> list[Candidate]:
    """List the columns that may hold identifiers, the likeliest first; nothing is read of it.

    Args:
        table: the table, nothing of which was read yet.
        reads: reads a text.

    Raises:
        ColumnError: if there are no rows.
        FileError: if the file cannot be read.
    """
    sample, width, first = _looked_at(table)
    return _candidates(sample, width, first, reads)


def width_of(table: Table) -> int:
    """Say how many columns a table has; arguments and errors as for `candidates`."""
    return _looked_at(table)[1]


def only_kind(sample: Sequence[str], region: str) -> str | None:
    """Name the kind of all texts of a sample; None where one is unclear or of another.

    Args:
        sample: texts of one column.
        region: the nation by whose habits numbers are read.
    """
    found = set()
    for text in sample:
        try:
            found.add(read_identifier(text, AUTO, region).identifier.kind)
        except IdentifierError:
            return None
    return found.pop() if len(found) == 1 else None


def _looked_at(table: Table) -> tuple[list[Raw], int, tuple[str, ...]]:
    """Give the first rows, how wide they are, and the first of them."""
    sample = table.peek(_SAMPLE)
    if not sample and table.names is None:
        raise ColumnError("the file has no rows", do="Put one identifier into each row.")
    # Above the list of a sheet there may be a title, which is narrower than it.
    widest = max(len(values) for _, values in sample) if table.form is Form.XLSX else 0
    width = widest or len(table.names or sample[0][1])
    first = table.names or tuple(_text(value) for value in sample[0][1])
    return sample, width, first + ("",) * (width - len(first))


def _counted(place: int, width: int) -> int:
    if not 0 <= place < width:
        raise ColumnError("no column has this number", why=f"there are {width} columns")
    return place


def _chosen(
    candidates: Sequence[Candidate],
    width: int,
    choose: Callable[[Sequence[Candidate]], int] | None,
) -> int:
    if not candidates:
        raise ColumnError(f"none of the {width} columns looks like identifiers")
    if choose is None:
        # Names of columns may be content where a file has no header.
        told = ", ".join(f"{one.place + 1} ({one.labels[0]})" for one in candidates)
        raise ColumnError(
            f"the file has {width} columns, and nobody is there to say which is meant",
            why=f"these look like identifiers: {told}",
        )
    return candidates[choose(candidates)].place


def _named(names: Sequence[str], wanted: str) -> int:
    found = [place for place, name in enumerate(names) if name.strip() == wanted.strip()]
    if len(found) > 1:
        raise ColumnError("several columns have this name", do="Give the number of one, from 1.")
    if found:
        return found[0]
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    raise ColumnError("no column has this name or number", why=f"there are {len(names)} columns")


def _candidates(
    sample: Sequence[Raw], width: int, first: Sequence[str], reads: Reads
) -> list[Candidate]:
    """List the columns of which at least half of the cells can be read, best first."""
    found = []
    for place in range(width):
        texts = [_text(values[place]) for _, values in sample if place < len(values)]
        labels = [reads(text) for text in texts if text]
        readable = [label for label in labels if label is not None]
        is_named = bool(first[place]) and reads(first[place]) is None
        filled = len(labels) - (1 if is_named and labels else 0)
        if readable and 2 * len(readable) >= filled:
            ordered = sorted(set(readable), key=lambda one: (-readable.count(one), one))
            name = first[place].strip()[:_NAME_CAP] if is_named else ""
            shown = name if name.isprintable() else ""
            found.append(Candidate(place, shown, tuple(ordered), len(readable), filled))
    return sorted(found, key=lambda one: (-one.readable / one.filled, one.place))


def _text(value: object) -> str:
    try:
        return read_cell(value).text.strip()
    except CellError:
        return ""
