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
    releases: Iterable[tuple[frozenset[str], Collection[int]]], nations: Collection[str]
) -> tuple[View, ...]:
    """Divide a dataset into views.

    A nation that may see nothing still gets a view, without rows, so that it cannot tell that from
    a dataset in which its identifiers are not.

    Args:
        releases: for each list of nations the subjects of the records that are released to it.
        nations: every other member nation.

    Returns:
        The views, every nation in exactly one.
    """
    seen: dict[str, list[Collection[int]]] = {nation: [] for nation in sorted(nations)}
    for release, subjects in releases:
        for nation in nations if ALL in release else release & seen.keys():
            seen[nation].append(subjects)
    # Nations that the same lists name see the same rows: these are joined once for all of them.
    joined: dict[tuple[int, ...], frozenset[int]] = {}
    shared: dict[frozenset[int], list[str]] = {}
    for nation, parts in seen.items():
        named = tuple(map(id, parts))
        if named not in joined:
            joined[named] = frozenset[int]().union(*parts)
        shared.setdefault(joined[named], []).append(nation)
    return tuple(
        View(f"v{number}", tuple(members), subjects)
        for number, (subjects, members) in enumerate(shared.items(), 1)
    )


def releases_of(
    connection: sqlite3.Connection, dataset: str
) -> list[tuple[frozenset[str], list[int]]]:
    """Read to whom the records of a dataset are released: few lists, many records each."""
    subjects: dict[str, list[int]] = {}
    for subject, text in connection.execute(
        "SELECT subject_id, release_to FROM record WHERE dataset = ?", (dataset,)
    ):
        subjects.setdefault(text, []).append(subject)
    return [(released_to(text), found) for text, found in subjects.items()]
