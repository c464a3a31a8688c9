"""A log in plain files (c2sp.org/tlog-tiles), as whoever has a directory of strangers reads it."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fedquery.errors import EncodingError, LogFaultError
from fedquery.storage import log_policies
from fedquery.tlog.bundle import MAX_ENTRY_SIZE, Bundle, split_bundle
from fedquery.tlog.checkpoint import CHECKPOINT_CAP
from fedquery.tlog.tile import TILE_WIDTH, Tile, bundle_path, parse_bundle_path, tile_in

CHECKPOINT: Final = "checkpoint"
_BUNDLE_CAP: Final = TILE_WIDTH * (MAX_ENTRY_SIZE + 2)
_SHOWN: Final = 80
_DEEPEST: Final = 16


class LogDirectory:
    """A log in plain files.

    Args:
        path: the directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.note = self._read(CHECKPOINT, CHECKPOINT_CAP)

    def name_of(self, path: str) -> str:
        """Name a file by its path in the directory."""
        return path

    def read_tile(self, tile: Tile) -> bytes:
        """Read a tile.

        Raises:
            LogFaultError: if it is missing or no regular file.
        """
        first = (tile.index * TILE_WIDTH) << (8 * tile.level)
        return self._read(tile.path(), tile.octets, first)

    def read_bundle(self, tile: Tile) -> Bundle:
        """Read a bundle.

        Raises:
            LogFaultError: if it is missing, too large, or no regular file.
        """
        path = bundle_path(tile.index, tile.width)
        return split_bundle(self._read(path, _BUNDLE_CAP, tile.index * TILE_WIDTH), tile.width)

    def read_policy(self, name: str) -> bytes | None:
        """Read a policy file or schema."""
        path = f"{log_policies.DIRECTORY}/{name}"
        if not (self.path / path).exists():
            return None
        return self._read(path, log_policies.CAP)

    def cosigned_note(self) -> bytes:
        """Give the checkpoint, with whatever cosignatures it has."""
        return self.note

    def older_notes(self) -> list[bytes]:
        """Give none: an export has one checkpoint."""
        return []

    def signed_ms(self) -> int:
        """Say that it is not known: a checkpoint names no time."""
        return 0

    def unsigned(self) -> int:
        """Count none."""
        return 0

    def require_policies(self, named: Mapping[str, bytes]) -> None:
        """Require that each policy file is named by the log, and is the file of its digest.

        Raises:
            LogFaultError: for the first that is not. One that is missing is no fault of the log.
        """
        directory = self.path / log_policies.DIRECTORY
        for path in sorted(directory.iterdir()) if directory.is_dir() else ():
            name = log_policies.DIRECTORY + "/" + path.name
            digest = named.get(path.name)
            if digest is None:
                raise LogFaultError("is a policy that the log does not name", file=_shown(name))
            log_policies.require_digest(self._read(name, log_policies.CAP), digest, name)

    def require_nothing_else(self, size: int) -> None:
        """Require that every file is one of a log of this size.

        Raises:
            LogFaultError: for the first that is none; directories without files are passed over.
        """
        waiting = [""]
        while waiting:
            below = waiting.pop()
            with os.scandir(self.path / below) as found:
                entries = sorted(found, key=lambda one: one.name)
            for entry in entries:
                name = f"{below}{entry.name}"
                if entry.is_dir(follow_symlinks=False) and name.count("/") <= _DEEPEST:
                    waiting.append(f"{name}/")
                elif not _belongs(name, size) or not entry.is_file(follow_symlinks=False):
                    raise LogFaultError(
                        f"does not belong to a log of {size:,} entries", file=_shown(name)
                    )

    def _read(self, name: str, cap: int, index: int | None = None) -> bytes:
        # A pipe is not waited for, and a link could lead out of the directory.
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            descriptor = os.open(self.path / name, flags)
        except OSError as error:
            what = os.strerror(error.errno or 0).lower()
            raise LogFaultError(f"cannot be read: {what}", file=name, index=index) from None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise LogFaultError("is not a regular file", file=name, index=index)
            octets = file.read(cap + 1)
        if len(octets) > cap:
            raise LogFaultError("is larger than it can be", file=name, index=index)
        return octets


def _belongs(name: str, size: int) -> bool:
    if name == CHECKPOINT or log_policies.NAME.fullmatch(name):
        return True
    try:
        tile = Tile.parse(name) if name[5:6].isdigit() else parse_bundle_path(name)
        return tile == tile_in(tile.level, tile.index, size)
    except (EncodingError, ValueError):
        return False


def _shown(name: str) -> str:
    """Show a name that anybody may have chosen."""
    return "".join(c if c.isprintable() else "?" for c in name[:_SHOWN])
