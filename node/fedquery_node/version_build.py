"""Build the index of a version: evaluate all rows, settle its numbers, write its files.

Nothing here grows with the dataset but what it puts on the disk: chunks are read, evaluated and
spilled, and each part of a view is sorted and written for itself.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from fedquery.psi.bucket import capacity_for, prefix_bits_for
from fedquery_node.dividing import View
from fedquery_node.evaluate_pool import CHUNK, WORTH_A_POOL, Epoch, Work, evaluate_all
from fedquery_node.index_files import VersionFiles
from fedquery_node.index_writer import write_buckets, write_claims
from fedquery_node.rows import at_least, chunks_of
from fedquery_node.view_rows import ViewRows

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that are the same for every view.

    Attributes:
        prefix_bits: how many leading bits number the buckets.
        capacity: the tags of each bucket.
    """

    prefix_bits: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Built:
    """The index of a version, whose files have no name yet.

    Attributes:
        rows: how many identifiers there are, whoever may see them.
        shape: its numbers.
        roots: view to the root over its buckets.
    """

    rows: int
    shape: Shape
    roots: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the index of one version under one seed.

    Attributes:
        epoch: the version and its seed.
        views: its views.
        min_bucket: the least rows that a bucket should hide among.
        kept_capacity: says which capacity it must not fall below, by the leading bits.
        random: the random source.
        workers: how many threads or processes work.
    """

    epoch: Epoch
    views: tuple[View, ...]
    min_bucket: int
    kept_capacity: Callable[[int], int]
    random: Callable[[int], bytes]
    workers: int

    def build(
        self, connection: sqlite3.Connection, beside: VersionFiles, progress: Progress
    ) -> Built:
        """Build the index.

        Args:
            connection: the node's database, within a transaction.
            beside: where; a directory made by `VersionFiles.begin`.
            progress: called with the number of rows after each chunk.

        Raises:
            PublicationError: if two rows of a bucket have one tag; build with another seed.
            OSError: if the disk fails.
        """
        with ExitStack() as stack:
            rows_of = {
                view.view_id: stack.enter_context(ViewRows(beside.directory)) for view in self.views
            }
            rows = self._evaluate(connection, rows_of, progress)
            bits = prefix_bits_for(rows, self.min_bucket)
            fullest = max(of_view.fullest(bits) for of_view in rows_of.values())
            shape = Shape(bits, max(capacity_for(fullest), self.kept_capacity(bits)))
            return Built(rows, shape, self._written(beside, rows_of, shape))

    def _evaluate(
        self,
        connection: sqlite3.Connection,
        rows_of: Mapping[str, ViewRows],
        progress: Progress,
    ) -> int:
        rows = 0
        # Below this a pool costs more than it saves.
        many = at_least(connection, self.epoch.dataset, WORTH_A_POOL)
        workers = self.workers if many else 1
        for done in evaluate_all(self._works(connection), workers=workers):
            for part in done.parts:
                rows_of[part.view_id].add(part.claims, part.leading)
            rows += done.rows
            progress(done.rows)
        return rows

    def _works(self, connection: sqlite3.Connection) -> Iterator[Work]:
        for chunk in chunks_of(connection, self.epoch.dataset, CHUNK):
            wanted = tuple((view.view_id, view.places_of(chunk.subjects)) for view in self.views)
            yield Work(self.epoch, chunk, wanted)

    def _written(
        self, beside: VersionFiles, rows_of: Mapping[str, ViewRows], shape: Shape
    ) -> dict[str, bytes]:
        """Write the files of all views, claims beside buckets: they share no state."""
        with ThreadPoolExecutor(self.workers, "write-index") as threads:
            roots = {
                view_id: threads.submit(
                    write_buckets,
                    beside,
                    view_id,
                    rows,
                    prefix_bits=shape.prefix_bits,
                    capacity=shape.capacity,
                    random=self.random,
                )
                for view_id, rows in rows_of.items()
            }
            claims = [
                threads.submit(write_claims, beside, view_id, rows)
                for view_id, rows in rows_of.items()
            ]
            for written in claims:
                written.result()
            return {view_id: root.result() for view_id, root in roots.items()}
