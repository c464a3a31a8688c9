"""CSV files: strange ones are refused whole, each by its fault, and never quoted."""

import gzip
import os
from pathlib import Path

import pytest
from fedquery_node.csv_source import FileError, Line, read_lines

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
    lines = list(
        read_lines(write(tmp_path, mark + text.encode()), ["identifier", "reference"], COLUMNS)
    )
    assert [2, 4] == [line.number for line in lines]
    assert [
        {"identifier": CANARY, "reference": "R1"},
        {"identifier": CANARY, "reference": "R,2"},
    ] == [line.fields for line in lines]


def test_a_row_of_another_width_is_reported_not_bent(tmp_path: Path) -> None:
    """A row with too few or too many fields keeps its number and has no fields."""
    lines = list(read_lines(write(tmp_path, (HEADER + "a\nb,c,d\ne,f\n").encode()), [], COLUMNS))
    assert [None, None, {"identifier": "e", "reference": "f"}] == [line.fields for line in lines]


@pytest.mark.parametrize(
    ("fault", "octets"),
    [
        ("empty", b""),
        ("UTF-16", (HEADER + CANARY + ",R1\n").encode("utf-16")),
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
        list(read_lines(write(tmp_path, octets), ["identifier", "reference"], COLUMNS))
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
        list(read_lines(path, [], COLUMNS))


def test_a_line_does_not_show_what_stands_on_it() -> None:
    """Logging a line by mistake leaks nothing."""
    assert "Line(7)" == repr(Line(7, {"identifier": CANARY}))
