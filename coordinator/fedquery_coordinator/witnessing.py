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

from fedquery.config import logs
from fedquery.errors import FedqueryError, PeerError, SignatureError
from fedquery.federation.manifest import CLOCK_SLACK_MS
from fedquery.federation.members import Federation
from fedquery.federation.witnesses import quorum_of, witnesses_of
from fedquery.storage.log_fork import LogForkedError
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.note import signature_line
from fedquery.tlog.witness import (
    CONFLICT,
    NOT_CONSISTENT,
    NOTE_CAP,
    OK,
    AddCheckpoint,
    CosignedAheadError,
    read_cosignature,
    read_kept_size,
)
from fedquery.transport.node_link import NodeLink
from fedquery.transport.witness_link import WitnessLink
from fedquery_coordinator.troubles import Troubles
from fedquery_coordinator.witnessed_logs import CALL_S, WitnessedLog

# What came by then is handed back at once; a nation that hangs holds up none of it.
_GRACE_S: Final = 0.3
_PATIENCE_S: Final = 2.0
# The size that a witness has is not known at first and can change meanwhile, by another
# coordinator's hand.
_TRIES: Final = 3
_FORKED: Final = "refused-by-node(log-forked)"


@dataclass(frozen=True, slots=True)
class Submitted:
    """A checkpoint on its way to its witnesses.

    Attributes:
        log: whose it is.
        checkpoint: the checkpoint.
        note: the checkpoint with the log's own signature alone.
        cosigned_by: the nations whose witnesses have cosigned it already.
        lacking: the witnesses that are to be asked, by nation.
    """

    log: WitnessedLog
    checkpoint: Checkpoint
    note: bytes = field(repr=False)
    cosigned_by: frozenset[str]
    lacking: Mapping[str, CosignatureKey]


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
    # What each witness has of each log; a witness says so where it is wrong.
    _sizes: dict[tuple[str, str], int] = field(default_factory=dict, init=False)
    _away: set[str] = field(default_factory=set, init=False)
    # Which refusals were logged: a witness that refuses is asked again in each round.
    _refused: dict[tuple[str, str], int] = field(default_factory=dict, init=False)
    _troubles: Troubles = field(default_factory=Troubles, init=False)

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
            if n not in self._away and (n not in by or self._sizes.get(_place(n, log)) != size)
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
            line = await self._cosignature(submitted, nation, WitnessLink(link, CALL_S))
        except PeerError as error:
            self._trouble(nation, "", error.why)
        except Exception as error:  # noqa: BLE001 -- a nation that sends nonsense touches no other
            self._trouble(nation, submitted.log.key.name, _word(error))
        else:
            why = "not-cosigned" if line is None else ""
            self._trouble(nation, submitted.log.key.name, why)
            return line or b""
        return b""

    async def _cosignature(
        self, submitted: Submitted, nation: str, link: WitnessLink
    ) -> bytes | None:
        """Ask one witness: its line, b"" where that is held already, or None for a refusal."""
        log, size = submitted.log, submitted.checkpoint.size
        place = _place(nation, log)
        for _ in range(_TRIES):
            old = self._sizes.get(place, 0)
            if old > size:
                break
            proof = await log.proof(old, size) if 0 < old < size else ()
            reply = await link.add_checkpoint(AddCheckpoint(old, proof, submitted.note).format())
            if reply.status == OK:
                key = submitted.lacking[nation]
                self._sizes[place] = size
                # The log keeps the first line of a key. One from the future would count at no asker
                # and stand in the way of the one that the witness gives once its clock is right.
                latest_s = (self.clock() + CLOCK_SLACK_MS) // 1000
                line = read_cosignature(submitted.checkpoint, reply.body, key, latest_s)
                self._refused.pop(place, None)
                self.counted["cosigned"] += 1
                return line
            if reply.status != CONFLICT:
                self.counted["refused"] += 1
                if self._refused.get(place) != reply.status:
                    self._refused[place] = reply.status
                    logs.event("not-cosigned", why=f"status-{reply.status}", **_named(nation, log))
                if reply.status != NOT_CONSISTENT:
                    return None
                break
            self._sizes[place] = kept = read_kept_size(reply.body)
            if kept == size and nation in submitted.cosigned_by:
                return b""
        await self._confront(submitted, nation, link)
        return None

    async def _confront(self, submitted: Submitted, nation: str, link: WitnessLink) -> None:
        """Show a log what a witness has of it, where that is more than it has, or another root."""
        log = submitted.log
        note = await link.witnessed(log.key.name)
        if not note:
            self._sizes[_place(nation, log)] = 0
            return
        opened = open_checkpoint(note, log.key, cap=NOTE_CAP)
        # Where the log grew meanwhile, by another coordinator's hand, nothing is the matter.
        self._sizes[_place(nation, log)] = opened.checkpoint.size
        try:
            await log.hand(note)
        except PeerError as error:
            if error.why != _FORKED:
                raise
            self.counted["forked"] += 1
            logs.event("log-forked", size=opened.checkpoint.size, **_named(nation, log))

    def _trouble(self, nation: str, origin: str, why: str) -> None:
        self.counted["failed"] += self._troubles.say(nation, origin, why)


def _place(nation: str, log: WitnessedLog) -> tuple[str, str]:
    """Name a witness and a log; one with a new key is another log, of which it has nothing."""
    return nation, log.key.format()


def _named(nation: str, log: WitnessedLog) -> dict[str, str]:
    """Name the nation whose log it is, and the witness."""
    fields = {"outcome": f"witness-{nation.lower()}"}
    return {"nation": log.nation, **fields} if log.nation else fields


def _word(error: Exception) -> str:
    if isinstance(error, CosignedAheadError):
        return "clock"
    if isinstance(error, SignatureError):
        return "signature-invalid"
    return "off-protocol" if isinstance(error, FedqueryError) else "fault"
