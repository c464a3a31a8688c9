"""The asker's side of the coordinator's API: queries, and signed GETs of public things.

Coordinators are blind and interchangeable, so whatever one of them does wrong has one answer: ask
the next one, with the same bytes. Everything that is read has a cap, and nothing is decompressed.
What comes back is not verified here beyond its form, except for the coordinator's own signature.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Final, Self, TypeAlias, TypeVar

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64encode
from fedquery.errors import EncodingError, InputError, PeerError
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.tlog.tile import Tile
from fedquery.transport.coordinator_session import (
    Coordinator,
    CoordinatorSessions,
    RefusedError,
    off_protocol,
    read_capped,
)
from fedquery.transport.http_signature import MessageSigner, sign_get
from fedquery.transport.query_lines import (
    request_digest,
)
from fedquery.transport.query_outcome import NotAnswered, Outcome, outcome_of
from fedquery.transport.query_stream import AnswerJoiner, LineReader

T = TypeVar("T")
Clock: TypeAlias = Callable[[], int]

NOTE_CAP: Final = 4 * 1024 * 1024
MANIFESTS_CAP: Final = 32 * 1024 * 1024
_NATION = re.compile(r"[A-Z]{2}")
_SMALL_CAP: Final = 256 * 1024
_MOST_ENVELOPES: Final = 32
_DEADLINES_MS: Final = range(1000, 30_001)
# What the way to the coordinator and back may take beside the deadline of the query itself.
_SLACK_S: Final = 3.0
CLOCK: Final = "clock"
"""Why nothing was asked: this machine's clock is not the coordinator's."""
_GET_S: Final = 10.0
# How long the end of an answer may take after its last line.
_END_S: Final = 0.25


class CoordinatorClient:
    """Talk to the coordinators of a federation, in their order.

    Args:
        coordinators: from the member list, the first one first.
        agency: the name of the asking agency.
        signing_key: its signing key.
        clock: the time in ms, for signatures and reports.
    """

    def __init__(
        self,
        coordinators: Sequence[Coordinator],
        agency: str,
        signing_key: MessageSigner,
        clock: Clock,
    ) -> None:
        if not coordinators:
            raise InputError("the member list names no coordinator")
        self._coordinators = tuple(coordinators)
        self._agency = agency
        self._signing_key = signing_key
        self._clock = clock
        self._sessions = CoordinatorSessions()

    async def __aenter__(self) -> Self:
        """Open the client; connections are made when they are needed."""
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._sessions.aclose()

    async def query(
        self, envelopes: Mapping[str, bytes], deadline_ms: int
    ) -> AsyncGenerator[Outcome]:
        """Send one envelope to each nation and give the outcomes as they come, one for each.

        Close the generator (`contextlib.aclosing`) where not all outcomes are taken.

        Args:
            envelopes: nation to request envelope, 1 to 32.
            deadline_ms: how long the nodes have, 1,000 to 30,000.

        Raises:
            InputError: if there are too many or no envelopes, or the deadline is out of range.
            PeerError: if no coordinator could be brought to carry the query.
        """
        if not 1 <= len(envelopes) <= _MOST_ENVELOPES or deadline_ms not in _DEADLINES_MS:
            raise InputError("a query has 1 to 32 envelopes and a deadline of 1 to 30 seconds")
        waiting = dict(envelopes)
        faults: list[str] = []
        for coordinator in self._coordinators:
            try:
                async with contextlib.aclosing(
                    self._query_one(coordinator, waiting, deadline_ms)
                ) as outcomes:
                    async for outcome in outcomes:
                        del waiting[outcome.nation]
                        yield outcome
            except PeerError as error:
                faults.append(f"{coordinator.name}: {error.why}")
            if not waiting:
                return
        if len(waiting) == len(envelopes):
            raise PeerError("no coordinator carried the query", why="; ".join(faults))
        for nation, envelope in waiting.items():
            digest = request_digest(envelope)
            yield NotAnswered(nation, digest, "coordinator-down", self._clock())

    async def federation(self) -> bytes:
        """Fetch the member list, a signed note that is still to be verified.

        Raises:
            PeerError: if no coordinator gave one.
        """
        return await self._get("/v1/federation", NOTE_CAP, bytes)

    async def manifests(self) -> dict[str, bytes]:
        """Fetch the manifests that the coordinator knows: nation to signed note, not verified.

        Raises:
            PeerError: if no coordinator gave them.
        """
        return await self._get("/v1/manifests", MANIFESTS_CAP, _manifests)

    async def nodes(self) -> canonical_json.Json:
        """Fetch what the coordinator says of the nodes: its word, shown to people only.

        Raises:
            PeerError: if no coordinator said anything.
        """
        return await self._get("/v1/nodes", _SMALL_CAP, lambda octets: _json(octets, _SMALL_CAP))

    async def tile(self, nation: str, tile: Tile) -> bytes:
        """Fetch a hash tile of a nation's log.

        Raises:
            PeerError: if no coordinator gave one of its length.
        """

        def whole(octets: bytes) -> bytes:
            if len(octets) != tile.octets:
                raise off_protocol()
            return octets

        return await self._get(f"/v1/nodes/{nation}/log/{tile.path()}", tile.octets, whole)

    async def log_checkpoint(self) -> bytes:
        """Fetch the newest checkpoint of the first coordinator's own log that answers.

        Raises:
            PeerError: if no coordinator gave one.
        """
        return await self._get("/v1/log/checkpoint", _SMALL_CAP, bytes)

    async def _get(self, path: str, cap: int, read: Callable[[bytes], T]) -> T:
        """Fetch and read something; a coordinator that gives what cannot be read is passed over."""
        faults: list[str] = []
        for coordinator in self._coordinators:
            url = coordinator.url + path
            signed = sign_get(url, agency=self._agency, key=self._signing_key, now_ms=self._clock())
            until_s = asyncio.get_running_loop().time() + _GET_S
            try:
                async with self._sessions.sent(
                    coordinator, "GET", path, headers=signed, until_s=until_s
                ) as response:
                    return read(await read_capped(response, cap, until_s))
            except PeerError as error:
                if self._is_ours(error):
                    raise PeerError(
                        "a coordinator's clock and this machine's differ by more than 120 s",
                        why=CLOCK,
                        do="Set the clock of this machine; nothing more is sent until then.",
                    ) from None
                faults.append(f"{coordinator.name}: {error.why}")
        raise PeerError("no coordinator answered", why="; ".join(faults))

    def _is_ours(self, error: PeerError) -> bool:
        """Tell whether a signature was refused because the clocks are apart."""
        return (
            isinstance(error, RefusedError)
            and error.refusal == "signature-invalid"
            and error.at_ms is not None
            and abs(error.at_ms - self._clock()) > CLOCK_SLACK_MS
        )

    async def _query_one(
        self, coordinator: Coordinator, envelopes: Mapping[str, bytes], deadline_ms: int
    ) -> AsyncGenerator[Outcome]:
        digests = {nation: request_digest(octets) for nation, octets in envelopes.items()}
        waiting = set(digests)
        joiner = AnswerJoiner(dict(digests))
        reader = LineReader()
        until_s = asyncio.get_running_loop().time() + deadline_ms / 1000 + _SLACK_S
        async with self._sessions.sent(
            coordinator,
            "POST",
            "/v1/queries",
            headers={"content-type": "application/json", "accept": "application/x-ndjson"},
            until_s=until_s,
            content=_query_body(envelopes, deadline_ms),
        ) as response:
            parts = response.aiter_raw()
            while waiting:
                # Never open across a yield, where it would end what the caller is at.
                async with asyncio.timeout_at(until_s):
                    part = await anext(parts, None)
                if part is None:
                    reader.end()
                    raise PeerError("the coordinator ended its answer early", why="cut")
                for octets in reader.feed(part):
                    outcome = outcome_of(coordinator, joiner, octets)
                    if outcome is not None:
                        waiting.discard(outcome.nation)
                        yield outcome
            # The end of an answer that is read can be used again: the next query has no handshake.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_END_S):
                    await anext(parts, None)


def _query_body(envelopes: Mapping[str, bytes], deadline_ms: int) -> bytes:
    texts = [b64encode(envelope) for envelope in envelopes.values()]
    return canonical_json.dump({"envelopes": texts, "deadline_ms": deadline_ms})


def _manifests(octets: bytes) -> dict[str, bytes]:
    value = _json(octets, MANIFESTS_CAP)
    notes: dict[str, bytes] = {}
    for nation, note in value.items() if isinstance(value, dict) else ():
        if not isinstance(note, str) or _NATION.fullmatch(nation) is None:
            raise off_protocol()
        notes[nation] = note.encode()
    return notes


def _json(octets: bytes, cap: int) -> canonical_json.Json:
    try:
        return canonical_json.load(octets, cap=cap, what="JSON", canonical=False)
    except EncodingError:
        raise off_protocol() from None
