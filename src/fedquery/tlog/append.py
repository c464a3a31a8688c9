"""Append to a log that is kept as tiles, and prove things of it; storage writes the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fedquery.tlog import proofs, tree
from fedquery.tlog.bundle import MAX_ENTRY_SIZE
from fedquery.tlog.tile import (
    TILE_WIDTH,
    Tile,
    TileReader,
    hashes_at,
)
from fedquery.tlog.tile_hashes import TileHashes

_FULL_TILE = TILE_WIDTH * tree.HASH_SIZE


@dataclass(frozen=True, slots=True)
class Growth:
    """What an append changes, without the root.

    Attributes:
        first_index: the place of the first new entry.
        size: the number of entries after the append.
        leaf_hashes: the leaf hashes of the new entries.
        tiles: (level, index) -> all hashes that the tile has now; each begins with what it had.
    """

    first_index: int
    size: int
    leaf_hashes: tuple[bytes, ...]
    tiles: Mapping[tuple[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Appended(Growth):
    """What an append changes.

    Attributes:
        root: the root of the tree after the append.
    """

    root: bytes


def grow(size: int, entries: Sequence[bytes], read_tile: TileReader) -> Growth:
    """Compute the tiles that new entries change.

    Args:
        size: the number of entries before.
        entries: the new entries, of at most 65,535 bytes each.
        read_tile: gives the tiles of that size; only rightmost partial ones are asked for.

    Raises:
        EncodingError: if a tile that was read has not the length of its name.
        ValueError: if an entry is too long, or the log too large.
    """
    if any(len(entry) > MAX_ENTRY_SIZE for entry in entries):
        raise ValueError("an entry has at most 65,535 bytes")
    if not 0 <= size <= tree.MAX_SIZE - len(entries):
        raise ValueError("the log is full")
    leaves = tuple(tree.leaf_hash(entry) for entry in entries)
    tiles: dict[tuple[int, int], bytes] = {}
    rising: Sequence[bytes] = leaves
    level = 0
    while rising:
        rising = _grow_level(size, level, rising, read_tile, tiles)
        level += 1
    return Growth(size, size + len(entries), leaves, tiles)


def _grow_level(
    size: int,
    level: int,
    hashes: Sequence[bytes],
    read_tile: TileReader,
    tiles: dict[tuple[int, int], bytes],
) -> list[bytes]:
    """Add hashes to a level and return the hashes of the tiles that became full.

    A partial tile is never hashed upward (tlog-tiles, Merkle Tree).
    """
    index, width = divmod(hashes_at(level, size), TILE_WIDTH)
    before = TileHashes(size, read_tile).tile(Tile(level, index, width)) if width else b""
    octets = before + b"".join(hashes)
    full: list[bytes] = []
    for start in range(0, len(octets), _FULL_TILE):
        part = octets[start : start + _FULL_TILE]
        tiles[level, index] = part
        index += 1
        if len(part) == _FULL_TILE:
            full.append(
                tree.complete_root(
                    [part[i : i + tree.HASH_SIZE] for i in range(0, _FULL_TILE, tree.HASH_SIZE)]
                )
            )
    return full


def append(size: int, entries: Sequence[bytes], read_tile: TileReader) -> Appended:
    """Compute the tiles that new entries change, and the new root; for the arguments see `grow`."""
    grown = grow(size, entries, read_tile)

    def read_grown(tile: Tile) -> bytes:
        changed = grown.tiles.get((tile.level, tile.index))
        return read_tile(tile) if changed is None else changed[: tile.octets]

    return Appended(
        grown.first_index,
        grown.size,
        grown.leaf_hashes,
        grown.tiles,
        root(grown.size, read_grown),
    )


def root(size: int, read_tile: TileReader) -> bytes:
    """Compute the root of the tree of a size from its tiles.

    Raises:
        EncodingError: if a tile has not the length of its name.
        ValueError: if the size is out of range.
    """
    if not 0 <= size <= tree.MAX_SIZE:
        raise ValueError("no tree has this size")
    return tree.range_root(TileHashes(size, read_tile), 0, size)


def inclusion_proof(index: int, size: int, read_tile: TileReader) -> tuple[bytes, ...]:
    """Prove from tiles that an entry is in the tree of a size.

    Raises:
        EncodingError: if a tile has not the length of its name.
        ValueError: unless 0 <= index < size.
    """
    return proofs.inclusion_proof(TileHashes(size, read_tile), index, size)


def consistency_proof(old: int, new: int, read_tile: TileReader) -> tuple[bytes, ...]:
    """Prove from tiles that the tree of the new size begins with the tree of the old size.

    Raises:
        EncodingError: if a tile has not the length of its name.
        ValueError: unless 0 <= old <= new.
    """
    return proofs.consistency_proof(TileHashes(new, read_tile), old, new)


def leaf_hash_at(index: int, size: int, read_tile: TileReader) -> bytes:
    """Read the hash of one leaf from the tiles of a tree of a size.

    Raises:
        EncodingError: if the tile has not the length of its name.
        ValueError: unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    return TileHashes(size, read_tile)(index, 1)
