"""Workbooks of a few parts, as strangers might write them."""

import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(path: Path, sheet: str, *, texts: str = "", styles: str = "", root: str = "") -> Path:
    """Write a workbook of one sheet.

    Args:
        path: the file.
        sheet: what its `sheetData` holds.
        texts: what its table of shared texts holds.
        styles: what its styles hold.
        root: what the attributes of the sheet's first element are, beside its namespace.
    """
    named = {"workbook.xml": "sheet.main", "sharedStrings.xml": "sharedStrings"}
    types = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in named.items()
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": _related(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="1" sheetId="1" r:id="r0"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _related(
            ("worksheet", "worksheets/sheet1.xml"),
            ("sharedStrings", "/xl/sharedStrings.xml"),
            ("styles", "styles.xml"),
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{MAIN}" {root}><sheetData>{sheet}</sheetData></worksheet>'
        ),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def _related(*parts: tuple[str, str]) -> str:
    named = "".join(
        f'<Relationship Id="r{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(parts)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{named}</Relationships>'
