"""The versions that nations have shown, kept so that none is another or older afterwards."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from fedquery.encoding import canonical_json
from fedquery.errors import EquivocationError, RollbackError
from fedquery.federation.offer import MOST_DATASETS, MOST_PUBLICATIONS
from fedquery.psi.publication import Publication

# As many as one manifest can offer.
MOST_WAITING: Final = MOST_DATASETS * MOST_PUBLICATIONS
# A day of 64 hot lists that are published every quarter of an hour: 100 MiB at the very most.
MOST_WITNESSED: Final = 64 * 96


def keep_versions(
    connection: sqlite3.Connection, offered: Iterable[Publication], *, witnessed: int
) -> None:
    """Keep the versions that a manifest offers.

    Args:
        connection: inside a transaction.
        offered: the publications.
        witnessed: 1 where a quorum of witnesses had seen them, else 0.

    Raises:
        RollbackError: if one is older than one that witnesses had seen.
        EquivocationError: if one is another than it was.
    """
    newest: dict[tuple[str, str], int] = {}
    for publication in offered:
        dataset = (publication.nation, publication.dataset)
        newest[dataset] = max(publication.version, newest.get(dataset, 0))
        leaf = publication.encode()
        connection.execute(
            "INSERT INTO version_seen VALUES (?1, ?2, ?3, ?4, ?5)"
            " ON CONFLICT (nation, dataset, version) DO UPDATE SET witnessed = 1"
            " WHERE ?5 = 1 AND witnessed = 0 AND leaf = ?4",
            (*dataset, publication.version, leaf, witnessed),
        )
        (kept,) = connection.execute(
            "SELECT leaf FROM version_seen WHERE nation = ? AND dataset = ? AND version = ?",
            (*dataset, publication.version),
        ).fetchone()
        if kept != leaf:
            raise EquivocationError("this nation showed two publications of one version")
    for dataset, version in newest.items():
        # Check 3 of protocol.md 4; a version that nobody witnessed takes no older one's place.
        (highest,) = connection.execute(
            "SELECT max(version) FROM version_seen"
            " WHERE nation = ? AND dataset = ? AND witnessed = 1",
            dataset,
        ).fetchone()
        if highest is not None and version < highest:
            raise RollbackError("this nation offers an older version than before")


def forget_waiting(connection: sqlite3.Connection, nation: str) -> None:
    """Forget the versions that wait for witnesses, but the newest."""
    # A nation can sign another megabyte of versions every few seconds. Nothing of them is used,
    # and what it pushes out is evidence against itself alone.
    connection.execute(
        "DELETE FROM version_seen WHERE nation = ?1 AND witnessed = 0 AND rowid NOT IN ("
        "SELECT rowid FROM version_seen WHERE nation = ?1 AND witnessed = 0"
        " ORDER BY rowid DESC LIMIT ?2)",
        (nation, MOST_WAITING),
    )


def forget_oldest(connection: sqlite3.Connection, nation: str, offered: set[str]) -> None:
    """Forget the versions that were seen longest ago, so that no nation can fill the disk.

    What a dataset that is still offered has shown last stays, however long ago: without it an older
    version would pass for a new one. A version that is forgotten is not served any more, and that
    its leaf was another stands in a log that witnesses keep.
    """
    newest = canonical_json.dump(sorted(offered)).decode()
    forgotten = connection.execute(
        "DELETE FROM version_seen WHERE nation = ?1 AND witnessed = 1 AND rowid NOT IN ("
        "SELECT rowid FROM version_seen WHERE nation = ?1 AND witnessed = 1"
        " ORDER BY rowid DESC LIMIT ?2) AND NOT (dataset IN (SELECT value FROM json_each(?3))"
        " AND version = (SELECT max(version) FROM version_seen AS other WHERE nation = ?1"
        " AND other.dataset = version_seen.dataset AND witnessed = 1))",
        (nation, MOST_WITNESSED, newest),
    ).rowcount
    if forgotten:
        connection.execute(
            "DELETE FROM bucket WHERE nation = ?1 AND NOT EXISTS (SELECT 1 FROM version_seen"
            " WHERE version_seen.nation = ?1 AND version_seen.dataset = bucket.dataset"
            " AND version_seen.version = bucket.version)",
            (nation,),
        )
