"""The publications that this node serves, each with its buckets, keys and openings."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fedquery.errors import ConfigError, StorageError
from fedquery.oprf.keys import KeyPair
from fedquery.psi.commitment import Opening
from fedquery.psi.key import view_key
from fedquery.psi.publication import Publication
from fedquery_node.index_files import VersionFiles
from fedquery_node.index_reader import OpenView
from fedquery_node.keystore import KeyStore
from fedquery_node.views import released_to


@dataclass(frozen=True, slots=True)
class ServedView:
    """What one nation, or one agency of a team, may see of a version.

    Attributes:
        view_id: the name of the view.
        key: its key pair.
        opening: what opens the commitment for it.
        buckets: its buckets.
        teams: the teams whose rows are in it; none for a nation.
    """

    view_id: str
    key: KeyPair = field(repr=False)
    opening: Opening = field(repr=False)
    buckets: OpenView = field(repr=False)
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Served:
    """One version of one dataset, open.

    Attributes:
        publication: the publication.
        leaf: its log entry.
        log_index: where that stands.
        newest: whether it is the newest version.
        views: nation or agency to view.
    """

    publication: Publication
    leaf: bytes = field(repr=False)
    log_index: int
    newest: bool
    views: Mapping[str, ServedView] = field(repr=False)

    def view_of(self, agency: str) -> ServedView | None:
        """Find the view that an agency is answered from, as `Publication.viewer_of` says."""
        return self.views.get(self.publication.viewer_of(agency))


Catalogue = Mapping[tuple[str, int], Served]


def open_all(
    connection: sqlite3.Connection, home: Path, keys: KeyStore, before: Catalogue
) -> dict[tuple[str, int], Served]:
    """Open every version that is to be served; those that were open stay so.

    Args:
        connection: the node's database.
        home: the data directory.
        keys: its key files.
        before: what is open already.

    A version that is retiring and whose seed or index is gone is left out.

    Raises:
        StorageError: if the index of the newest version does not fit what was published.
        ConfigError: if its seed is missing.
    """
    opened: dict[tuple[str, int], Served] = {}
    unusable: dict[str, ConfigError | StorageError] = {}
    rows = connection.execute(
        "SELECT dataset, version, state, leaf, log_index FROM publication"
        " WHERE state IN ('serving', 'retiring')"
    ).fetchall()
    for dataset, version, state, leaf, log_index in rows:
        known = before.get((dataset, version))
        try:
            views = _open_views(connection, home, keys, leaf) if known is None else known.views
        except (ConfigError, StorageError) as error:
            # Its seed or index is gone, as after a restore: nobody can be answered from it.
            if state == "serving":
                unusable.setdefault(dataset, error)
            continue
        opened[dataset, version] = Served(
            Publication.decode(leaf), leaf, log_index, state == "serving", views
        )
    if unusable:
        # All of them at once, and not one at each start.
        names, first = " ".join(unusable), next(iter(unusable.values()))
        do = f"Publish again what lacks its seed or its index: fedquery-node publish {names}"
        raise type(first)(first.what, do=do) from None
    return opened


def newest_of(catalogue: Catalogue, dataset: str) -> Served | None:
    """Find the newest version of a dataset that is served."""
    return next(
        (
            served
            for (name, _version), served in catalogue.items()
            if name == dataset and served.newest
        ),
        None,
    )


def _open_views(
    connection: sqlite3.Connection, home: Path, keys: KeyStore, leaf: bytes
) -> dict[str, ServedView]:
    publication = Publication.decode(leaf)
    dataset, version = publication.dataset, publication.version
    seed = keys.read_seed(dataset, version)
    files = VersionFiles.of(home, dataset, version)
    shared: dict[str, tuple[KeyPair, OpenView]] = {}
    views: dict[str, ServedView] = {}
    for viewer, teams, view_id, salt, public_key, root in connection.execute(
        "SELECT viewer, teams, view_id, salt, public_key, root FROM view"
        " WHERE dataset = ? AND version = ?",
        (dataset, version),
    ).fetchall():
        opening = Opening(salt, publication.prefix_bits, publication.capacity, public_key, root)
        # What is served is what was committed to in the log; a changed row stops the start.
        publication.verify_opening(viewer, opening)
        if view_id not in shared:
            key = view_key(seed, publication.nation, dataset, version, view_id)
            buckets = OpenView(
                files,
                view_id,
                prefix_bits=publication.prefix_bits,
                capacity=publication.capacity,
                root=root,
            )
            shared[view_id] = (key, buckets)
        key, buckets = shared[view_id]
        if key.public != public_key:
            raise ConfigError(
                "a seed is not the one of its published version",
                do="Publish the dataset anew; never copy seeds between versions.",
            )
        views[viewer] = ServedView(view_id, key, opening, buckets, released_to(teams))
    if views.keys() != publication.commitments.keys():
        raise StorageError("the views of a publication are not those that were committed to")
    return views
