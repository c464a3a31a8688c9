"""Which form a file has: by its first octets where these tell, and otherwise by its name."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from fedquery.tabular.fault import FileError


class Form(StrEnum):
    """A form in which rows are read."""

    CSV = "csv"
    TSV = "tsv"
    LINES = "lines"
    XLSX = "xlsx"
    PARQUET = "parquet"


_BY_NAME: Final[Mapping[str, Form]] = {
    ".csv": Form.CSV,
    ".tsv": Form.TSV,
    ".tab": Form.TSV,
    ".txt": Form.LINES,
    ".xlsx": Form.XLSX,
    ".xlsm": Form.XLSX,
    ".parquet": Form.PARQUET,
    ".pq": Form.PARQUET,
}
_BY_BEGINNING: Final[Mapping[bytes, Form]] = {
    b"PK\x03\x04": Form.XLSX,
    b"PAR1": Form.PARQUET,
}
_PACKED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!")
# Workbooks of before 2007, and those of today with a password.
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
_PDF: Final = b"%PDF"


def form_of(name: str, beginning: bytes, otherwise: Form | None = None) -> Form:
    """Tell the form of a file.

    Args:
        name: the name of the file.
        beginning: its first octets, at least six where it has so many.
        otherwise: what it is taken for where neither tells.

    Raises:
        FileError: if it is of a form that is not read, or nobody can tell.
    """
    if beginning.startswith(_PACKED):
        raise FileError("the file is packed", do="Unpack it, then try again.")
    if beginning.startswith(_OLD_WORKBOOK):
        raise FileError(
            "the file is a workbook of an old form, or has a password",
            do="Open it in the spreadsheet program, and save it as .xlsx without a password.",
        )
    if beginning.startswith(_PDF):
        raise FileError("the file is a PDF", do="Copy the list out of it into a text file.")
    for octets, form in _BY_BEGINNING.items():
        if beginning.startswith(octets):
            return form
    named = _BY_NAME.get(PurePath(name).suffix.lower(), otherwise)
    if named is None:
        raise FileError(
            "its name does not tell which form the file has",
            do="Let its name end in .csv, .tsv, .txt, .xlsx or .parquet, or say its form.",
        )
    if named in _BY_BEGINNING.values():
        raise FileError(
            f"the file is named as {named} and is none",
            do="It may be cut off, or of another form: save it anew.",
        )
    return named
