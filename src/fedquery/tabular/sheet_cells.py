"""The cells of a sheet of a workbook, a row at a time."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Final, TypeAlias

from fedquery.tabular.cell import BROKEN, EXACT_BELOW, OVERLONG, UNREAD, UNSAVED, Broken
from fedquery.tabular.fault import FileError
from fedquery.tabular.number_formats import Time, moment, written_moment
from fedquery.tabular.package import DO
from fedquery.tabular.row import Raw
from fedquery.tabular.shared_texts import TextOfRuns, unescaped
from fedquery.tabular.workbook_parts import MAIN, Workbook
from fedquery.tabular.xml_stream import Reader, XmlError, read_xml

COLUMNS_CAP: Final = 256
_ROWS_CAP: Final = 1_048_576  # what a sheet can have
_PLACE: Final = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?", re.ASCII)
_INDEX: Final = re.compile("[0-9]{1,9}", re.ASCII)
_FRACTION: Final = re.compile("[.eE]")
# Texts that stand in the cell itself.
_WRITTEN: Final = ("inlineStr", "str")

_Value: TypeAlias = str | int | float | date | datetime | time | timedelta | Broken | None


def sheet_cells(file: IO[bytes], workbook: Workbook) -> Iterator[Raw]:
    """Read the rows of a sheet in which anything stands.

    Args:
        file: the part of the sheet.
        workbook: the workbook without its cells.

    Raises:
        FileError: if the sheet has more columns or rows than are read.
        XmlError: if it is not what a sheet is.
    """
    cells = _Cells(workbook)
    for _ in read_xml(file, MAIN, cells.NAMES, cells):
        yield from cells.found
        cells.found.clear()


class _Cells(Reader):
    NAMES: Final = ("sheetData", "row", "c", "v", "f", *TextOfRuns.NAMES)

    def __init__(self, workbook: Workbook) -> None:
        self.found: list[Raw] = []
        self._workbook = workbook
        self._in_sheet = self._in_row = self._in_cell = False
        self._row = self._column = 0
        self._values: list[_Value] = []
        self._one = TextOfRuns()
        self._type = ""
        self._style = 0
        self._formula = self._saved = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if not self._in_sheet:
            self._in_sheet = name == "sheetData"
        elif name == "row":
            self._begin_row(attributes)
        elif name == "c":
            self._begin_cell(attributes)
        elif self._in_cell:
            if name == "f":
                self._formula = True
            elif name == "v":
                # Of two values, nobody could say which is meant.
                if self._saved:
                    raise XmlError
                self._saved = True
            # What a cell holds stands in one of the two, by its type.
            in_value = "t" if name == "v" else ""
            self._one.begin(name if self._type == "inlineStr" else in_value)

    def text(self, text: str) -> None:
        if self._in_cell:
            self._one.text(text)

    def end(self, name: str) -> None:
        if self._in_cell and name == "c":
            self._end_cell()
        elif self._in_cell:
            self._one.end("t" if name == "v" and self._type != "inlineStr" else name)
        elif self._in_row and name == "row":
            self._in_row = False
            if self._values:
                self.found.append((self._row, self._values))
        elif name == "sheetData":
            self._in_sheet = False

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._row + 1))
        # Rows in another order would be told by wrong numbers.
        if self._in_row or number <= self._row:
            raise XmlError
        if number > _ROWS_CAP:
            raise FileError(f"the sheet has more than {_ROWS_CAP} rows", do=DO)
        self._in_row, self._row, self._column, self._values = True, number, 0, []

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        column = self._column + 1 if place is None else self._column_of(place)
        if self._in_cell or not self._in_row or column <= self._column:
            raise XmlError
        self._in_cell, self._column = True, column
        self._type, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        self._formula = self._saved = False

    def _column_of(self, place: str) -> int:
        found = _PLACE.fullmatch(place)
        if found is None or int(found[2]) != self._row:
            raise XmlError
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return column

    def _end_cell(self) -> None:
        self._in_cell = False
        value = self._value(self._one.take())
        if value is None:
            return
        if self._column > COLUMNS_CAP:
            raise FileError(f"row {self._row} has more than {COLUMNS_CAP} columns", do=DO)
        self._values += [None] * (self._column - len(self._values) - 1)
        self._values.append(value)

    def _value(self, text: str | None) -> _Value:
        if self._type == "e":
            return BROKEN
        if text is None:
            return OVERLONG
        # That a formula came to nothing is kept as a text of nothing.
        if self._formula and not text and not (self._saved and self._type == "str"):
            return UNSAVED
        found: _Value = UNREAD
        if not text.strip():
            found = None
        elif self._type == "n":
            found = self._number(text.strip())
        elif self._type == "s":
            if not _INDEX.fullmatch(text):
                raise XmlError
            found = self._workbook.texts.at(int(text))
        elif self._type in _WRITTEN:
            found = unescaped(text)
        elif self._type == "d":
            found = written_moment(text.strip()) or UNREAD
        return found if not isinstance(found, str) or found.strip() else None

    def _number(self, text: str) -> _Value:
        if not _NUMBER.fullmatch(text):
            return UNREAD
        number = float(text) if _FRACTION.search(text) else int(text)
        styles = self._workbook.formats
        form = styles[self._style] if self._style < len(styles) else None
        if isinstance(form, Time):
            return moment(number, form, since_1904=self._workbook.since_1904) or BROKEN
        # Some programs write each number as a fraction or with an exponent. Of one that may have
        # lost digits, what people see is wrong as well.
        if form and 0 <= number < EXACT_BELOW and number == int(number):
            return str(int(number)).zfill(form)
        return number
