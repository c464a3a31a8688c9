"""Read the hashes of complete subtrees out of tiles.

A tile that a stranger served is not trusted for its content: whoever makes a proof from it verifies
the proof against a signed root. What is checked here is that it has the length of its name.
"""

from collections.abc import Iterable

from fedquery.errors import EncodingError
from fedquery.tlog.proofs import consistency_ranges, inclusion_ranges
from fedquery.tlog.tile import TILE_HEIGHT, TILE_WIDTH, Tile, TileReader, tile_in
from fedquery.tlog.tree import HASH_SIZE, Range, complete_root, complete_subtrees


def _place(first: int, count: int) -> tuple[int, int, int]:
    """Find a complete subtree in the tiles: its level, its first hash there, how many hashes."""
    level = (count.bit_length() - 1) // TILE_HEIGHT
    return level, first >> (TILE_HEIGHT * level), count >> (TILE_HEIGHT * level)


class TileHashes:
    """Be a hash reader over the tiles of a tree of one size; each tile is read once.

    Args:
        size: the number of leaves; no hash beyond it is read.
        read_tile: gives the tiles of that size.
    """

    def __init__(self, size: int, read_tile: TileReader) -> None:
        self._size = size
        self._read_tile = read_tile
        self._tiles: dict[Tile, bytes] = {}

    def __call__(self, first: int, count: int) -> bytes:
        """Give the hash of the complete subtree over `count` leaves from `first` on.

        Raises:
            EncodingError: if a tile has not the length of its name.
            ValueError: if there is no such complete subtree in a tree of this size.
        """
        if count < 1 or count & (count - 1) or first % count or first + count > self._size:
            raise ValueError("no such complete subtree")
        level, at, width = _place(first, count)
        hashes = self.tile(tile_in(level, at // TILE_WIDTH, self._size))
        start = at % TILE_WIDTH * HASH_SIZE
        end = start + width * HASH_SIZE
        return complete_root([hashes[i : i + HASH_SIZE] for i in range(start, end, HASH_SIZE)])

    def tile(self, tile: Tile) -> bytes:
        """Read one tile, once.

        Raises:
            EncodingError: if it has not the length of its name.
        """
        hashes = self._tiles.get(tile)
        if hashes is None:
            hashes = self._read_tile(tile)
            if len(hashes) != tile.octets:
                raise EncodingError("malformed tile")
            self._tiles[tile] = hashes
        return hashes


def _tiles_needed(ranges: Iterable[Range], size: int) -> list[Tile]:
    tiles = set()
    for lo, hi in ranges:
        for first, count in complete_subtrees(lo, hi):
            level, at, _ = _place(first, count)
            tiles.add(tile_in(level, at // TILE_WIDTH, size))
    return sorted(tiles)


def tiles_needed_for_inclusion(index: int, size: int) -> list[Tile]:
    """List the tiles that a client fetches to make an inclusion proof by itself.

    Raises:
        ValueError: unless 0 <= index < size.
    """
    return _tiles_needed(inclusion_ranges(index, size), size)


def tiles_needed_for_consistency(old: int, new: int) -> list[Tile]:
    """List the tiles of the newer tree that a client fetches to make a consistency proof by itself.

    Raises:
        ValueError: unless 0 <= old <= new.
    """
    return _tiles_needed(consistency_ranges(old, new), new)
