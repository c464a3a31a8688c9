"""Rows as they stand in a file, and rows by the names of their columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from fedquery.tabular.cell import Cell, CellError, Typed, read_cell

# The number of a row and its cells as the file's form gives them. Rows without anything are none.
Raw: TypeAlias = tuple[int, Sequence[object]]

_ALL_TEXT: Final[Mapping[str, Typed]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    Attributes:
        number: the line on which it ends, or its number in the sheet, counted from 1.
        fields: the texts by column; None where the row cannot be taken.
        complaint: then why: `columns` where it has another number of fields than the header, or
            what is wrong with a cell (`cell.read_cell`).
        typed: the columns whose cell was a number or a date.
    """

    number: int
    fields: dict[str, str] | None
    complaint: str = ""
    typed: Mapping[str, Typed] = field(default_factory=lambda: _ALL_TEXT)

    def __repr__(self) -> str:
        """Say which row it is, and nothing of what stands on it."""
        return f"Row({self.number})"


def rows(
    raws: Iterable[Raw], columns: Mapping[str, int], width: int, *, ragged: bool
) -> Iterator[Row]:
    """Take columns out of rows.

    Args:
        raws: the rows.
        columns: the place of each column that is wanted, from 0. What stands in others is not
            looked at.
        width: how many cells a row has.
        ragged: whether a row may end early, as in spreadsheets, where nobody writes the cells in
            which nothing stands.
    """
    for number, values in raws:
        if len(values) != width and not (ragged and len(values) < width):
            yield Row(number, None, "columns")
            continue
        fields, typed = {}, {}
        try:
            for name, at in columns.items():
                cell = read_cell(values[at]) if at < len(values) else _NOTHING
                fields[name] = cell.text
                if cell.typed:
                    typed[name] = cell.typed
        except CellError as error:
            yield Row(number, None, error.reason)
        else:
            yield Row(number, fields, typed=typed or _ALL_TEXT)


_NOTHING: Final = Cell("")
