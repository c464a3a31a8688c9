"""What a workbook says of its sheets before one of them is read: names, shared texts, formats."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.tabular.fault import FileError
from fedquery.tabular.number_formats import Format, Formats
from fedquery.tabular.package import Package
from fedquery.tabular.shared_texts import SharedTexts
from fedquery.tabular.xml_stream import Reader, XmlError, read_xml

# Of workbooks as all programs write them, and of the strict form.
MAIN: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
# Texts that cells share are kept as they are, beside four octets for each; their XML is longer.
_TEXTS_CAP: Final = 128 * 2**20  # octets of XML
_SHEETS_CAP: Final = 4_096
_NAME_CAP: Final = 255  # characters; Excel has 31
_TRUE: Final = ("1", "true")
_VISIBLE: Final = "visible"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet.

    Attributes:
        name: its name.
        part: its part.
        hidden: whether programs do not show it (`hidden` or `veryHidden`).
    """

    name: str = field(repr=False)
    part: str = field(repr=False)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook without its cells.

    Attributes:
        sheets: its sheets in their order; those that are diagrams are none.
        texts: the texts that cells share.
        formats: what the format of a cell makes of a number, by the number of its style.
        since_1904: whether days are counted from 1904 on.
    """

    sheets: Sequence[Sheet]
    texts: SharedTexts
    formats: Sequence[Format]
    since_1904: bool


def read_workbook(archive: Package) -> Workbook:
    """Read what a workbook says of its sheets.

    Raises:
        FileError: if its cells share more texts than are read.
        ConfigError: if the extra `lists` is not installed.
        KeyError, ValueError, XmlError: if it is not what a workbook is.
    """
    (name,) = (part.name for part in archive.related("").values() if part.kind == "officeDocument")
    related = archive.related(name)
    book, texts, formats = _Book(), SharedTexts(), Formats()
    _read(archive, name, ("sheet", "workbookPr"), book)
    kinds = [part.kind for part in related.values()]
    if max(kinds.count("sharedStrings"), kinds.count("styles")) > 1:
        # Which of two is meant, nobody could say.
        raise XmlError
    for part in related.values():
        if part.kind == "sharedStrings":
            if archive.size(part.name) > _TEXTS_CAP:
                raise FileError(
                    "the workbook has more texts than are read", do="Save the list alone, as CSV."
                )
            _read(archive, part.name, texts.NAMES, texts)
        elif part.kind == "styles":
            _read(archive, part.name, formats.NAMES, formats)
    sheets = [
        Sheet(title, related[key].name, hidden)
        for title, key, hidden in book.sheets
        if related[key].kind == "worksheet"
    ]
    return Workbook(sheets, texts, formats.by_style(), book.since_1904)


def _read(archive: Package, name: str, names: Sequence[str], reader: Reader) -> None:
    with archive.part(name) as part:
        for _ in read_xml(part, MAIN, names, reader):
            pass


class _Book(Reader):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.since_1904 = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in _TRUE
        elif name == "sheet":
            # The key of its part is of another namespace, which has two names as well.
            keys = [key for key in attributes if key.endswith("/relationships id")]
            name, key = attributes["name"], attributes[keys[0]]
            # ECMA-376, 18.2.19: a sheet that does not say so is visible.
            hidden = attributes.get("state", _VISIBLE) != _VISIBLE
            self.sheets.append((name, key, hidden))
            if len(self.sheets) > _SHEETS_CAP or max(len(name), len(key)) > _NAME_CAP:
                raise XmlError
