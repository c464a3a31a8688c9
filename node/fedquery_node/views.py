"""Who may see which rows: nations that see the same rows share one view and its key."""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from fedquery.encoding import canonical_json
from fedquery.errors import StorageError

ALL = "*"


@dataclass(frozen=True, slots=True)
class View:
    """What one or more nations may see of a dataset.

    Attributes:
        view_id: its name within the version, `v1`, `v2`, ...
        nations: who may see it, ascending.
        subjects: the numbers of the identifiers in it.
    """

    view_id: str
    nations: tuple[str, ...]
    subjects: frozenset[int]


def released_to(octets: str) -> frozenset[str]:
    """Read the nations that a record is released to.

    Raises:
        StorageError: if the database holds something else.
    """
    value = canonical_json.load(octets.encode(), cap=4096, what="release list")
    if not isinstance(value, list):
        raise StorageError("a record does not say to whom it is released")
    return frozenset(str(item) for item in value)


def views_of(
    releases: Iterable[tuple[int, frozenset[str]]], nations: Collection[str]
) -> tuple[View, ...]:
    """Divide a dataset into views.

    A nation that may see nothing still gets a view, without rows, so that it cannot tell that from
    a dataset in which its identifiers are not.

    Args:
        releases: for each record its subject and the nations it is released to.
        nations: every other member nation.

    Returns:
        The views, every nation in exactly one.
    """
    seen: dict[str, set[int]] = {nation: set() for nation in nations}
    for subject, release in releases:
        for nation in nations if ALL in release else release & seen.keys():
            seen[nation].add(subject)
    shared: dict[frozenset[int], list[str]] = {}
    for nation in sorted(seen):
        shared.setdefault(frozenset(seen[nation]), []).append(nation)
    return tuple(
        View(f"v{number}", tuple(members), subjects)
        for number, (subjects, members) in enumerate(shared.items(), 1)
    )


def releases_of(connection: sqlite3.Connection, dataset: str) -> list[tuple[int, frozenset[str]]]:
    """Read to whom each record of a dataset is released."""
    # Few different lists stand in many records; each is read once.
    read: dict[str, frozenset[str]] = {}
    rows = connection.execute(
        "SELECT subject_id, release_to FROM record WHERE dataset = ?", (dataset,)
    )
    releases = []
    for subject, text in rows:
        if text not in read:
            read[text] = released_to(text)
        releases.append((subject, read[text]))
    return releases
