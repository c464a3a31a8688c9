"""Files that were damaged: rows, or one error that quotes nothing; never a fault."""

import contextlib
import csv
import io
import tempfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.tabular import FileError, Form, opened

CANARY = "+84912000991"
_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for number in range(30):
        book.active.append([CANARY, number, "x" * number])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"a": [CANARY] * 300, "b": list(range(300))}), file)
    return file.getvalue()


WHOLE = {
    "list.xlsx": _workbook(),
    "list.parquet": _parquet(),
    "list.csv": f'a,b\r\n"{CANARY}",1\r\n'.encode() * 20,
    "list.txt": f"{CANARY}\tb\n".encode("utf-16") * 3,
}


def read(name: str, octets: bytes, form: Form | None = None) -> list[tuple[object, ...]]:
    """Read all rows of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(octets)
        with opened(path, form=form) as table:
            width = len(table.peek(1)[0][1]) if table.peek(1) else 1
            columns = {str(at): at for at in range(width)}
            return [
                tuple(row.fields.values()) if row.fields else (row.complaint,)
                for row in table.rows(columns, width)
            ]


@pytest.mark.parametrize("name", WHOLE)
@given(data=st.data())
def test_a_damaged_file_is_rows_or_one_error(name: str, data: st.DataObject) -> None:
    """Octets changed, cut out and put in anywhere; and nothing of the file is in the error."""
    octets = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(octets) - 1))
        match data.draw(st.sampled_from(["change", "cut", "put"])):
            case "change":
                octets[at] = data.draw(st.integers(0, 255))
            case "cut":
                del octets[at : at + data.draw(st.integers(1, 40))]
            case _:
                octets[at:at] = data.draw(st.binary(min_size=1, max_size=40))
        octets = octets or bytearray(b"x")
    try:
        read(name, bytes(octets))
    except FileError as error:
        told = f"{error} {error.why} {error.do} {error.__cause__}"
        assert CANARY[3:] not in told


@given(st.lists(st.lists(_CELL, min_size=2, max_size=2), min_size=1, max_size=8))
def test_what_a_csv_writer_writes_comes_back(rows: list[list[str]]) -> None:
    """Quotes, separators and line ends inside of fields are not the file's."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], *rows])
    found = read("list.csv", text.getvalue().encode())
    assert [("a", "b"), *(tuple(row) for row in rows if any(row))] == found


@given(_CELL.filter(lambda text: not text.startswith("\ufeff")), st.sampled_from(list(Form)))
def test_any_octets_under_any_form_are_rows_or_one_error(text: str, form: Form) -> None:
    """Whatever it is said to be."""
    with contextlib.suppress(FileError):
        read("list", text.encode() or b"x", form)
