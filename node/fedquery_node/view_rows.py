"""The evaluated rows of a view while a version is built: by tag for claims, by bucket for tags."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from fedquery_node.index_files import CLAIM_ROW, TAG
from fedquery_node.spill import PART_BITS, PARTS, Numbers, Rows, Spill, Tags, as_lines

_LEADING = 4


class ViewRows:
    """All rows of a view, on the disk, however many they are.

    Args:
        directory: on whose disk they wait.

    Raises:
        OSError: if the disk fails; so do all methods.
    """

    def __init__(self, directory: Path) -> None:
        self._claims = Spill(directory, CLAIM_ROW)
        self._tags = Spill(directory, _LEADING + TAG)

    def add(self, claims: Rows, leading: Numbers) -> None:
        """Add rows.

        Args:
            claims: their claim rows.
            leading: the first 32 bits of the hash that leads each to its bucket.
        """
        self._claims.add(claims, claims[:, 0])
        leads = np.empty((len(claims), _LEADING + TAG), np.uint8)
        leads[:, :_LEADING] = leading.astype(">u4").view(np.uint8).reshape(-1, _LEADING)
        leads[:, _LEADING:] = claims[:, :TAG]
        self._tags.add(leads, leads[:, 0].copy())

    def claims(self) -> Iterator[Rows]:
        """Give all claim rows, ascending by tag."""
        for part in range(PARTS):
            rows = self._claims.part(part, part + 1)
            order = np.argsort(tags_of(rows[:, :TAG]), kind="stable")
            yield as_lines(rows)[order].view(np.uint8).reshape(-1, CLAIM_ROW)

    def fullest(self, prefix_bits: int) -> int:
        """Count the rows of the fullest bucket."""
        return max(
            int(np.bincount(numbers, minlength=1).max()) for _, numbers in self.buckets(prefix_bits)
        )

    def buckets(self, prefix_bits: int) -> Iterator[tuple[Tags, Numbers]]:
        """Give tags by groups of buckets, which follow each other; all groups have as many.

        Args:
            prefix_bits: how many leading bits number the buckets.

        Yields:
            tags, and the bucket of each, numbered within the group.
        """
        groups = 1 << min(prefix_bits, PART_BITS)
        within = np.uint64((1 << max(0, prefix_bits - PART_BITS)) - 1)
        for group in range(groups):
            rows = self._tags.part(group * PARTS // groups, (group + 1) * PARTS // groups)
            leading = np.ascontiguousarray(rows[:, :_LEADING]).view(">u4").reshape(-1)
            # protocol.md 3: the leading bits. In 64 bits: a shift of 32 bits by 32 has no meaning.
            numbers = leading.astype(np.uint64) >> np.uint64(32 - prefix_bits)
            yield tags_of(rows[:, _LEADING:]), (numbers & within).astype(np.uint32)

    def close(self) -> None:
        """Let go of the disk."""
        self._claims.close()
        self._tags.close()

    def __enter__(self) -> Self:
        """Hold the rows for a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the disk."""
        self.close()


def tags_of(columns: Rows) -> Tags:
    """Read tags as integers, whose order is that of their octets."""
    return np.ascontiguousarray(columns).view(">u8").reshape(-1).astype(np.uint64)
