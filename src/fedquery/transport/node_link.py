"""A coordinator's link to one node: hardened channel, pinned peer, every failure by name.

gRPC for Python verifies a server by its host name only, and falls back to the common name. So a
link first makes a TLS 1.3 handshake of its own, in which the certificate must be signed by the
nation's authority, hold for the host, and name the nation's node by its one URI; then it gives the
channel exactly that certificate as the only trusted one. When the node shows another, the link
looks again.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import grpc

from fedquery.errors import EncodingError, PeerError
from fedquery.transport import node_messages as messages
from fedquery.transport.limits import (
    ANSWER_CAP,
    CALLS_PER_CHANNEL,
    CHANNEL_OPTIONS,
    ENVELOPE_CAP,
    FRAME_LENGTH,
)
from fedquery.transport.pinning import pinned_certificate
from fedquery.transport.status import peer_error
from fedquery.transport.tls import Clock, TlsFiles, client_context, read_identity

DEFAULT_DEADLINE_S = 5.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LinkCredentials:
    """What a link shows to a node and what it trusts.

    Attributes:
        files: certificate and key of this coordinator; read again for each new connection.
        authority: the certificate of the nation's authority, in DER.
        clock: gives the time in milliseconds, for the certificate's dates.
    """

    files: TlsFiles
    authority: bytes
    clock: Clock


def node_uri(nation: str) -> str:
    """Write the URI that the certificate of a nation's node has."""
    return f"fedquery://nation/{nation}/node"


class NodeLink:
    """The link to one nation's node.

    Args:
        address: `host:port`.
        credentials: what to show and whom to trust.
        nation: the code of the nation, which the node's certificate must name.
    """

    def __init__(self, address: str, credentials: LinkCredentials, nation: str) -> None:
        self._address = address
        self._credentials = credentials
        self._uri = node_uri(nation)
        self._slots = asyncio.Semaphore(CALLS_PER_CHANNEL)
        self._opening = asyncio.Lock()
        self._channel: grpc.aio.Channel | None = None

    async def ask(self, envelope: bytes, deadline_s: float) -> bytes:
        """Hand over a request envelope and join the frames of the answer envelope.

        Args:
            envelope: the request, as the asker signed it.
            deadline_s: seconds from now, for all of it.

        Raises:
            PeerError: `why` is one of the words of `status.peer_error`.
        """
        if len(envelope) > ENVELOPE_CAP:
            raise PeerError("the request is too large", why="too-large")
        request = messages.encode_ask(envelope)

        async def exchange(channel: grpc.aio.Channel) -> bytes:
            method: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(
                f"/{messages.SERVICE}/Ask"
            )
            call = method(request, timeout=deadline_s)
            try:
                return await _join(call)
            finally:
                # An exchange that is left early must not go on filling its buffers.
                call.cancel()

        return await self._within(deadline_s, exchange)

    async def manifest(self, deadline_s: float = DEFAULT_DEADLINE_S) -> bytes:
        """Fetch the node's manifest, a signed note that is still to be verified.

        Raises:
            PeerError: as `ask`.
        """
        request = messages.encode_manifest_request()
        return await self.unary("Manifest", request, messages.decode_manifest, deadline_s)

    async def tile(
        self, level: int, index: int, width: int, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> bytes:
        """Fetch one hash tile of the node's log, still to be verified.

        Args:
            level: 0 (leaf hashes) to 5.
            index: of the tile within its level.
            width: how many hashes, 1 to 256.
            deadline_s: seconds from now.

        Returns:
            `width` hashes of 32 octets.

        Raises:
            EncodingError: if there is no such tile in any log.
            PeerError: as `ask`.
        """
        request = messages.encode_tile_request(messages.TileName(level, index, width))
        return await self.unary(
            "Tile", request, lambda reply: messages.decode_tile(reply, width), deadline_s
        )

    async def close(self) -> None:
        """Close the channel; calls in flight end as reset."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    async def unary(
        self, name: str, request: bytes, decode: Callable[[bytes], T], deadline_s: float
    ) -> T:
        """Make one call with one message each way.

        Args:
            name: the method.
            request: the message.
            decode: reads the reply, or raises EncodingError.
            deadline_s: seconds from now.

        Raises:
            PeerError: as `ask`.
        """

        async def exchange(channel: grpc.aio.Channel) -> T:
            method: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
                f"/{messages.SERVICE}/{name}"
            )
            return decode(await method(request, timeout=deadline_s))

        return await self._within(deadline_s, exchange)

    async def _within(
        self, deadline_s: float, exchange: Callable[[grpc.aio.Channel], Awaitable[T]]
    ) -> T:
        """Run an exchange within one deadline, and once more if the node's certificate changed."""
        try:
            async with asyncio.timeout(deadline_s), self._slots:
                channel, is_new = await self._open()
                try:
                    return await exchange(channel)
                except grpc.aio.AioRpcError as error:
                    # Nothing was sent over a handshake that failed, so this repeats no request.
                    if is_new or peer_error(error).why != "tls":
                        raise
                    await self._forget(channel)
                channel, _ = await self._open()
                return await exchange(channel)
        except TimeoutError:
            raise PeerError("the node did not answer in time", why="timeout") from None
        except grpc.aio.AioRpcError as error:
            raise peer_error(error) from None
        except EncodingError:
            raise PeerError("the node is off protocol", why="off-protocol") from None
        except grpc.aio.UsageError:
            raise PeerError("the link is closed", why="reset") from None

    async def _open(self) -> tuple[grpc.aio.Channel, bool]:
        async with self._opening:
            if self._channel is not None:
                return self._channel, False
            own = self._credentials
            identity = read_identity(own.files, own.clock())
            pinned = await pinned_certificate(
                self._address, client_context(own.files, own.authority), self._uri
            )
            credentials = grpc.ssl_channel_credentials(
                pinned, identity.key_pem, identity.certificate_pem
            )
            self._channel = grpc.aio.secure_channel(
                self._address, credentials, options=CHANNEL_OPTIONS
            )
            return self._channel, True

    async def _forget(self, channel: grpc.aio.Channel) -> None:
        if self._channel is channel:
            self._channel = None
            await channel.close()


async def _join(frames: AsyncIterable[bytes]) -> bytes:
    """Join the frames of an answer; all but the last are full, so that their number tells nothing.

    Raises:
        EncodingError: if a frame is malformed, there is none, or one that is not full is followed.
        PeerError: `too-large`, as soon as the cap is exceeded.
    """
    answer = bytearray()
    is_last = False
    async for frame in frames:
        data = messages.decode_frame(frame)
        if is_last:
            raise EncodingError("malformed answer")
        is_last = len(data) < FRAME_LENGTH
        answer += data
        if len(answer) > ANSWER_CAP:
            raise PeerError("the answer is too large", why="too-large")
    if not answer:
        raise EncodingError("malformed answer")
    return bytes(answer)
