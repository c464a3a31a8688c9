"""The body of a form, as browsers send it: pairs in an address's spelling, or parts with files.

Pure: octets in, parts out. Nothing is ever written to a temporary file.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from multipart import (  # type: ignore[import-untyped]  # the library has no types
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from fedquery.desk.refusals import FormError

_MOST_PARTS: Final = 4_096
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent.

    Attributes:
        name: what it was called there, at most 200 characters.
        octets: its content.
    """

    name: str = field(repr=False)
    octets: bytes = field(repr=False)


Part = str | Upload


def parts(content_type: str, body: bytes) -> dict[str, list[Part]]:
    """Take a form apart.

    Args:
        content_type: the header.
        body: the octets.

    Returns:
        what each field holds, in the order in which it stands.

    Raises:
        FormError: if it is no form, or not in UTF-8.
    """
    essence, options = parse_options_header(content_type)
    if essence == "multipart/form-data":
        pairs = _multipart(str(options.get("boundary", "")), body)
    elif essence == "application/x-www-form-urlencoded":
        pairs = _urlencoded(body)
    else:
        raise FormError
    found: dict[str, list[Part]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _urlencoded(body: bytes) -> list[tuple[str, Part]]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST_PARTS,
        )
    except ValueError:
        raise FormError from None
    return [(name, value) for name, value in pairs]


def _multipart(boundary: str, body: bytes) -> list[tuple[str, Part]]:
    if not boundary:
        raise FormError
    pairs: list[tuple[str, Part]] = []
    head: MultipartSegment | None = None
    content = bytearray()
    try:
        with PushMultipartParser(boundary, max_segment_count=_MOST_PARTS, strict=True) as parser:
            for one in parser.parse(body):
                if isinstance(one, MultipartSegment):
                    head, content = one, bytearray()
                elif one is not None:
                    content += one
                elif head is not None:
                    pairs.append((str(head.name), _part(head, bytes(content))))
    except (MultipartError, ValueError):
        raise FormError from None
    return pairs


def _part(head: MultipartSegment, content: bytes) -> Part:
    if head.filename is not None:
        return Upload(str(head.filename)[:_LONGEST_NAME], content)
    return content.decode("utf-8")
