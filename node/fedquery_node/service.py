"""What the node does with each call: admit, judge in one durable transaction, evaluate, seal."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import grpc

from fedquery.config import logs
from fedquery.errors import BatchError, BusyError, EncodingError, InputError, StorageError
from fedquery.policy.rules import Rules
from fedquery.storage.writer import Writer
from fedquery.tlog.tile import Tile
from fedquery.transport.head import AnswerHead, Refusal
from fedquery.transport.status import StatusError
from fedquery_node import answers, leaves
from fedquery_node.admit import Admitted, admit
from fedquery_node.authorities import Authorities
from fedquery_node.home import NodeHome
from fedquery_node.in_turns import in_turns
from fedquery_node.judge import Judge, Judged
from fedquery_node.kem_keys import KemKey
from fedquery_node.members import Members
from fedquery_node.publications import Catalogue
from fedquery_node.turns import Turns
from fedquery_node.witnessing import NodeWitnessing

T = TypeVar("T")

# What may be under way at once; more is refused at the door, not queued.
MOST_AT_ONCE = 64
_RETRY_AFTER_S = 2
_NOT_EVALUATED = Refusal("internal", "The node has a fault; it is in its log", _RETRY_AFTER_S)


@dataclass(frozen=True, slots=True)
class InForce:
    """Everything that can change while the node runs; replaced as a whole.

    Attributes:
        members: the member list.
        rules: the policy.
        authorities: whose signatures count, and which teams there are.
        catalogue: the publications.
        kem_keys: the keys that questions are sealed to.
        manifest: the signed manifest.
        checkpoint: the newest checkpoint, a signed note.
    """

    members: Members
    rules: Rules
    authorities: Authorities
    catalogue: Catalogue = field(repr=False)
    kem_keys: Mapping[bytes, KemKey] = field(repr=False)
    manifest: bytes = field(repr=False)
    checkpoint: bytes = field(repr=False)


@dataclass(slots=True)
class NodeService:
    """Answers calls from what is in force.

    Attributes:
        home: the data directory.
        writer: the one writer of its database.
        reader: a connection that reads the log, used by one thread at a time.
        executor: the threads that evaluate.
        clock: the time in ms.
        random: the random source.
        in_force: what is in force.
        turns: the turns of the upkeep.
        witnessing: what it does as a log and as a witness.
    """

    home: NodeHome
    writer: Writer
    reader: sqlite3.Connection
    executor: Executor
    clock: Callable[[], int]
    random: Callable[[int], bytes]
    in_force: InForce
    _under_way: int = field(default=0, init=False)
    turns: Turns = field(default_factory=Turns, init=False)
    witnessing: NodeWitnessing = field(init=False)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def __post_init__(self) -> None:
        """Make what it does as a log and as a witness."""
        self.witnessing = NodeWitnessing(
            self.home,
            self.writer,
            self._read,
            lambda: self.in_force.members.federation,
            self.turns.wanted,
            self.clock,
        )

    async def ask(self, envelope: bytes, peer: str, time_left_s: float) -> bytes:
        """Answer a request envelope with an answer envelope."""
        del peer, time_left_s
        self.witnessing.require_one_history()
        if self._under_way >= MOST_AT_ONCE:
            raise _busy()
        self._under_way += 1
        try:
            return await self._ask(envelope)
        finally:
            self._under_way -= 1

    async def manifest(self, peer: str) -> bytes:
        """Give the signed manifest."""
        del peer
        self.witnessing.require_one_history()
        return self.in_force.manifest

    async def tile(self, level: int, index: int, width: int, peer: str) -> bytes:
        """Give hashes of a tile of the log."""
        del peer
        try:
            tile = Tile(level, index, width)
            return await self._read(lambda connection: self.home.log.read_tile(connection, tile))
        except (InputError, ValueError, StorageError):
            raise StatusError(
                grpc.StatusCode.NOT_FOUND, "tile-unknown", "The log has no such tile"
            ) from None

    async def _read(self, query: Callable[[sqlite3.Connection], bytes]) -> bytes:
        async with self._reading:
            return await asyncio.to_thread(query, self.reader)

    async def _ask(self, envelope: bytes) -> bytes:
        now_ms = self.clock()
        force = self.in_force
        if now_ms >= force.members.federation.expires_ms:
            raise StatusError(
                grpc.StatusCode.FAILED_PRECONDITION,
                "members-expired",
                "The member list of this node has expired",
            )
        admitted = admit(envelope, self.home.nation, force.members, force.kem_keys, now_ms)
        shape = answers.shape_of(admitted, force.catalogue)
        # Before the transaction, in which nobody else can write.
        vouched = force.authorities.vouch(admitted, self.home)
        judge = Judge(self.home, force.rules, force.catalogue, self.random, vouched)
        judged = await self._durably(
            lambda connection: judge.judge(connection, admitted, self.clock())
        )
        # From here on the leaf is on the disk; whatever fails now, the question was counted.
        head, body = await self._evaluated(force, admitted, judged, shape)
        logs.annotate(outcome=head.refusal.slug if head.refusal else "granted")
        return answers.sealed(
            self.home,
            admitted,
            replace(head, checkpoint=force.checkpoint),
            body,
            shape,
            random=self.random,
            now_ms=self.clock(),
        )

    async def _evaluated(
        self, force: InForce, admitted: Admitted, judged: Judged, shape: answers.Shape
    ) -> tuple[AnswerHead, bytes | None]:
        asked = admitted.asked
        served = answers.served_for(asked, force.catalogue)
        if not judged.granted or judged.head.claim is not None:
            if served is not None:
                await in_turns(self.executor, answers.cover(admitted, served, shape, self.random))
            return judged.head, None
        view = None if served is None else served.view_of(admitted.asking.agency.name)
        if served is None or view is None or served.publication.version != judged.version:
            # It was retired between two answers to the same octets.
            refusal = Refusal("epoch-unknown", "This version is not served any more")
            return answers.faulted(judged.head, refusal), None
        try:
            steps = answers.evaluated_body(admitted, served, shape, self.random)
            body = await in_turns(self.executor, steps)
        except (BatchError, EncodingError) as error:
            refusal = answers.fault_of(error)
        except Exception as error:  # noqa: BLE001 -- it was counted, so the log says what came of it
            logs.fault("evaluate-fault", error)
            refusal = _NOT_EVALUATED
        else:
            return replace(judged.head, opening=view.opening), body
        await self._log_fault(admitted, refusal.slug)
        return answers.faulted(judged.head, refusal), None

    async def _log_fault(self, admitted: Admitted, slug: str) -> None:
        ruled = leaves.Ruled(reason=slug, fault=True)
        await self._durably(
            lambda connection: leaves.write_leaf(
                connection, self.home, admitted, ruled, random=self.random, now_ms=self.clock()
            )
        )

    async def _durably(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run a change of the database; without it there is no answer."""
        try:
            return await self.writer.run(change)
        except BusyError:
            raise _busy() from None
        except (StorageError, sqlite3.Error):
            raise StatusError(
                grpc.StatusCode.UNAVAILABLE,
                "audit-unavailable",
                "The question could not be logged, so it was not answered",
                retry_after_s=_RETRY_AFTER_S,
            ) from None


def _busy() -> StatusError:
    return StatusError(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "busy",
        "The node has no room for this now",
        retry_after_s=_RETRY_AFTER_S,
    )
