"""Write a report: CSV, JSON or an Excel workbook, as its name says; whole or not at all.

It holds the identifiers, so nobody but its owner may read it.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from fedquery.cli.screening.report import HEADER, Entry, document, table_rows
from fedquery.config.whole_file import whole_file
from fedquery.tabular.formulas import defused
from fedquery.tabular.workbook import write_workbook

SCHEMA: Final = "fedquery/screening-report/v1"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class ReportForm(StrEnum):
    """A form of reports."""

    CSV = ".csv"
    JSON = ".json"
    XLSX = ".xlsx"


def check_report(path: Path, *, force: bool) -> ReportForm:
    """Look at where a report is to be, before anything is asked.

    Args:
        path: the file that is to be written.
        force: whether it may take the place of another file.

    Raises:
        ValueError: if its name tells no form.
        FileExistsError: if there is such a file.
        FileNotFoundError, NotADirectoryError: if there is no such directory.
    """
    form = ReportForm(path.suffix.lower())
    if not path.parent.exists():
        raise FileNotFoundError(2, "no such directory")
    if not path.parent.is_dir():
        raise NotADirectoryError(20, "no directory")
    if not force and (path.exists() or path.is_symlink()):
        raise FileExistsError(17, "the report is there already")
    return form


def write_report(
    path: Path, job_id: str, found: Iterable[Entry], made_ms: int, *, force: bool
) -> None:
    """Write a report, mode 0600.

    Args:
        path: the file; its name tells the form.
        job_id: the id of the screening.
        found: its lines, which are read once.
        made_ms: the time.
        force: whether it may take the place of another file.

    Raises:
        FileExistsError: if there is another file meanwhile.
        OSError: if it cannot be written; nothing of it is left.
    """
    form = ReportForm(path.suffix.lower())
    with whole_file(path, mode=0o600, replace=force) as file:
        _WRITERS[form](file, job_id, found, made_ms)


def _write_csv(file: BinaryIO, _job_id: str, found: Iterable[Entry], made_ms: int) -> None:
    # With its mark Excel reads it as UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(map(defused, _rows(found, made_ms)))
    text.flush()
    text.detach()


def _write_xlsx(file: BinaryIO, _job_id: str, found: Iterable[Entry], made_ms: int) -> None:
    write_workbook(file, HEADER, _rows(found, made_ms))


def _write_json(file: BinaryIO, job_id: str, found: Iterable[Entry], made_ms: int) -> None:
    head = _ENCODER.encode({"schema": SCHEMA, "screening_id": job_id, "made_ms": made_ms})
    file.write(f'{head[:-1]},"lines":['.encode())
    comma = ""
    for entry in found:
        file.write(f"{comma}\n{_ENCODER.encode(document(entry))}".encode())
        comma = ","
    file.write(b"\n]}\n")


_WRITERS: Final[dict[ReportForm, Callable[[BinaryIO, str, Iterable[Entry], int], None]]] = {
    ReportForm.CSV: _write_csv,
    ReportForm.JSON: _write_json,
    ReportForm.XLSX: _write_xlsx,
}


def _rows(found: Iterable[Entry], made_ms: int) -> Iterator[Sequence[str | int]]:
    for entry in found:
        yield from table_rows(entry, made_ms)
