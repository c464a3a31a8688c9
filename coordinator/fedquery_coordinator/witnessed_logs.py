"""The logs that a coordinator carries to their witnesses: those of the nodes, and its own."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from fedquery.config import logs
from fedquery.errors import PeerError
from fedquery.federation.members import Federation
from fedquery.federation.witnesses import witnesses_of
from fedquery.storage import log_cosignatures, log_fork, log_seen
from fedquery.storage.log_seen import Taken
from fedquery.storage.writer import Writer
from fedquery.tlog.append import consistency_proof
from fedquery.tlog.note import VerifierKey
from fedquery.tlog.tile import Tile
from fedquery.tlog.tile_hashes import tiles_needed_for_consistency
from fedquery.transport.node_link import NodeLink
from fedquery.transport.witness_link import WitnessLink
from fedquery_coordinator.home import CoordinatorHome

# Every call of a round; the next round tries again.
CALL_S: Final = 2.0


class WitnessedLog(Protocol):
    """A log that is to be witnessed."""

    @property
    def key(self) -> VerifierKey:
        """Give the key of the log; its name is the origin."""

    @property
    def nation(self) -> str:
        """Give the nation whose node's log it is, or "" for the coordinator's own."""

    async def newest(self) -> bytes:
        """Give its newest checkpoint, a note with the cosignatures that it holds.

        Raises:
            PeerError: if it cannot be had now.
        """

    async def proof(self, old: int, size: int) -> tuple[bytes, ...]:
        """Make a consistency proof between two sizes; whoever gets it verifies it.

        Raises:
            EncodingError, PeerError, StorageError: if its tiles cannot be had now.
        """

    async def hand(self, note: bytes) -> None:
        """Hand it a checkpoint of its own with cosignatures, or one that contradicts it.

        Raises:
            PeerError, StorageError: if it does not take it.
        """


@dataclass(slots=True)
class NodeLog:
    """The log of a node.

    Attributes:
        nation: the nation.
        key: the key of its log.
        link: the way to the node.
    """

    nation: str
    key: VerifierKey
    link: NodeLink
    _tiles: dict[Tile, bytes] = field(default_factory=dict, init=False)

    async def newest(self) -> bytes:
        """Give its newest checkpoint."""
        return await WitnessLink(self.link, CALL_S).checkpoint()

    async def proof(self, old: int, size: int) -> tuple[bytes, ...]:
        """Make a consistency proof from the node's hash tiles."""
        wanted = [
            tile for tile in tiles_needed_for_consistency(old, size) if tile not in self._tiles
        ]
        fetched = await asyncio.gather(
            *(self.link.tile(tile.level, tile.index, tile.width, CALL_S) for tile in wanted)
        )
        self._tiles.update(zip(wanted, fetched, strict=True))
        return consistency_proof(old, size, self._tiles.__getitem__)

    async def hand(self, note: bytes) -> None:
        """Hand it a checkpoint."""
        await WitnessLink(self.link, CALL_S).cosigned(note)


@dataclass(slots=True)
class OwnLog:
    """The log of this coordinator.

    Attributes:
        home: the data directory.
        reader: a connection for reading the log.
        writer: the one writer of its database.
        federation: the members.
        clock: the time in ms.
    """

    home: CoordinatorHome
    reader: sqlite3.Connection
    writer: Writer
    federation: Federation
    clock: Callable[[], int]
    nation: str = ""

    @property
    def key(self) -> VerifierKey:
        """Give the key of the log."""
        return self.home.log_signer.verifier_key

    async def newest(self) -> bytes:
        """Give its newest checkpoint."""
        latest = self.home.log.latest_checkpoint(self.reader)
        if latest is None:
            raise PeerError("the log has no checkpoint yet", why="stale")
        return log_cosignatures.with_lines(self.reader, latest[0].size)

    async def proof(self, old: int, size: int) -> tuple[bytes, ...]:
        """Make a consistency proof."""
        return self.home.log.consistency_proof(self.reader, old, size)

    async def hand(self, note: bytes) -> None:
        """Keep cosignatures, or the evidence that this log went back.

        Raises:
            LogForkedError: if it went back or forked; from then on nothing is relayed.
        """
        witnesses = tuple(witnesses_of(self.federation, self.key.name).values())
        handed = log_seen.read_handed(note, self.key, witnesses)
        taken = await self.writer.run(
            lambda connection: log_seen.take(
                self.home.log, connection, self.home.path, handed, now_ms=self.clock()
            )
        )
        if taken is Taken.FORKED:
            logs.event("log-forked", size=handed.opened.checkpoint.size)
            log_fork.require_one_history(self.home.path, self.reader)
