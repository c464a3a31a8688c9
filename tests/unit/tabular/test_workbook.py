"""Workbooks that are written: read back cell by cell, and nothing of them is a formula."""

import io
import zipfile

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from fedquery.tabular.workbook import write_workbook

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20)


def written(rows, **options):
    """Write a workbook and open it with another program's reader."""
    file = io.BytesIO()
    write_workbook(file, ("a", "b"), rows, **options)
    return openpyxl.load_workbook(file)


def test_rows_come_back_as_they_were():
    """Texts are texts, also those that look like formulas or numbers; numbers are numbers."""
    book = written([("=1+1", 7), ("+84912000990", 0), ("<&>\"'", 10**14), ("", 1)])
    rows = list(book["1"].iter_rows())
    assert [("a", "b"), ("=1+1", 7), ("+84912000990", 0), ("<&>\"'", 10**14), (None, 1)] == [
        tuple(cell.value for cell in row) for row in rows
    ]
    assert {"s", "n"} == {cell.data_type for row in rows for cell in row}


@given(st.lists(st.tuples(_TEXT, _TEXT), max_size=5))
def test_any_text_can_be_written(rows):
    """What XML has no way to write is replaced; the rest comes back."""
    found = list(written(rows)["1"].iter_rows(min_row=2, values_only=True))
    for row, back in zip(rows, found, strict=False):
        for text, cell in zip(row, back, strict=True):
            if text.isprintable() and "x005F_" not in text and "\ufffe" > max(text, default=""):
                assert text == (cell or "")


def test_rows_go_on_in_further_sheets_and_an_empty_list_has_one():
    """Each sheet has the header; no row is lost where a sheet is full."""
    for count in range(8):
        book = written([(str(n), n) for n in range(count)], rows_cap=4)
        found = []
        for sheet in book.worksheets:
            first, *rows = sheet.iter_rows(values_only=True)
            assert ("a", "b") == first
            assert len(rows) <= 3
            found += [number for _, number in rows]
        assert list(range(count)) == found
        assert max(-(-count // 3), 1) == len(book.worksheets)


def test_it_is_a_package_without_anything_else():
    """No part but those that say what the sheets are."""
    file = io.BytesIO()
    write_workbook(file, ("a",), [])
    names = zipfile.ZipFile(file).namelist()
    assert {
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
    } == set(names)
