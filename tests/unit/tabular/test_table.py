"""Files with a header: strange ones are refused whole, each by its fault, and never quoted."""

import gzip
import io
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fedquery.tabular import FileError, Form, Row, opened, opened_octets, read_rows
from fedquery.tabular.workbook import write_workbook

CANARY = "+84855501991"
HEADER = "identifier,reference\n"
COLUMNS = ("identifier", "reference", "handling")


def write(tmp_path: Path, octets: bytes) -> Path:
    """Write a file to import, where files to import may hold identifiers."""
    (tmp_path / "import").mkdir()
    path = tmp_path / "import" / "rows.csv"
    path.write_bytes(octets)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_plain_files_are_read(tmp_path: Path, mark: bytes, end: str) -> None:
    """A byte order mark, either line end and blank lines do not change the rows."""
    text = (HEADER + f"{CANARY},R1\n\n" + f'"{CANARY}","R,2"\n').replace("\n", end)
    rows = list(
        read_rows(write(tmp_path, mark + text.encode()), ["identifier", "reference"], COLUMNS)
    )
    assert [2, 4] == [row.number for row in rows]
    assert [
        {"identifier": CANARY, "reference": "R1"},
        {"identifier": CANARY, "reference": "R,2"},
    ] == [row.fields for row in rows]


def test_a_row_of_another_width_is_reported_not_bent(tmp_path: Path) -> None:
    """A row with too few or too many fields keeps its number and has no fields."""
    rows = list(read_rows(write(tmp_path, (HEADER + "a\nb,c,d\ne,f\n").encode()), [], COLUMNS))
    assert [None, None, {"identifier": "e", "reference": "f"}] == [row.fields for row in rows]


@pytest.mark.parametrize(
    ("fault", "octets"),
    [
        ("empty", b""),
        ("UTF-16 without its mark", (HEADER + CANARY + ",R1\n").encode("utf-16-le")),
        ("UTF-16 that breaks off", (HEADER + CANARY + ",R1\n").encode("utf-16")[:-1]),
        ("half of a UTF-16 pair", (HEADER + CANARY).encode("utf-16") + b"\x00\xd8,\x00"),
        ("UTF-32", (HEADER + CANARY + ",R1\n").encode("utf-32")),
        ("a code page", HEADER.encode() + "Hà Nội,R1\n".encode("cp1258", "replace") + b"\xec"),
        ("a PDF", b"%PDF-1.7\n" + CANARY.encode()),
        ("a workbook of before 2007", bytes.fromhex("d0cf11e0a1b11ae1") + CANARY.encode()),
        ("compressed", gzip.compress((HEADER + CANARY + ",R1\n").encode(), mtime=0)),
        ("quote left open", (HEADER + f'"{CANARY},R1\n').encode()),
        ("text after a quote", (HEADER + f'"{CANARY}"x,R1\n').encode()),
        ("a NUL", (HEADER + f"{CANARY}\0,R1\n").encode()),
        ("a line of ten megabytes", HEADER.encode() + b"9" * 10_000_000),
        ("a column twice", b"identifier,identifier\n1,2\n"),
        ("a required column missing", b"number,reference\n1,2\n"),
        ("only a blank header", b"\n1,2\n"),
        ("a misspelt column", b"identifier,reference,handlng\n1,2,source at risk\n"),
        ("no header", f"{CANARY},identifier,reference\n".encode()),
    ],
)
def test_strange_files_are_refused_whole(tmp_path: Path, fault: str, octets: bytes) -> None:
    """Each fault is one error that quotes nothing of the file."""
    with pytest.raises(FileError) as caught:
        list(read_rows(write(tmp_path, octets), ["identifier", "reference"], COLUMNS))
    assert CANARY not in f"{caught.value} {caught.value.why} {caught.value.__cause__}", fault


