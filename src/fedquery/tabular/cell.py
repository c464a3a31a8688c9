"""What stands in one cell, as text: exactly, or not at all.

Spreadsheets make numbers of phones and accounts. A whole number of up to fifteen digits is there to
the last digit; of a longer one, and of `6.6812E+10`, the program has thrown digits away.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

FIELD_CAP: Final = 4_096  # characters
# IEEE 754 doubles hold every whole number of fifteen decimal digits.
EXACT_BELOW: Final = 10**15
# What Excel writes into text files for a number that its column has no room for.
_SHORTENED: Final = re.compile(r"-?\d(?:[.,]\d+)?E[+-]\d+", re.ASCII)


class Typed(StrEnum):
    """What a cell was where it was no text: a reader may want to look at it again."""

    TEXT = ""
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        text: what stands there.
        typed: what it was in the file. Zeros at the beginning of a number are gone.
    """

    text: str = field(repr=False)
    typed: Typed = Typed.TEXT


class CellError(Exception):
    """A cell cannot be read; the reason is one of a few words and never holds what stood there."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Broken:
    """What a form puts where a cell cannot be read.

    Attributes:
        reason: why, as `CellError` has it.
    """

    reason: str


# The error of a formula, as `#N/A`.
BROKEN: Final = Broken("cell-error")
# A formula of which nobody has saved what it comes to.
UNSAVED: Final = Broken("formula-unsaved")
# A text that is too long to be kept until it is looked at.
OVERLONG: Final = Broken("overlong")
# A number of which digits were thrown away.
ROUNDED: Final = Broken("number-rounded")
# Neither text nor number nor date, and not looked at.
UNREAD: Final = Broken("cell-type")


def read_cell(value: object) -> Cell:
    """Read one cell.

    Args:
        value: as the file's form gives it: text, a number, a date, or None where nothing stands.

    Raises:
        CellError: if it is no text and cannot be written as one exactly: `number-rounded`,
            `cell-error`, `formula-unsaved`, `cell-type`, `overlong`, `nul`.
    """
    reader = _READERS.get(type(value))
    if reader is None:
        raise CellError("cell-type")
    return reader(value)


def _text(value: str) -> Cell:
    if len(value) > FIELD_CAP:
        raise CellError("overlong")
    if "\0" in value:
        raise CellError("nul")
    if "E" in value and _SHORTENED.fullmatch(value.strip()):
        raise CellError("number-rounded")
    return Cell(value)


def _whole(value: int) -> Cell:
    if abs(value) >= EXACT_BELOW:
        raise CellError("number-rounded")
    return Cell(str(value), Typed.NUMBER)


def _float(value: float) -> Cell:
    if math.isnan(value):
        # How tables without nulls write that nothing stands there.
        return Cell("")
    if not value.is_integer():
        raise CellError("number-rounded")
    return _whole(int(value))


def _decimal(value: Decimal) -> Cell:
    # Decimals are exact at any length.
    if not value.is_finite() or value != value.to_integral_value():
        raise CellError("cell-type")
    return Cell(f"{value:f}".partition(".")[0], Typed.NUMBER)


def _moment(value: datetime) -> Cell:
    midnight = value.time() == time(0)
    return Cell(value.date().isoformat() if midnight else value.isoformat(), Typed.DATE)


def _error(value: Broken) -> Cell:
    raise CellError(value.reason)


_READERS: Final[Mapping[type, Callable[[Any], Cell]]] = {
    type(None): lambda _value: Cell(""),
    str: _text,
    int: _whole,
    float: _float,
    Decimal: _decimal,
    date: lambda value: Cell(value.isoformat(), Typed.DATE),
    datetime: _moment,
    Broken: _error,
}
