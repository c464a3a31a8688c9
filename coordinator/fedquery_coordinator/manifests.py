"""The manifests of the nodes: fetched in the background, handed on as they are.

A coordinator checks only that a node's own key signed its manifest. It cannot make one, and what is
in it is for askers to verify.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from fedquery.errors import FedqueryError, PeerError
from fedquery.federation.manifest import CAP, Manifest
from fedquery.federation.members import Federation
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.tlog.note import open_note
from fedquery.transport.node_link import NodeLink

_FETCH_S = 5.0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one node.

    Attributes:
        note: its newest manifest, or b"".
        created_ms: when that was made.
        checkpoint: the checkpoint in it, a note, or b"".
        tried_ms: when it was last fetched or tried.
        why: why the last try failed, or "".
    """

    note: bytes = field(default=b"", repr=False)
    created_ms: int = 0
    tried_ms: int = 0
    why: str = ""
    checkpoint: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Manifests:
    """The newest manifest of each node.

    Attributes:
        clock: the time in ms.
    """

    clock: Callable[[], int]
    _known: dict[str, Known] = field(default_factory=dict, init=False)

    def notes(self, federation: Federation) -> dict[str, str]:
        """Give the manifests of the nodes that are members now."""
        return {
            nation: known.note.decode()
            for nation, known in sorted(self._known.items())
            if known.note and nation in federation.nodes
        }

    def known(self, nation: str) -> Known:
        """Give what is known of a node."""
        return self._known.get(nation, Known())

    def forget(self, nations: Iterable[str]) -> None:
        """Forget the manifests of nodes whose keys were replaced: no asker takes them any more."""
        for nation in nations:
            self._known.pop(nation, None)

    async def fetch_all(self, federation: Federation, links: Mapping[str, NodeLink]) -> None:
        """Fetch the manifests of all nodes at once; one that fails keeps its old one."""
        await asyncio.gather(
            *(self._fetch(nation, federation, link) for nation, link in links.items())
        )

    async def fetch_one(self, nation: str, federation: Federation, link: NodeLink) -> None:
        """Fetch the manifest of one node."""
        await self._fetch(nation, federation, link)

    async def _fetch(self, nation: str, federation: Federation, link: NodeLink) -> None:
        before, now_ms = self.known(nation), self.clock()
        try:
            note = await link.manifest(_FETCH_S)
            key = federation.nodes[nation].note_key
            manifest = Manifest.parse(open_note(note, [key], CAP).body)
        except PeerError as error:
            self._known[nation] = replace(before, tried_ms=now_ms, why=error.why)
        except FedqueryError:
            self._known[nation] = replace(before, tried_ms=now_ms, why="off-protocol")
        else:
            self._known[nation] = _newer(nation, before, note, manifest, now_ms)


def _newer(nation: str, before: Known, note: bytes, manifest: Manifest, now_ms: int) -> Known:
    latest_ms = now_ms + CLOCK_SLACK_MS
    # No asker takes one from the future. It would only keep out the honest ones that follow once
    # the node's clock is right again.
    if manifest.created_ms > latest_ms:
        return replace(before, tried_ms=now_ms, why="stale")
    # An older one than was seen is a node that was set back, or a replay: kept out. Where the one
    # before is from the future by now, it is this clock that was set back.
    newer = manifest.created_ms >= before.created_ms or before.created_ms > latest_ms
    if newer and manifest.nation == nation:
        return Known(note, manifest.created_ms, now_ms, checkpoint=manifest.checkpoint)
    return replace(before, tried_ms=now_ms, why="off-protocol")
