"""A file as a table: its first rows can be looked at before all of them are read."""

import io
from collections import deque
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from fedquery.tabular.cell import CellError, read_cell
from fedquery.tabular.delimited import text_rows
from fedquery.tabular.fault import FileError
from fedquery.tabular.form import Form, form_of
from fedquery.tabular.parquet import parquet_rows
from fedquery.tabular.row import Raw, Row, rows
from fedquery.tabular.sheet_cells import COLUMNS_CAP
from fedquery.tabular.source import BEGINNING, Source, source
from fedquery.tabular.spreadsheet import sheet_rows


@dataclass(slots=True)
class Table:
    """A file that is being read, once, from the first row to the last.

    Attributes:
        form: its form.
        names: the names of its columns where they stand apart from the rows, as in Parquet.
    """

    form: Form
    names: tuple[str, ...] | None
    _raws: Iterator[Raw] = field(repr=False)
    _looked_at: deque[Raw] = field(default_factory=deque, repr=False)

    def peek(self, most: int) -> list[Raw]:
        """Look at the first rows that were not read yet.

        Raises:
            FileError: if they cannot be read.
        """
        self._looked_at.extend(islice(self._raws, max(most - len(self._looked_at), 0)))
        return list(islice(self._looked_at, most))

    def header(self) -> tuple[str, ...]:
        """Read the names of the columns: of a file without names apart, the first row is theirs.

        Raises:
            FileError: if there is no such row, or it names a column twice, or too many.
        """
        names = self.names
        if names is None:
            values = self.skip_row()
            try:
                names = tuple(read_cell(value).text for value in values)
            except CellError:
                names = ()
        if not names or len(names) > COLUMNS_CAP or len(set(names)) != len(names):
            raise FileError("the header line is missing, too long, or names a column twice")
        return names

    def skip_row(self) -> Sequence[object]:
        """Read one row as it stands; nothing where there is none.

        Raises:
            FileError: if it cannot be read.
        """
        return self._looked_at.popleft()[1] if self.peek(1) else ()

    def rows(self, columns: Mapping[str, int], width: int) -> Iterator[Row]:
        """Read the rows that are left.

        Args:
            columns: the place of each column that is wanted, from 0, by the name that its fields
                are to have.
            width: how many columns the table has.

        Raises:
            FileError: if the file is unusable as a whole, or was changed while it was read.
        """
        return rows(self._all(), columns, width, ragged=self.form is Form.XLSX)

    def _all(self) -> Iterator[Raw]:
        while self._looked_at:
            yield self._looked_at.popleft()
        yield from self._raws


@contextmanager
def opened(
    path: Path,
    *,
    form: Form | None = None,
    sheet: str | None = None,
    otherwise: Form | None = None,
) -> Iterator[Table]:
    """Open a file.

    Args:
        path: a regular file.
        form: its form; None to tell it by its content and name.
        sheet: of a workbook, the name or number of the sheet.
        otherwise: the form of a file that neither its content nor its name tells.

    Raises:
        FileError: if it is unusable as a whole.
        ConfigError: if what reads this form is not installed.
    """
    with source(path) as found:
        read = _read(
            found.file, path.name, found.beginning, form=form, sheet=sheet, otherwise=otherwise
        )
        with closing(_watched(read.raws, found)) as watched:
            yield Table(read.form, read.names, watched)


@contextmanager
def opened_octets(name: str, octets: bytes, *, otherwise: Form | None = None) -> Iterator[Table]:
    """Open a file in memory, which goes to no disk; of a workbook the one sheet that has anything.

    Args:
        name: what it is called, which may tell its form.
        octets: all of it.
        otherwise: the form of a file that neither its content nor its name tells.

    Raises:
        FileError, ConfigError: as `opened`.
    """
    if not octets:
        raise FileError("the file is empty")
    read = _read(
        io.BytesIO(octets), name, octets[:BEGINNING], form=None, sheet=None, otherwise=otherwise
    )
    with closing(_closable(read.raws)) as raws:
        yield Table(read.form, read.names, raws)


@dataclass(frozen=True, slots=True)
class _Read:
    form: Form
    names: tuple[str, ...] | None
    raws: Iterator[Raw] = field(repr=False)


def _read(
    file: BinaryIO,
    name: str,
    beginning: bytes,
    *,
    form: Form | None,
    sheet: str | None,
    otherwise: Form | None,
) -> _Read:
    chosen = form or form_of(name, beginning, otherwise)
    if sheet is not None and chosen is not Form.XLSX:
        raise FileError("only workbooks have sheets", do="Leave the sheet out.")
    if chosen is Form.XLSX:
        return _Read(chosen, None, sheet_rows(file, sheet))
    if chosen is Form.PARQUET:
        return _Read(chosen, *parquet_rows(file))
    return _Read(chosen, None, text_rows(file, chosen))


def read_rows(
    path: Path,
    required: Sequence[str],
    known: Collection[str],
    *,
    form: Form | None = None,
    sheet: str | None = None,
) -> Iterator[Row]:
    """Read a file whose header names its columns, row by row, in bounded memory.

    Args:
        path: a regular file; one that nothing tells the form of is CSV.
        required: columns that the header must name.
        known: every column that is read; another one is refused, as it may be one misspelt.
        form: its form, where content and name are not to tell it.
        sheet: of a workbook, the name or number of the sheet.

    Raises:
        FileError: if it is unusable as a whole, or has not these columns.
        ConfigError: if what reads this form is not installed.
    """
    with opened(path, form=form, sheet=sheet, otherwise=Form.CSV) as table:
        header = table.header()
        _check_header(header, required, known)
        columns = {name: at for at, name in enumerate(header)}
        yield from table.rows(columns, len(header))


def _closable(raws: Iterator[Raw]) -> Generator[Raw, None, None]:
    yield from raws


def _watched(raws: Iterator[Raw], found: Source) -> Generator[Raw, None, None]:
    yield from raws
    found.require_unchanged()


def _check_header(header: Sequence[str], required: Sequence[str], known: Collection[str]) -> None:
    missing = [column for column in required if column not in header]
    if missing:
        # These are the names of our own settings, not of the file.
        raise FileError(
            f"the header does not name the column {missing[0]}",
            why="names are in lower case, and of CSV separated by commas",
        )
    unknown = [at for at, column in enumerate(header, 1) if column not in known]
    if unknown:
        # Its name may be a row's, where a file has no header: it is told by its place.
        raise FileError(
            f"column {unknown[0]} of the header is none that is read",
            why=f"the columns are {', '.join(known)}",
            do="Correct its name, or leave the column out.",
        )
