"""Rows of text files: CSV, TSV, and plain lines.

UTF-8, or UTF-16 with its mark, which is what Excel's "Unicode text" is. RFC 4180 otherwise, with a
semicolon or tab between fields where the first line has no comma: so Excel writes CSV in countries
that write the comma in numbers.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Final

from fedquery.tabular.cell import FIELD_CAP
from fedquery.tabular.fault import FileError
from fedquery.tabular.form import Form
from fedquery.tabular.row import Raw

_LINE_CAP: Final = 1_048_576  # characters; a file without line ends is not collected
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_QUOTED: Final = re.compile(r'"[^"]*"')
_TAB: Final = "\t"
_DO: Final = 'Save it as CSV in UTF-8 ("CSV UTF-8" in Excel), or as .xlsx, and try again.'


def text_rows(file: BinaryIO, form: Form) -> Iterator[Raw]:
    """Read the rows of a text file; the number of a row is that of the line on which it ends.

    Args:
        file: its octets, from the first.
        form: CSV, TSV or LINES. Lines of which the first has a tab are TSV: so Excel names it.

    Raises:
        FileError: if it is neither UTF-8 nor marked UTF-16, or has a NUL, a quote left open, or an
            overlong line or field.
    """
    marked = file.read(2) in _UTF16
    file.seek(0)
    # Universal newlines are off: the CSV parser knows which line end stands inside a quote.
    text = io.TextIOWrapper(
        file, encoding="utf-16" if marked else "utf-8-sig", errors="strict", newline=""
    )
    try:
        lines = _lines(text, "UTF-16" if marked else "UTF-8")
        head = []
        for line in lines:
            head.append(line)
            if line.strip():
                break
        first = head[-1] if head else ""
        whole = chain(head, lines)
        if form is Form.LINES and _TAB not in first:
            yield from _plain(whole)
        else:
            yield from _delimited(whole, _delimiter(first) if form is Form.CSV else _TAB)
    finally:
        # The file is closed by whoever opened it.
        text.detach()


def _plain(lines: Iterable[str]) -> Iterator[Raw]:
    """Number lines that are no blank ones, each as a row of one cell."""
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text:
            yield number, (text,)


def _delimited(lines: Iterable[str], delimiter: str) -> Iterator[Raw]:
    # The parser's own cap keeps a field from swallowing the file where a quote is left open.
    csv.field_size_limit(FIELD_CAP)
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    try:
        for fields in reader:
            if any(fields):
                yield reader.line_num, fields
    except csv.Error:
        raise FileError(
            f"line {reader.line_num} cannot be read",
            why="a quote is left open on it or above it, or a field is overlong",
            do=_DO,
        ) from None


def _delimiter(first: str) -> str:
    bare = _QUOTED.sub("", first)
    found = [one for one in (";", _TAB) if one in bare]
    return found[0] if len(found) == 1 and "," not in bare else ","


def _lines(text: io.TextIOWrapper, encoding: str) -> Iterator[str]:
    number = 0
    try:
        while line := text.readline(_LINE_CAP + 1):
            number += 1
            if len(line) > _LINE_CAP:
                raise FileError(f"line {number} is longer than {_LINE_CAP} characters", do=_DO)
            if "\0" in line:
                raise FileError(f"line {number} has a NUL", do=_DO)
            yield line
    except UnicodeDecodeError:
        # The decoder reads ahead of the line that it gives.
        raise FileError(
            f"line {number + 1} or one soon after it is not {encoding}", do=_DO
        ) from None
