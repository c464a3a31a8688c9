"""Workbooks: cells as they stand, or a complaint; strange archives are refused before unpacking."""

import datetime as dt
import io
import re
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest

from fedquery.tabular import FileError, Typed, opened, package, sheet_cells, workbook_parts
from tests.support.workbooks import workbook

CANARY = "+84912000991"


def saved(tmp_path: Path, *sheets: list[list[object]], formats: dict[str, str] | None = None):
    """Write a workbook with some sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, cells in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in cells:
            sheet.append(row)
        for place, form in (formats or {}).items():
            sheet[place].number_format = form
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


def changed(path: Path, part: str, change) -> Path:
    """Change one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in parts.items():
            archive.writestr(name, octets)
    return path


def read(path: Path, column: int = 0, width: int = 2, sheet: str | None = None):
    """Read one column of a workbook, without a header."""
    with opened(path, sheet=sheet) as table:
        return list(table.rows({"it": column}, width))


def test_cells_are_texts_as_they_stand(tmp_path: Path) -> None:
    """A number of up to fifteen digits is exact; it and a date say that they were none."""
    day = dt.datetime(2026, 3, 4)  # noqa: DTZ001 -- cells have no zone
    cells: list[list[object]] = [[CANARY], [66812345678], [999_999_999_999_999], [day], [66.0]]
    rows = read(saved(tmp_path, cells))
    assert [CANARY, "66812345678", "999999999999999", "2026-03-04", "66"] == [
        row.fields and row.fields["it"] for row in rows
    ]
    assert [Typed.TEXT, Typed.NUMBER, Typed.NUMBER, Typed.DATE, Typed.NUMBER] == [
        row.typed.get("it", Typed.TEXT) for row in rows
    ]


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (1_000_000_000_000_000, "number-rounded"),
        (6.25, "number-rounded"),
        (1.2345678901234568e18, "number-rounded"),
        ("6.6812E+10", "number-rounded"),
        (True, "cell-type"),
        ("#N/A", "cell-error"),
        ("9" * 4_097, "overlong"),
    ],
)
def test_a_cell_that_is_not_exact_is_a_complaint(
    tmp_path: Path, value: object, complaint: str
) -> None:
    """Digits that a spreadsheet threw away are never guessed."""
    rows = read(saved(tmp_path, [[CANARY], [value]]))
    assert ["", complaint] == [row.complaint for row in rows]


def test_zeros_that_a_format_shows_are_there(tmp_path: Path) -> None:
    """A number under a format of zeros is what people see."""
    path = saved(tmp_path, [[912000990]], formats={"A1": "0000000000"})
    (row,) = read(path)
    assert ({"it": "0912000990"}, {}) == (row.fields, dict(row.typed))


def test_a_formula_is_what_it_came_to(tmp_path: Path) -> None:
    """The value that was kept with the workbook, not the formula."""
    path = saved(tmp_path, [["=1+1"]])
    changed(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<v />", b"<v>66812345678</v>").replace(
            b"<v></v>", b"<v>66812345678</v>"
        ),
    )
    assert [{"it": "66812345678"}] == [row.fields for row in read(path)]


@pytest.mark.parametrize("kept", ["<v />", "<v></v>", ""])
def test_a_formula_that_nobody_has_computed_is_a_complaint(tmp_path: Path, kept: str) -> None:
    """Programs that compute nothing save formulas without values: no row is left out for it."""
    path = saved(tmp_path, [["=1+1"], [CANARY], ["=A2"]])
    change = lambda xml: re.sub(rb"<v ?/>|<v></v>", kept.encode(), xml)  # noqa: E731 -- of one line
    rows = read(changed(path, "xl/worksheets/sheet1.xml", change), width=1)
    assert [(1, "formula-unsaved"), (2, ""), (3, "formula-unsaved")] == [
        (row.number, row.complaint) for row in rows
    ]


def test_a_formula_that_came_to_nothing_is_nothing(tmp_path: Path) -> None:
    """It was computed, and its value is a text of nothing."""
    path = saved(tmp_path, [["=A9", "x"]])
    changed(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'<c r="A1"[^>]*>(.*?)<v ?/>', rb'<c r="A1" t="str">\1<v></v>', xml),
    )
    assert [{"it": ""}] == [row.fields for row in read(path)]


def test_rows_keep_their_numbers_and_may_end_early(tmp_path: Path) -> None:
    """Empty rows are none, cells that are not written are empty, and one too many is told."""
    path = saved(tmp_path, [["a", "b"], [], [" ", None], ["c"], ["d", "e", "f"]])
    rows = read(path, column=1)
    assert [(1, {"it": "b"}), (4, {"it": ""}), (5, None)] == [
        (row.number, row.fields) for row in rows
    ]
    assert "columns" == rows[-1].complaint


