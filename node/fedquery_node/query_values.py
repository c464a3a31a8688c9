"""Values of a database as the texts of a row, exactly or not at all; and the values of a cursor."""

import ipaddress
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from fedquery.errors import InputError
from fedquery.tabular import FileError, Row
from fedquery.tabular.cell import FIELD_CAP
from fedquery_node.import_source import MARK_CAP

# Marks are texts, and each says by its first letter what it was.
Cursor: TypeAlias = int | Decimal | str | date | datetime

_LETTERS: Final[Mapping[type, str]] = {
    int: "i", Decimal: "n", str: "s", date: "d", datetime: "t",
}  # fmt: skip
_READERS: Final[Mapping[str, Callable[[str], Cursor]]] = {
    "i": int,
    "n": Decimal,
    "s": str,
    "d": date.fromisoformat,
    "t": datetime.fromisoformat,
}


def line_of(number: int, columns: Sequence[str], values: Sequence[object]) -> Row:
    """Read one row of a query.

    Args:
        number: its number, from 1.
        columns: the names of its columns.
        values: its values, in their order.

    Returns:
        the row; with the complaint `cell-type`, `overlong` or `nul` where a value
        cannot be taken.
    """
    fields: dict[str, str] = {}
    for column, value in zip(columns, values, strict=True):
        text = _text(value)
        if text is None:
            return Row(number, None, "cell-type")
        if len(text) > FIELD_CAP:
            return Row(number, None, "overlong")
        if "\0" in text:
            return Row(number, None, "nul")
        fields[column] = text
    return Row(number, fields)


def mark_of(value: object, number: int) -> str:
    """Write the value of a cursor as a text that says its type.

    Raises:
        FileError: if the row has none, or one that does not grow from row to row.
    """
    letter = _LETTERS.get(type(value))
    if letter is None:
        raise FileError(
            f"row {number} has nothing in the column `cursor` that an import could go on from",
            do="Name a column of whole numbers, times or texts that is never NULL.",
        )
    text = value.isoformat() if isinstance(value, date) else str(value)
    if len(text) > MARK_CAP:
        raise FileError(f"the cursor of row {number} is overlong")
    return letter + text


def cursor_of(mark: str) -> Cursor:
    """Read what `mark_of` wrote.

    Raises:
        InputError: if it did not.
    """
    reader = _READERS.get(mark[:1])
    try:
        if reader is not None:
            return reader(mark[1:])
    except (ValueError, ArithmeticError):
        pass
    raise InputError("this is no cursor that an import has kept")


def read_since(text: str) -> str:
    """Read where an import is to begin, as an operator writes it.

    Args:
        text: a whole number, or a text that the database compares with its column.

    Returns:
        the mark of it.

    Raises:
        FileError: if it is overlong.
    """
    if len(text) >= MARK_CAP:
        raise FileError("the cursor to begin at is overlong")
    number = text.removeprefix("-")
    return mark_of(int(text) if number.isascii() and number.isdigit() else text, 0)


def earlier(cursor: Cursor, seconds: int) -> Cursor:
    """Go back from a cursor that is a time; others stay."""
    return cursor - timedelta(seconds=seconds) if isinstance(cursor, datetime) else cursor


def _text(value: object) -> str | None:
    writer = _WRITERS.get(type(value))
    return None if writer is None else writer(value)


def _whole(value: Decimal) -> str | None:
    exact = value.is_finite() and value == value.to_integral_value()
    return f"{value:f}".partition(".")[0] if exact else None


def _joined(value: list[object]) -> str | None:
    # Arrays, as of nations, are joined as in a file.
    parts = [part for part in value if isinstance(part, str) and ";" not in part]
    # An empty one names nobody; as "" it would be released to those of the default.
    return ";".join(parts) if parts and len(parts) == len(value) else None


# Numbers with a point, octets and documents are nobody's identifier or reference.
_WRITERS: Final[Mapping[type, Callable[[Any], str | None]]] = {
    type(None): lambda _value: "",
    str: lambda value: value,
    int: str,
    bool: lambda value: "true" if value else "false",
    Decimal: _whole,
    # Days are what records have.
    datetime: lambda value: value.date().isoformat(),
    date: lambda value: value.isoformat(),
    list: _joined,
    uuid.UUID: str,
    ipaddress.IPv4Address: str,
    ipaddress.IPv6Address: str,
}
