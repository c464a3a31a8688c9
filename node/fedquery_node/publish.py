"""Publish a dataset: the next version beside the serving one, then the change in one transaction.

The order is what makes a crash harmless: seed, index under its name, and last the transaction with
leaf, rows and checkpoint. Before that transaction nothing names the new version, and the next
attempt draws another seed and writes another index; after it everything is there.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from fedquery.errors import ConfigError, PublicationError
from fedquery.federation.offer import MOST_PUBLICATIONS
from fedquery.identifiers import vectors_digest
from fedquery.psi.bucket import bucket_numbers, capacity_for, prefix_bits_for
from fedquery.psi.commitment import Opening, commit
from fedquery.psi.key import view_key
from fedquery.psi.publication import Publication
from fedquery_node import schema
from fedquery_node.config import DatasetSettings, NodeSettings
from fedquery_node.evaluate_pool import CHUNK, Epoch, Work, evaluate_all
from fedquery_node.index_files import VersionFiles
from fedquery_node.index_writer import write_view
from fedquery_node.keystore import SEED_LENGTH, KeyStore
from fedquery_node.views import View, releases_of, views_of

HOUR_MS = 3_600_000
CAPACITY_KEPT_MS = 90 * 24 * HOUR_MS  # protocol.md 3.1: it does not shrink for 90 days
_SALT_LENGTH = 32
_MAX_SEEDS = 3

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes the datasets of one node.

    Attributes:
        home: the data directory, locked for publishing.
        settings: the node's settings.
        keys: its key files.
        random: the random source.
        workers: how many processes evaluate.
    """

    home: Path
    settings: NodeSettings
    keys: KeyStore
    random: Callable[[int], bytes]
    workers: int = 1

    def publish(
        self,
        connection: sqlite3.Connection,
        dataset: str,
        nations: Collection[str],
        now_ms: int,
        progress: Progress = lambda _rows: None,
    ) -> Publication:
        """Publish the next version of a dataset.

        Args:
            connection: the node's database, outside a transaction.
            dataset: its name.
            nations: every member nation but the node's own.
            now_ms: the time.
            progress: called with the number of rows after each chunk.

        Returns:
            The publication, logged, in a checkpoint, and serving.

        Raises:
            ConfigError: if there is no such dataset, or no other nation to publish for.
            StorageError: if the database or the disk fails; nothing is published.
        """
        chosen = self.settings.datasets.get(dataset)
        if chosen is None:
            raise ConfigError("node.toml names no such dataset")
        if not nations or self.settings.nation in nations:
            raise ConfigError("a publication is for the other member nations")
        releases = releases_of(connection, dataset)
        rows = _rows_of(connection, dataset, set[int]().union(*(some for _, some in releases)))
        views = views_of(releases, nations)
        shape = self._shape(connection, dataset, rows, views, now_ms)
        version = self._next_version(connection, dataset)
        for _ in range(_MAX_SEEDS):
            seed = self._new_seed(dataset, version)
            epoch = Epoch(seed, self.settings.nation, dataset, version)
            try:
                openings = self._write_index(epoch, rows, views, shape, progress)
            except PublicationError:
                # Two rows met in one tag (once in 2^45 at 10^6 rows): another seed parts them.
                continue
            publication = self._publication(epoch, chosen, openings, shape, now_ms)
            self._commit(connection, publication, views, openings, now_ms)
            return publication
        self.keys.destroy_seed(dataset, version)
        raise PublicationError("rows meet in one tag under every seed")

    def _shape(
        self,
        connection: sqlite3.Connection,
        dataset: str,
        rows: "Rows",
        views: tuple[View, ...],
        now_ms: int,
    ) -> "Shape":
        min_bucket = self.settings.datasets[dataset].min_bucket
        prefix_bits = prefix_bits_for(len(rows.subjects), min_bucket)
        numbers = bucket_numbers(rows.inputs, prefix_bits)
        fullest = 0
        for view in views:
            seen = rows.numbers_in(view, numbers)
            fullest = max(fullest, *Counter(seen).values(), 0)
        floor = connection.execute(
            "SELECT max(capacity) FROM capacity_floor"
            " WHERE dataset = ? AND prefix_bits = ? AND until_ms > ?",
            (dataset, prefix_bits, now_ms),
        ).fetchone()[0]
        return Shape(prefix_bits, max(capacity_for(fullest), floor or 0), numbers)

    def _next_version(self, connection: sqlite3.Connection, dataset: str) -> int:
        row = connection.execute(
            "SELECT coalesce(max(version), 0) FROM publication WHERE dataset = ?", (dataset,)
        ).fetchone()
        return int(row[0]) + 1

    def _new_seed(self, dataset: str, version: int) -> bytes:
        # A seed of this version that a crash left behind was never used for an answer.
        self.keys.destroy_seed(dataset, version)
        seed = self.random(SEED_LENGTH)
        self.keys.create_seed(dataset, version, seed)
        return seed

    def _write_index(
        self,
        epoch: Epoch,
        rows: "Rows",
        views: tuple[View, ...],
        shape: "Shape",
        progress: Progress,
    ) -> dict[str, Opening]:
        evaluated = _evaluate(epoch, rows, views, workers=self.workers, progress=progress)
        files = VersionFiles.of(self.home, epoch.dataset, epoch.version)
        beside = files.begin()
        openings = {}
        for view in views:
            root = write_view(
                beside,
                view.view_id,
                evaluated[view.view_id],
                rows.numbers_in(view, shape.numbers),
                prefix_bits=shape.prefix_bits,
                capacity=shape.capacity,
                random=self.random,
            )
            key = view_key(epoch.seed, epoch.nation, epoch.dataset, epoch.version, view.view_id)
            for nation in view.nations:
                salt = self.random(_SALT_LENGTH)
                openings[nation] = Opening(
                    salt, shape.prefix_bits, shape.capacity, key.public, root
                )
        files.finish(beside)
        return openings

    def _publication(
        self,
        epoch: Epoch,
        chosen: DatasetSettings,
        openings: dict[str, Opening],
        shape: "Shape",
        now_ms: int,
    ) -> Publication:
        return Publication(
            nation=epoch.nation,
            dataset=epoch.dataset,
            kind=chosen.kind,
            vectors_digest=vectors_digest(chosen.kind),
            version=epoch.version,
            prefix_bits=shape.prefix_bits,
            capacity=shape.capacity,
            commitments={
                nation: commit(epoch.nation, epoch.dataset, epoch.version, nation, opening)
                for nation, opening in openings.items()
            },
            published_ms=now_ms,
            next_due_ms=now_ms + chosen.next_due_h * HOUR_MS,
            claim_window_ms=chosen.claim_window_h * HOUR_MS,
        )

    def _commit(
        self,
        connection: sqlite3.Connection,
        publication: Publication,
        views: tuple[View, ...],
        openings: dict[str, Opening],
        now_ms: int,
    ) -> None:
        log = schema.log_of(self.settings)
        signer = self.keys.log_signer(log.origin)
        dataset, version = publication.dataset, publication.version
        leaf = publication.encode()
        connection.execute("BEGIN IMMEDIATE")
        try:
            log_index, _ = log.append(connection, [leaf])
            connection.execute(
                "UPDATE publication SET state = 'retiring', retire_at_ms = ?"
                " WHERE dataset = ? AND state = 'serving'",
                (now_ms + 1000 * self.settings.overlap_s, dataset),
            )
            # A manifest offers four versions at most: what is older than the last three retires,
            # whatever is left of its overlap.
            connection.execute(
                "UPDATE publication SET state = 'retired', retire_at_ms = ?"
                " WHERE dataset = ? AND state = 'retiring' AND version <= ?",
                (now_ms, dataset, version - MOST_PUBLICATIONS),
            )
            connection.execute(
                "INSERT INTO publication VALUES (?, ?, 'serving', ?, ?, NULL, ?, NULL)",
                (dataset, version, leaf, log_index, now_ms + publication.claim_window_ms),
            )
            connection.executemany(
                "INSERT INTO view VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (dataset, version, nation, view.view_id, one.salt, one.public_key, one.root)
                    for view in views
                    for nation in view.nations
                    for one in (openings[nation],)
                ],
            )
            connection.execute(
                "INSERT OR REPLACE INTO capacity_floor VALUES (?, ?, ?, ?)",
                (
                    dataset,
                    publication.prefix_bits,
                    publication.capacity,
                    now_ms + CAPACITY_KEPT_MS,
                ),
            )
            # protocol.md 3.3: in a signed checkpoint before it is used.
            log.sign_checkpoint(connection, signer, now_ms)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that are the same for every view, and where each row goes.

    Attributes:
        prefix_bits: how many leading bits number the buckets.
        capacity: the tags of each bucket.
        numbers: the bucket of each row, in their order.
    """

    prefix_bits: int
    capacity: int
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Rows:
    """The identifiers of a dataset that stand in a record, in one order that all here keep to.

    Attributes:
        subjects: their numbers in the database.
        inputs: the encoded identifiers.
    """

    subjects: Sequence[int]
    inputs: Sequence[bytes]

    def __repr__(self) -> str:
        """Say how many rows there are, and nothing of them."""
        return f"Rows({len(self.subjects)})"

    def numbers_in(self, view: View, numbers: Sequence[int]) -> Sequence[int]:
        """Choose the bucket numbers of the rows in a view, in the order of the rows."""
        if len(view.subjects) == len(self.subjects):
            return numbers
        seen = view.subjects
        return [n for subject, n in zip(self.subjects, numbers, strict=True) if subject in seen]


def _rows_of(connection: sqlite3.Connection, dataset: str, recorded: AbstractSet[int]) -> Rows:
    """Read the subjects that stand in a record."""
    found = connection.execute(
        "SELECT id, identifier FROM subject WHERE dataset = ?", (dataset,)
    ).fetchall()
    # Every record has its subject; so as many subjects as are recorded are all of them.
    if len(found) != len(recorded):
        found = [row for row in found if row[0] in recorded]
    return Rows([subject for subject, _ in found], [octets for _, octets in found])


def _evaluate(
    epoch: Epoch,
    rows: Rows,
    views: tuple[View, ...],
    *,
    workers: int,
    progress: Progress,
) -> dict[str, list[bytes]]:
    """Evaluate all rows and give the claim rows of each view, in the order of the rows."""
    count = len(rows.subjects)
    # One after the other, so that the workers have begun while the next chunks are cut.
    works = (_work(epoch, rows, slice(at, at + CHUNK), views) for at in range(0, count, CHUNK))
    evaluated: dict[str, list[bytes]] = {view.view_id: [] for view in views}
    for at, done in enumerate(evaluate_all(works, count, workers=workers)):
        for view_id, claims in done:
            evaluated[view_id] += claims
        progress(min(CHUNK, count - at * CHUNK))
    return evaluated


def _work(epoch: Epoch, rows: Rows, chunk: slice, views: tuple[View, ...]) -> Work:
    subjects, inputs = tuple(rows.subjects[chunk]), tuple(rows.inputs[chunk])
    every = tuple(range(len(subjects)))
    wanted = tuple(
        (
            view.view_id,
            every
            if len(view.subjects) == len(rows.subjects)
            else tuple(at for at in every if subjects[at] in view.subjects),
        )
        for view in views
    )
    return Work(epoch, subjects, inputs, wanted)
