"""Write an Excel workbook of texts, in a stream.

openpyxl would write its sheets into files of the machine's temporary directory first, where what
stands in them might be left. Cells here are texts and whole numbers alone, so no cell is a formula.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, islice
from typing import BinaryIO, Final
from xml.sax.saxutils import escape

ROWS_CAP: Final = 1_048_576  # what a sheet can have, its header included
_TEXT_CAP: Final = 32_767  # characters that Excel keeps of a cell
# What XML 1.0 has no way to write.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_PLAIN: Final = re.compile("[^ -%'-;=?-~]")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONSHIP: Final = '<Relationship Id="rId{0}" Type="{1}/{2}" Target="{3}"/>'


def write_workbook(
    file: BinaryIO,
    header: Sequence[str],
    rows: Iterable[Sequence[str | int]],
    *,
    rows_cap: int = ROWS_CAP,
) -> None:
    """Write rows into as many sheets as they need, each with the header.

    Args:
        file: where to, at its beginning; it must be one that can be wound back.
        header: the names of the columns.
        rows: their cells.
        rows_cap: how many rows a sheet has at most, with its header.
    """
    waiting = iter(rows)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in count(1):
            first = list(islice(waiting, 1))
            if number > 1 and not first:
                break
            sheet = islice(chain([header], first, waiting), rows_cap)
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
                for text in _sheet(sheet):
                    part.write(text.encode())
        for name, text in _parts(number - 1):
            archive.writestr(name, _HEAD + text)


def _sheet(rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'
    for row in rows:
        yield f"<row>{''.join(map(_cell, row))}</row>"
    yield "</sheetData></worksheet>"


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    if not value:
        return "<c/>"
    text = value[:_TEXT_CAP]
    if _NOT_PLAIN.search(text):
        text = escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _parts(sheets: int) -> list[tuple[str, str]]:
    """Write the parts that say what the sheets are (ECMA-376, parts 1 and 2)."""
    numbers = range(1, sheets + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    named = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    targets = "".join(
        _RELATIONSHIP.format(n, _OFFICE, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers
    )
    book = _RELATIONSHIP.format(1, _OFFICE, "officeDocument", "xl/workbook.xml")
    related = f'<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f"{overrides}</Types>"
    )
    return [
        ("[Content_Types].xml", types),
        ("_rels/.rels", related.format(book)),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
        ),
        ("xl/_rels/workbook.xml.rels", related.format(targets)),
    ]