def test_a_sheet_is_named_where_there_are_several(tmp_path: Path) -> None:
    """Empty sheets do not count; by name, by number, or refused without quoting a name."""
    only = saved(tmp_path, [], [["x"]], [])
    assert [{"it": "x"}] == [row.fields for row in read(only)]
    several = saved(tmp_path, [["x"]], [["y"]])
    with pytest.raises(FileError) as caught:
        read(several)
    assert "Sheet" not in caught.value.do
    assert [{"it": "y"}] == [row.fields for row in read(several, sheet="Sheet 2")]
    assert [{"it": "x"}] == [row.fields for row in read(several, sheet="1")]
    for wrong in ("0", "3", "sheet 2"):
        with pytest.raises(FileError):
            read(several, sheet=wrong)
    with pytest.raises(FileError):
        read(saved(tmp_path, [], []))


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_by_its_name_alone(tmp_path: Path, state: str) -> None:
    """Nobody who looks at the workbook sees it, or counts it among its sheets."""
    path = saved(tmp_path, [["old"]], [["x"]], [["y"]])
    book = openpyxl.load_workbook(path)
    book["Sheet 1"].sheet_state = state
    book.save(path)
    assert [{"it": "x"}] == [row.fields for row in read(path, sheet="1")]
    assert [{"it": "y"}] == [row.fields for row in read(path, sheet="2")]
    assert [{"it": "old"}] == [row.fields for row in read(path, sheet="Sheet 1")]
    with pytest.raises(FileError) as refused:
        read(path, sheet="3")
    assert "Give its name, or 1 to 2." == refused.value.do
    book["Sheet 1"].title = "1"
    book.save(path)
    assert [{"it": "x"}] == [row.fields for row in read(path, sheet="1")]
    with pytest.raises(FileError, match="2 sheets"):
        read(path)
    book.remove(book["Sheet 3"])
    book.save(path)
    assert [{"it": "x"}] == [row.fields for row in read(path)]


def test_what_stands_on_hidden_sheets_alone_is_not_taken_for_a_list(tmp_path: Path) -> None:
    """It is said that there is something; and where there is nothing, that."""
    path = saved(tmp_path, [["old"]], [])
    book = openpyxl.load_workbook(path)
    book["Sheet 1"].sheet_state = "hidden"
    book.save(path)
    with pytest.raises(FileError, match="only hidden"):
        read(path)
    with pytest.raises(FileError, match="no sheet"):
        read(saved(tmp_path, [], []))


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    """Some programs write a wrong one; no cell is left out for it."""
    path = saved(tmp_path, [["a", "b"], ["c", "d"]])
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'"A1:B2"', b'"A1"'))
    assert ["b", "d"] == [row.fields and row.fields["it"] for row in read(path, column=1)]


@pytest.mark.parametrize(
    "fault", ["column", "row", "order", "twice", "back", "other", "entity", "xml", "string", "part"]
)
def test_strange_sheets_are_refused(tmp_path: Path, fault: str) -> None:
    """A cell at the end of the world, a row of the next, entities, and what does not parse."""
    path = saved(tmp_path, [[CANARY], [CANARY]])
    changes = {
        "column": lambda xml: xml.replace(b'r="A2"', b'r="IW2"'),
        "row": lambda xml: xml.replace(b'<row r="2"', b'<row r="2000000000"'),
        "order": lambda xml: xml.replace(b'r="A2"', b'r="2A"'),
        "twice": lambda xml: xml.replace(b"</row>", b'<c r="A1"><v>7</v></c></row>', 1),
        "back": lambda xml: xml.replace(b'<row r="2"', b'<row r="1"'),
        "other": lambda xml: xml.replace(b'r="A2"', b'r="A3"'),
        "entity": lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml,
        "xml": lambda xml: xml[:-20],
        "string": lambda xml: re.sub(
            rb't="inlineStr"><is><t>[^<]*</t></is>', b't="s"><v>7</v>', xml, count=1
        ),
    }
    if fault == "part":
        changed(path, "xl/workbook.xml", lambda _xml: b"")
    else:
        changed(path, "xl/worksheets/sheet1.xml", changes[fault])
    with pytest.raises(FileError) as caught:
        read(path, width=1)
    assert CANARY not in f"{caught.value} {caught.value.why} {caught.value.__cause__}"


@pytest.mark.parametrize("name", ["sheet1", "SHEET1"])
def test_a_part_that_stands_twice_is_refused(tmp_path: Path, name: str) -> None:
    """Another program may show the other one: what is asked is what people saw, or nothing."""
    path = saved(tmp_path, [["a"]])
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = archive.read("xl/worksheets/sheet1.xml").replace(b">a<", b">b<")
        archive.writestr(f"xl/worksheets/{name}.xml", other)
    with pytest.raises(FileError, match="twice"):
        read(path, width=1)


def test_a_relationship_of_two_parts_is_refused(tmp_path: Path) -> None:
    """Nobody could say which part is the sheet."""
    path = saved(tmp_path, [["a"]])
    changed(
        path,
        "xl/_rels/workbook.xml.rels",
        lambda xml: re.sub(rb"(<Relationship [^>]*worksheet[^>]*/>)", rb"\1\1", xml, count=1),
    )
    with pytest.raises(FileError):
        read(path, width=1)


@pytest.mark.parametrize("fault", ["texts", "ratio", "parts", "size", "method"])
def test_what_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """By what the archive's directory says: texts, a thousand times its size, or too many parts."""
    path = saved(tmp_path, [[CANARY]])
    if fault == "texts":
        workbook(path, "", texts="<si/>" * 1_000)
        monkeypatch.setattr(workbook_parts, "_TEXTS_CAP", 5_000)
    elif fault == "parts":
        monkeypatch.setattr(package, "_PARTS_CAP", 3)
    elif fault == "size":
        monkeypatch.setattr(package, "_UNPACKED_CAP", 1_000)
    elif fault == "method":
        with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
            archive.writestr("xl/other.xml", b"x")
    else:
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet2.xml", b" " * 20 * 2**20)
    with pytest.raises(FileError, match=r"unpacks|packed|texts"):
        read(path)


def test_the_cap_of_columns_is_counted_from_the_first() -> None:
    """The last column that is read is IV, and the first that is not IW."""
    assert "IW1" == openpyxl.utils.get_column_letter(sheet_cells.COLUMNS_CAP + 1) + "1"


def test_a_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    """Such a file is not a ZIP archive but an older container."""
    path = tmp_path / "list.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + io.BytesIO().getvalue())
    with pytest.raises(FileError, match="password"):
        read(path)
