"""The column of the identifiers: named, the only one, or chosen; never guessed in silence."""

from pathlib import Path

import openpyxl
import pytest

from fedquery.ask.lists.column import ColumnError, find_column, only_kind
from fedquery.tabular import opened

CSV = "name,phone,since\nAnn,+84912000990,2026\nBo,+84912000991,2025\nCy,,2024\n"


def reads(text):
    """Read what begins with a plus."""
    return "phone number" if text.startswith("+") else None


def never(_candidates):
    """Fail where a person is asked."""
    raise AssertionError


def found(tmp_path: Path, text: str, wanted=None, choose=None, name="list.csv"):
    """Find the column of a file, and read what is left of it."""
    path = tmp_path / name
    path.write_text(text)
    with opened(path) as table:
        column = find_column(table, wanted, reads, choose)
        rows = table.rows({"it": column.place}, column.width)
        return column, [row.fields and row.fields["it"] for row in rows]


@pytest.mark.parametrize("wanted", ["phone", "2", " phone "])
def test_a_column_is_named_by_name_or_number(tmp_path, wanted):
    """The header is left out where it is one."""
    column, texts = found(tmp_path, CSV, wanted, never)
    assert (1, 3, True) == (column.place, column.width, column.has_header)
    assert ("+84912000990", "+84912000991") == column.sample
    assert ["+84912000990", "+84912000991", ""] == texts


def test_a_first_row_that_can_be_read_is_no_header(tmp_path):
    """A file without a header loses no line."""
    _, texts = found(tmp_path, "Ann,+84912000990\nBo,+84912000991\n", "2", never)
    assert ["+84912000990", "+84912000991"] == texts


def test_the_only_column_is_it(tmp_path):
    """Nobody is asked."""
    assert ["+1", "x"] == found(tmp_path, "phone\n+1\nx\n", None, never)[1]


def test_plain_lines_have_no_header(tmp_path):
    """What cannot be read there is told like any other line."""
    assert ["phone", "+1"] == found(tmp_path, "phone\n+1\n", None, never, "list.txt")[1]


def test_a_person_chooses_among_those_that_look_like_it(tmp_path):
    """With their names and kinds; also where there is one alone."""
    seen = []

    def choose(candidates):
        seen.extend(candidates)
        return 0

    column, _ = found(tmp_path, CSV, None, choose)
    assert 1 == column.place
    assert [("phone", ("phone number",), 2, 2)] == [
        (one.name, one.labels, one.readable, one.filled) for one in seen
    ]


def test_where_nobody_is_there_nothing_is_chosen(tmp_path):
    """The columns are told by number and kind, without a word of the file."""
    with pytest.raises(ColumnError) as caught:
        found(tmp_path, CSV)
    assert "2 (phone number)" in caught.value.why
    assert "Ann" not in f"{caught.value} {caught.value.why}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (CSV, "0"),
        (CSV, "4"),
        (CSV, "Phone"),
        ("a,a\n+1,+2\n", "a"),
        ("a,b\nx,y\n", None),
        ("\n\n", None),
    ],
)
def test_a_column_that_is_not_there_is_told(tmp_path, text, wanted):
    """No such number or name, two of one name, none that looks like it, or no rows."""
    with pytest.raises(ColumnError):
        found(tmp_path, text, wanted, lambda _candidates: 0)


def test_a_title_above_a_sheet_does_not_hide_its_columns(tmp_path):
    """The first row is narrower than the list; its width is not that of the list."""
    book = openpyxl.Workbook()
    for row in (["Suspects of March"], ["name", "phone"], ["Ann", "+84912000990"]):
        book.active.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    with opened(path) as table:
        with pytest.raises(ColumnError):
            find_column(table, None, reads, None)
        column = find_column(table, "2", reads, None)
        rows = table.rows({"it": column.place}, column.width)
        assert ["phone", "+84912000990"] == [row.fields and row.fields["it"] for row in rows]


def test_a_kind_is_offered_where_all_are_clearly_of_it():
    """One unclear text, or one of another kind, and each line is read by itself."""
    phones = ["+84912000990", "+66 81 234 5678"]
    assert "phone" == only_kind(phones, "VN")
    assert only_kind([*phones, "ann@example.org"], "VN") is None
    assert only_kind([*phones, "TH:004:1234567890"], "VN") is None
    assert only_kind([], "VN") is None
