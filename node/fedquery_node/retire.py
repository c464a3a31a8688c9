"""Retire versions whose time is over: first the seed, then the buckets, in the end the claims.

An asker believes a version once a quorum of witnesses has seen its log. So the newest version that
they have seen is served until they have seen a newer one, however long that takes, but not beyond
the time for which it was published.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from fedquery.psi.publication import Publication
from fedquery_node.index_files import VersionFiles
from fedquery_node.keystore import KeyStore


def retire_due(
    connection: sqlite3.Connection,
    home: Path,
    keys: KeyStore,
    *,
    witnessed_size: Callable[[], int],
    now_ms: int,
) -> tuple[tuple[str, int], ...]:
    """Retire every version that is past its time, and remove what nothing needs any more.

    A version is marked as retired before its seed goes, so that no process starts to serve it; a
    crash in between leaves a seed that the next call destroys.

    Args:
        connection: the node's database, outside a transaction.
        home: the data directory.
        keys: its key files.
        witnessed_size: gives the size of the newest checkpoint of this log that a quorum has
            cosigned; called where a version is past its time.
        now_ms: the time.

    Returns:
        The datasets and versions whose seeds were destroyed now.

    Raises:
        StorageError: if the database fails.
    """
    connection.execute("BEGIN IMMEDIATE")
    ended = connection.execute(
        "SELECT dataset, version, leaf, log_index FROM publication"
        " WHERE state = 'retiring' AND retire_at_ms <= ?",
        (now_ms,),
    ).fetchall()
    size = witnessed_size() if ended else 0
    for dataset, version, leaf, log_index in ended:
        (newest_seen,) = connection.execute(
            "SELECT max(log_index) FROM publication WHERE dataset = ? AND log_index < ?",
            (dataset, size),
        ).fetchone()
        if log_index == newest_seen and now_ms < Publication.decode(leaf).next_due_ms:
            continue
        connection.execute(
            "UPDATE publication SET state = 'retired' WHERE dataset = ? AND version = ?",
            (dataset, version),
        )
    connection.execute("COMMIT")
    due: list[tuple[str, int]] = connection.execute(
        "SELECT dataset, version FROM publication"
        " WHERE state = 'retired' AND seed_destroyed_ms IS NULL"
    ).fetchall()
    for dataset, version in due:
        keys.destroy_seed(dataset, version)
        VersionFiles.of(home, dataset, version).remove_buckets()
        connection.execute(
            "UPDATE publication SET seed_destroyed_ms = ? WHERE dataset = ? AND version = ?",
            (now_ms, dataset, version),
        )
    for dataset, version in connection.execute(
        "SELECT dataset, version FROM publication WHERE state = 'retired' AND claims_until_ms <= ?",
        (now_ms,),
    ).fetchall():
        VersionFiles.of(home, dataset, version).remove()
    return tuple(due)
