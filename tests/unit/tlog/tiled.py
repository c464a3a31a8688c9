"""Keep a log's tiles in memory, as a storage would."""

from collections.abc import Sequence

from fedquery.tlog.append import Appended, append
from fedquery.tlog.tile import Tile


class TiledLog:
    """A log of entries in tiles, grown by `append` alone."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[tuple[int, int], bytes] = {}

    def read(self, tile: Tile) -> bytes:
        """Read a tile."""
        return self.tiles[tile.level, tile.index][: tile.octets]

    def append(self, entries: Sequence[bytes]) -> Appended:
        """Append entries and keep what comes back."""
        appended = append(self.size, entries, self.read)
        for place, hashes in appended.tiles.items():
            # A tile only ever grows.
            assert hashes.startswith(self.tiles.get(place, b""))
        self.tiles.update(appended.tiles)
        self.size = appended.size
        return appended
