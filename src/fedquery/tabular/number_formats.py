"""What the formats of a workbook make of numbers: dates, durations, zeros at the beginning.

What the numbers of formats and of days mean is openpyxl's knowledge; it reads no part of a file.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from types import ModuleType
from typing import Final, TypeAlias

from fedquery.errors import ConfigError
from fedquery.tabular.xml_stream import Reader, XmlError

_STYLES_CAP: Final = 2**16  # what Excel has of styles of cells
_FORMATS_CAP: Final = 4_096  # Excel has some 250
_FORMAT_CAP: Final = 1_024  # characters; Excel has 255


class Time(Enum):
    """A number is a time."""

    DATE = "date"
    DURATION = "duration"


# A time, or so many digits as people see; None where the number is a number.
Format: TypeAlias = Time | int | None


class Formats(Reader):
    """Reads the styles of a workbook, of which each names a format by its number."""

    NAMES: Final = ("numFmts", "numFmt", "cellXfs", "xf")

    def __init__(self) -> None:
        self._written: dict[int, str] = {}
        self._styles: list[int] = []
        self._of_cells = self._of_all = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take a format, or a style of cells."""
        if name == "numFmts":
            self._of_all = True
        elif name == "numFmt" and self._of_all:
            # Formats under a condition have numbers of their own, which mean nothing for cells.
            form = attributes["formatCode"]
            self._written[int(attributes["numFmtId"])] = form
            if len(form) > _FORMAT_CAP or len(self._written) > _FORMATS_CAP:
                raise XmlError
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            self._styles.append(int(attributes.get("numFmtId", "0")))
            if len(self._styles) > _STYLES_CAP:
                raise XmlError

    def end(self, name: str) -> None:
        """See that the formats or the styles of cells have ended."""
        if name == "numFmts":
            self._of_all = False
        elif name == "cellXfs":
            self._of_cells = False

    def by_style(self) -> Sequence[Format]:
        """Say what each style makes of a number.

        Raises:
            ConfigError: if the extra `lists` is not installed.
        """
        library = _library()
        written = {**library.styles.numbers.BUILTIN_FORMATS, **self._written}
        formats = {number: _format(library, form) for number, form in written.items()}
        return [formats.get(number) for number in self._styles]


def moment(number: float, form: Time, *, since_1904: bool) -> datetime | time | timedelta | None:
    """Say which date or duration a number is; None where it is none of any calendar.

    Args:
        number: days.
        form: what it is.
        since_1904: whether days are counted from 1904 on.
    """
    known = _library().utils.datetime
    epoch = known.CALENDAR_MAC_1904 if since_1904 else known.WINDOWS_EPOCH
    try:
        found: datetime | time | timedelta | None = known.from_excel(
            number, epoch, timedelta=form is Time.DURATION
        )
    except (OverflowError, ValueError):
        return None
    return found


def written_moment(text: str) -> datetime | date | time | timedelta | None:
    """Read a date that is written as one (ISO 8601); None where it is none."""
    try:
        found: datetime | date | time | timedelta = _library().utils.datetime.from_ISO8601(text)
    except (OverflowError, ValueError):
        return None
    return found


def _format(library: ModuleType, form: str) -> Format:
    numbers = library.styles.numbers
    if numbers.is_date_format(form):
        return Time.DURATION if numbers.is_timedelta_format(form) else Time.DATE
    # A format of zeros alone is how zeros at the beginning are kept: it is what people see.
    return len(form) if len(form) > 1 and not form.strip("0") else None


@cache
def _library() -> ModuleType:
    try:
        import openpyxl  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise ConfigError(
            "workbooks cannot be read here", do="Install the extra: pip install 'fedquery[lists]'."
        ) from None
    return openpyxl
