"""The methods of a node's gRPC face by which logs are witnessed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import grpc

from fedquery.tlog.add_checkpoint import NOTE_CAP
from fedquery.transport import witness_messages as messages
from fedquery.transport.guard import Context, Guard, decoded
from fedquery.transport.witness_messages import WitnessReply


class WitnessHandlers(Protocol):
    """What a node does as a log and as a witness; it raises `StatusError` to refuse a call."""

    async def checkpoint(self) -> bytes:
        """Give the newest checkpoint of the node's log, with the cosignatures held."""

    async def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Cosign a checkpoint of another log, or say why not.

        Args:
            body: 1 to `witness.REQUEST_CAP` octets.
        """

    async def witnessed(self, origin: str) -> bytes:
        """Give what was cosigned last of a log: a note, or b"" for nothing."""

    async def cosigned(self, note: bytes) -> None:
        """Take a checkpoint of the node's own log that others have cosigned.

        Args:
            note: 1 to `witness.NOTE_CAP` octets.
        """


Method = Callable[[bytes, Context], Awaitable[bytes]]


def witness_methods(
    handlers: WitnessHandlers, guard: Guard
) -> Mapping[str, "grpc.RpcMethodHandler[bytes, bytes]"]:
    """Make the methods.

    Args:
        handlers: what the node does.
        guard: stands around every call.
    """

    async def checkpoint(request: bytes, context: Context) -> bytes:
        async def answer(_peer: str, _time_left_s: float) -> bytes:
            decoded(messages.decode_checkpoint_request, request)
            return messages.encode_checkpoint(_capped(await handlers.checkpoint()))

        # It is asked every few seconds: what goes well is not worth a line.
        return await guard.run("checkpoint", "Checkpoint", context, answer, quiet=True)

    async def add_checkpoint(request: bytes, context: Context) -> bytes:
        async def answer(_peer: str, _time_left_s: float) -> bytes:
            body = decoded(messages.decode_add_checkpoint, request)
            return messages.encode_witness_reply(await handlers.add_checkpoint(body))

        return await guard.run("add-checkpoint", "AddCheckpoint", context, answer)

    async def witnessed(request: bytes, context: Context) -> bytes:
        async def answer(_peer: str, _time_left_s: float) -> bytes:
            origin = decoded(messages.decode_witnessed_request, request)
            return messages.encode_witnessed(_capped(await handlers.witnessed(origin)))

        return await guard.run("witnessed", "Witnessed", context, answer)

    async def cosigned(request: bytes, context: Context) -> bytes:
        async def answer(_peer: str, _time_left_s: float) -> bytes:
            await handlers.cosigned(decoded(messages.decode_cosigned, request))
            return messages.encode_cosigned_reply()

        return await guard.run("cosigned", "Cosigned", context, answer)

    methods: Mapping[str, Method] = {
        "Checkpoint": checkpoint,
        "AddCheckpoint": add_checkpoint,
        "Witnessed": witnessed,
        "Cosigned": cosigned,
    }
    return {name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()}


def _capped(note: bytes) -> bytes:
    if len(note) > NOTE_CAP:
        raise ValueError("the handler gave a note over the cap")
    return note
