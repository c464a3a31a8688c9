"""What a coordinator holds while it serves, and what it does with one query."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field

from fedquery.config import logs
from fedquery.errors import SignatureError
from fedquery.federation.members import Federation
from fedquery.federation.relay import Relayed, relay
from fedquery.seal.envelope import read_answer, request_digest, verify_answer
from fedquery.seal.signing import VerifyKey
from fedquery.storage import log_fork
from fedquery.storage.writer import Writer
from fedquery.transport.node_link import NodeLink
from fedquery.transport.query_lines import (
    Line,
    NoAnswerLine,
    frames_of,
    is_reason,
    signed_octets,
)
from fedquery_coordinator import relays
from fedquery_coordinator.envelopes import Query, read_query
from fedquery_coordinator.home import CoordinatorHome
from fedquery_coordinator.manifests import Manifests
from fedquery_coordinator.rates import Rates
from fedquery_coordinator.witnessed_logs import NodeLog, OwnLog, WitnessedLog
from fedquery_coordinator.witnessing import Witnessing


@dataclass(frozen=True, slots=True)
class InForce:
    """What can change while a coordinator serves; replaced as a whole.

    Attributes:
        federation: the members.
        note: the signed member list.
        links: nation to the way to its node.
    """

    federation: Federation
    note: bytes = field(repr=False)
    links: Mapping[str, NodeLink] = field(repr=False)


@dataclass(slots=True)
class CoordinatorService:
    """Relays queries.

    Attributes:
        home: the data directory.
        writer: the one writer of its database.
        reader: a connection for reading the log.
        manifests: the manifests of the nodes.
        clock: the time in ms.
        in_force: what is in force.
        rates: how much each agency may send.
        counted: outcomes so far, for the metrics.
        witnessing: carries checkpoints to witnesses.
    """

    home: CoordinatorHome
    writer: Writer
    reader: sqlite3.Connection
    manifests: Manifests
    clock: Callable[[], int]
    in_force: InForce
    rates: Rates
    counted: Counter[str] = field(default_factory=Counter)
    witnessing: Witnessing = field(init=False)

    def __post_init__(self) -> None:
        """Make what carries checkpoints."""
        self.witnessing = Witnessing(self._cosigned, self.clock)

    def require_one_history(self) -> None:
        """Refuse to go on where this coordinator's own log went back or forked.

        Raises:
            LogForkedError: if it did.
        """
        log_fork.require_one_history(self.home.path, self.reader)

    async def witness(self) -> None:
        """Carry new checkpoints to their witnesses, once."""
        force = self.in_force
        nodes = force.federation.nodes
        witnessed: list[WitnessedLog] = [
            NodeLog(nation, nodes[nation].log_vkey, link) for nation, link in force.links.items()
        ]
        witnessed.append(OwnLog(self.home, self.reader, self.writer, force.federation, self.clock))
        await self.witnessing.round(force.federation, force.links, witnessed)

    async def _cosigned(self, nation: str, note: bytes) -> None:
        """Fetch the manifest that shows what was cosigned, unless it is the one that is known."""
        force = self.in_force
        link = force.links.get(nation)
        if link is None or (note and note == self.manifests.known(nation).checkpoint):
            return
        await self.manifests.fetch_one(nation, force.federation, link)

    async def admit(self, texts: list[str]) -> Query:
        """Look at the envelopes of a query, and log durably that they are passed on.

        Raises:
            EncodingError, SignatureError, TargetError, ExpiredError: as `read_query`.
            RateError: if the agency sends too many.
            ReusedError: if a request id was used with other octets.
            StorageError: if the log cannot be written; nothing is passed on.
            LogForkedError: if the log went back or forked.
        """
        self.require_one_history()
        now_ms = self.clock()
        query = read_query(texts, self.in_force.federation, now_ms)
        self.rates.take(query.agency, len(query.envelopes), now_ms)
        await self.writer.run(
            lambda connection: relays.log_relays(connection, self.home, query, now_ms)
        )
        return query

    async def relay(self, query: Query, deadline_s: float) -> AsyncGenerator[Line]:
        """Pass envelopes on and give the lines of each nation as it answers.

        Close the generator where not all lines are taken: it ends what is under way.
        """
        directory = self.home.settings.record_bytes_to
        outcomes: list[tuple[bytes, str]] = []
        for nation, octets in query.octets.items():
            relays.record(directory, query.envelopes[nation].digest, "request", octets)
        answers = relay(query.octets, self.in_force.links, deadline_s, check=self._check)
        try:
            async with contextlib.aclosing(answers):
                async for relayed in answers:
                    digest = query.envelopes[relayed.nation].digest
                    why = relayed.why if is_reason(relayed.why) else "off-protocol"
                    outcomes.append((digest, "answered" if relayed.answer is not None else why))
                    self.counted[outcomes[-1][1]] += 1
                    if relayed.answer is not None:
                        relays.record(directory, digest, "answer", relayed.answer)
                    for line in self._lines(relayed, digest, why):
                        yield line
        finally:
            # Logged also where the client went away; nobody waits for it.
            now_ms = self.clock()
            done = list(outcomes)
            with contextlib.suppress(Exception):
                self.writer.submit(
                    lambda connection: relays.log_outcomes(connection, self.home, done, now_ms)
                )
            logs.annotate(size=len(done))

    def _lines(self, relayed: Relayed, digest: bytes, why: str) -> list[Line]:
        if relayed.answer is not None:
            return list(frames_of(relayed.nation, digest, relayed.answer))
        at_ms = self.clock()
        signature = self.home.signing_key.sign(signed_octets(relayed.nation, why, digest, at_ms))
        return [NoAnswerLine(relayed.nation, digest, why, at_ms, signature)]

    def _check(self, nation: str, envelope: bytes, answer: bytes) -> None:
        """Require that an answer is one to this request and signed by that nation's node."""
        node = self.in_force.federation.nodes[nation]
        read = read_answer(answer)
        verify_answer(read, VerifyKey.decode(node.signing_public))
        if read.header.request_digest != request_digest(envelope) or read.header.nation != nation:
            raise SignatureError("the answer is to another request")
