"""Divide a dataset into views: those who see the same rows share one view and its key."""

import sqlite3
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fedquery_node.audiences import Audiences, Chosen
from fedquery_node.rows import Subjects, of_dataset
from fedquery_node.views import ALL, Viewers, released_to

_READ_AT_ONCE: Final = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one or more nations and agencies may see of a dataset.

    Attributes:
        view_id: its name within the version, `v1`, `v2`, ...
        viewers: who may see it, ascending.
        chosen: the audiences whose rows are in it; None where all rows of the dataset are.
        audiences: the audience of each row; None where nobody needs to know it.
    """

    view_id: str
    viewers: tuple[str, ...]
    chosen: Chosen | None = None
    audiences: Audiences | None = None

    def places_of(self, subjects: Subjects) -> NDArray[np.intp] | None:
        """Say at which places of a chunk stand rows of this view; None means at all of them."""
        if self.chosen is None:
            return None
        if self.audiences is None:
            return np.empty(0, np.intp)
        return self.audiences.places_of(subjects, self.chosen)


def views_of(audiences: Audiences, viewers: Viewers) -> tuple[View, ...]:
    """Divide a dataset into views.

    Whoever may see nothing still gets a view, without rows, so that it cannot tell that from
    a dataset in which its identifiers are not.

    Args:
        audiences: the audience of each identifier.
        viewers: who may see rows, as `viewers_of` gives it.

    Returns:
        The views, every viewer in exactly one; those who see the same rows are in the same.
    """
    shared: dict[frozenset[int], list[str]] = {}
    for viewer, numbers in audiences.seen_by(sorted(viewers)).items():
        shared.setdefault(numbers, []).append(viewer)
    return tuple(
        View(f"v{number}", tuple(members), audiences.chosen(numbers), audiences)
        for number, (numbers, members) in enumerate(shared.items(), 1)
    )


def uniform_views(release: frozenset[str], viewers: Viewers) -> tuple[View, ...]:
    """Divide a dataset whose records all have one release list: all rows, or none."""
    named = _named(release, viewers)
    unnamed = frozenset(viewers) - named
    parts: list[tuple[frozenset[str], Chosen | None]] = [
        (named, None),
        (unnamed, np.empty(0, np.bool_)),
    ]
    # The view that holds the first of them comes first, as where lists differ.
    parts.sort(key=lambda part: min(part[0], default="~"))
    return tuple(
        View(f"v{number}", tuple(sorted(members)), chosen)
        for number, (members, chosen) in enumerate((part for part in parts if part[0]), 1)
    )


def read_views(connection: sqlite3.Connection, dataset: str, viewers: Viewers) -> tuple[View, ...]:
    """Read to whom the records of a dataset are released, and divide it into views.

    Raises:
        StorageError: if a record does not say to whom it is released.
    """
    these = of_dataset(connection, dataset)
    lists = connection.execute(
        f"SELECT DISTINCT release_to FROM record WHERE {these}",  # noqa: S608 -- one of two constants
        (dataset,),
    ).fetchall()
    # Most datasets have one list; then nobody needs to know which rows it is for.
    if len(lists) == 1:
        return uniform_views(released_to(lists[0][0]), viewers)
    named = {text: _named(released_to(text), viewers) for (text,) in lists}
    lowest, highest = connection.execute("SELECT min(id), max(id) FROM subject").fetchone()
    audiences = Audiences(lowest or 0, -1 if highest is None else highest)
    found = connection.execute(
        f"SELECT subject_id, release_to FROM record WHERE {these} UNION ALL"  # noqa: S608 -- as above
        # A less exact form is released to whom the record is.
        # Read in this order, whatever SQLite expects: there is no index of forms by record, and
        # every record would look through all of them.
        " SELECT form_id, release_to FROM found_under CROSS JOIN record"
        " ON record.subject_id = found_under.subject_id WHERE dataset = ?1",
        (dataset,),
    )
    while rows := found.fetchmany(_READ_AT_ONCE):
        subjects: dict[str, list[int]] = {}
        for subject, text in rows:
            subjects.setdefault(text, []).append(subject)
        for text, some in subjects.items():
            audiences.release(np.array(some, np.int64), named[text])
    return views_of(audiences, viewers)


def _named(release: frozenset[str], viewers: Viewers) -> frozenset[str]:
    if ALL in release:
        return frozenset(viewers)
    return frozenset(viewer for viewer, names in viewers.items() if names & release)
