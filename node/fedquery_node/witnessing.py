"""The calls by which logs are witnessed: this node cosigns others, and others cosign it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import grpc

from fedquery.config import logs
from fedquery.errors import BusyError, EncodingError, SignatureError, StorageError
from fedquery.federation.certificates import coordinator_uri
from fedquery.federation.members import Federation
from fedquery.federation.witnesses import log_keys, witnesses_of
from fedquery.storage import log_cosignatures, log_seen
from fedquery.storage.log_seen import Taken
from fedquery.storage.writer import Writer
from fedquery.tlog.add_checkpoint import MALFORMED, OK, AddCheckpoint
from fedquery.tlog.note import VerifierKey
from fedquery.tlog.witness import NotCosignedError, require_signed
from fedquery.transport.status import StatusError
from fedquery.transport.witness_messages import WitnessReply
from fedquery_node import kept_heads
from fedquery_node.home import NodeHome

T = TypeVar("T")

# How long a coordinator waits at most until the manifest has the new cosignatures: it fetches that
# next. They are kept in any case, and the manifest follows within seconds.
_RENEWED_WITHIN_S: Final = 1.0


@dataclass(slots=True)
class NodeWitnessing:
    """What a node does as a log and as a witness.

    Attributes:
        home: the data directory.
        writer: the one writer of its database.
        read: reads the database.
        federation: gives the members in force.
        renew: has the manifest made anew, and waits for it.
        clock: the time in ms.
        forked: whether the log of this node went back or forked; then it serves no more.
    """

    home: NodeHome
    writer: Writer
    read: Callable[[Callable[[sqlite3.Connection], bytes]], Awaitable[bytes]]
    federation: Callable[[], Federation]
    renew: Callable[[], Awaitable[None]]
    clock: Callable[[], int]
    forked: bool = field(default=False, init=False)

    def require_one_history(self) -> None:
        """Refuse a call where the log of this node went back or forked.

        Raises:
            StatusError: `log-forked`.
        """
        if self.forked:
            raise StatusError(
                grpc.StatusCode.FAILED_PRECONDITION,
                "log-forked",
                "The log of this node is not the one that others have seen; it answers nothing",
            )

    async def checkpoint(self) -> bytes:
        """Give the newest checkpoint of the node's log, with the cosignatures held."""
        self.require_one_history()
        return await self.read(self._newest)

    async def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Cosign a checkpoint of another log, or say why not."""
        # What it has cosigned of others went back together with its own log, so that it cannot tell
        # any more what extends it.
        self.require_one_history()
        try:
            request = AddCheckpoint.parse(body)
            known = self._others()
            checkpoint = require_signed(request, known)
        except EncodingError:
            return WitnessReply(MALFORMED, b"")
        except NotCosignedError as refusal:
            return _refused(refusal)
        key = known[checkpoint.origin]
        decided = await self._durably(
            lambda connection: kept_heads.decide(
                connection, self.home.cosigner, request, checkpoint, key, now_ms=self.clock()
            )
        )
        if decided.refusal is not None:
            if decided.news:
                logs.event("checkpoint-refused", why=decided.refusal.finding, **self._whose(key))
            return _refused(decided.refusal)
        logs.annotate(outcome="cosigned")
        return WitnessReply(OK, decided.line)

    async def witnessed(self, origin: str) -> bytes:
        """Give what was cosigned last of a log; also where this node's own log forked."""
        key = self._others().get(origin)
        if key is None:
            return b""
        return await self.read(lambda connection: kept_heads.newest_note(connection, key))

    async def cosigned(self, note: bytes) -> None:
        """Take a checkpoint of the node's own log that others have cosigned."""
        self.require_one_history()
        key = self.home.log_signer.verifier_key
        witnesses = witnesses_of(self.federation(), key.name)
        try:
            handed = log_seen.read_handed(note, key, tuple(witnesses.values()))
        except (EncodingError, SignatureError):
            raise StatusError(
                grpc.StatusCode.INVALID_ARGUMENT,
                "signature-invalid",
                "This log has not signed it, or the line of a witness is false",
            ) from None
        taken = await self._durably(
            lambda connection: log_seen.take(
                self.home.log, connection, self.home.path, handed, now_ms=self.clock()
            )
        )
        if taken is Taken.FORKED:
            self.forked = True
            logs.event("log-forked", size=handed.opened.checkpoint.size)
            self.require_one_history()
        if taken is Taken.MORE_COSIGNED:
            try:
                await asyncio.wait_for(self.renew(), _RENEWED_WITHIN_S)
            except TimeoutError:
                logs.annotate(outcome="later")

    def _newest(self, connection: sqlite3.Connection) -> bytes:
        latest = self.home.log.latest_checkpoint(connection)
        if latest is None:
            raise StatusError(
                grpc.StatusCode.UNAVAILABLE, "not-ready", "The log has no checkpoint yet"
            )
        return log_cosignatures.with_lines(connection, latest[0].size)

    def _others(self) -> dict[str, VerifierKey]:
        """Give the logs that this node witnesses: all but its own."""
        known = log_keys(self.federation())
        known.pop(self.home.log.origin, None)
        return known

    def _whose(self, key: VerifierKey) -> dict[str, str]:
        """Name the party whose log it is, in the words that a log line may have."""
        federation = self.federation()
        for nation, node in federation.nodes.items():
            if node.log_vkey == key:
                return {"nation": nation}
        for coordinator in federation.coordinators:
            if coordinator.log_vkey == key:
                return {"peer": coordinator_uri(coordinator.name)}
        return {}

    async def _durably(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run a change of the database; what follows from it leaves after its commit only."""
        try:
            return await self.writer.run(change)
        except (BusyError, StorageError, sqlite3.Error):
            raise StatusError(
                grpc.StatusCode.UNAVAILABLE,
                "audit-unavailable",
                "It could not be kept, so nothing follows from it",
            ) from None


def _refused(refusal: NotCosignedError) -> WitnessReply:
    logs.annotate(outcome="refused", why=f"status-{refusal.status}")
    return WitnessReply(refusal.status, refusal.body)
