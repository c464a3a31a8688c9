"""Tiles: the tree cut into blocks of 256 hashes, as c2sp.org/tlog-tiles names and numbers them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from fedquery.errors import EncodingError
from fedquery.tlog.tree import HASH_SIZE, MAX_SIZE

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_LEVEL = 63

_MAX_INDEX = MAX_SIZE // TILE_WIDTH
_MAX_PATH = 64
_INDEX = r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
_TILE = re.compile(rf"tile/(0|[1-9][0-9]?)/{_INDEX}", re.ASCII)
_BUNDLE = re.compile(rf"tile/entries/{_INDEX}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Name a tile: hash i of it covers the entries from (256 * index + i) * 256**level on.

    Attributes:
        level: 0 for the leaves, up to 63.
        index: the place within the level, from 0.
        width: how many hashes it has, 1 to 256; below 256 it is a partial tile.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        """Refuse what names no tile."""
        if not 0 <= self.level <= MAX_LEVEL:
            raise ValueError("a tile's level is 0 to 63")
        if not 0 <= self.index <= _MAX_INDEX:
            raise ValueError("a tile's index is out of range")
        if not 1 <= self.width <= TILE_WIDTH:
            raise ValueError("a tile's width is 1 to 256")

    @property
    def octets(self) -> int:
        """Give the length of the tile's data in bytes."""
        return self.width * HASH_SIZE

    def path(self) -> str:
        """Write the path of the tile below the log's prefix."""
        return f"tile/{self.level}/{_index_path(self.index, self.width)}"

    @staticmethod
    def parse(path: str) -> "Tile":
        """Read what `path` writes, and nothing else.

        Raises:
            EncodingError: if the path names no tile, or not in its one form.
        """
        match = _TILE.fullmatch(path) if len(path) <= _MAX_PATH else None
        if match is None:
            raise EncodingError("malformed tile path")
        return _parsed(match[1], match[2], match[3], path)


TileReader: TypeAlias = Callable[[Tile], bytes]
"""Give the hashes of a tile, exactly `tile.octets` bytes; raise where there are none."""


def bundle_path(index: int, width: int = TILE_WIDTH) -> str:
    """Write the path of an entry bundle; bundles are numbered as the tiles of level 0."""
    return f"tile/entries/{_index_path(index, width)}"


def parse_bundle_path(path: str) -> Tile:
    """Read the path of an entry bundle as the tile of level 0 that covers the same entries.

    Raises:
        EncodingError: if the path names no bundle, or not in its one form.
    """
    match = _BUNDLE.fullmatch(path) if len(path) <= _MAX_PATH else None
    if match is None:
        raise EncodingError("malformed entry bundle path")
    tile = _parsed("0", match[1], match[2], None)
    if bundle_path(tile.index, tile.width) != path:
        raise EncodingError("malformed entry bundle path")
    return tile


def _index_path(index: int, width: int) -> str:
    # tlog-tiles, Merkle Tree: groups of three digits, all but the last prefixed with x.
    digits = f"{index % 1000:03d}"
    index //= 1000
    while index:
        digits = f"x{index % 1000:03d}/{digits}"
        index //= 1000
    return digits if width == TILE_WIDTH else f"{digits}.p/{width}"


def _parsed(level: str, index: str, width: str | None, path: str | None) -> Tile:
    try:
        tile = Tile(
            int(level),
            int(index.replace("x", "").replace("/", "")),
            TILE_WIDTH if width is None else int(width),
        )
    except ValueError:
        raise EncodingError("malformed tile path") from None
    # Writing it again refuses leading groups of zeros and a width of 256 that is spelt out.
    if path is not None and tile.path() != path:
        raise EncodingError("malformed tile path")
    return tile


def hashes_at(level: int, size: int) -> int:
    """Count the hashes of a level in a tree of a size: those of complete subtrees only."""
    return size >> (TILE_HEIGHT * level)


def tile_in(level: int, index: int, size: int) -> Tile:
    """Name a tile with the width that it has in a tree of a size.

    Raises:
        ValueError: if the tree has no such tile.
    """
    # tlog-tiles, Partial Tiles: floor(s / 256**l) mod 256 for the rightmost one.
    width = min(TILE_WIDTH, hashes_at(level, size) - TILE_WIDTH * index)
    if width < 1:
        raise ValueError("a tree of this size has no such tile")
    return Tile(level, index, width)


def tiles_of(size: int) -> Iterator[Tile]:
    """List all tiles of a tree of a size, level by level."""
    return tiles_changed(0, size)


def tiles_changed(old: int, new: int) -> Iterator[Tile]:
    """List the tiles of a tree of the new size that the tree of the old size does not have.

    Raises:
        ValueError: unless 0 <= old <= new.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ValueError("a tree does not shrink")
    level = 0
    while hashes_at(level, new):
        before, after = hashes_at(level, old), hashes_at(level, new)
        if before < after:
            for index in range(before // TILE_WIDTH, -(-after // TILE_WIDTH)):
                yield tile_in(level, index, new)
        level += 1