@pytest.mark.parametrize("kind", ["missing", "link", "directory", "pipe"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    """A pipe is not waited for and a link is not followed."""
    path = tmp_path / "rows.csv"
    if kind == "link":
        (tmp_path / "other.csv").write_text(HEADER)
        path.symlink_to(tmp_path / "other.csv")
    elif kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(FileError):
        list(read_rows(path, [], COLUMNS))


def test_a_line_does_not_show_what_stands_on_it() -> None:
    """Logging a line by mistake leaks nothing."""
    assert "Row(7)" == repr(Row(7, {"identifier": CANARY}))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize(("delimiter", "form"), [(",", None), (";", None), ("\t", None)])
def test_what_excel_writes_as_text_is_read(
    tmp_path: Path, encoding: str, delimiter: str, form: Form | None
) -> None:
    """Its "Unicode text" is UTF-16 with tabs; CSV has semicolons where numbers have the comma."""
    text = f'identifier{delimiter}reference\r\n"{CANARY}"{delimiter}Hà Nội\r\n'
    path = write(tmp_path, text.encode(encoding))
    rows = list(read_rows(path, ["identifier"], COLUMNS, form=form))
    assert [{"identifier": CANARY, "reference": "Hà Nội"}] == [row.fields for row in rows]


def test_a_comma_in_the_first_line_decides(tmp_path: Path) -> None:
    """A semicolon beside commas, or inside a quote, separates nothing."""
    path = write(tmp_path, b'identifier,reference\n1;2,"R;1"\n')
    assert [{"identifier": "1;2", "reference": "R;1"}] == [
        row.fields for row in read_rows(path, [], COLUMNS)
    ]
    with pytest.raises(FileError):
        list(read_rows(path, ["identifier"], COLUMNS, form=Form.TSV))


def test_a_number_that_lost_its_digits_is_no_identifier(tmp_path: Path) -> None:
    """What Excel shortened is a complaint about its row, in whatever country it was written."""
    path = write(tmp_path, b'identifier,reference\n6.6812E+10,R1\n"6,6812E+10",R2\n1E5,R3\n')
    rows = list(read_rows(path, [], COLUMNS))
    assert ["number-rounded", "number-rounded", ""] == [row.complaint for row in rows]
    assert [True, True, False] == [row.fields is None for row in rows]


def test_rows_of_nothing_are_none(tmp_path: Path) -> None:
    """The empty rows that a spreadsheet leaves below a list are not counted and not refused."""
    path = write(tmp_path, b"identifier,reference\n1,2\n,\n\n3,4\n,\n")
    assert [2, 5] == [row.number for row in read_rows(path, [], COLUMNS)]


@pytest.mark.parametrize("how", ["longer", "as long"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, how: str) -> None:
    """Whoever still writes it has not finished the list."""
    path = write(tmp_path, HEADER.encode() + f"{CANARY},R1\n".encode() * 20_000)
    rows = read_rows(path, [], COLUMNS)
    next(rows)
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END if how == "longer" else os.SEEK_SET)
        file.write(b"+84855501992,R2\n" if how == "longer" else b"I")
    os.utime(path, ns=(1, 1))
    with pytest.raises(FileError, match="changed"):
        list(rows)


def test_first_rows_can_be_looked_at_and_are_read_again(tmp_path: Path) -> None:
    """Looking takes nothing away, however often."""
    path = tmp_path / "list.txt"
    path.write_bytes(b"\n a \nb\n\nc\n")
    with opened(path) as table:
        assert Form.LINES is table.form
        assert [(2, ("a",))] == table.peek(1)
        assert [(2, ("a",)), (3, ("b",))] == table.peek(2)
        rows = list(table.rows({"x": 0}, 1))
    assert [(2, {"x": "a"}), (3, {"x": "b"}), (5, {"x": "c"})] == [
        (row.number, row.fields) for row in rows
    ]


def test_columns_that_are_not_wanted_are_not_looked_at(tmp_path: Path) -> None:
    """A rounded amount beside a phone is nobody's complaint."""
    path = write(tmp_path, b"a,b\n1.5E+10,2\n")
    with opened(path) as table:
        table.header()
        assert [{"b": "2"}] == [row.fields for row in table.rows({"b": 1}, 2)]


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("list.dat", b"1\n"),
        ("list", b"1\n"),
        ("list.csv.gz", gzip.compress(b"1", mtime=0)),
        ("list.xlsx", b"1\n"),
        ("list.parquet", b"1\n"),
        ("list.xlsx", b"PK\x03\x04 and no archive"),
        ("list.parquet", b"PAR1 and no table PAR1"),
    ],
)
def test_a_form_that_nobody_can_tell_is_refused(tmp_path: Path, name: str, octets: bytes) -> None:
    """With what to do about it."""
    path = tmp_path / name
    path.write_bytes(octets)
    with pytest.raises(FileError) as caught, opened(path) as table:
        table.header()
    assert caught.value.do


def test_only_workbooks_have_sheets(tmp_path: Path) -> None:
    """A sheet of a text file is a mistake and not passed over."""
    path = tmp_path / "list.txt"
    path.write_bytes(b"1\n")
    with pytest.raises(FileError), opened(path, sheet="1"):
        pass


@pytest.mark.parametrize("text", ["9" * 1_100_000, "9," * 550_000])
def test_a_line_without_end_is_not_cut_into_lines(tmp_path: Path, text: str) -> None:
    """It is refused before it is collected; its pieces would be lines that nobody wrote."""
    path = tmp_path / "list.txt"
    path.write_text(f"1\n{text}\n")
    for form in (Form.LINES, Form.CSV):
        with pytest.raises(FileError, match="line 2 is longer"), opened(path, form=form) as table:
            list(table.rows({"x": 0}, 1))


@pytest.mark.parametrize("form", ["csv", "tsv", "txt", "xlsx", "parquet"])
def test_a_file_in_memory_is_read_as_one_on_the_disk(tmp_path: Path, form: str) -> None:
    """In each form, to the last row; nothing is written for it."""
    name, octets = f"rows.{form}", _in_form(form)
    path = write(tmp_path, octets).with_name(name)
    path.write_bytes(octets)
    with opened(path) as table:
        on_disk = (table.form, table.names, table.peek(9))
    before = sorted(tmp_path.rglob("*"))
    with opened_octets(name, octets) as table:
        assert on_disk == (table.form, table.names, table.peek(9))
        assert on_disk[2]
    assert before == sorted(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    "octets", [b"", gzip.compress(b"a", mtime=0), b"%PDF-1.7"], ids=["empty", "gzip", "pdf"]
)
def test_a_file_in_memory_is_refused_as_one_on_the_disk(octets: bytes) -> None:
    """Empty, packed, or of a form that is not read."""
    with pytest.raises(FileError), opened_octets("rows.csv", octets):
        pass


def _in_form(form: str) -> bytes:
    if form in {"csv", "tsv", "txt"}:
        separator = {"csv": ",", "tsv": "\t", "txt": " "}[form]
        return f"{CANARY}{separator}R1\n{CANARY}{separator}R2\n".encode()
    file = io.BytesIO()
    if form == "xlsx":
        write_workbook(file, COLUMNS[:2], [(CANARY, "R1")])
    else:
        pq.write_table(pa.table({"identifier": [CANARY]}), file)
    return file.getvalue()
