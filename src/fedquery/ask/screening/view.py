"""The buckets of one version that a list is searched in, in a file that has no name.

Tags lie in it as numbers in this machine's order, bucket after bucket, so that a search makes no
object of each tag; what is not used for long leaves the memory.
"""

import itertools
import mmap
import os
import sys
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from fedquery.errors import StorageError
from fedquery.psi.bucket import TAG_LENGTH
from fedquery.psi.publication import Publication

_LITTLE: Final = sys.byteorder == "little"


class View:
    """Buckets of a version, verified before they are added.

    Args:
        publication: the version.
        directory: where the file is made.
    """

    def __init__(self, publication: Publication, directory: Path) -> None:
        self._capacity = publication.capacity
        self._has = bytearray(1 << publication.prefix_bits)
        length = len(self._has) * TAG_LENGTH * self._capacity
        try:
            self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 -- closed by __exit__
            self._file.truncate(length)
            self._map = mmap.mmap(self._file.fileno(), length, access=mmap.ACCESS_READ)
        except OSError:
            raise StorageError("there is no room for the buckets of a list") from None
        self._octets = memoryview(self._map)
        self._tags = self._octets.cast("Q")

    def __enter__(self) -> Self:
        """Hold the buckets for a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of them."""
        self._tags.release()
        self._octets.release()
        self._map.close()
        self._file.close()

    def add(self, number: int, tags: bytes) -> None:
        """Add a bucket that was verified.

        Args:
            number: which one.
            tags: its tags, strictly ascending.

        Raises:
            StorageError: if the disk is full.
        """
        at = number * TAG_LENGTH * self._capacity
        try:
            # Written and not mapped: a full disk is an error then, and no signal.
            written = os.pwrite(self._file.fileno(), _in_order(tags).tobytes(), at)
        except OSError:
            written = 0
        if written != len(tags):
            raise StorageError("there is no room for the buckets of a list")
        self._has[number] = 1

    @property
    def count(self) -> int:
        """Count the buckets that are there."""
        return self._has.count(1)

    def __contains__(self, number: int) -> bool:
        """Tell whether a bucket is there."""
        return bool(self._has[number])

    def search(self, numbers: Sequence[int], tags: bytes) -> bytes | None:
        """Search tags, each in its own bucket (protocol.md 4, check 8).

        Args:
            numbers: the number of the bucket of each.
            tags: 8 octets each.

        Returns:
            for each 1 where it is there, else 0; None where a bucket is missing.
        """
        if not all(map(self._has.__getitem__, numbers)):
            return None
        held, capacity = self._tags, self._capacity
        wanted = _in_order(tags)
        lows = [number * capacity for number in numbers]
        highs = [low + capacity for low in lows]
        places = map(bisect_left, itertools.repeat(held), wanted, lows, highs)
        # A place at the end of its bucket is the first one of the next.
        return bytes(
            [
                at < high and held[at] == tag
                for at, high, tag in zip(places, highs, wanted, strict=True)
            ]
        )


def _in_order(tags: bytes) -> "array[int]":
    """Read tags, which are big-endian, as numbers."""
    numbers = array("Q")
    numbers.frombytes(tags)
    if _LITTLE:
        numbers.byteswap()
    return numbers
