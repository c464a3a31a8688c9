"""Search all that a coordinator holds for an identifier, in every way it could be written."""

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

from fedquery.encoding.base64 import b64encode
from fedquery.identifiers import Identifier


def spellings(identifier: Identifier) -> list[bytes]:
    """List what would betray an identifier: text, digits and hashes, and their encodings."""
    canonical = identifier.canonical
    number = canonical.rpartition(":")[2]
    texts = {canonical, number, number.lstrip("+"), number.removeprefix("+")[2:]}
    encoded = identifier.encode()
    octets = {text.encode() for text in texts if len(text) > 5} | {encoded}  # noqa: PLR2004 -- shorter ones are found by chance
    digests = {hashlib.sha256(one).digest() for one in octets}
    every = octets | digests
    return [
        *every,
        *(one.hex().encode() for one in every),
        # Base64 of a part depends on where the part begins; whole values are what could be stored.
        *(b64encode(one).rstrip("=").encode() for one in every),
        *(base64.b32encode(one).rstrip(b"=") for one in every),
    ]


def files_below(directories: Iterable[Path]) -> list[Path]:
    """List every file below directories, in order."""
    return sorted(
        path for directory in directories for path in directory.rglob("*") if path.is_file()
    )


def count(needles: Iterable[bytes], files: Iterable[Path]) -> int:
    """Count in how many files at least one of the needles stands."""
    wanted = list(needles)
    found = 0
    for path in files:
        octets = path.read_bytes()
        found += any(needle in octets for needle in wanted)
    return found
