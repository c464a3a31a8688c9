"""Read rows out of a CSV file strictly, and lists of references: each with its line number.

A file that is not a plain UTF-8 CSV file of sane size is refused whole; what is wrong with one row
is the importer's to report. Errors name lines, never content.
"""

import contextlib
import csv
import io
import os
import stat
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fedquery.errors import InputError

FILE_CAP = 4 * 2**30  # bytes
FIELD_CAP = 4_096  # characters
_COLUMNS_CAP = 256
_REFERENCES_CAP = 256 * 2**20  # bytes


class FileError(InputError):
    """A data file is unusable as a whole; nothing of it was imported."""

    slug = "data-file"
    default_do = "Save it as UTF-8 CSV with a header line, then import it again."


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file.

    Attributes:
        number: the line on which it ends, counted from 1.
        fields: the texts by column; None where the row has another number of fields than the
            header.
    """

    number: int
    fields: dict[str, str] | None

    def __repr__(self) -> str:
        """Say which line it is, and nothing of what stands on it."""
        return f"Line({self.number})"


def read_lines(path: Path, required: Sequence[str], known: Collection[str]) -> Iterator[Line]:
    """Read a CSV file row by row, in bounded memory.

    Args:
        path: a regular file; with or without a byte order mark, LF or CRLF.
        required: columns that the header must name.
        known: every column that is read; another one is refused, as it may be one misspelt.

    Raises:
        FileError: if the file is missing, no regular file, too large, not UTF-8, has a NUL, a quote
            left open, an overlong field, no header, or a header without a required column.
    """
    # Universal newlines are off: the CSV parser knows which line end stands inside a quote.
    with io.TextIOWrapper(_open(path), encoding="utf-8-sig", errors="strict", newline="") as file:
        # The parser's own cap keeps a field of gigabytes from being collected.
        csv.field_size_limit(FIELD_CAP)
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            _check_header(header, required, known)
            for fields in reader:
                if "\0" in "".join(fields):
                    raise FileError(f"line {reader.line_num} has a NUL")
                if fields:
                    whole = len(fields) == len(header)
                    named = dict(zip(header, fields, strict=True)) if whole else None
                    yield Line(reader.line_num, named)
        except UnicodeDecodeError:
            raise FileError(
                f"line {reader.line_num + 1} or one soon after it is not UTF-8"
            ) from None
        except csv.Error:
            raise FileError(
                f"line {reader.line_num} cannot be read",
                why="a quote is left open, a field is overlong, or there is a NUL",
            ) from None


def read_references(path: Path | None) -> list[tuple[int, str]]:
    """Read references, one on each line, with the numbers of their lines; empty lines are none.

    Args:
        path: a regular file, or None for standard input.

    Raises:
        FileError: if it is missing, no regular file, too large, or not UTF-8.
    """
    do = "Write one reference on each line, in UTF-8."
    with contextlib.nullcontext(sys.stdin.buffer) if path is None else _open(path) as file:
        octets = file.read(_REFERENCES_CAP + 1)
    if len(octets) > _REFERENCES_CAP:
        raise FileError(f"the list is larger than {_REFERENCES_CAP} bytes", do=do)
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError("the list is not UTF-8", do=do) from None
    return [(at, line) for at, line in enumerate(text.split("\n"), 1) if line.strip()]


def _open(path: Path) -> BinaryIO:
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except OSError:
        raise FileError("the file cannot be opened, or is a link") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or not 0 < status.st_size <= FILE_CAP:
        os.close(descriptor)
        raise FileError("the file is empty, too large, or no regular file")
    return os.fdopen(descriptor, "rb")


def _check_header(header: Sequence[str], required: Sequence[str], known: Collection[str]) -> None:
    if not header or len(header) > _COLUMNS_CAP or len(set(header)) != len(header):
        raise FileError("the header line is missing, too long, or names a column twice")
    missing = [column for column in required if column not in header]
    if missing:
        # These are the names of our own settings, not of the file.
        raise FileError(
            f"the header does not name the column {missing[0]}",
            why="names are in lower case, and separated by commas",
        )
    unknown = [at for at, column in enumerate(header, 1) if column not in known]
    if unknown:
        # Its name may be a row's, where a file has no header: it is told by its place.
        raise FileError(
            f"column {unknown[0]} of the header is none that is read",
            why=f"the columns are {', '.join(known)}",
            do="Correct its name, or leave the column out.",
        )
