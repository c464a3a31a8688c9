"""The codec of the messages by which logs are witnessed (protos/fedquery/v1/node.proto)."""

from dataclasses import dataclass, field
from typing import Final

from fedquery.errors import EncodingError
from fedquery.tlog.add_checkpoint import (
    CONFLICT,
    MALFORMED,
    NOT_CONSISTENT,
    NOT_SIGNED,
    NOTE_CAP,
    OK,
    REQUEST_CAP,
    UNKNOWN_LOG,
)
from fedquery.tlog.vkey import is_key_name
from fedquery.transport import strict
from fedquery.transport.limits import FRAMING
from fedquery.v1 import node_pb2 as pb

REPLY_CAP: Final = 4 * 1024
_STATUSES: Final = frozenset({OK, MALFORMED, NOT_SIGNED, UNKNOWN_LOG, CONFLICT, NOT_CONSISTENT})
_ORIGIN_CAP: Final = 255


@dataclass(frozen=True, slots=True)
class WitnessReply:
    """What a witness says to an add-checkpoint request.

    Attributes:
        status: 200, 400, 403, 404, 409 or 422.
        body: signature lines at 200, a size at 409; at most `REPLY_CAP` octets.
    """

    status: int
    body: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Check ranges.

        Raises:
            EncodingError: if one is out of its range.
        """
        if self.status not in _STATUSES or len(self.body) > REPLY_CAP:
            raise EncodingError("malformed witness reply")


def encode_checkpoint_request() -> bytes:
    """Write a CheckpointRequest."""
    return strict.serialize(pb.CheckpointRequest())


def decode_checkpoint_request(octets: bytes) -> None:
    """Require a CheckpointRequest, which is empty.

    Raises:
        EncodingError: otherwise.
    """
    strict.parse(pb.CheckpointRequest, octets, cap=0, what="checkpoint request")


def encode_checkpoint(note: bytes) -> bytes:
    """Write a CheckpointReply."""
    return strict.serialize(pb.CheckpointReply(note=note))


def decode_checkpoint(octets: bytes) -> bytes:
    """Read the note of a CheckpointReply: 1 to `NOTE_CAP` octets.

    Raises:
        EncodingError: otherwise.
    """
    what = "checkpoint reply"
    note = strict.parse(pb.CheckpointReply, octets, cap=NOTE_CAP + FRAMING, what=what).note
    return _sized(note, 1, NOTE_CAP, what)


def encode_add_checkpoint(body: bytes) -> bytes:
    """Write an AddCheckpointRequest."""
    return strict.serialize(pb.AddCheckpointRequest(body=body))


def decode_add_checkpoint(octets: bytes) -> bytes:
    """Read the body of an AddCheckpointRequest: 1 to `REQUEST_CAP` octets.

    Raises:
        EncodingError: otherwise.
    """
    what = "add-checkpoint request"
    cap = REQUEST_CAP + FRAMING
    body = strict.parse(pb.AddCheckpointRequest, octets, cap=cap, what=what).body
    return _sized(body, 1, REQUEST_CAP, what)


def encode_witness_reply(reply: WitnessReply) -> bytes:
    """Write an AddCheckpointReply."""
    return strict.serialize(pb.AddCheckpointReply(status=reply.status, body=reply.body))


def decode_witness_reply(octets: bytes) -> WitnessReply:
    """Read an AddCheckpointReply.

    Raises:
        EncodingError: if it is malformed or has another status than there are.
    """
    cap = REPLY_CAP + FRAMING
    message = strict.parse(pb.AddCheckpointReply, octets, cap=cap, what="witness reply")
    return WitnessReply(message.status, message.body)


def encode_witnessed_request(origin: str) -> bytes:
    """Write a WitnessedRequest."""
    return strict.serialize(pb.WitnessedRequest(origin=origin))


def decode_witnessed_request(octets: bytes) -> str:
    """Read the origin of a WitnessedRequest, which could name a log.

    Raises:
        EncodingError: otherwise.
    """
    what = "witnessed request"
    cap = _ORIGIN_CAP + FRAMING
    origin = strict.parse(pb.WitnessedRequest, octets, cap=cap, what=what).origin
    if not is_key_name(origin):
        raise EncodingError(f"malformed {what}")
    return origin


def encode_witnessed(note: bytes) -> bytes:
    """Write a WitnessedReply; b"" says that nothing was cosigned."""
    return strict.serialize(pb.WitnessedReply(note=note))


def decode_witnessed(octets: bytes) -> bytes:
    """Read the note of a WitnessedReply: at most `NOTE_CAP` octets, none where there is none.

    Raises:
        EncodingError: otherwise.
    """
    what = "witnessed reply"
    note = strict.parse(pb.WitnessedReply, octets, cap=NOTE_CAP + FRAMING, what=what).note
    return _sized(note, 0, NOTE_CAP, what)


def encode_cosigned(note: bytes) -> bytes:
    """Write a CosignedRequest."""
    return strict.serialize(pb.CosignedRequest(note=note))


def decode_cosigned(octets: bytes) -> bytes:
    """Read the note of a CosignedRequest: 1 to `NOTE_CAP` octets.

    Raises:
        EncodingError: otherwise.
    """
    what = "cosigned request"
    note = strict.parse(pb.CosignedRequest, octets, cap=NOTE_CAP + FRAMING, what=what).note
    return _sized(note, 1, NOTE_CAP, what)


def encode_cosigned_reply() -> bytes:
    """Write a CosignedReply."""
    return strict.serialize(pb.CosignedReply())


def decode_cosigned_reply(octets: bytes) -> None:
    """Require a CosignedReply, which is empty.

    Raises:
        EncodingError: otherwise.
    """
    strict.parse(pb.CosignedReply, octets, cap=0, what="cosigned reply")


def _sized(data: bytes, least: int, cap: int, what: str) -> bytes:
    if not least <= len(data) <= cap:
        raise EncodingError(f"malformed {what}")
    return data
