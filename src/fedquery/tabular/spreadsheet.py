"""Rows of an Excel workbook (.xlsx), a row at a time, and which of its sheets is meant."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from fedquery.tabular.fault import FileError
from fedquery.tabular.package import DO, Package, package
from fedquery.tabular.row import Raw
from fedquery.tabular.sheet_cells import sheet_cells
from fedquery.tabular.workbook_parts import Sheet, Workbook, read_workbook
from fedquery.tabular.xml_stream import XmlError


def sheet_rows(file: BinaryIO, sheet: str | None) -> Iterator[Raw]:
    """Read the rows of one sheet; formulas are what they came to when the workbook was saved.

    Args:
        file: its octets.
        sheet: the name of the sheet, or its number from 1 among those that are shown; None where
            one of these alone has anything in it. One that is hidden is read by its name alone.

    Raises:
        FileError: if it is no workbook, unpacks to too much, has no such sheet, or several and none
            is named.
        ConfigError: if the extra `lists` is not installed.
    """
    with _refusing(), package(file) as archive:
        workbook = read_workbook(archive)
        chosen = _chosen(archive, workbook, sheet)
        yield from _rows(archive, workbook, chosen)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (
        XmlError,
        zipfile.BadZipFile,
        zlib.error,
        ArithmeticError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ):
        # Whatever is wrong, some of these would repeat what stands in cells.
        raise FileError("the workbook cannot be read", do=DO) from None


def _chosen(archive: Package, workbook: Workbook, sheet: str | None) -> Sheet:
    # As a person counts them who looks at the workbook.
    sheets = [one for one in workbook.sheets if not one.hidden]
    if sheet is not None:
        named = [one for one in sheets if one.name == sheet]
        if not named and sheet.isascii() and sheet.isdecimal() and 0 < int(sheet) <= len(sheets):
            named = [sheets[int(sheet) - 1]]
        if not named:
            named = [one for one in workbook.sheets if one.name == sheet]
        if not named:
            numbers = f", or 1 to {len(sheets)}" if sheets else ""
            raise FileError("the workbook has no such sheet", do=f"Give its name{numbers}.")
        return named[0]
    filled = [
        at
        for at, one in enumerate(sheets, 1)
        if next(_rows(archive, workbook, one), None) is not None
    ]
    if len(filled) > 1:
        raise FileError(
            f"{len(filled)} sheets of the workbook have something in them",
            do=f"Say which is meant by its name or number: {', '.join(map(str, filled))}.",
        )
    if not filled:
        if any(next(_rows(archive, workbook, one), None) for one in workbook.sheets):
            raise FileError(
                "only hidden sheets of the workbook have anything in them",
                do="Look at them in the spreadsheet program, then give the name of one.",
            )
        raise FileError("no sheet of the workbook has anything in it")
    return sheets[filled[0] - 1]


def _rows(archive: Package, workbook: Workbook, sheet: Sheet) -> Iterator[Raw]:
    with archive.part(sheet.part) as part:
        yield from sheet_cells(part, workbook)
