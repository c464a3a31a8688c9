"""What a query came to at one nation: its answer envelope, or whose word it is that none came."""

from dataclasses import dataclass
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fedquery.errors import SignatureError
from fedquery.transport.coordinator_session import Coordinator
from fedquery.transport.query_lines import AnswerFrame, NoAnswerLine, decode_line, signed_octets
from fedquery.transport.query_stream import AnswerJoiner


@dataclass(frozen=True, slots=True)
class Answered:
    """Bring the answer envelope of one nation's node, not opened yet.

    Args:
        nation: the nation that was asked.
        envelope: what its node sent.
    """

    nation: str
    envelope: bytes


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """Say that no answer of a nation came.

    Args:
        nation: the nation that was asked.
        request_digest: the digest of the envelope that it was sent.
        why: one of the reasons of `query_lines`, or `coordinator-down` by the asker's own word.
        at_ms: when, by the clock of whoever says it.
        coordinator: the name of the coordinator whose word it is; empty for the asker's own.
        signature: the coordinator's verified signature; empty for the asker's own word.
    """

    nation: str
    request_digest: bytes
    why: str
    at_ms: int
    coordinator: str = ""
    signature: bytes = b""


Outcome: TypeAlias = Answered | NotAnswered


def outcome_of(coordinator: Coordinator, joiner: AnswerJoiner, octets: bytes) -> Outcome | None:
    """Read one line of a coordinator's reply.

    Args:
        coordinator: whose reply it is.
        joiner: the frames that came before.
        octets: the line without its newline.

    Returns:
        What a nation came to with this line; None where more frames follow.

    Raises:
        EncodingError: if the line is malformed, of another nation or out of order.
        SignatureError: if the coordinator did not sign that there is no answer.
    """
    line = decode_line(octets)
    envelope = joiner.add(line)
    if isinstance(line, AnswerFrame):
        return Answered(line.nation, envelope) if envelope is not None else None
    return _signed_no_answer(coordinator, line)


def _signed_no_answer(coordinator: Coordinator, line: NoAnswerLine) -> NotAnswered:
    octets = signed_octets(line.nation, line.why, line.request_digest, line.at_ms)
    try:
        key = Ed25519PublicKey.from_public_bytes(coordinator.signing_public)
        key.verify(line.signature, octets)
    except (InvalidSignature, ValueError):
        raise SignatureError("the coordinator did not sign that there is no answer") from None
    return NotAnswered(
        line.nation, line.request_digest, line.why, line.at_ms, coordinator.name, line.signature
    )
