"""The parts of a workbook: a ZIP archive, looked at before anything of it is unpacked.

Parts name each other by relationships (ECMA-376, part 2).
"""

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, BinaryIO, Final

from fedquery.tabular.fault import FileError
from fedquery.tabular.xml_stream import Reader, XmlError, read_xml

_PARTS_CAP: Final = 4_096
_UNPACKED_CAP: Final = 4 * 2**30  # octets, read in a stream
# Sheets unpack to some ten times their size; what is made to take time, to a thousand times.
_RATIO_CAP: Final = 200
_SMALL: Final = 16 * 2**20  # octets for which nobody looks at the ratio
_NAME_CAP: Final = 1_024  # characters of what a relationship says
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
DO: Final = "Open it in the spreadsheet program, and save it as .xlsx without a password."


@dataclass(frozen=True, slots=True)
class Related:
    """A part that another one names.

    Attributes:
        kind: the last word of its type, as `worksheet`.
        name: its name in the archive.
    """

    kind: str
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Package:
    """A workbook's archive, of which no part unpacks to more than its directory says."""

    _archive: zipfile.ZipFile = field(repr=False)

    def size(self, name: str) -> int:
        """Say to how many octets a part unpacks.

        Raises:
            KeyError: if there is no such part.
        """
        return self._archive.getinfo(name).file_size

    def part(self, name: str) -> IO[bytes]:
        """Open a part.

        Raises:
            KeyError: if there is no such part.
            RuntimeError: if it has a password.
        """
        return self._archive.open(name)

    def related(self, name: str) -> dict[str, Related]:
        """List the parts that a part names, by the id that it has for each.

        Args:
            name: the part; nothing for the whole archive.

        Raises:
            KeyError, XmlError: if this cannot be read.
        """
        folder, own = posixpath.split(name)
        found = _Relationships(folder)
        with self.part(posixpath.join(folder, "_rels", f"{own}.rels")) as part:
            for _ in read_xml(part, (_RELATIONSHIPS,), ("Relationship",), found):
                pass
        return found.parts


@contextmanager
def package(file: BinaryIO) -> Iterator[Package]:
    """Open a workbook's archive.

    Args:
        file: its octets.

    Raises:
        FileError: if it is none, unpacks to too much, has a part twice, or is packed in ways that
            these never are.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileError("the workbook cannot be read", why="it may be cut off", do=DO) from None
    with archive:
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        packed = sum(part.compress_size for part in parts)
        dense = size > max(_SMALL, _RATIO_CAP * packed)
        if dense or len(parts) > _PARTS_CAP or size > _UNPACKED_CAP:
            raise FileError("the workbook unpacks to too much", do="Save the list alone, as CSV.")
        if any(part.compress_type not in _METHODS for part in parts):
            raise FileError("the workbook is packed in a way that is not read", do=DO)
        # Of two parts of one name, another program may show the other one. Case tells none apart
        # (ECMA-376, part 2, equivalence of part names).
        if len({part.filename.lower() for part in parts}) < len(parts):
            raise FileError("the workbook has a part twice", do=DO)
        yield Package(archive)


class _Relationships(Reader):
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.parts: dict[str, Related] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name and attributes.get("TargetMode") != "External":
            if max(map(len, attributes.values())) > _NAME_CAP:
                raise XmlError
            target = posixpath.join("/", self._folder, attributes["Target"])
            kind = attributes["Type"].rpartition("/")[2]
            if attributes["Id"] in self.parts:
                raise XmlError
            self.parts[attributes["Id"]] = Related(kind, posixpath.normpath(target).lstrip("/"))
            if len(self.parts) > _PARTS_CAP:
                raise XmlError
