"""Publish a dataset: the next version beside the serving one, then the change in one transaction.

The order is what makes a crash harmless: seed, index under its name, and last the transaction with
leaf, rows and checkpoint. Before that transaction nothing names the new version, and the next
attempt draws another seed and writes another index; after it everything is there.
"""

import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fedquery.errors import ConfigError, PublicationError
from fedquery.psi.commitment import Opening, commit
from fedquery.psi.key import view_key
from fedquery.psi.publication import Publication
from fedquery_node import schema, spelling, unknown_versions
from fedquery_node.config import DatasetSettings, NodeSettings
from fedquery_node.dividing import View, read_views
from fedquery_node.evaluate_pool import Epoch
from fedquery_node.index_files import VersionFiles
from fedquery_node.keystore import SEED_LENGTH, KeyStore
from fedquery_node.publication_commit import Commit
from fedquery_node.publishing_clock import next_due_ms
from fedquery_node.rows import one_state
from fedquery_node.version_build import Builder, Built, Progress
from fedquery_node.views import Viewers, viewers_of

HOUR_MS = 3_600_000
_SALT_LENGTH = 32
_MAX_SEEDS = 3


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
        witnessed_size: gives the size of the newest checkpoint of the node's log that a quorum of
            witnesses has cosigned.
        workers: how many threads or processes evaluate.
        before_commit: raises where what was read must not be published.
        teams: agency to the teams that it sees rows by.
    """

    home: Path
    settings: NodeSettings
    keys: KeyStore
    random: Callable[[int], bytes]
    witnessed_size: Callable[[], int]
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
            progress: called with the number of rows after each chunk; what it raises ends the
                publication.

        Returns:
            The publication, logged, in a checkpoint, and serving; and how many rows it has.

        Raises:
            ConfigError: if there is no such dataset, or no other nation to publish for; or if the
                database is an older copy, which does not know a version that was published.
            StorageError, OSError: if the database or the disk fails; nothing is published.
        """
        chosen = self.settings.datasets.get(dataset)
        if chosen is None:
            raise ConfigError("node.toml names no such dataset")
        if not nations or self.settings.nation in nations:
            raise ConfigError("a publication is for the other member nations")
        unknown_versions.require_none(connection, self.home, dataset)
        with one_state(connection):
            views = read_views(connection, dataset, viewers_of(nations, self.teams))
            digests = spelling.digests_of(connection, dataset, chosen.kind)
            epoch, built = self._build(connection, dataset, views, now_ms, progress)
        openings = self._openings(epoch, views, built)
        publication = self._publication(epoch, chosen, openings, built, now_ms, digests=digests)
        self.before_commit()
        log = schema.log_of(self.settings)
        signer = self.keys.log_signer(log.origin)
        committing = Commit(log, signer, self.settings.overlap_s, self.witnessed_size, self.teams)
        committing.commit(connection, publication, views, openings, now_ms)
        # It is published already; where there is no room for the mark, the next command sets it.
        with suppress(OSError):
            VersionFiles.of(self.home, dataset, publication.version).mark_logged()
        return Published(publication, built.rows)

    def _build(
        self,
        connection: sqlite3.Connection,
        dataset: str,
        views: tuple[View, ...],
        now_ms: int,
        progress: Progress,
    ) -> tuple[Epoch, Built]:
        """Build the index under its name; under another seed where two rows meet in one tag."""

        def kept_capacity(prefix_bits: int) -> int:
            (kept,) = connection.execute(
                "SELECT max(capacity) FROM capacity_floor"
                " WHERE dataset = ? AND prefix_bits = ? AND until_ms > ?",
                (dataset, prefix_bits, now_ms),
            ).fetchone()
            return int(kept or 0)

        version = self._next_version(connection, dataset)
        files = VersionFiles.of(self.home, dataset, version)
        for _ in range(_MAX_SEEDS):
            seed = self._new_seed(dataset, version)
            epoch = Epoch(seed, self.settings.nation, dataset, version)
            min_bucket = self.settings.datasets[dataset].min_bucket
            builder = Builder(epoch, views, min_bucket, kept_capacity, self.random, self.workers)
            beside = files.begin()
            try:
                built = builder.build(connection, beside, progress)
                files.finish(beside)
            except BaseException as error:
                # A full disk has room again for what must be written while the node serves.
                beside.give_up()
                self.keys.destroy_seed(dataset, version)
                # Two rows met in one tag (once in 2^45 at 10^6 rows): another seed parts them.
                if not isinstance(error, PublicationError):
                    raise
            else:
                return epoch, built
        raise PublicationError("rows meet in one tag under every seed")

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

    def _openings(self, epoch: Epoch, views: tuple[View, ...], built: Built) -> dict[str, Opening]:
        openings = {}
        for view in views:
            key = view_key(epoch.seed, epoch.nation, epoch.dataset, epoch.version, view.view_id)
            for viewer in view.viewers:
                openings[viewer] = Opening(
                    self.random(_SALT_LENGTH),
                    built.shape.prefix_bits,
                    built.shape.capacity,
                    key.public,
                    built.roots[view.view_id],
                )
        return openings

    def _publication(
        self,
        epoch: Epoch,
        chosen: DatasetSettings,
        openings: dict[str, Opening],
        built: Built,
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
            prefix_bits=built.shape.prefix_bits,
            capacity=built.shape.capacity,
            commitments={
                viewer: commit(epoch.nation, epoch.dataset, epoch.version, viewer, opening)
                for viewer, opening in openings.items()
            },
            published_ms=now_ms,
            next_due_ms=next_due_ms(chosen, now_ms),
            claim_window_ms=chosen.claim_window_h * HOUR_MS,
        )


@dataclass(frozen=True, slots=True)
class Published:
    """What was published.

    Attributes:
        publication: as it was logged.
        rows: how many identifiers there are, whoever may see them.
    """

    publication: Publication
    rows: int
