"""Publish a dataset: the next version beside the serving one, then the change in one transaction.

The order is what makes a crash harmless: seed, index under its name, and last the transaction with
leaf, rows and checkpoint. Before that transaction nothing names the new version, and the next
attempt draws another seed and writes another index; after it everything is there.
"""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from fedquery.errors import ConfigError, PublicationError
from fedquery.identifiers import vectors_digest
from fedquery.psi.bucket import TAG_LENGTH, bucket_number, capacity_for, prefix_bits_for
from fedquery.psi.commitment import Opening, commit
from fedquery.psi.key import view_key
from fedquery.psi.publication import Publication
from fedquery.psi.tag import CLAIM_TOKEN_LENGTH
from fedquery_node import schema
from fedquery_node.config import DatasetSettings, NodeSettings
from fedquery_node.evaluate_pool import CHUNK, Epoch, Work, evaluate_all
from fedquery_node.index_files import VersionFiles
from fedquery_node.index_writer import Row, write_view
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
        rows = _inputs_of(connection, dataset)
        views = views_of(releases_of(connection, dataset), nations)
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
        rows: dict[int, bytes],
        views: tuple[View, ...],
        now_ms: int,
    ) -> "Shape":
        min_bucket = self.settings.datasets[dataset].min_bucket
        prefix_bits = prefix_bits_for(len(rows), min_bucket)
        buckets = {subject: bucket_number(octets, prefix_bits) for subject, octets in rows.items()}
        fullest = 0
        for view in views:
            counts = [0] * (1 << prefix_bits)
            for subject in view.subjects:
                counts[buckets[subject]] += 1
            fullest = max(fullest, *counts)
        floor = connection.execute(
            "SELECT max(capacity) FROM capacity_floor"
            " WHERE dataset = ? AND prefix_bits = ? AND until_ms > ?",
            (dataset, prefix_bits, now_ms),
        ).fetchone()[0]
        return Shape(prefix_bits, max(capacity_for(fullest), floor or 0), buckets)

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
        rows: dict[int, bytes],
        views: tuple[View, ...],
        shape: "Shape",
        progress: Progress,
    ) -> dict[str, Opening]:
        evaluated = _evaluate(epoch, rows, views, shape, workers=self.workers, progress=progress)
        files = VersionFiles.of(self.home, epoch.dataset, epoch.version)
        beside = files.begin()
        openings = {}
        for view in views:
            root = write_view(
                beside,
                view.view_id,
                evaluated[view.view_id],
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
        buckets: the bucket of each subject.
    """

    prefix_bits: int
    capacity: int
    buckets: dict[int, int]


def _inputs_of(connection: sqlite3.Connection, dataset: str) -> dict[int, bytes]:
    return dict(
        connection.execute(
            "SELECT id, identifier FROM subject WHERE dataset = ?"
            " AND EXISTS (SELECT 1 FROM record WHERE subject_id = subject.id) ORDER BY id",
            (dataset,),
        )
    )


def _evaluate(
    epoch: Epoch,
    rows: dict[int, bytes],
    views: tuple[View, ...],
    shape: Shape,
    *,
    workers: int,
    progress: Progress,
) -> dict[str, list[Row]]:
    subjects = list(rows)
    chunks = [subjects[at : at + CHUNK] for at in range(0, len(subjects), CHUNK)]
    works = [
        Work(
            epoch,
            tuple(rows[subject] for subject in chunk),
            tuple(
                (view.view_id, tuple(i for i, one in enumerate(chunk) if one in view.subjects))
                for view in views
            ),
        )
        for chunk in chunks
    ]
    evaluated: dict[str, list[Row]] = {view.view_id: [] for view in views}
    for chunk, done in zip(chunks, evaluate_all(works, workers=workers), strict=True):
        for view_id, places, tags, tokens in done:
            evaluated[view_id].extend(
                Row(
                    chunk[at],
                    shape.buckets[chunk[at]],
                    tags[TAG_LENGTH * number : TAG_LENGTH * (number + 1)],
                    tokens[CLAIM_TOKEN_LENGTH * number : CLAIM_TOKEN_LENGTH * (number + 1)],
                )
                for number, at in enumerate(places)
            )
        progress(len(chunk))
    return evaluated
