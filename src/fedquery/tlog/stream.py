"""Verify a whole log while it is read, bundle by bundle, in memory that does not grow with it.

Every leaf is hashed anew, every tile compared with what the entries make, and the root with the
checkpoint. Where something does not fit, the first entry from which on it does not is named, and
the file that is at fault: the one that does not fit what lies above it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from fedquery.errors import LogFaultError
from fedquery.tlog.bundle import Bundle
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.right_edge import RightEdge
from fedquery.tlog.tile import TILE_WIDTH, Tile, bundle_path, hashes_at, tile_in
from fedquery.tlog.tree import HASH_SIZE, complete_root, leaf_hash


class TreeSource(Protocol):
    """Where a log is read from; nothing that it gives is trusted."""

    def name_of(self, path: str) -> str:
        """Name what tlog-tiles keeps under a path, for whoever looks for it."""

    def read_tile(self, tile: Tile) -> bytes:
        """Read a tile; raise `LogFaultError` where there is none."""

    def read_bundle(self, tile: Tile) -> Bundle:
        """Read the entries that a tile of level 0 covers; raise `LogFaultError` as above."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A tree with which the log must begin.

    Attributes:
        name: what says so, such as the name of a file.
        checkpoint: the tree.
    """

    name: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class _Read:
    """A bundle and its tile that do not fit each other."""

    tile: Tile
    bundle: Bundle
    hashes: Sequence[bytes]
    stored: bytes

    @property
    def fit(self) -> int:
        """Count the entries that fit, from the first on."""
        return _first_difference(self.stored, self.hashes)


def verified(
    source: TreeSource, signed: Checkpoint, marks: Sequence[Mark] = ()
) -> Iterator[tuple[int, list[bytes]]]:
    """Read all entries of the signed tree, in order.

    What was given stands in the tiles; that these are what was signed is known at the end alone, so
    nothing of the entries means anything before it.

    Args:
        source: the log.
        signed: what its checkpoint says.
        marks: older trees of the log, the smaller first, none larger than the signed one.

    Yields:
        The place of the first of some entries, and the entries.

    Raises:
        LogFaultError: at the first thing that does not fit, after all entries before it were given.
    """
    edge = RightEdge()
    waiting = list(reversed(marks))
    _require_marks(edge, (), waiting)
    for first in range(0, signed.size, TILE_WIDTH):
        tile = tile_in(0, first // TILE_WIDTH, signed.size)
        bundle = source.read_bundle(tile)
        hashes = [leaf_hash(entry) for entry in bundle.entries]
        stored = source.read_tile(tile)
        if not bundle.whole or stored != b"".join(hashes):
            read = _Read(tile, bundle, hashes, stored)
            yield first, bundle.entries[: read.fit]
            raise _unfit(source, signed, edge, read)
        yield first, bundle.entries
        _require_marks(edge, hashes, waiting)
        for full, made in edge.add(hashes)[1:]:
            _require_tile(source, full, made)
    for partial, made in edge.partial():
        if partial.level:
            _require_tile(source, partial, made)
    _require_marks(edge, (), waiting)
    if edge.root() != signed.root:
        raise LogFaultError(
            "the tiles and entries are not those of the tree that it says",
            file=source.name_of("checkpoint"),
        )


def _require_marks(edge: RightEdge, hashes: Sequence[bytes], waiting: list[Mark]) -> None:
    """Compare the trees that end in, and before the end of, some leaves that are to be added."""
    while waiting and waiting[-1].checkpoint.size <= edge.size + max(0, len(hashes) - 1):
        mark = waiting.pop()
        size = mark.checkpoint.size
        if size < edge.size:
            raise ValueError("the marks do not ascend")
        if edge.root(hashes[: size - edge.size]) != mark.checkpoint.root:
            raise LogFaultError(
                f"the log does not begin with the {size:,} entries that this one was signed over:"
                " it was rewritten before its entry of that number, or forked",
                file=mark.name,
            )


def _first_difference(stored: bytes, hashes: Sequence[bytes]) -> int:
    """Count the hashes that stand in both from the beginning on."""
    for place, made in enumerate(hashes):
        if stored[place * HASH_SIZE : (place + 1) * HASH_SIZE] != made:
            return place
    return len(hashes)


def _require_tile(source: TreeSource, tile: Tile, made: Sequence[bytes]) -> None:
    stored = source.read_tile(tile)
    if stored == b"".join(made):
        return
    place = tile.index * TILE_WIDTH + _first_difference(stored, made)
    raise LogFaultError(
        "the tile does not hold the hashes that the entries make",
        file=source.name_of(tile.path()),
        index=place * TILE_WIDTH**tile.level,
    )


def _unfit(source: TreeSource, signed: Checkpoint, edge: RightEdge, read: _Read) -> LogFaultError:
    """Say whether a bundle or its tile is at fault: that which does not fit what lies above."""
    tile, fit = read.tile, read.fit
    path = bundle_path(tile.index, tile.width)
    what = "this is not the entry that was logged"
    if read.bundle.whole and _fits_above(source, signed, edge, tile, read.hashes):
        path = tile.path()
        what = "the tile does not hold the hashes that the entries make"
    elif fit == len(read.bundle.entries) and fit * HASH_SIZE <= len(read.stored):
        what = "the bundle goes on behind its entries" if fit == tile.width else "it is missing"
    return LogFaultError(what, file=source.name_of(path), index=tile.index * TILE_WIDTH + fit)


def _fits_above(
    source: TreeSource, signed: Checkpoint, edge: RightEdge, tile: Tile, hashes: Sequence[bytes]
) -> bool:
    """Tell whether the entries of a bundle make what lies above its tile."""
    if tile.width < TILE_WIDTH:
        return edge.root(hashes) == signed.root
    index, place = divmod(tile.index, TILE_WIDTH)
    if hashes_at(1, signed.size) <= tile.index:
        return False
    try:
        above = source.read_tile(tile_in(1, index, signed.size))
    except LogFaultError:
        return False
    return above[place * HASH_SIZE : (place + 1) * HASH_SIZE] == complete_root(hashes)
