"""Who may see which rows: nations that see the same rows share one view and its key."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
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
        subjects: the numbers of the identifiers in it; None where all of the dataset are.
    """

    view_id: str
    nations: tuple[str, ...]
    subjects: frozenset[int] | None

    def places_of(self, subjects: Sequence[int]) -> tuple[int, ...] | None:
        """Say at which places of a chunk stand rows of this view; None means at all of them."""
        if self.subjects is None:
            return None
        return tuple(at for at, subject in enumerate(subjects) if subject in self.subjects)


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
        for nation in _named(release, nations):
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


def uniform_views(release: frozenset[str], nations: Collection[str]) -> tuple[View, ...]:
    """Divide a dataset whose records all have one release list: all rows, or none."""
    named = _named(release, nations)
    unnamed = frozenset(nations) - named
    parts: list[tuple[frozenset[str], frozenset[int] | None]] = [
        (named, None),
        (unnamed, frozenset()),
    ]
    # The view that holds the first nation comes first, as where lists differ.
    parts.sort(key=lambda part: min(part[0], default="~"))
    return tuple(
        View(f"v{number}", tuple(sorted(members)), subjects)
        for number, (members, subjects) in enumerate((part for part in parts if part[0]), 1)
    )


def read_views(
    connection: sqlite3.Connection, dataset: str, nations: Collection[str]
) -> tuple[View, ...]:
    """Read to whom the records of a dataset are released, and divide it into views.

    Raises:
        StorageError: if a record does not say to whom it is released.
    """
    lists = connection.execute(
        "SELECT DISTINCT release_to FROM record WHERE dataset = ?", (dataset,)
    ).fetchall()
    # Most datasets have one list; then nobody needs to know which rows it is for.
    if len(lists) == 1:
        return uniform_views(released_to(lists[0][0]), nations)
    subjects: dict[str, list[int]] = {text: [] for (text,) in lists}
    for subject, text in connection.execute(
        "SELECT subject_id, release_to FROM record WHERE dataset = ?", (dataset,)
    ):
        subjects[text].append(subject)
    return views_of([(released_to(text), found) for text, found in subjects.items()], nations)


def _named(release: frozenset[str], nations: Collection[str]) -> frozenset[str]:
    return frozenset(nations) if ALL in release else release.intersection(nations)
