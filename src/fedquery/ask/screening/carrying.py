"""Bring one envelope to its node, again and again with the same octets while it lives.

The same octets are charged once (protocol.md 8), so that to send them again is free. Fresh ones
could be charged twice: nothing here makes any.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from fedquery.ask import concluding
from fedquery.ask.screening.questions import UnderWay
from fedquery.ask.session import Session
from fedquery.errors import EncodingError, PeerError, ProofError
from fedquery.transport.query_outcome import Answered, Outcome

Pause = Callable[[float], Awaitable[None]]

# A node evaluates the same octets again four times at most; these are ends of calls that it may
# have seen.
_REACHED: Final = frozenset({"timeout", "reset", "cut"})
_MOST_REACHED: Final = 4
# Ends of calls that it has not seen, or has refused at the door.
_NOT_REACHED: Final = frozenset({"node-down", "busy", "coordinator-down", "rate"})
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 8.0
# What is sent again later than this before its end could not be answered in time.
_MARGIN_MS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of an envelope.

    Attributes:
        answer: the answer envelope; empty where none came.
        why: why none came.
        alarm: whether a coordinator has shown something false.
    """

    answer: bytes = b""
    why: str = ""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries the envelopes of a screening.

    Attributes:
        session: the open session.
        deadline_ms: how long a node has for one answer.
        pause: waits for so many seconds.
        waits: told of a nation that it is waited for until a time, and 0 when that is over.
    """

    session: Session
    deadline_ms: int
    pause: Pause = asyncio.sleep
    waits: Callable[[str, int], None] = lambda _nation, _until_ms: None

    async def carry(self, one: UnderWay) -> Carried:
        """Send a question until it is answered, or its end is near."""
        until_ms = one.sealed.context.fields.expires_ms - _MARGIN_MS
        reached, pause_s = 0, _FIRST_PAUSE_S
        while True:
            carried = await self._once(one)
            if carried.answer or carried.alarm:
                return carried
            reached += carried.why in _REACHED
            again = carried.why in _NOT_REACHED or carried.why in _REACHED
            now_ms = self.session.clock()
            again_ms = now_ms + int(pause_s * 1000)
            if not again or reached > _MOST_REACHED or again_ms >= until_ms:
                return carried
            self.waits(one.sealed.nation, again_ms)
            await self.pause(pause_s)
            self.waits(one.sealed.nation, 0)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _once(self, one: UnderWay) -> Carried:
        envelopes = {one.sealed.nation: one.sealed.envelope}
        carried = Carried(why="coordinator-down")
        try:
            async with contextlib.aclosing(
                self.session.coordinators.query(envelopes, self.deadline_ms)
            ) as outcomes:
                # To the end, which frees the connection for the next question.
                async for outcome in outcomes:
                    carried = _carried(outcome)
        except PeerError as error:
            carried = Carried(why="rate" if "refused: rate" in error.why else "coordinator-down")
        except (ProofError, EncodingError) as error:
            carried = Carried(why=concluding.why_of(error), alarm=True)
        return carried


def _carried(outcome: Outcome) -> Carried:
    if isinstance(outcome, Answered):
        return Carried(outcome.envelope)
    busy = outcome.why.startswith("refused-by-node(busy")
    return Carried(why="busy" if busy else outcome.why)
