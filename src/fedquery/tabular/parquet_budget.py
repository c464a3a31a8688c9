"""How much the pages of a Parquet file may unpack to in all, whatever its size.

A page of 150 octets can unpack to 128 MiB and still fit in memory, once; and a file has hundreds of
thousands of pages. So they are counted, over all row groups and columns that are read, before one
of them is unpacked. What is counted are octets and never seconds: a file that is read on one
machine is read on each.
"""

from dataclasses import dataclass
from typing import Final

from fedquery.tabular.fault import FileError

# A column of 100 million rows, the most that a file may have, takes 40 octets for each.
_FREE: Final = 4 * 2**30  # octets
# Beyond that, for each octet of the file. Lists unpack to two to ten times their size. It is the
# file that counts and not the pages: a description can name the same pages for many row groups.
_RATIO: Final = 64
# A page takes its time to be looked at, where it has no octets too.
_PAGE: Final = 1_024  # octets


@dataclass(slots=True)
class Budget:
    """What is left of the octets that a file may unpack to.

    Attributes:
        left: octets.
    """

    left: int

    @staticmethod
    def of_file(size: int) -> "Budget":
        """Give a file what it may take: 4 GiB, and 64 times its size.

        Args:
            size: the octets of the file.
        """
        return Budget(_FREE + _RATIO * size)

    def take(self, sizes: list[int]) -> None:
        """Count pages that are to be unpacked.

        A page of texts is unpacked three times at most: to count what is written by differences,
        to measure a dictionary, and to be read. It counts once.

        Args:
            sizes: of each page its octets, packed or unpacked, whichever are more.

        Raises:
            FileError: if they are more than is left.
        """
        self.left -= sum(max(size, _PAGE) for size in sizes)
        if self.left < 0:
            raise FileError(
                "the Parquet file is too large once it is unpacked",
                do="Write it anew with another program, as several files, or as CSV.",
            )
