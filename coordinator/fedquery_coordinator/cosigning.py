"""One checkpoint shown to one witness: its cosignature, its refusal, or what it has instead."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.config import logs
from fedquery.errors import PeerError
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.tlog.add_checkpoint import (
    CONFLICT,
    NOT_CONSISTENT,
    NOTE_CAP,
    OK,
    AddCheckpoint,
    read_cosignature,
    read_kept_size,
)
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.transport.witness_link import WitnessLink
from fedquery_coordinator.witnessed_logs import WitnessedLog

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
class Cosigning:
    """What this coordinator knows of the witnesses, and how it asks one of them.

    Attributes:
        clock: the time in ms.
        counted: outcomes so far, for the metrics.
    """

    clock: Callable[[], int]
    counted: Counter[str]
    # What each witness has of each log; a witness says so where it is wrong.
    _sizes: dict[tuple[str, str], int] = field(default_factory=dict, init=False)
    # Which refusals were logged: a witness that refuses is asked again in each round.
    _refused: dict[tuple[str, str], int] = field(default_factory=dict, init=False)

    def is_known_to_have(self, nation: str, log: WitnessedLog, size: int) -> bool:
        """Tell whether a nation's witness is known to have a log at this size."""
        return self._sizes.get(_place(nation, log)) == size

    async def cosignature(
        self, submitted: Submitted, nation: str, link: WitnessLink
    ) -> bytes | None:
        """Ask one witness for its cosignature.

        Args:
            submitted: the checkpoint.
            nation: whose witness it is.
            link: the way to it.

        Returns:
            Its line, b"" where that is held already, or None for a refusal.

        Raises:
            PeerError: if the witness or the log does not answer.
            EncodingError, SignatureError: if a reply is off protocol.
        """
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


def _place(nation: str, log: WitnessedLog) -> tuple[str, str]:
    """Name a witness and a log; one with a new key is another log, of which it has nothing."""
    return nation, log.key.format()


def _named(nation: str, log: WitnessedLog) -> dict[str, str]:
    """Name the nation whose log it is, and the witness."""
    fields = {"outcome": f"witness-{nation.lower()}"}
    return {"nation": log.nation, **fields} if log.nation else fields
