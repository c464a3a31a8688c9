"""The buckets that an asker has fetched: a version's own, verified, and never fetched twice."""

import sqlite3
from collections.abc import Iterable, Mapping

from fedquery.psi.publication import Publication


def held(
    connection: sqlite3.Connection,
    publication: Publication,
    numbers: Iterable[int],
    prefix_len: int,
) -> dict[int, bytes]:
    """Read those of some buckets of a version that are held; older versions are forgotten.

    A bucket counts as held only if all buckets below the same prefix are. To want no buckets is
    to say that what is asked lies in what was fetched before, and a case that may tell `prefix_len`
    bits, or none, must not tell by that the longer prefix of another case.

    Args:
        connection: the asker's database.
        publication: the version.
        numbers: the buckets.
        prefix_len: how many bits of each of these numbers may be told.
    """
    key = (publication.nation, publication.dataset, publication.version)
    connection.execute("DELETE FROM bucket WHERE nation = ? AND dataset = ? AND version < ?", key)
    below = publication.prefix_bits - prefix_len
    found: dict[int, bytes] = {}
    for number in set(numbers):
        first = (number >> below) << below
        (count,) = connection.execute(
            "SELECT count(*) FROM bucket WHERE nation = ? AND dataset = ? AND version = ?"
            " AND number >= ? AND number < ?",
            (*key, first, first + (1 << below)),
        ).fetchone()
        if count == 1 << below:
            row = connection.execute(
                "SELECT tags FROM bucket WHERE nation = ? AND dataset = ? AND version = ?"
                " AND number = ?",
                (*key, number),
            ).fetchone()
            found[number] = row[0]
    return found


def hold(
    connection: sqlite3.Connection, publication: Publication, buckets: Mapping[int, bytes]
) -> None:
    """Keep buckets that were verified, unless the log of their publication was replaced since."""
    key = (publication.nation, publication.dataset, publication.version)
    row = connection.execute(
        "SELECT leaf FROM version_seen WHERE nation = ? AND dataset = ? AND version = ?", key
    ).fetchone()
    if row is None or row[0] != publication.encode():
        return
    connection.executemany(
        "INSERT OR IGNORE INTO bucket VALUES (?, ?, ?, ?, ?)",
        [(*key, number, tags) for number, tags in buckets.items()],
    )
