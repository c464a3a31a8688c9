"""The forms of a report: CSV, JSON, or an Excel workbook."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import BinaryIO, Final

from fedquery.ask.lists.report import HEADER, Entry, document, table_rows
from fedquery.tabular.formulas import defused
from fedquery.tabular.workbook import write_workbook

SCHEMA: Final = "fedquery/screening-report/v1"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class ReportForm(StrEnum):
    """A form of reports, named as files of it end."""

    CSV = ".csv"
    JSON = ".json"
    XLSX = ".xlsx"


def write(
    file: BinaryIO,
    form: ReportForm,
    job_id: str,
    found: Iterable[Entry],
    made_ms: int,
    *,
    shown: bool = True,
) -> None:
    """Write a report.

    Args:
        file: takes it.
        form: its form.
        job_id: the id of the screening.
        found: its lines, which are read once.
        made_ms: the time.
        shown: whether identifiers are written in full; masked otherwise.
    """
    if form is ReportForm.JSON:
        _write_json(file, job_id, (document(one, shown=shown) for one in found), made_ms)
        return
    rows = (row for one in found for row in table_rows(one, made_ms, shown=shown))
    if form is ReportForm.CSV:
        _write_csv(file, rows)
    else:
        write_workbook(file, HEADER, rows)


def _write_csv(file: BinaryIO, rows: Iterable[Sequence[str | int]]) -> None:
    # With its mark Excel reads it as UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(map(defused, rows))
    text.flush()
    text.detach()


def _write_json(
    file: BinaryIO, job_id: str, lines: Iterable[dict[str, object]], made_ms: int
) -> None:
    head = _ENCODER.encode({"schema": SCHEMA, "screening_id": job_id, "made_ms": made_ms})
    file.write(f'{head[:-1]},"lines":['.encode())
    comma = ""
    for line in lines:
        file.write(f"{comma}\n{_ENCODER.encode(line)}".encode())
        comma = ","
    file.write(b"\n]}\n")
