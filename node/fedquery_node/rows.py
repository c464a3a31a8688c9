"""Read the identifiers of a dataset for a publication, a chunk at a time, in one order."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

Subjects = NDArray[np.int64]

# A dataset of at least one row in so many is read quicker by going through the whole table.
_WORTH_ALL: Final = 8
_FIRST, _SECOND = itemgetter(0), itemgetter(1)


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some identifiers of a dataset.

    Attributes:
        subjects: their numbers in the database.
        inputs: the encoded identifiers.
    """

    subjects: Subjects
    inputs: tuple[bytes, ...]

    def __repr__(self) -> str:
        """Say how many rows there are, and nothing of them."""
        return f"Chunk({len(self.inputs)} rows)"

    def at(self, places: NDArray[np.intp]) -> "Chunk":
        """Give the rows at some places."""
        return Chunk(self.subjects[places], tuple(self.inputs[at] for at in places.tolist()))


@contextmanager
def one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """Let everything that is read in a block be of one moment."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def most_rows(connection: sqlite3.Connection, dataset: str) -> int:
    """Count the identifiers of a dataset, those without a record included."""
    found = connection.execute("SELECT count(*) FROM subject WHERE dataset = ?", (dataset,))
    return int(found.fetchone()[0])


def at_least(connection: sqlite3.Connection, dataset: str, count: int) -> bool:
    """Say whether a dataset has so many identifiers, without counting more of them."""
    (found,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM subject WHERE dataset = ? LIMIT ?)", (dataset, count)
    ).fetchone()
    return bool(found >= count)


def of_dataset(connection: sqlite3.Connection, dataset: str) -> str:
    """Write the condition that finds the rows of a dataset, whose name is `?1`, the quicker way.

    An index leads to the few rows of a small dataset. It gives the many of a large one in another
    order than they lie in, so that each of them costs a search.
    """
    (highest,) = connection.execute("SELECT coalesce(max(id), 0) FROM subject").fetchone()
    # SQLite's query planner: a unary plus keeps a term from choosing an index.
    whole = at_least(connection, dataset, 1 + highest // _WORTH_ALL)
    return "+dataset = ?1" if whole else "dataset = ?1"


def chunks_of(connection: sqlite3.Connection, dataset: str, size: int) -> Iterator[Chunk]:
    """Read the identifiers that stand in a record, and the forms it is found under as well.

    In bounded memory.

    Args:
        connection: the node's database.
        dataset: the name of the dataset.
        size: the rows of a chunk; the last one may have fewer.
    """
    these = of_dataset(connection, dataset)
    found = connection.execute(
        f"SELECT id, identifier FROM subject WHERE {these}"  # noqa: S608 -- one of two constants
        " AND (EXISTS (SELECT 1 FROM record WHERE subject_id = subject.id)"
        " OR EXISTS (SELECT 1 FROM found_under WHERE form_id = subject.id))",
        (dataset,),
    )
    while rows := found.fetchmany(size):
        subjects = np.fromiter(map(_FIRST, rows), np.int64, len(rows))
        yield Chunk(subjects, tuple(map(_SECOND, rows)))
