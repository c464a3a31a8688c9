"""XML of strangers as a stream: nothing of it is kept that the reader does not keep.

No document type is taken, so there are no entities; and what the parser itself would have to keep
(a tag of a gigabyte, names without number, tags in tags) is refused.
"""

from collections.abc import Collection, Iterator
from typing import IO, Final
from xml.parsers import expat

_CHUNK: Final = 2**16  # octets
_TOKEN_CAP: Final = 2**20  # octets of one tag or comment
_NAMES_CAP: Final = 4_096  # different names of elements and attributes, or prefixes
_DEPTH_CAP: Final = 64
_SEPARATOR: Final = " "


class XmlError(Exception):
    """This is no XML, or none that is read."""


class Reader:
    """What takes the elements that it wants; those that it does not know have an empty name."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""

    def text(self, text: str) -> None:
        """Take text, maybe in pieces."""

    def end(self, name: str) -> None:
        """Take the end of an element."""


def read_xml(
    file: IO[bytes], namespaces: Collection[str], names: Collection[str], reader: Reader
) -> Iterator[None]:
    """Give elements to a reader, and stop now and then, for what it has found to be taken from it.

    Args:
        file: the XML.
        namespaces: the namespaces in which elements are known.
        names: the names that are known there.
        reader: takes the elements. Attributes have their names, those in a namespace after it and a
            space.

    Raises:
        XmlError: if it does not parse, or would have to be kept.
    """
    known = {f"{space}{_SEPARATOR}{name}": name for space in namespaces for name in names}
    limits = _Limits()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = limits.document_type
    parser.StartNamespaceDeclHandler = limits.prefix
    parser.CharacterDataHandler = reader.text

    def begin(name: str, attributes: dict[str, str]) -> None:
        limits.deeper()
        reader.begin(known.get(name, ""), attributes)

    def end(name: str) -> None:
        limits.depth -= 1
        reader.end(known.get(name, ""))

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    size = 0
    try:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            parser.Parse(chunk, False)
            if (
                size - max(parser.CurrentByteIndex, 0) > _TOKEN_CAP
                or len(parser.intern) > _NAMES_CAP
            ):
                raise XmlError
            yield
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise XmlError from None
    yield


class _Limits:
    def __init__(self) -> None:
        self.depth = 0
        self._prefixes: set[str | None] = set()

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEPTH_CAP:
            raise XmlError

    def prefix(self, prefix: str | None, _namespace: str | None) -> None:
        self._prefixes.add(prefix)
        if len(self._prefixes) > _NAMES_CAP:
            raise XmlError

    def document_type(self, *_declared: object) -> None:
        raise XmlError
