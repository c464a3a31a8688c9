"""Rows of an Excel workbook (.xlsx), a row at a time.

A workbook is a ZIP archive of XML by strangers: what it unpacks to is capped before anything of it
is read, and entities are refused (defusedxml).
"""

import warnings
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from fedquery.errors import ConfigError
from fedquery.tabular.cell import BROKEN
from fedquery.tabular.fault import FileError
from fedquery.tabular.row import Raw

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

COLUMNS_CAP: Final = 256
_ROWS_CAP: Final = 1_048_576  # what a sheet can have
_PARTS_CAP: Final = 4_096
_SHEET_CAP: Final = 4 * 2**30  # octets of XML, read in a stream
# Octets of XML of everything else, of which most is kept: texts of cells stand here once each.
_OTHERS_CAP: Final = 128 * 2**20
# Sheets unpack to some ten times their size; what is made to fill a memory, to a thousand times.
_RATIO_CAP: Final = 200
_SMALL: Final = 16 * 2**20  # octets for which nobody looks at the ratio
_SHEETS: Final = "xl/worksheets/"
_BATCH: Final = 512  # rows
_UNREADABLE: Final = "the workbook cannot be read"
_DO: Final = "Open it in the spreadsheet program, and save it as .xlsx without a password."


def sheet_rows(file: BinaryIO, sheet: str | None) -> Iterator[Raw]:
    """Read the rows of one sheet; formulas are what they came to when the workbook was saved.

    Args:
        file: its octets.
        sheet: the name of the sheet, or its number from 1; None where one alone has anything in it.

    Raises:
        FileError: if it is no workbook, unpacks to too much, has no such sheet, or several and none
            is named.
        ConfigError: if the extra `lists` is not installed.
    """
    _require_small(file)
    workbook = _workbook(file)
    chosen = _chosen(workbook, sheet)
    try:
        yield from _rows(chosen)
    finally:
        workbook.close()


def _workbook(file: BinaryIO) -> "Workbook":
    try:
        # openpyxl reads with it where it is there, so it has to be.
        import defusedxml  # type: ignore[import-untyped] # noqa: F401, PLC0415 - no types; as below
        import openpyxl  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise ConfigError(
            "workbooks cannot be read here", do="Install the extra: pip install 'fedquery[lists]'."
        ) from None
    if not openpyxl.DEFUSEDXML:
        raise ConfigError(
            "workbooks are not read with defusedxml turned off",
            do="Take OPENPYXL_DEFUSEDXML out of the environment.",
        )
    try:
        with warnings.catch_warnings():
            # They repeat what stands in cells.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception:  # noqa: BLE001 - it raises whatever it likes, and some of it holds content
        raise FileError(_UNREADABLE, do=_DO) from None


def _require_small(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileError(_UNREADABLE, why="it may be cut off", do=_DO) from None
    file.seek(0)
    # A part is never unpacked beyond the size that the archive's directory gives it.
    sheets = sum(part.file_size for part in parts if part.filename.startswith(_SHEETS))
    others = sum(part.file_size for part in parts) - sheets
    packed = sum(part.compress_size for part in parts)
    dense = sheets + others > max(_SMALL, _RATIO_CAP * packed)
    if dense or len(parts) > _PARTS_CAP or sheets > _SHEET_CAP or others > _OTHERS_CAP:
        raise FileError("the workbook unpacks to too much", do="Save the list alone, as CSV.")


def _chosen(workbook: "Workbook", sheet: str | None) -> Any:  # noqa: ANN401 - openpyxl types sheets as several classes
    sheets: list[Any] = list(workbook.worksheets)
    if sheet is not None:
        named = [one for one in sheets if one.title == sheet]
        if not named and sheet.isascii() and sheet.isdecimal() and 0 < int(sheet) <= len(sheets):
            named = [sheets[int(sheet) - 1]]
        if not named:
            raise FileError(
                "the workbook has no such sheet", do=f"Give its name, or 1 to {len(sheets)}."
            )
        return named[0]
    filled = [at for at, one in enumerate(sheets, 1) if next(_rows(one), None) is not None]
    if len(filled) > 1:
        raise FileError(
            f"{len(filled)} sheets of the workbook have something in them",
            do=f"Say which is meant by its name or number: {', '.join(map(str, filled))}.",
        )
    if not filled:
        raise FileError("no sheet of the workbook has anything in it")
    return sheets[filled[0] - 1]


def _rows(sheet: Any) -> Iterator[Raw]:  # noqa: ANN401 - as above
    # What a sheet says of its own size may be false, and then cells would be left out in silence.
    sheet.reset_dimensions()
    cells = sheet.iter_rows(max_col=COLUMNS_CAP + 1)
    number = 0
    while batch := _next(cells):
        for row in batch:
            number += 1
            values = [_value(cell) for cell in _written(row)]
            while values and values[-1] is None:
                values.pop()
            if len(values) > COLUMNS_CAP:
                raise FileError(f"row {number} has more than {COLUMNS_CAP} columns", do=_DO)
            if values:
                yield number, values
        if number > _ROWS_CAP:
            raise FileError(f"the sheet has more than {_ROWS_CAP} rows", do=_DO)


def _next(cells: Iterator[Any]) -> list[Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(islice(cells, _BATCH))
    except Exception:  # noqa: BLE001 - as where the workbook is opened
        raise FileError(_UNREADABLE, do=_DO) from None


def _written(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Leave out the end of a row, with which the library has filled it up."""
    from openpyxl.cell.read_only import EmptyCell  # noqa: PLC0415 - an extra, and slow to load

    types = list(map(type, row))
    count = len(types) - types.count(EmptyCell)
    return row if EmptyCell in types[:count] else row[:count]


def _value(cell: Any) -> object:  # noqa: ANN401 - as above
    value, kind = cell.value, cell.data_type
    if kind == "e":
        return BROKEN
    if type(value) is int and value >= 0:
        # A format of zeros alone is how zeros at the beginning are kept: it is what people see.
        form = cell.number_format
        if form and len(form) > 1 and not form.strip("0"):
            return str(value).zfill(len(form))
    if isinstance(value, str) and not value.strip():
        return None
    return value
