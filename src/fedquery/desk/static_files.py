"""The files that pages load: read once, named by their content, cached for ever.

An address holds the beginning of the SHA-256 of its file, so that a browser never shows a page with
the script of another release. Nothing is read from the disk while the desk serves.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final

PREFIX: Final = "/desk/static/"
_DIGEST: Final = 16  # hexadecimal digits
_MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_URL: Final = re.compile(r'url\("([a-z0-9./_-]+)"\)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file.

    Attributes:
        address: where it is served.
        media_type: what it is.
        octets: its content.
    """

    address: str
    media_type: str
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All files, by name and by address."""

    by_name: Mapping[str, StaticFile]
    by_address: Mapping[str, StaticFile]

    @classmethod
    def read(cls) -> "StaticFiles":
        """Read the files that were installed; licences and other texts are not served."""
        return cls.of(dict(_below(resources.files("fedquery.desk") / "static", "")))

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> "StaticFiles":
        """Name files by their content; those that style sheets name first.

        Args:
            files: path below static/ to content.
        """
        by_name: dict[str, StaticFile] = {}
        for name in sorted(files, key=lambda one: (one.endswith(".css"), one)):
            ending = name.rpartition(".")[2]
            if ending not in _MEDIA_TYPES:
                continue
            octets = files[name]
            if ending == "css":
                octets = _with_addresses(octets, by_name)
            by_name[name] = StaticFile(_address(name, octets), _MEDIA_TYPES[ending], octets)
        return cls(
            MappingProxyType(by_name),
            MappingProxyType({one.address: one for one in by_name.values()}),
        )

    def address(self, name: str) -> str:
        """Say where a file is served.

        Raises:
            KeyError: if there is none of this name; a template is wrong then.
        """
        return self.by_name[name].address


def _below(directory: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for one in directory.iterdir():
        if one.is_dir():
            found += _below(one, f"{prefix}{one.name}/")
        else:
            found.append((f"{prefix}{one.name}", one.read_bytes()))
    return found


def _address(name: str, octets: bytes) -> str:
    digest = hashlib.sha256(octets).hexdigest()[:_DIGEST]
    return f"{PREFIX}{digest}/{name}"


def _with_addresses(octets: bytes, known: Mapping[str, StaticFile]) -> bytes:
    text = octets.decode("utf-8")
    return _URL.sub(lambda found: f'url("{known[found[1]].address}")', text).encode("utf-8")
