"""Room on the disk for what a question will bring, taken before it leaves.

What other nations have counted and logged cannot be asked for again for nothing. So its room is
there before: a file without a name, as long as the answers will be, in the directory in which they
are kept. Where a write finds the disk full, a part of it is given up, and it is written again.
Without a name nothing is left of it when the process ends. It holds no more than room: another
program can fill what is given up in the moment before it is used.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Final, TypeVar

from fedquery.ask.sealing import SealedQuestion
from fedquery.errors import DiskFullError, StorageError
from fedquery.psi.prefix import slot_count
from fedquery.seal.size import REQUEST_LENGTH, answer_length
from fedquery.storage.full_disk import is_full

T = TypeVar("T")

_ELEMENT_LENGTH: Final = 32
# It is given up in parts: another program that fills each of them leaves room for what comes later.
_PARTS: Final = 16
_SMALLEST_PART: Final = 16 * 1024
# Pages of the database that a lookup and its entries of the log touch; 4 KiB each.
_PAGES: Final = 256 * 1024
# Of a receipt all but question and answer: publication, proof, checkpoint; and outcomes.
_BESIDE: Final = 32 * 1024


class Room:
    """Room on the disk, none until it is taken.

    Args:
        directory: a directory on that disk.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: IO[bytes] | None = None
        self._part = 0

    def take(self, octets: int) -> None:
        """Take room.

        Args:
            octets: how much, at least 1.

        Raises:
            DiskFullError: if there is not as much.
            StorageError: if the disk does not do it.
        """
        self.give_up()
        try:
            # No name is ever looked up by it, and none is left.
            file = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115 -- kept open until it is given up
            self._file = file
            self._part = max(octets // _PARTS, _SMALLEST_PART)
            os.posix_fallocate(file.fileno(), 0, octets)
        except OSError as error:
            self.give_up()
            if is_full(error):
                raise DiskFullError from None
            raise StorageError(os.strerror(error.errno or 0)) from None

    def give_up(self) -> bool:
        """Give the room back; False where none was taken, or it was given up before."""
        file, self._file = self._file, None
        if file is None:
            return False
        file.close()
        return True

    def write(self, write: Callable[[], T]) -> T:
        """Write something, in the room that was taken for it where there is no other.

        Args:
            write: writes it, as a whole or not at all.
        """
        while True:
            try:
                return write()
            except (sqlite3.OperationalError, StorageError):
                if not self._give_up_some():
                    raise

    def _give_up_some(self) -> bool:
        """Give a part back, so that what comes later has room too; False where none is left."""
        if self._file is None:
            return False
        left = os.fstat(self._file.fileno()).st_size - self._part
        if left <= 0:
            return self.give_up()
        os.ftruncate(self._file.fileno(), left)
        return True


def octets_for(questions: Iterable[SealedQuestion]) -> int:
    """Say how much room the answers to questions take on the disk, in octets, and no less."""
    return _PAGES + sum(map(_octets_for, questions))


def _octets_for(question: SealedQuestion) -> int:
    asking = question.asking
    publication, size_class = asking.terms.publication, len(asking.elements) // _ELEMENT_LENGTH
    bits = publication.prefix_bits
    slots = slot_count(size_class, asking.prefix_len, bits, asking.columns)
    answer = answer_length(size_class, slots, publication.capacity, bits)
    # Once in the receipt, in base64, and its buckets once more in the database.
    return 3 * (answer + REQUEST_LENGTH[size_class]) + _BESIDE
