"""The one transaction by which a built version becomes the serving one, or does not."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fedquery.encoding import canonical_json
from fedquery.federation.offer import MOST_PUBLICATIONS
from fedquery.psi.commitment import Opening
from fedquery.psi.publication import Publication
from fedquery.storage.log import LogStore
from fedquery.tlog.note import Signer
from fedquery_node.dividing import View
from fedquery_node.views import Viewers

CAPACITY_KEPT_MS = 90 * 24 * 3_600_000  # protocol.md 3.1: it does not shrink for 90 days


@dataclass(frozen=True, slots=True)
class Commit:
    """What a publication is committed with.

    Attributes:
        log: the store of the node's log.
        signer: signs its checkpoints.
        overlap_s: how long the version before is still served.
        witnessed_size: gives the size of the newest checkpoint that a quorum has cosigned.
        teams: agency to the teams that it sees rows by.
    """

    log: LogStore
    signer: Signer
    overlap_s: int
    witnessed_size: Callable[[], int]
    teams: Viewers

    def commit(
        self,
        connection: sqlite3.Connection,
        publication: Publication,
        views: tuple[View, ...],
        openings: Mapping[str, Opening],
        now_ms: int,
    ) -> None:
        """Log a publication, have it served in place of the one before, and sign a checkpoint.

        Raises:
            StorageError, sqlite3.Error: if that fails; then nothing of it has happened.
        """
        connection.execute("BEGIN IMMEDIATE")
        try:
            leaf = publication.encode()
            log_index, _ = self.log.append(connection, [leaf])
            self._replace(connection, publication, leaf, log_index, now_ms)
            self._write_views(connection, publication, views, openings)
            connection.execute(
                "INSERT OR REPLACE INTO capacity_floor VALUES (?, ?, ?, ?)",
                (
                    publication.dataset,
                    publication.prefix_bits,
                    publication.capacity,
                    now_ms + CAPACITY_KEPT_MS,
                ),
            )
            # protocol.md 3.3: in a signed checkpoint before it is used.
            self.log.sign_checkpoint(connection, self.signer, now_ms)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def _replace(
        self,
        connection: sqlite3.Connection,
        publication: Publication,
        leaf: bytes,
        log_index: int,
        now_ms: int,
    ) -> None:
        dataset = publication.dataset
        connection.execute(
            "UPDATE publication SET state = 'retiring', retire_at_ms = ?"
            " WHERE dataset = ? AND state = 'serving'",
            (now_ms + 1000 * self.overlap_s, dataset),
        )
        for version in self._too_many(connection, dataset):
            connection.execute(
                "UPDATE publication SET state = 'retired', retire_at_ms = ?"
                " WHERE dataset = ? AND version = ?",
                (now_ms, dataset, version),
            )
        connection.execute(
            "INSERT INTO publication VALUES (?, ?, 'serving', ?, ?, NULL, ?, NULL)",
            (
                dataset,
                publication.version,
                leaf,
                log_index,
                publication.published_ms + publication.claim_window_ms,
            ),
        )

    def _too_many(self, connection: sqlite3.Connection, dataset: str) -> list[int]:
        """List the versions for which a manifest has no room beside the new one, oldest first.

        The newest one that a quorum of witnesses has seen is not among them: askers believe it, and
        no later one, until there is a quorum again, however often is published meanwhile.
        """
        retiring = connection.execute(
            "SELECT version, log_index FROM publication WHERE dataset = ? AND state = 'retiring'"
            " ORDER BY version",
            (dataset,),
        ).fetchall()
        surplus = len(retiring) - (MOST_PUBLICATIONS - 1)
        if surplus <= 0:
            return []
        size = self.witnessed_size()
        believed = max((version for version, index in retiring if index < size), default=None)
        return [version for version, _ in retiring if version != believed][:surplus]

    def _write_views(
        self,
        connection: sqlite3.Connection,
        publication: Publication,
        views: tuple[View, ...],
        openings: Mapping[str, Opening],
    ) -> None:
        connection.executemany(
            "INSERT INTO view VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    publication.dataset,
                    publication.version,
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


def _teams_text(teams: frozenset[str]) -> str:
    return canonical_json.dump(sorted(teams)).decode()
