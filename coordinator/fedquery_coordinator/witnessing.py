"""A coordinator carries checkpoints from each log to its witnesses, and cosignatures back.

Nodes do not dial out, so that somebody has to carry. Whoever carries can withhold, and nothing
else: a witness verifies what it is shown, and whoever relies on a cosignature verifies that.
Where a witness has something that a log does not extend, that is carried to the log's own node,
which stops serving.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.errors import FedqueryError, PeerError, SignatureError
from fedquery.federation.members import Federation
from fedquery.federation.witnesses import quorum_of, witnesses_of
from fedquery.storage.log_fork import LogForkedError
from fedquery.tlog.add_checkpoint import NOTE_CAP, CosignedAheadError
from fedquery.tlog.checkpoint import open_checkpoint
from fedquery.tlog.note import signature_line
from fedquery.transport.node_link import NodeLink
from fedquery.transport.witness_link import WitnessLink
from fedquery_coordinator.cosigning import Cosigning, Submitted
from fedquery_coordinator.troubles import Troubles
from fedquery_coordinator.witnessed_logs import CALL_S, WitnessedLog

# What came by then is handed back at once; a nation that hangs holds up none of it.
_GRACE_S: Final = 0.3
_PATIENCE_S: Final = 2.0


@dataclass(slots=True)
class Witnessing:
    """Carries, round after round.

    Attributes:
        cosigned: is told the nation of each log that more witnesses have cosigned, with b""; and of
            each log whose newest checkpoint has a quorum, with that note.
        clock: the time in ms.
        counted: outcomes so far, for the metrics.
        held: nation, or "" for the coordinator's own log, to how many witnesses have cosigned its
            newest checkpoint, for the metrics; 0 where it shows none, as when it is down or forked.
    """

    cosigned: Callable[[str, bytes], Awaitable[None]]
    clock: Callable[[], int]
    counted: Counter[str] = field(default_factory=Counter, init=False)
    held: dict[str, int] = field(default_factory=dict, init=False)
    _away: set[str] = field(default_factory=set, init=False)
    _troubles: Troubles = field(default_factory=Troubles, init=False)
    _cosigning: Cosigning = field(init=False)

    def __post_init__(self) -> None:
        """Begin without knowing what any witness has."""
        self._cosigning = Cosigning(self.clock, self.counted)

    async def round(
        self,
        federation: Federation,
        links: Mapping[str, NodeLink],
        witnessed: list[WitnessedLog],
    ) -> None:
        """Carry what is new; a log or a witness that fails touches no other.

        Args:
            federation: the members.
            links: nation to the way to its node.
            witnessed: the logs.
        """
        for gone in self.held.keys() - {log.nation for log in witnessed}:
            del self.held[gone]
        await asyncio.gather(*(self._carry(federation, links, log) for log in witnessed))
        self.counted["round"] += 1

    async def _carry(
        self, federation: Federation, links: Mapping[str, NodeLink], log: WitnessedLog
    ) -> None:
        try:
            submitted = await self._newest(federation, log)
            if submitted is not None:
                await self._submit(links, submitted)
        except LogForkedError:
            # Its own: it was logged, and nothing is relayed any more.
            return
        except PeerError as error:
            self._trouble(log.nation, "", error.why)
        except Exception as error:  # noqa: BLE001 -- what one log trips over must not end the others
            self._trouble(log.nation, "", _word(error))

    async def _newest(self, federation: Federation, log: WitnessedLog) -> Submitted | None:
        try:
            note = await log.newest()
        except PeerError:
            # As a witness it would not answer either, and would be waited for.
            self._away.add(log.nation)
            self.held[log.nation] = 0
            raise
        self._away.discard(log.nation)
        witnesses = witnesses_of(federation, log.key.name)
        opened = open_checkpoint(note, log.key, tuple(witnesses.values()), cap=NOTE_CAP)
        own, *_ = opened.note.by_name(log.key.name)
        by = frozenset(n for n, key in witnesses.items() if key.name in opened.note.names)
        self._trouble(log.nation, "", "")
        self.held[log.nation] = len(by)
        if log.nation and len(by) >= quorum_of(len(witnesses)):
            await self.cosigned(log.nation, note)
        # A log that holds all cosignatures may have been put back to where it held them. So each
        # witness is asked once for what it has, also where nothing is lacking.
        size = opened.checkpoint.size
        lacking = {
            n: key
            for n, key in witnesses.items()
            if n not in self._away
            and (n not in by or not self._cosigning.is_known_to_have(n, log, size))
        }
        if not lacking:
            return None
        bare = opened.note.body + b"\n" + signature_line(own.name, own.key_id, own.signature)
        return Submitted(log, opened.checkpoint, bare, by, lacking)

    async def _submit(self, links: Mapping[str, NodeLink], submitted: Submitted) -> None:
        asked = {
            asyncio.create_task(self._ask(submitted, nation, links[nation])): nation
            for nation in submitted.lacking
            if nation in links
        }
        if not asked:
            return
        try:
            done, pending = await asyncio.wait(asked, timeout=_GRACE_S)
            lines = [line for line in (task.result() for task in done) if line]
            await self._hand(submitted, lines)
            if pending:
                late, _ = await asyncio.wait(pending, timeout=_PATIENCE_S)
                more = [line for line in (task.result() for task in late) if line]
                await self._hand(submitted, more)
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def _hand(self, submitted: Submitted, lines: list[bytes]) -> None:
        if not lines:
            return
        log = submitted.log
        note = submitted.note + b"".join(lines)
        await log.hand(note)
        self.held[log.nation] = self.held.get(log.nation, 0) + len(lines)
        if log.nation:
            await self.cosigned(log.nation, b"")

    async def _ask(self, submitted: Submitted, nation: str, link: NodeLink) -> bytes:
        """Have one witness cosign, and give its line, or b"" where it does not."""
        try:
            line = await self._cosigning.cosignature(submitted, nation, WitnessLink(link, CALL_S))
        except PeerError as error:
            self._trouble(nation, "", error.why)
        except Exception as error:  # noqa: BLE001 -- a nation that sends nonsense touches no other
            self._trouble(nation, submitted.log.key.name, _word(error))
        else:
            why = "not-cosigned" if line is None else ""
            self._trouble(nation, submitted.log.key.name, why)
            return line or b""
        return b""

    def _trouble(self, nation: str, origin: str, why: str) -> None:
        self.counted["failed"] += self._troubles.say(nation, origin, why)


def _word(error: Exception) -> str:
    if isinstance(error, CosignedAheadError):
        return "clock"
    if isinstance(error, SignatureError):
        return "signature-invalid"
    return "off-protocol" if isinstance(error, FedqueryError) else "fault"
