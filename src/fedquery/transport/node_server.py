"""The gRPC face of a node: it listens, and hands raw bytes through the guard to the handlers.

The order for each call: peer, time left, form, handler. One log line for each call, but for those
that go well among the calls that come every few seconds.
"""

import asyncio
import contextlib
from typing import Protocol

import grpc

from fedquery.config import logs
from fedquery.errors import ConfigError
from fedquery.transport import node_messages as messages
from fedquery.transport.admission import Admission
from fedquery.transport.guard import Context, Guard, decoded
from fedquery.transport.limits import (
    ANSWER_CAP,
    CALLS_PER_SERVER,
    HASH_LENGTH,
    MANIFEST_CAP,
    SERVER_OPTIONS,
)
from fedquery.transport.tls import ServerCertificates
from fedquery.transport.witness_methods import WitnessHandlers, witness_methods

REFRESH_S = 5.0


class NodeHandlers(Protocol):
    """What a node does; it gets and gives octets, and raises `StatusError` to refuse a call."""

    @property
    def witnessing(self) -> WitnessHandlers:
        """Give what it does as a log that is witnessed, and as a witness."""

    async def ask(self, envelope: bytes, peer: str, time_left_s: float) -> bytes:
        """Answer a request envelope with an answer envelope.

        Args:
            envelope: 1 to `ENVELOPE_CAP` octets.
            peer: the URI of the coordinator.
            time_left_s: seconds after which the task is cancelled.
        """

    async def manifest(self, peer: str) -> bytes:
        """Give the signed manifest."""

    async def tile(self, level: int, index: int, width: int, peer: str) -> bytes:
        """Give `width` hashes of a tile of the log."""


class NodeServer:
    """A gRPC server for one node.

    Args:
        handlers: what the node does.
        certificates: what it shows.
        admission: who may call what.
    """

    def __init__(
        self, handlers: NodeHandlers, certificates: ServerCertificates, admission: Admission
    ) -> None:
        self._handlers = handlers
        self._certificates = certificates
        self._guard = Guard(admission)
        self._server: grpc.aio.Server | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self, address: str) -> int:
        """Listen.

        Args:
            address: `host:port`; port 0 takes a free one.

        Returns:
            the port.

        Raises:
            ConfigError: if the address cannot be used.
        """
        server = grpc.aio.server(
            options=SERVER_OPTIONS,
            maximum_concurrent_rpcs=CALLS_PER_SERVER,
            compression=grpc.Compression.NoCompression,
        )
        methods: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            "Ask": grpc.unary_stream_rpc_method_handler(self._ask),
            "Manifest": grpc.unary_unary_rpc_method_handler(self._manifest),
            "Tile": grpc.unary_unary_rpc_method_handler(self._tile),
            **witness_methods(self._handlers.witnessing, self._guard),
        }
        generic = grpc.method_handlers_generic_handler(messages.SERVICE, methods)
        server.add_generic_rpc_handlers((generic,))
        try:
            port = server.add_secure_port(address, self._certificates.credentials())
        except RuntimeError:
            raise ConfigError(
                f"cannot listen on {address}", do="Is the port in use, or the host not this one?"
            ) from None
        await server.start()
        self._server = server
        self._watch = asyncio.create_task(self._refresh())
        logs.event("listening", port=port)
        return port

    async def stop(self, grace_s: float) -> None:
        """Take no more calls, and give the ones in flight `grace_s` seconds."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        if self._server is not None:
            await self._server.stop(grace_s)

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            self._certificates.refresh()

    async def _ask(self, request: bytes, context: Context) -> None:
        async def answer(peer: str, time_left_s: float) -> None:
            envelope = decoded(messages.decode_ask, request)
            octets = await self._handlers.ask(envelope, peer, time_left_s)
            if not 0 < len(octets) <= ANSWER_CAP:
                raise ValueError("the handler gave no answer envelope")
            logs.annotate(bytes=len(octets))
            for frame in messages.encode_frames(octets):
                await context.write(frame)

        await self._guard.run("ask", "Ask", context, answer)

    async def _manifest(self, request: bytes, context: Context) -> bytes:
        async def answer(peer: str, _time_left_s: float) -> bytes:
            decoded(messages.decode_manifest_request, request)
            note = await self._handlers.manifest(peer)
            if not 0 < len(note) <= MANIFEST_CAP:
                raise ValueError("the handler gave no manifest")
            return messages.encode_manifest(note)

        return await self._guard.run("manifest", "Manifest", context, answer)

    async def _tile(self, request: bytes, context: Context) -> bytes:
        async def answer(peer: str, _time_left_s: float) -> bytes:
            name = decoded(messages.decode_tile_request, request)
            hashes = await self._handlers.tile(name.level, name.index, name.width, peer)
            if len(hashes) != name.width * HASH_LENGTH:
                raise ValueError("the handler gave another tile")
            return messages.encode_tile(hashes)

        return await self._guard.run("tile", "Tile", context, answer)
