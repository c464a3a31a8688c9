"""Read the identifiers of a dataset for a publication, a chunk at a time, in one order."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some identifiers of a dataset.

    Attributes:
        subjects: their numbers in the database.
        inputs: the encoded identifiers.
    """

    subjects: tuple[int, ...]
    inputs: tuple[bytes, ...]

    def __repr__(self) -> str:
        """Say how many rows there are, and nothing of them."""
        return f"Chunk({len(self.subjects)} rows)"


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


def chunks_of(connection: sqlite3.Connection, dataset: str, size: int) -> Iterator[Chunk]:
    """Read the identifiers that stand in a record, and the forms it is found under as well.

    In bounded memory.

    Args:
        connection: the node's database.
        dataset: the name of the dataset.
        size: the rows of a chunk; the last one may have fewer.
    """
    found = connection.execute(
        "SELECT id, identifier FROM subject WHERE dataset = ?"
        " AND (EXISTS (SELECT 1 FROM record WHERE subject_id = subject.id)"
        " OR EXISTS (SELECT 1 FROM found_under WHERE form_id = subject.id))",
        (dataset,),
    )
    while rows := found.fetchmany(size):
        subjects, inputs = zip(*rows, strict=True)
        yield Chunk(subjects, inputs)
