"""Rows that wait on the disk until all of them are known, parted so that each part can be sorted.

A publication has its rows in the order of the database and needs them in the order of their tags.
They are spread over parts by the first eight bits of what they will be sorted by; a part fits into
memory where all rows do not. The file has no name, so that a process that dies leaves none behind.
"""

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

PART_BITS: Final = 8
PARTS: Final = 1 << PART_BITS

# Octets that wait in memory for their place on the disk.
_RUN: Final = 8 * 2**20

Rows = NDArray[np.uint8]
Numbers = NDArray[np.uint32]
Tags = NDArray[np.uint64]


class Spill:
    """Rows of one width, on the disk.

    Args:
        directory: on whose disk they wait.
        width: the octets of a row.

    Raises:
        OSError: if the disk fails; so do all methods.
    """

    def __init__(self, directory: Path, width: int) -> None:
        self._width = width
        self._file = tempfile.TemporaryFile(dir=directory, buffering=0)  # noqa: SIM115 -- closed by `close`
        self._waiting: list[tuple[Rows, Rows]] = []
        self._octets = 0
        # For each run where it begins, and how many of its rows come before each part.
        self._runs: list[tuple[int, NDArray[np.int64]]] = []
        self._end = 0

    def add(self, rows: Rows, parts: Rows) -> None:
        """Add rows.

        Args:
            rows: a line of `width` octets for each.
            parts: to which part each belongs, the same for all that are to be sorted together.
        """
        self._waiting.append((rows, parts))
        self._octets += rows.size
        if self._octets >= _RUN:
            self._write()

    def _write(self) -> None:
        if not self._waiting:
            return
        rows = np.concatenate([rows for rows, _ in self._waiting])
        parts = np.concatenate([parts for _, parts in self._waiting])
        self._waiting, self._octets = [], 0
        before = np.zeros(PARTS + 1, np.int64)
        np.cumsum(np.bincount(parts, minlength=PARTS), out=before[1:])
        ordered = as_lines(rows)[np.argsort(parts, kind="stable")]
        _write_all(self._file.fileno(), ordered.view(np.uint8).data)
        self._runs.append((self._end, before))
        self._end += rows.size

    def part(self, first: int, last: int) -> Rows:
        """Read all rows of the parts from `first` to before `last`, in no certain order."""
        self._write()
        counts = [int(before[last] - before[first]) for _, before in self._runs]
        rows = np.empty((sum(counts), self._width), np.uint8)
        at = 0
        for (begin, before), count in zip(self._runs, counts, strict=True):
            into = rows[at : at + count].reshape(-1).data
            _read_all(self._file.fileno(), into, begin + self._width * int(before[first]))
            at += count
        return rows

    def close(self) -> None:
        """Let go of the disk."""
        self._waiting = []
        self._file.close()

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


def as_lines(rows: Rows) -> NDArray[np.void]:
    """See each row as one value, which is moved as a whole."""
    return np.ascontiguousarray(rows).view(f"V{rows.shape[1]}").reshape(-1)


def _write_all(descriptor: int, octets: memoryview) -> None:
    while octets:
        octets = octets[os.write(descriptor, octets) :]


def _read_all(descriptor: int, into: memoryview, offset: int) -> None:
    while into:
        count = os.preadv(descriptor, [into], offset)
        if not count:
            raise OSError("rows that were written are not there")
        into, offset = into[count:], offset + count
