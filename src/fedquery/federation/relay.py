"""Bring sealed requests to many nodes at once, with one deadline for all.

A node that is slow, dead or talks rubbish costs the others nothing: each has its own task, outcomes
are given as they come, and who is late is named and left behind.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from fedquery.errors import FedqueryError, PeerError, SignatureError

Check: TypeAlias = Callable[[str, bytes, bytes], None]

# What a link says of itself, and what the asker is told.
_REASON_OF: Final = {"refused": "node-down"}
_REASON = re.compile(
    r"node-down|timeout|reset|too-large|tls|off-protocol|busy|refused-by-node\([a-z0-9-]{1,40}\)"
)


class NodeLinkLike(Protocol):
    """A way to one node."""

    async def ask(self, envelope: bytes, deadline_s: float) -> bytes:
        """Send a request envelope and give the answer envelope.

        Raises:
            PeerError: with `why`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Relayed:
    """Say what became of the envelope of one nation.

    Args:
        nation: the nation that was asked.
        answer: its answer envelope, or none.
        why: the reason where there is no answer; empty otherwise.
        ms: how long it took.
    """

    nation: str
    answer: bytes | None = field(repr=False)
    why: str
    ms: int


def _accept(_nation: str, _envelope: bytes, _answer: bytes) -> None:
    """Take every answer."""


async def relay(
    envelopes: Mapping[str, bytes],
    links: Mapping[str, NodeLinkLike],
    deadline_s: float,
    *,
    check: Check = _accept,
) -> AsyncGenerator[Relayed]:
    """Ask all nodes at once and give each outcome as it comes, one for each envelope.

    Close the generator (`contextlib.aclosing`) where not all outcomes are taken: it ends the rest.

    Args:
        envelopes: nation to request envelope.
        links: nation to the way to its node.
        deadline_s: seconds until whoever has not answered is named `timeout`.
        check: looks at (nation, request envelope, answer envelope) and raises one of our errors
            where the answer is not one to this request.
    """
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    tasks = {
        loop.create_task(_ask(nation, envelope, links[nation], deadline_s, check)): nation
        for nation, envelope in envelopes.items()
        if nation in links
    }
    try:
        for nation in envelopes:
            if nation not in links:
                yield Relayed(nation, None, "unknown-nation", 0)
        while tasks:
            left_s = started_s + deadline_s - loop.time()
            done, _ = await asyncio.wait(
                tasks, timeout=max(0.0, left_s), return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                del tasks[task]
                yield task.result()
            if not done:
                break
        ms = _since_ms(started_s)
        for nation in tasks.values():
            yield Relayed(nation, None, "timeout", ms)
    finally:
        # A task that does not heed its end is not waited for; nobody else pays for it.
        for task in tasks:
            task.cancel()


async def _ask(
    nation: str, envelope: bytes, link: NodeLinkLike, deadline_s: float, check: Check
) -> Relayed:
    started_s = asyncio.get_running_loop().time()
    answer: bytes | None = None
    why = ""
    try:
        octets = await link.ask(envelope, deadline_s)
        check(nation, envelope, octets)
        answer = octets
    except PeerError as error:
        why = _reason(error)
    except SignatureError:
        why = "bad-signature"
    except FedqueryError:
        why = "off-protocol"
    except TimeoutError:
        why = "timeout"
    except Exception:  # noqa: BLE001 -- a fault of one link must not end the others
        why = "off-protocol"
    return Relayed(nation, answer, why, _since_ms(started_s))


def _reason(error: PeerError) -> str:
    why = _REASON_OF.get(error.why, error.why)
    return why if _REASON.fullmatch(why) else "off-protocol"


def _since_ms(started_s: float) -> int:
    return int((asyncio.get_running_loop().time() - started_s) * 1000)
