"""Publish a dataset: the next version beside the serving one, then the change in one transaction.

The order is what makes a crash harmless: seed, index under its name, and last the transaction with
leaf, rows and checkpoint. Before that transaction nothing names the new version, and the next
attempt draws another seed and writes another index; after it everything is there.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fedquery.encoding import canonical_json
from fedquery.errors import ConfigError, PublicationError
from fedquery.federation.offer import MOST_PUBLICATIONS
from fedquery.psi.bucket import capacity_for, prefix_bits_for
from fedquery.psi.commitment import Opening, commit
from fedquery.psi.key import view_key
from fedquery.psi.publication import Publication
from fedquery_node import schema, spelling
from fedquery_node.config import DatasetSettings, NodeSettings
from fedquery_node.evaluate_pool import CHUNK, Epoch, Part, Work, evaluate_all
from fedquery_node.filling import Numbers
from fedquery_node.index_files import VersionFiles
from fedquery_node.index_writer import claim_rows, write_view
from fedquery_node.keystore import SEED_LENGTH, KeyStore
from fedquery_node.rows import chunks_of, most_rows, one_state
from fedquery_node.views import View, Viewers, read_views, viewers_of

HOUR_MS = 3_600_000
CAPACITY_KEPT_MS = 90 * 24 * HOUR_MS  # protocol.md 3.1: it does not shrink for 90 days
_SALT_LENGTH = 32
_MAX_SEEDS = 3

Progress = Callable[[int], None]


def _no_more() -> None:
    """Want no further check."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes the datasets of one node.

    Attributes:
        home: the data directory, locked for publishing.
        settings: the node's settings.
        keys: its key files.
        random: the random source.
        workers: how many threads or processes evaluate.
        before_commit: raises where what was read must not be published.
    """

    home: Path
    settings: NodeSettings
    keys: KeyStore
    random: Callable[[int], bytes]
    workers: int = 1
    before_commit: Callable[[], None] = _no_more
    teams: Viewers = field(default_factory=dict)

    def publish(
        self,
        connection: sqlite3.Connection,
        dataset: str,
        nations: Collection[str],
        now_ms: int,
        progress: Progress = lambda _rows: None,
    ) -> "Published":
        """Publish the next version of a dataset.

        Args:
            connection: the node's database, outside a transaction.
            dataset: its name.
            nations: every member nation but the node's own.
            now_ms: the time.
            progress: called with the number of rows after each chunk.

        Returns:
            The publication, logged, in a checkpoint, and serving; and how many rows it has.

        Raises:
            ConfigError: if there is no such dataset, or no other nation to publish for.
            StorageError: if the database or the disk fails; nothing is published.
        """
        chosen = self.settings.datasets.get(dataset)
        if chosen is None:
            raise ConfigError("node.toml names no such dataset")
        if not nations or self.settings.nation in nations:
            raise ConfigError("a publication is for the other member nations")
        with one_state(connection):
            views = read_views(connection, dataset, viewers_of(nations, self.teams))
            digests = spelling.digests_of(connection, dataset, chosen.kind)
            version = self._next_version(connection, dataset)
            for _ in range(_MAX_SEEDS):
                seed = self._new_seed(dataset, version)
                epoch = Epoch(seed, self.settings.nation, dataset, version)
                evaluated = self._evaluate(connection, epoch, views, progress)
                shape = self._shape(connection, dataset, evaluated, now_ms)
                try:
                    openings = self._write_index(epoch, views, evaluated, shape)
                except PublicationError:
                    # Two rows met in one tag (once in 2^45 at 10^6 rows): another seed parts them.
                    continue
                break
            else:
                self.keys.destroy_seed(dataset, version)
                raise PublicationError("rows meet in one tag under every seed")
        publication = self._publication(epoch, chosen, openings, shape, now_ms, digests=digests)
        self.before_commit()
        self._commit(connection, publication, views, openings, now_ms)
        return Published(publication, evaluated.rows)

    def _evaluate(
        self,
        connection: sqlite3.Connection,
        epoch: Epoch,
        views: tuple[View, ...],
        progress: Progress,
    ) -> "Evaluated":
        works = (
            Work(
                epoch,
                chunk,
                tuple((view.view_id, view.places_of(chunk.subjects)) for view in views),
            )
            for chunk in chunks_of(connection, epoch.dataset, CHUNK)
        )
        parts: dict[str, list[Part]] = {view.view_id: [] for view in views}
        rows = 0
        most = most_rows(connection, epoch.dataset)
        for done in evaluate_all(works, most, workers=self.workers):
            for part in done.parts:
                parts[part.view_id].append(part)
            rows += done.rows
            progress(done.rows)
        return Evaluated(rows, {view_id: _joined(view_id, some) for view_id, some in parts.items()})

    def _shape(
        self, connection: sqlite3.Connection, dataset: str, evaluated: "Evaluated", now_ms: int
    ) -> "Shape":
        min_bucket = self.settings.datasets[dataset].min_bucket
        prefix_bits = prefix_bits_for(evaluated.rows, min_bucket)
        fullest = max(
            int(np.bincount(_numbers_of(part, prefix_bits), minlength=1).max())
            for part in evaluated.views.values()
        )
        floor = connection.execute(
            "SELECT max(capacity) FROM capacity_floor"
            " WHERE dataset = ? AND prefix_bits = ? AND until_ms > ?",
            (dataset, prefix_bits, now_ms),
        ).fetchone()[0]
        return Shape(prefix_bits, max(capacity_for(fullest), floor or 0))

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
        self, epoch: Epoch, views: tuple[View, ...], evaluated: "Evaluated", shape: "Shape"
    ) -> dict[str, Opening]:
        files = VersionFiles.of(self.home, epoch.dataset, epoch.version)
        beside = files.begin()
        openings = {}
        for view in views:
            part = evaluated.views[view.view_id]
            root = write_view(
                beside,
                view.view_id,
                part.claims,
                _numbers_of(part, shape.prefix_bits),
                prefix_bits=shape.prefix_bits,
                capacity=shape.capacity,
                random=self.random,
            )
            key = view_key(epoch.seed, epoch.nation, epoch.dataset, epoch.version, view.view_id)
            for viewer in view.viewers:
                salt = self.random(_SALT_LENGTH)
                openings[viewer] = Opening(
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
        *,
        digests: tuple[bytes, ...],
    ) -> Publication:
        return Publication(
            nation=epoch.nation,
            dataset=epoch.dataset,
            kind=chosen.kind,
            vectors_digest=digests[0],
            vectors_former=digests[1:],
            version=epoch.version,
            prefix_bits=shape.prefix_bits,
            capacity=shape.capacity,
            commitments={
                viewer: commit(epoch.nation, epoch.dataset, epoch.version, viewer, opening)
                for viewer, opening in openings.items()
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
                "INSERT INTO view VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        dataset,
                        version,
                        viewer,
                        _teams_text(self.teams.get(viewer, frozenset())),
                        view.view_id,
                        one.salt,
                        one.public_key,
                        one.root,
                    )
                    for view in views
                    for viewer in view.viewers
                    for one in (openings[viewer],)
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
class Published:
    """What was published.

    Attributes:
        publication: as it was logged.
        rows: how many identifiers there are, whoever may see them.
    """

    publication: Publication
    rows: int


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All rows of a dataset, evaluated.

    Attributes:
        rows: how many identifiers there are, whoever may see them.
        views: for each view its rows.
    """

    rows: int
    views: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that are the same for every view.

    Attributes:
        prefix_bits: how many leading bits number the buckets.
        capacity: the tags of each bucket.
    """

    prefix_bits: int
    capacity: int


def _joined(view_id: str, parts: list[Part]) -> Part:
    if not parts:
        return Part(view_id, claim_rows((), b"", b""), np.empty(0, np.uint32))
    return Part(
        view_id,
        np.concatenate([part.claims for part in parts]),
        np.concatenate([part.leading for part in parts]),
    )


def _numbers_of(part: Part, prefix_bits: int) -> Numbers:
    # protocol.md 3: the leading bits. In 64 bits, since a shift of 32 bits by 32 has no meaning.
    return (part.leading.astype(np.uint64) >> np.uint64(32 - prefix_bits)).astype(np.uint32)


def _teams_text(teams: frozenset[str]) -> str:
    return canonical_json.dump(sorted(teams)).decode()
