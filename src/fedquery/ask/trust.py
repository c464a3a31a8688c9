"""What a nation's manifest is worth: checks 1 to 3 of protocol.md 4, against what it showed before.

Whatever was verified is kept, so that the next manifest has to be a continuation of it.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fedquery.errors import ConfigError, EquivocationError, PublicationError, RollbackError
from fedquery.federation.manifest import Manifest, tiles_to_fetch, verify_manifest
from fedquery.federation.members import NodeEntry
from fedquery.federation.offer import Logged
from fedquery.psi.publication import Publication
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.tile import Tile

FetchTile = Callable[[str, Tile], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Offered:
    """A dataset of a nation, by its newest publication.

    Attributes:
        publication: the publication.
        logged: its leaf with the proof in the checkpoint.
    """

    publication: Publication
    logged: Logged = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trusted:
    """A nation whose manifest was verified.

    Attributes:
        node: its entry in the member list.
        note: the manifest as it came.
        manifest: the manifest.
        datasets: name to newest publication.
    """

    node: NodeEntry
    note: bytes = field(repr=False)
    manifest: Manifest = field(repr=False)
    datasets: Mapping[str, Offered]


async def verify(
    connection: sqlite3.Connection, node: NodeEntry, note: bytes, fetch: FetchTile, now_ms: int
) -> Trusted:
    """Verify a manifest and keep what it shows.

    Args:
        connection: the asker's database.
        node: the node's entry in the member list.
        note: the manifest.
        fetch: fetches a tile of the nation's log.
        now_ms: the time.

    Raises:
        ProofError: if something that it shows is false, older than before, or another than before.
        EncodingError: if something does not parse.
        PeerError: if it has expired, or the tiles cannot be had.
    """
    kept = _kept(connection, node)
    tiles = {tile: await fetch(node.nation, tile) for tile in tiles_to_fetch(note, node, kept)}
    # Checks 1 and 2.
    manifest, checkpoint = verify_manifest(note, node, now_ms, kept, lambda tile: tiles[tile])
    datasets = {}
    for offer in manifest.datasets:
        offered = [Offered(Publication.decode(one.leaf), one) for one in offer.publications]
        for one in offered:
            _require_own(one.publication, node.nation, offer.name, offer.kind)
        newest = max(offered, key=lambda one: one.publication.version)
        _require_newest(connection, newest.publication)
        for one in offered:
            _require_same(connection, one)
        datasets[offer.name] = newest
    _keep(connection, node, checkpoint)
    return Trusted(node, note, manifest, datasets)


def _kept(connection: sqlite3.Connection, node: NodeEntry) -> Checkpoint | None:
    row = connection.execute(
        "SELECT origin, size, root FROM checkpoint WHERE nation = ?", (node.nation,)
    ).fetchone()
    if row is None:
        return None
    if row[0] != node.log_vkey.name:
        raise ConfigError("the log of a nation has another name than before")
    return Checkpoint(*row)


def _keep(connection: sqlite3.Connection, node: NodeEntry, checkpoint: Checkpoint) -> None:
    # Never to a smaller one, whichever of two clients of this home comes last.
    connection.execute(
        "INSERT INTO checkpoint VALUES (?1, ?2, ?3, ?4) ON CONFLICT (nation) DO UPDATE"
        " SET origin = ?2, size = ?3, root = ?4 WHERE ?3 > size",
        (node.nation, checkpoint.origin, checkpoint.size, checkpoint.root),
    )


def _require_own(publication: Publication, nation: str, dataset: str, kind: str) -> None:
    named = (publication.nation, publication.dataset, publication.kind)
    if named != (nation, dataset, kind):
        raise PublicationError("a publication is of another nation or dataset than is offered")


def _require_newest(connection: sqlite3.Connection, publication: Publication) -> None:
    # Check 3.
    highest = connection.execute(
        "SELECT max(version) FROM version_seen WHERE nation = ? AND dataset = ?",
        (publication.nation, publication.dataset),
    ).fetchone()[0]
    if highest is not None and publication.version < highest:
        raise RollbackError("this nation offers an older version than before")


def _require_same(connection: sqlite3.Connection, offered: Offered) -> None:
    publication = offered.publication
    key = (publication.nation, publication.dataset, publication.version)
    row = connection.execute(
        "SELECT leaf FROM version_seen WHERE nation = ? AND dataset = ? AND version = ?", key
    ).fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO version_seen VALUES (?, ?, ?, ?)", (*key, offered.logged.leaf)
        )
    elif row[0] != offered.logged.leaf:
        raise EquivocationError("this nation showed two publications of one version")
