"""What a nation's manifest is worth: checks 1 to 3 of protocol.md 4, against what it showed before.

Whatever was verified is kept, so that the next manifest has to be a continuation of it.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fedquery.errors import (
    ConfigError,
    EquivocationError,
    PeerError,
    PublicationError,
    RollbackError,
)
from fedquery.federation.manifest import (
    CLOCK_SLACK_MS,
    Manifest,
    tiles_to_fetch,
    verify_manifest,
)
from fedquery.federation.members import NodeEntry
from fedquery.federation.offer import Logged
from fedquery.psi.publication import Publication
from fedquery.storage.transaction import transaction
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
        PeerError: if it has expired, it or a publication is from the future, or the tiles cannot
            be had.
    """
    kept = None if _has_new_log(connection, node) else _kept(connection, node)
    tiles = {tile: await fetch(node.nation, tile) for tile in tiles_to_fetch(note, node, kept)}
    # Checks 1 and 2.
    manifest, checkpoint = verify_manifest(note, node, now_ms, kept, lambda tile: tiles[tile])
    _begin_log(connection, node)
    datasets = {}
    for offer in manifest.datasets:
        offered = [Offered(Publication.decode(one.leaf), one) for one in offer.publications]
        for one in offered:
            _require_own(one.publication, node.nation, offer.name, offer.kind)
        newest = max(offered, key=lambda one: one.publication.version)
        _require_past(newest.publication, now_ms)
        _require_newest(connection, newest.publication)
        for one in offered:
            _require_same(connection, one)
        datasets[offer.name] = newest
    _keep(connection, node, checkpoint, note)
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


def kept_manifest(connection: sqlite3.Connection, nation: str) -> bytes:
    """Give the manifest with the newest checkpoint that was verified, or b"" before the first."""
    return _remembered(connection, f"manifest {nation}")


def _keep(
    connection: sqlite3.Connection, node: NodeEntry, checkpoint: Checkpoint, note: bytes
) -> None:
    # Never to a smaller one, whichever of two clients of this home comes last.
    changed = connection.execute(
        "INSERT INTO checkpoint VALUES (?1, ?2, ?3, ?4) ON CONFLICT (nation) DO UPDATE"
        " SET origin = ?2, size = ?3, root = ?4 WHERE ?3 > size",
        (node.nation, checkpoint.origin, checkpoint.size, checkpoint.root),
    ).rowcount
    if changed:
        # With its signatures: without them, nobody could be shown later what was seen here.
        _remember(connection, f"manifest {node.nation}", note)


def _has_new_log(connection: sqlite3.Connection, node: NodeEntry) -> bool:
    """Tell whether the quorum has enrolled another log key for this node than was seen before."""
    known = _remembered(connection, f"log key {node.nation}")
    return bool(known) and known != node.log_vkey.format().encode()


def _begin_log(connection: sqlite3.Connection, node: NodeEntry) -> None:
    """Remember the key of a log; with another one, nothing of the log before it holds.

    Versions begin anew too, under other OPRF keys: a bucket that was kept of the same number would
    be searched for tags that cannot be in it.
    """
    vkey = node.log_vkey.format().encode()
    if _remembered(connection, f"log key {node.nation}") == vkey:
        return
    with transaction(connection):
        if _has_new_log(connection, node):
            for table in ("checkpoint", "version_seen", "bucket"):
                connection.execute(f"DELETE FROM {table} WHERE nation = ?", (node.nation,))  # noqa: S608 -- names of this tuple
        _remember(connection, f"log key {node.nation}", vkey)


def _remembered(connection: sqlite3.Connection, key: str) -> bytes:
    row = connection.execute("SELECT value FROM remembered WHERE key = ?", (key,)).fetchone()
    return b"" if row is None else bytes(row[0])


def _remember(connection: sqlite3.Connection, key: str, value: bytes) -> None:
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (key, value))


def _require_past(publication: Publication, now_ms: int) -> None:
    # Its time is what "not recorded in what was released at" rests on, and its age.
    if publication.published_ms > now_ms + CLOCK_SLACK_MS:
        raise PeerError("a publication is from the future", why="stale", do="Check the clock.")


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
