"""What an import needs of a source of rows, whatever it is: a file, or a query of a database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from fedquery.tabular import Row

# A row and its cursor; "" where the source has none.
Marked: TypeAlias = tuple[Row, str]

MARK_CAP: Final = 256  # characters


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a source was read.

    Attributes:
        line: the number of the last row that was read; 0 if none was.
        mark: the value of its cursor, or "" where the source has none or nothing was read.
        again: whether the rows with that value are to be read once more.
    """

    line: int = 0
    mark: str = field(default="", repr=False)
    again: bool = False


START: Final = Position()


class Source(Protocol):
    """A source of rows.

    Attributes:
        identity: what it is, its settings and its content as far as they are known: rows that were
            read from something else are not gone on with.
        lasting: whether rows that were read are as good later: the source is a file that did not
            change, or has a cursor that tells what changed since.
        marked: whether its rows have a cursor. Then they come in its order, a reference may come
            again, and the last one counts.
    """

    @property
    def identity(self) -> bytes:
        """Give a digest of what it is."""

    @property
    def lasting(self) -> bool:
        """Say whether rows that were read are as good later."""

    @property
    def marked(self) -> bool:
        """Say whether its rows have a cursor."""

    def rows(self, after: Position) -> Iterator[Marked]:
        """Read the rows behind a position, in bounded memory, each with its cursor.

        Raises:
            FileError: if it is unusable as a whole.
            StorageError: if it does not answer, or not any more.
        """
