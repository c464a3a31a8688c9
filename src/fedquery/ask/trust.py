"""What a nation's manifest is worth: checks 1 to 3 of protocol.md 4, against what it showed before.

A manifest counts if a quorum of witnesses has seen its checkpoint. Until then the one that was
accepted before it is used, for as long as it says that it may be.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from fedquery.ask import shown
from fedquery.ask.outcome import Witnesses
from fedquery.ask.shown import Before, Head
from fedquery.errors import (
    EncodingError,
    PeerError,
    ProofError,
    PublicationError,
    QuorumError,
)
from fedquery.federation.history import require_not_smaller, require_one_history, tiles_between
from fedquery.federation.manifest import Manifest
from fedquery.federation.members import NodeEntry
from fedquery.federation.offer import Logged
from fedquery.federation.signed_manifest import open_manifest, verify_manifest
from fedquery.federation.trust import Trust
from fedquery.psi.publication import Publication
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.tile import Tile
from fedquery.tlog.trust_policy import Cosigned

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
    """A nation whose manifest was verified, and seen by a quorum of witnesses.

    Attributes:
        node: its entry in the member list.
        manifest: the manifest.
        datasets: name to newest publication.
        cosigned: its checkpoint, and who has cosigned it.
        waiting: why a newer manifest of the nation is not used yet, or None.
    """

    node: NodeEntry
    manifest: Manifest = field(repr=False)
    datasets: Mapping[str, Offered]
    cosigned: Cosigned
    waiting: QuorumError | None = None

    @property
    def witnesses(self) -> Witnesses:
        """Say how many have seen it."""
        found = self.cosigned
        return Witnesses(
            cosigned=found.count, of=found.of, needed=found.needed, newest=self.waiting is None
        )

    def shown_with(self, checkpoint: bytes) -> "Trusted":
        """Give the nation as it was asked under an earlier checkpoint, for the receipt of that."""
        return replace(self, manifest=replace(self.manifest, checkpoint=checkpoint))


async def verify(
    connection: sqlite3.Connection,
    node: NodeEntry,
    note: bytes,
    *,
    fetch: FetchTile,
    trust: Trust,
    now_ms: int,
) -> Trusted:
    """Verify a manifest and keep what it shows.

    Args:
        connection: the asker's database.
        node: the node's entry in the member list.
        note: the manifest.
        fetch: fetches a tile of the nation's log.
        trust: whom the asker believes that a log shows all the same.
        now_ms: the time.

    Returns:
        The manifest; where too few witnesses have seen it, the one that was accepted last.

    Raises:
        QuorumError: if too few have, and none that was accepted may still be used.
        ProofError: if something that it shows is false, older than before, or another than before.
        EncodingError: if something does not parse.
        PeerError: if it has expired, it or a publication is from the future, or the tiles cannot
            be had.
    """
    before = shown.before(connection, node)
    manifest, newest = open_manifest(note, node)
    verify_manifest(manifest, newest, now_ms)
    # A copy that another coordinator still had of what came before: it may be smaller.
    older = before.accepted is not None and manifest.created_ms < before.accepted.created_ms
    # Check 1.
    await _require_history(before, newest, node, fetch, older=older)
    # Check 2.
    publications, datasets = _offered(manifest, node, now_ms)
    if older:
        return _accepted_last(before, node, trust, now_ms, None)
    head = Head(newest, manifest.created_ms, note)
    try:
        cosigned = _require_quorum(manifest, node, trust, now_ms)
    except QuorumError as error:
        if not before.new_log and _is_news(head, before.waiting):
            shown.wait(connection, node, head, publications)
        return _accepted_last(before, node, trust, now_ms, error)
    # Check 3. By the very octets that are kept, all of it was kept.
    if _is_news(head, before.accepted):
        shown.accept(connection, node, head, publications, manifest.policy)
    return Trusted(node, manifest, datasets, cosigned)


async def _require_history(
    before: Before, newest: Checkpoint, node: NodeEntry, fetch: FetchTile, *, older: bool
) -> None:
    heads = []
    if before.accepted is not None:
        heads.append(before.accepted.checkpoint)
        # Before a tile is asked for: a log that went back does not have them.
        if not older:
            require_not_smaller(before.accepted.checkpoint, newest)
    # A node may go back from a head that nobody witnessed to one before it that a quorum has. The
    # two are compared once the log has grown to it again.
    if before.waiting is not None and before.waiting.checkpoint.size <= newest.size:
        heads.append(before.waiting.checkpoint)
    wanted = {tile for head in heads for tile in tiles_between(head, newest)}
    tiles = {tile: await fetch(node.nation, tile) for tile in wanted}
    for head in heads:
        require_one_history(head, newest, tiles.__getitem__)


def _is_news(head: Head, kept: Head | None) -> bool:
    return kept is None or kept.note != head.note


def _require_quorum(manifest: Manifest, node: NodeEntry, trust: Trust, now_ms: int) -> Cosigned:
    """Require a quorum of cosignatures whose times are not ahead of this clock.

    Whether those that are ahead have the wrong clock, or we, is seen by those of all nations.

    Raises:
        QuorumError: if there are too few, or too many of them are ahead.
    """
    cosigned = trust.require(manifest.checkpoint, node.log_vkey)
    ahead = ahead_of(cosigned, now_ms)
    on_time = cosigned.times_s.keys() - set(ahead)
    try:
        trust.policy_for(node.log_vkey).require_quorum(cosigned, on_time)
    except QuorumError as error:
        raise QuorumError(
            "too many witnesses have signed at times that this clock has not reached",
            missing=(*cosigned.missing, *ahead),
            cosigned=len(on_time),
            needed=error.needed,
            ahead=ahead,
        ) from None
    return cosigned


def ahead_of(cosigned: Cosigned, now_ms: int) -> tuple[str, ...]:
    """Name the witnesses that have signed at times which this clock has not reached.

    A checkpoint may be hours old, so its times show a clock that is behind, and none that is ahead.
    That one is found by the coordinator, which refuses signatures from the future.
    """
    latest_s = (now_ms + CLOCK_SLACK_MS) // 1000
    return tuple(name for name, time_s in cosigned.times_s.items() if time_s > latest_s)


def _accepted_last(
    before: Before, node: NodeEntry, trust: Trust, now_ms: int, waiting: QuorumError | None
) -> Trusted:
    """Give the manifest that was accepted last, verified anew: keys and policy may be others now.

    Raises:
        QuorumError: `waiting`, if there is none, or it may not be used any more.
        PeerError: in its place where nothing newer is waiting.
    """
    unusable = waiting or PeerError("the manifest that was accepted last has expired", why="stale")
    if before.accepted is None:
        raise unusable
    try:
        manifest, checkpoint = open_manifest(before.accepted.note, node)
        verify_manifest(manifest, checkpoint, now_ms)
        _, datasets = _offered(manifest, node, now_ms)
        cosigned = _require_quorum(manifest, node, trust, now_ms)
    except (EncodingError, PeerError, ProofError):
        raise unusable from None
    return Trusted(node, manifest, datasets, cosigned, waiting)


def _offered(
    manifest: Manifest, node: NodeEntry, now_ms: int
) -> tuple[list[Publication], dict[str, Offered]]:
    """Read the publications: all of them, and of each dataset the newest."""
    publications, datasets = [], {}
    for offer in manifest.datasets:
        offered = [Offered(Publication.decode(one.leaf), one) for one in offer.publications]
        for one in offered:
            _require_own(one.publication, node.nation, offer.name, offer.kind)
        newest = max(offered, key=lambda one: one.publication.version)
        _require_past(newest.publication, now_ms)
        publications += [one.publication for one in offered]
        datasets[offer.name] = newest
    return publications, datasets


def _require_past(publication: Publication, now_ms: int) -> None:
    # Its time is what "not recorded in what was released at" rests on, and its age.
    if publication.published_ms > now_ms + CLOCK_SLACK_MS:
        raise PeerError("a publication is from the future", why="stale", do="Check the clock.")


def _require_own(publication: Publication, nation: str, dataset: str, kind: str) -> None:
    named = (publication.nation, publication.dataset, publication.kind)
    if named != (nation, dataset, kind):
        raise PublicationError("a publication is of another nation or dataset than is offered")
