"""The gRPC face of a node: raw bytes in, one guard around everything, and nothing of an error out.

gRPC for Python sends the text of an unhandled exception to the peer and writes its traceback to the
log, and its deserialisers do so with bad bytes. So the methods take raw bytes, they are parsed
within the guard, and whatever a handler raises that is not a `StatusError` becomes INTERNAL with a
reference: the log has its class and place under that reference, and its text nowhere.

The order for each call: peer, time left, form, handler. One log line for each call.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import grpc

from fedquery.config import logs
from fedquery.errors import ConfigError, EncodingError
from fedquery.transport import node_messages as messages
from fedquery.transport.admission import Admission
from fedquery.transport.limits import (
    ANSWER_CAP,
    CALLS_PER_SERVER,
    HASH_LENGTH,
    MANIFEST_CAP,
    MAX_CALL_S,
    MIN_LEFT_S,
    SERVER_MARGIN_S,
    SERVER_OPTIONS,
)
from fedquery.transport.status import StatusError
from fedquery.transport.tls import ServerCertificates

REFRESH_S = 5.0

T = TypeVar("T")

Context = grpc.aio.ServicerContext[bytes, bytes]


class NodeHandlers(Protocol):
    """What a node does; it gets and gives octets, and raises `StatusError` to refuse a call."""

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
        self._admission = admission
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
            envelope = _decoded(messages.decode_ask, request)
            octets = await self._handlers.ask(envelope, peer, time_left_s)
            if not 0 < len(octets) <= ANSWER_CAP:
                raise ValueError("the handler gave no answer envelope")
            logs.annotate(bytes=len(octets))
            for frame in messages.encode_frames(octets):
                await context.write(frame)

        await self._guarded("ask", "Ask", context, answer)

    async def _manifest(self, request: bytes, context: Context) -> bytes:
        async def answer(peer: str, _time_left_s: float) -> bytes:
            _decoded(messages.decode_manifest_request, request)
            note = await self._handlers.manifest(peer)
            if not 0 < len(note) <= MANIFEST_CAP:
                raise ValueError("the handler gave no manifest")
            return messages.encode_manifest(note)

        return await self._guarded("manifest", "Manifest", context, answer)

    async def _tile(self, request: bytes, context: Context) -> bytes:
        async def answer(peer: str, _time_left_s: float) -> bytes:
            name = _decoded(messages.decode_tile_request, request)
            hashes = await self._handlers.tile(name.level, name.index, name.width, peer)
            if len(hashes) != name.width * HASH_LENGTH:
                raise ValueError("the handler gave another tile")
            return messages.encode_tile(hashes)

        return await self._guarded("tile", "Tile", context, answer)

    async def _guarded(
        self,
        event: str,
        method: str,
        context: Context,
        answer: Callable[[str, float], Awaitable[T]],
    ) -> T:
        """Run one call; whatever goes wrong leaves as a status and one log line.

        The line is written before the status leaves: a peer never knows more than the log.
        """
        with logs.request(event) as line:
            try:
                line["peer"] = peer = self._admission.admit(context, method)
                result = await _in_time(_time_left_s(context), lambda left: answer(peer, left))
                line["code"] = "OK"
            except StatusError as error:
                status = error
            except (asyncio.CancelledError, GeneratorExit):
                line["code"] = "CANCELLED"
                raise
            except BaseException as error:  # noqa: BLE001 # a panic of an extension is no Exception
                status = _internal(event, error)
            else:
                return result
            line["code"] = status.code.name
            line["why"] = status.slug
        return await context.abort(status.code, status.text, status.trailing_metadata())


async def _in_time(time_left_s: float, answer: Callable[[float], Awaitable[T]]) -> T:
    clock = asyncio.timeout(time_left_s)
    try:
        async with clock:
            return await answer(time_left_s)
    except TimeoutError:
        # Another timeout, of a handler's own, is a fault like any other.
        if not clock.expired():
            raise
        raise StatusError(
            grpc.StatusCode.DEADLINE_EXCEEDED, "timeout", "The node did not answer in time"
        ) from None


def _time_left_s(context: Context) -> float:
    """Say how long a handler may take.

    Raises:
        StatusError: `no-time-left` if the call has no deadline, or too little is left of it.
    """
    left_s: float | None = context.time_remaining()
    if left_s is None:
        raise StatusError(
            grpc.StatusCode.INVALID_ARGUMENT, "no-time-left", "Send every call with a deadline"
        )
    if left_s < MIN_LEFT_S:
        raise StatusError(
            grpc.StatusCode.DEADLINE_EXCEEDED, "no-time-left", "Too little of the deadline is left"
        )
    return min(left_s, MAX_CALL_S) - SERVER_MARGIN_S


def _decoded(decode: Callable[[bytes], T], request: bytes) -> T:
    try:
        return decode(request)
    except EncodingError:
        raise StatusError(
            grpc.StatusCode.INVALID_ARGUMENT,
            "message-malformed",
            "Message is not a valid v1 request",
        ) from None


def _internal(event: str, error: BaseException) -> StatusError:
    reference = logs.fault(f"{event}-fault", error)
    return StatusError(
        grpc.StatusCode.INTERNAL, "internal", f"Internal error, reference {reference}"
    )
