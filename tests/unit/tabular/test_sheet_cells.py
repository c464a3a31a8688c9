"""Cells as programs write them, beside what another reader makes of them."""

import datetime as dt
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.tabular import FileError, Typed, opened
from fedquery.tabular.cell import BROKEN, UNREAD, UNSAVED
from tests.support.workbooks import workbook

_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=12)
_CELLS = st.one_of(
    st.none(),
    _TEXT.filter(lambda text: text.strip() and text[0] not in "=#" and "_x" not in text),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 3)),
    st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2090, 1, 1)).map(  # noqa: DTZ001 -- no zones
        lambda value: value.replace(microsecond=0)
    ),
)


def cells(path: Path) -> list[tuple[int, list[object]]]:
    """Read all cells of a workbook."""
    with opened(path) as table:
        return [(number, list(values)) for number, values in table.peek(10_000)]


def cell(tmp_path: Path, xml: str, **parts: str) -> object:
    """Read one cell, beside another one."""
    path = tmp_path / "list.xlsx"
    workbook(path, f'<row r="1">{xml}<c r="B1"><v>1</v></c></row>', **parts)
    return cells(path)[0][1][0]


@given(st.lists(st.lists(_CELLS, max_size=4), min_size=1, max_size=6))
def test_cells_are_what_another_reader_makes_of_them(rows: list[list[object]]) -> None:
    """Texts, numbers and dates, at their places."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        book = openpyxl.Workbook()
        for row in [[1], *rows]:
            book.active.append(row)
        book.save(path)
        found = cells(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = openpyxl.load_workbook(path).active
        expected = []
        for number, row in enumerate(other.iter_rows(values_only=True), 1):
            values = list(row)
            while values and values[-1] is None:
                values.pop()
            if values:
                expected.append((number, values))
    assert expected == found


@given(_TEXT.filter(str.strip))
def test_a_shared_text_is_itself(text: str) -> None:
    """Whole, in runs, and without how it is spoken; escaped where it looks like an escape."""
    written = text.replace("_x", "_x005F_x")
    middle = len(written) // 2
    runs = "".join(
        f"<r><rPr/><t>{escape(part)}</t></r>" for part in (written[:middle], written[middle:])
    )
    spoken = '<rPh sb="0" eb="1"><t>spoken</t></rPh>'
    texts = f"<si/><si><t>{escape(written)}</t>{spoken}</si><si>{runs}{spoken}</si>"
    sheet = "".join(f'<row r="{n}"><c t="s"><v>{n}</v></c></row>' for n in (1, 2))
    with TemporaryDirectory() as folder:
        path = workbook(Path(folder) / "list.xlsx", sheet, texts=texts)
        assert [(1, [text]), (2, [text])] == cells(path)


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ('<c t="str"><f>A</f><v>x_x0041_</v></c>', "xA"),
        ('<c t="inlineStr"><is><t>a</t></is><v>7</v></c>', "a"),
        ('<c t="inlineStr"><v>7</v></c>', None),
        ('<c t="inlineStr"><is><t>_xD83D_</t></is></c>', "_xD83D_"),
        ("<c><v> 66812345678 </v></c>", 66812345678),
        ("<c><v>1E3</v></c>", 1000.0),
        ("<c><v>1_000</v></c>", UNREAD),
        ("<c><v>\N{THAI DIGIT ONE}</v></c>", UNREAD),
        ("<c><v>nan</v></c>", UNREAD),
        ('<c t="b"><v>1</v></c>', UNREAD),
        ('<c t="new"><v>1</v></c>', UNREAD),
        ('<c t="e"><v>#N/A</v></c>', BROKEN),
        ('<c t="d"><v>2026-03-04</v></c>', dt.date(2026, 3, 4)),
        ('<c t="d"><v>yesterday</v></c>', UNREAD),
        ("<c><f>A</f></c>", UNSAVED),
        ('<c t="str"><f>A</f></c>', UNSAVED),
        ('<c t="str"><f>A</f><v/></c>', None),
        ("<c><f/><v>7</v></c>", 7),
    ],
)
def test_each_type_of_cell(tmp_path: Path, xml: str, value: object) -> None:
    """What is no text, number or date of its type is told, and never guessed."""
    found = cell(tmp_path, xml)
    assert (type(value), value) == (type(found), found)


@pytest.mark.parametrize("number", ["-1", "1", "0_0", "x", "99999999999999999999"])
def test_a_shared_text_that_is_not_there_is_refused(tmp_path: Path, number: str) -> None:
    """Another text in its place would be another person."""
    with pytest.raises(FileError):
        cell(tmp_path, f'<c t="s"><v>{number}</v></c>', texts="<si><t>a</t></si>")


STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="0000000000"/>'
    '<numFmt numFmtId="171" formatCode="[h]:mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf/><xf numFmtId="170"/><xf numFmtId="14"/><xf numFmtId="171"/></cellXfs>'
)


@pytest.mark.parametrize(
    ("style", "number", "value"),
    [
        (0, "7", 7),
        (1, "812345678", "0812345678"),
        (1, "-5", -5),
        (1, "1.5", 1.5),
        # As Apache POI writes it, and others.
        (1, "8.12345678E8", "0812345678"),
        (1, "812345678.0", "0812345678"),
        (1, "999999999999999", "999999999999999"),
        # Of sixteen digits, Excel has made the last one 0.
        (1, "1234567890123450", 1234567890123450),
        (1, "1.23456789012345E15", 1.23456789012345e15),
        (2, "46085", dt.datetime(2026, 3, 4)),  # noqa: DTZ001 -- cells have no zone
        (2, "99999999999", BROKEN),
        (3, "1", dt.timedelta(days=1)),
        (9, "7", 7),
    ],
)
def test_a_format_makes_of_a_number_what_people_see(
    tmp_path: Path, style: int, number: str, value: object
) -> None:
    """Zeros at the beginning, days; a style that there is not is none."""
    found = cell(tmp_path, f'<c s="{style}"><v>{number}</v></c>', styles=STYLES)
    assert (type(value), value) == (type(found), found)


def test_formats_under_a_condition_are_none_of_cells(tmp_path: Path) -> None:
    """They have numbers of their own: zeros that nobody sees would be another identifier."""
    under = '<dxfs><dxf><numFmt numFmtId="171" formatCode="0000000000"/></dxf></dxfs>'
    found = cell(tmp_path, '<c s="3"><v>1</v></c>', styles=STYLES + under)
    assert dt.timedelta(days=1) == found


@pytest.mark.parametrize(
    "xml",
    [
        "<c><v>12</v><v>34</v></c>",
        '<c><v>12<o xmlns="urn:o">99</o>34</v></c>',
        '<c t="inlineStr"><is><t>12<o xmlns="urn:o">99</o>34</t></is></c>',
        '<c t="s"><v>0</v></c>',
    ],
)
def test_a_value_beside_another_one_or_in_it_is_refused(tmp_path: Path, xml: str) -> None:
    """Together they would be a third one."""
    with pytest.raises(FileError):
        cell(tmp_path, xml, texts='<si><t>12<o xmlns="urn:o">99</o>34</t></si>' * ('"s"' in xml))


def test_elements_of_others_are_passed_over(tmp_path: Path) -> None:
    """A cell is one by its namespace, whatever its prefix is."""
    path = tmp_path / "list.xlsx"
    sheet = "<row><o:c><o:v>1</o:v></o:c><m:c><m:v>2</m:v></m:c></row>"
    workbook(
        path,
        sheet,
        root='xmlns:o="urn:o" xmlns:m="http://schemas.openxmlformats.org/spreadsheetml/2006/main"',
    )
    assert [(1, [2])] == cells(path)


def test_elements_beside_the_cells_are_none(tmp_path: Path) -> None:
    """Whatever they are named."""
    path = tmp_path / "list.xlsx"
    stray = "<row><c><f>A</f></c></row><c/>"
    workbook(path, f"<row><c><v>1</v></c></row></sheetData>{stray}<sheetData>")
    assert [(1, [1])] == cells(path)


def test_an_unsaved_formula_is_told_where_its_column_is_wanted(tmp_path: Path) -> None:
    """And nowhere else."""
    path = tmp_path / "list.xlsx"
    workbook(path, '<row><c><f>A</f></c><c t="str"><v>x</v></c></row>')
    with opened(path) as table:
        assert ["formula-unsaved"] == [row.complaint for row in table.rows({"it": 0}, 2)]
    with opened(path) as table:
        (row,) = table.rows({"it": 1}, 2)
    assert ({"it": "x"}, Typed.TEXT) == (row.fields, row.typed.get("it", Typed.TEXT))
