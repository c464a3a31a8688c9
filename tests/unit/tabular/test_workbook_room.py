"""Workbooks that are made to fill a memory take no more of it than others, or are refused."""

import os
import zipfile
from pathlib import Path

import pytest

from fedquery.tabular import FileError, opened
from tests.support.peak import Reading
from tests.support.workbooks import workbook

MIB = 2**20


@pytest.fixture(scope="module")
def plain_mib(tmp_path_factory: pytest.TempPathFactory) -> float:
    """What it takes to read a workbook of one cell."""
    path = tmp_path_factory.mktemp("plain") / "list.xlsx"
    return Reading(workbook(path, '<row r="1"><c r="A1"><v>7</v></c></row>')).peak_mib


def dense(path: Path, size: int) -> Path:
    """Add octets that do not pack, so that what packs well is not refused for that."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image2.png", os.urandom(size))
    return path


def in_a_row(texts: str, count: int) -> str:
    """Number rows, each with the same cells."""
    return "".join(f'<row r="{number}" {texts}' for number in range(1, count + 1))


ONE = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'


@pytest.mark.parametrize(
    ("sheet", "texts", "rows", "room_mib"),
    [
        # Elements of five octets are kept as four, where a tree of them would be a gigabyte.
        (ONE, "<si/>" * (20 * MIB // 5), 0, 32),
        (ONE, "<si><t>+84912000991</t></si>" * 500_000, 1, 32),
        # A text of 30 MiB that many cells share.
        (ONE, f"<si><t>{'x' * 30 * MIB}</t></si>", 1, 16),
        # What LibreOffice says of each row; cells in which nothing stands; elements of others.
        (
            in_a_row(
                'customFormat="false" ht="12.8" hidden="false" customHeight="false"'
                ' outlineLevel="0" collapsed="false"><c t="s"><v>0</v></c></row>',
                100_000,
            ),
            "<si><t>x</t></si>",
            100_000,
            16,
        ),
        (f'<row r="1">{"<c/>" * 2_000_000}</row>', "", 0, 16),
        (f'<row r="1"><c r="A1"><v>7</v></c>{"<a/>" * 2_000_000}</row>', "", 1, 16),
    ],
    ids=["no texts", "many", "long", "rows", "cells", "elements"],
)
def test_what_repeats_is_not_kept(
    tmp_path: Path, plain_mib: float, *, sheet: str, texts: str, rows: int, room_mib: int
) -> None:
    """By the library's reader, these took between 0.1 and 1 GiB."""
    path = dense(workbook(tmp_path / "list.xlsx", sheet, texts=texts), MIB)
    reading = Reading(path)
    said = "" if rows else "no sheet of the workbook has anything in it"
    assert (said, rows) == (reading.error, reading.rows)
    assert reading.peak_mib < plain_mib + room_mib


@pytest.mark.parametrize(
    "sheet",
    [
        # A tag, which a parser has to keep until it has ended, of 30 MiB.
        f'<row r="1" x="{"y" * 30 * MIB}"/>',
        f"<!--{'y' * 30 * MIB}-->",
        # Names that all differ, of elements, attributes and prefixes.
        "".join(f"<n{number}/>" for number in range(1_000_000)),
        "".join(f'<n a{number}=""/>' for number in range(1_000_000)),
        "".join(f'<n xmlns:p{number}="u"/>' for number in range(1_000_000)),
        # Elements in elements.
        "<n>" * 2_000_000,
    ],
    ids=["tag", "comment", "elements", "attributes", "prefixes", "depth"],
)
def test_what_a_parser_would_have_to_keep_is_refused(
    tmp_path: Path, plain_mib: float, sheet: str
) -> None:
    """While it is read, and not when it is kept."""
    reading = Reading(dense(workbook(tmp_path / "list.xlsx", sheet), MIB))
    assert "the workbook cannot be read" == reading.error
    assert reading.peak_mib < plain_mib + 16


@pytest.mark.parametrize(
    "styles",
    [
        f'<numFmts><numFmt numFmtId="170" formatCode="{"[" * 2_000}"/></numFmts>',
        f"<cellXfs>{'<xf/>' * 70_000}</cellXfs>",
        "".join(f'<numFmt numFmtId="{number}" formatCode="0"/>' for number in range(5_000)),
    ],
    ids=["format", "styles", "formats"],
)
def test_strange_styles_are_refused(tmp_path: Path, styles: str) -> None:
    """More than any program writes."""
    path = workbook(tmp_path / "list.xlsx", ONE, texts="<si/>", styles=styles)
    with pytest.raises(FileError), opened(path) as table:
        table.peek(1)


def test_long_names_of_sheets_and_parts_are_refused(tmp_path: Path) -> None:
    """A few thousand of a megabyte each would be gigabytes."""
    for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        path = workbook(tmp_path / "list.xlsx", ONE, texts="<si><t>x</t></si>")
        with zipfile.ZipFile(path) as archive:
            parts = {one: archive.read(one) for one in archive.namelist()}
        assert b'="' in parts[name]
        parts[name] = parts[name].replace(b'name="1"', b'name="' + b"n" * 2_000 + b'"')
        parts[name] = parts[name].replace(b"styles.xml", b"s" * 2_000)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for one, octets in parts.items():
                archive.writestr(one, octets)
        with pytest.raises(FileError), opened(path) as table:
            table.peek(1)


def test_two_tables_of_texts_are_refused(tmp_path: Path) -> None:
    """Which one numbers mean, nobody could say."""
    path = workbook(tmp_path / "list.xlsx", ONE, texts="<si><t>x</t></si>")
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"relationships/styles", b"relationships/sharedStrings")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, octets in parts.items():
            archive.writestr(one, octets)
    with pytest.raises(FileError), opened(path) as table:
        table.peek(1)
