"""Who may see which rows: nations and agencies that see the same rows share one view and its key.

A nation sees what is released to it. An agency of a joint team sees, besides, what is released to
the team, and so has a view of its own: otherwise every agency of its nation would see that too.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fedquery.encoding import canonical_json
from fedquery.errors import StorageError
from fedquery.federation.names import nation_of

ALL = "*"

# Nation or agency to the names in release lists that let it see a row.
Viewers = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class View:
    """What one or more nations and agencies may see of a dataset.

    Attributes:
        view_id: its name within the version, `v1`, `v2`, ...
        viewers: who may see it, ascending.
        subjects: the numbers of the identifiers in it; None where all of the dataset are.
    """

    view_id: str
    viewers: tuple[str, ...]
    subjects: frozenset[int] | None

    def places_of(self, subjects: Sequence[int]) -> tuple[int, ...] | None:
        """Say at which places of a chunk stand rows of this view; None means at all of them."""
        if self.subjects is None:
            return None
        return tuple(at for at, subject in enumerate(subjects) if subject in self.subjects)


def viewers_of(nations: Collection[str], teams: Viewers = MappingProxyType({})) -> Viewers:
    """Say by which names of release lists each nation and each agency of a team sees rows.

    Args:
        nations: every other member nation.
        teams: for each agency of these nations that is in a team, the names of its teams.
    """
    alone = {nation: frozenset({nation}) for nation in nations}
    return alone | {
        agency: frozenset({nation_of(agency)}) | named
        for agency, named in teams.items()
        if nation_of(agency) in alone
    }


def released_to(octets: str) -> frozenset[str]:
    """Read the nations and teams that a record is released to.

    Raises:
        StorageError: if the database holds something else.
    """
    value = canonical_json.load(octets.encode(), cap=4096, what="release list")
    if not isinstance(value, list):
        raise StorageError("a record does not say to whom it is released")
    return frozenset(str(item) for item in value)


def views_of(
    releases: Iterable[tuple[frozenset[str], Collection[int]]], viewers: Viewers
) -> tuple[View, ...]:
    """Divide a dataset into views.

    Whoever may see nothing still gets a view, without rows, so that it cannot tell that from
    a dataset in which its identifiers are not.

    Args:
        releases: for each release list the subjects of the records that are released to it.
        viewers: who may see rows, as `viewers_of` gives it.

    Returns:
        The views, every viewer in exactly one.
    """
    seen: dict[str, list[Collection[int]]] = {viewer: [] for viewer in sorted(viewers)}
    for release, subjects in releases:
        for viewer in _named(release, viewers):
            seen[viewer].append(subjects)
    # Those that the same lists name see the same rows: these are joined once for all of them.
    joined: dict[tuple[int, ...], frozenset[int]] = {}
    shared: dict[frozenset[int], list[str]] = {}
    for viewer, parts in seen.items():
        named = tuple(map(id, parts))
        if named not in joined:
            joined[named] = frozenset[int]().union(*parts)
        shared.setdefault(joined[named], []).append(viewer)
    return tuple(
        View(f"v{number}", tuple(members), subjects)
        for number, (subjects, members) in enumerate(shared.items(), 1)
    )


def uniform_views(release: frozenset[str], viewers: Viewers) -> tuple[View, ...]:
    """Divide a dataset whose records all have one release list: all rows, or none."""
    named = _named(release, viewers)
    unnamed = frozenset(viewers) - named
    parts: list[tuple[frozenset[str], frozenset[int] | None]] = [
        (named, None),
        (unnamed, frozenset()),
    ]
    # The view that holds the first of them comes first, as where lists differ.
    parts.sort(key=lambda part: min(part[0], default="~"))
    return tuple(
        View(f"v{number}", tuple(sorted(members)), subjects)
        for number, (members, subjects) in enumerate((part for part in parts if part[0]), 1)
    )


def read_views(connection: sqlite3.Connection, dataset: str, viewers: Viewers) -> tuple[View, ...]:
    """Read to whom the records of a dataset are released, and divide it into views.

    Raises:
        StorageError: if a record does not say to whom it is released.
    """
    lists = connection.execute(
        "SELECT DISTINCT release_to FROM record WHERE dataset = ?", (dataset,)
    ).fetchall()
    # Most datasets have one list; then nobody needs to know which rows it is for.
    if len(lists) == 1:
        return uniform_views(released_to(lists[0][0]), viewers)
    subjects: dict[str, list[int]] = {text: [] for (text,) in lists}
    for subject, text in connection.execute(
        "SELECT subject_id, release_to FROM record WHERE dataset = ?1 UNION ALL"
        # A less exact form is released to whom the record is.
        " SELECT form_id, release_to FROM record JOIN found_under USING (subject_id)"
        " WHERE dataset = ?1",
        (dataset,),
    ):
        subjects[text].append(subject)
    return views_of([(released_to(text), found) for text, found in subjects.items()], viewers)


def _named(release: frozenset[str], viewers: Viewers) -> frozenset[str]:
    if ALL in release:
        return frozenset(viewers)
    return frozenset(viewer for viewer, names in viewers.items() if names & release)
