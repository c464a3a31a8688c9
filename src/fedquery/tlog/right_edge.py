"""The right edge of a tree that grows leaf by leaf: enough to go on, and to tell its root."""

from collections.abc import Sequence

from fedquery.tlog.tile import TILE_WIDTH, Tile
from fedquery.tlog.tree import EMPTY_ROOT, complete_root, complete_subtrees, node_hash


class RightEdge:
    """Keep the hashes of the rightmost tile of each level, and hand over those that become full."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[list[bytes]] = [[]]

    def add(self, leaf_hashes: Sequence[bytes]) -> list[tuple[Tile, list[bytes]]]:
        """Add leaves.

        Returns:
            The tiles that became full and their hashes, each behind those that it covers.
        """
        full: list[tuple[Tile, list[bytes]]] = []
        at = 0
        while at < len(leaf_hashes):
            some = leaf_hashes[at : at + TILE_WIDTH - len(self._levels[0])]
            self._levels[0].extend(some)
            self.size += len(some)
            at += len(some)
            if len(self._levels[0]) == TILE_WIDTH:
                self._carry(full)
        return full

    def _carry(self, full: list[tuple[Tile, list[bytes]]]) -> None:
        height = 0
        while len(self._levels[height]) == TILE_WIDTH:
            hashes, self._levels[height] = self._levels[height], []
            full.append((Tile(height, self.size // TILE_WIDTH ** (height + 1) - 1), hashes))
            if height + 1 == len(self._levels):
                self._levels.append([])
            # tlog-tiles, Merkle Tree: only a full tile is hashed upward.
            self._levels[height + 1].append(complete_root(hashes))
            height += 1

    def partial(self) -> list[tuple[Tile, list[bytes]]]:
        """Give the tiles that are not full, and their hashes, the lowest level first."""
        return [
            (Tile(height, self.size // TILE_WIDTH ** (height + 1), len(hashes)), hashes)
            for height, hashes in enumerate(self._levels)
            if hashes
        ]

    def root(self, more: Sequence[bytes] = ()) -> bytes:
        """Compute the root.

        Args:
            more: leaves that are to be thought added; they fit the lowest tile and do not fill it.

        Raises:
            ValueError: if they do not.
        """
        if len(self._levels[0]) + len(more) >= TILE_WIDTH and more:
            raise ValueError("so many leaves are to be added")
        root: bytes | None = None
        # The lower a level, the further to the right it stands: the root is folded from there.
        for height, kept in enumerate(self._levels):
            hashes = kept if height else [*kept, *more]
            for first, count in reversed(complete_subtrees(0, len(hashes))):
                subtree = complete_root(hashes[first : first + count])
                root = subtree if root is None else node_hash(subtree, root)
        return EMPTY_ROOT if root is None else root
