"""The codec of the messages between a coordinator and a node (protos/fedquery/v1/node.proto)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fedquery.errors import EncodingError
from fedquery.transport import strict
from fedquery.transport.limits import (
    ENVELOPE_CAP,
    FRAME_LENGTH,
    FRAMING,
    HASH_LENGTH,
    MANIFEST_CAP,
    MESSAGE_CAP,
    TILE_INDEX_BITS,
    TILE_LEVELS,
    TILE_WIDTH,
)
from fedquery.v1 import node_pb2 as pb

SERVICE: Final = "fedquery.v1.Node"


@dataclass(frozen=True, slots=True)
class TileName:
    """Which hash tile of a log.

    Attributes:
        level: 0 (leaf hashes) to 5.
        index: of the tile within its level, below 2^48.
        width: how many hashes; 256 for a full tile.
    """

    level: int
    index: int
    width: int

    def __post_init__(self) -> None:
        """Check ranges.

        Raises:
            EncodingError: if one is out of its range.
        """
        if not (
            0 <= self.level < TILE_LEVELS
            and not self.index >> TILE_INDEX_BITS
            and 1 <= self.width <= TILE_WIDTH
        ):
            raise EncodingError("malformed tile request")


def encode_ask(envelope: bytes) -> bytes:
    """Write an AskRequest."""
    return strict.serialize(pb.AskRequest(envelope=envelope))


def decode_ask(octets: bytes) -> bytes:
    """Read the envelope of an AskRequest; it is not empty and at most `ENVELOPE_CAP` octets.

    Raises:
        EncodingError: otherwise.
    """
    what = "ask request"
    envelope = strict.parse(pb.AskRequest, octets, cap=ENVELOPE_CAP + FRAMING, what=what).envelope
    return _sized(envelope, ENVELOPE_CAP, what)


def encode_frames(answer: bytes) -> Iterator[bytes]:
    """Cut an answer envelope into AskFrames, all full but the last."""
    for start in range(0, len(answer), FRAME_LENGTH):
        yield strict.serialize(pb.AskFrame(data=answer[start : start + FRAME_LENGTH]))


def decode_frame(octets: bytes) -> bytes:
    """Read the data of an AskFrame: 1 to `FRAME_LENGTH` octets.

    Raises:
        EncodingError: otherwise.
    """
    what = "answer frame"
    data = strict.parse(pb.AskFrame, octets, cap=MESSAGE_CAP, what=what).data
    return _sized(data, FRAME_LENGTH, what)


def encode_manifest_request() -> bytes:
    """Write a ManifestRequest."""
    return strict.serialize(pb.ManifestRequest())


def decode_manifest_request(octets: bytes) -> None:
    """Require a ManifestRequest, which is empty.

    Raises:
        EncodingError: otherwise.
    """
    strict.parse(pb.ManifestRequest, octets, cap=0, what="manifest request")


def encode_manifest(note: bytes) -> bytes:
    """Write a ManifestReply."""
    return strict.serialize(pb.ManifestReply(note=note))


def decode_manifest(octets: bytes) -> bytes:
    """Read the note of a ManifestReply: 1 to `MANIFEST_CAP` octets.

    Raises:
        EncodingError: otherwise.
    """
    what = "manifest reply"
    note = strict.parse(pb.ManifestReply, octets, cap=MESSAGE_CAP, what=what).note
    return _sized(note, MANIFEST_CAP, what)


def encode_tile_request(name: TileName) -> bytes:
    """Write a TileRequest."""
    return strict.serialize(pb.TileRequest(level=name.level, index=name.index, width=name.width))


def decode_tile_request(octets: bytes) -> TileName:
    """Read a TileRequest.

    Raises:
        EncodingError: if it is malformed or a number is out of its range.
    """
    message = strict.parse(pb.TileRequest, octets, cap=32, what="tile request")
    return TileName(message.level, message.index, message.width)


def encode_tile(hashes: bytes) -> bytes:
    """Write a TileReply."""
    return strict.serialize(pb.TileReply(data=hashes))


def decode_tile(octets: bytes, width: int) -> bytes:
    """Read the hashes of a TileReply: exactly `width` of them.

    Raises:
        EncodingError: otherwise.
    """
    what = "tile reply"
    length = width * HASH_LENGTH
    data = strict.parse(pb.TileReply, octets, cap=length + FRAMING, what=what).data
    if len(data) != length:
        raise EncodingError(f"malformed {what}")
    return data


def _sized(data: bytes, cap: int, what: str) -> bytes:
    if not 0 < len(data) <= cap:
        raise EncodingError(f"malformed {what}")
    return data
