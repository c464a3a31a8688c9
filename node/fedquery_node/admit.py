"""Everything before a question is known: its envelope, its sender, its seal.

What fails here is refused with a gRPC status. A sender that is nobody, a signature that is false
and a seal that does not open get one answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import grpc

from fedquery.errors import EncodingError, SealError, SignatureError
from fedquery.psi.question import Claim, Question
from fedquery.seal.envelope import RequestEnvelope, read_request, verify_request
from fedquery.seal.request import OpenedRequest, open_request
from fedquery.transport.question import decode_asked
from fedquery.transport.status import StatusError
from fedquery_node.kem_keys import DESTROYED_AFTER_MS, KemKey
from fedquery_node.members import Asking, Members


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request of an agency of the list, sealed to a key of ours, opened.

    Attributes:
        asking: who asks.
        opened: the opened request.
        asked: the question or claim; None where the message is neither.
        received_ms: when it came.
        opens_until_ms: until when the key opens it; afterwards the same octets are noise.
    """

    asking: Asking
    opened: OpenedRequest = field(repr=False)
    asked: Question | Claim | None = field(repr=False)
    received_ms: int
    opens_until_ms: int


def admit(
    octets: bytes,
    nation: str,
    members: Members,
    kem_keys: Mapping[bytes, KemKey],
    now_ms: int,
) -> Admitted:
    """Read, verify and open a request envelope, in the order of protocol.md 8.

    Args:
        octets: the envelope as it came.
        nation: this node's nation.
        members: who may ask.
        kem_keys: the keys that questions may be sealed to, by key id.
        now_ms: the time.

    Raises:
        StatusError: `message-malformed` if it is no request, `seal-invalid` for everything else.
    """
    try:
        envelope = read_request(octets)
    except EncodingError:
        raise StatusError(
            grpc.StatusCode.INVALID_ARGUMENT,
            "message-malformed",
            "Message is not a valid v1 request",
        ) from None
    try:
        asking = _verified(envelope, nation, members)
        key = _key(envelope, kem_keys, now_ms)
        opened = open_request(envelope, key.private)
    except (SignatureError, SealError):
        raise StatusError(
            grpc.StatusCode.UNAUTHENTICATED,
            "seal-invalid",
            "The request is not sealed to this node by an enrolled agency",
        ) from None
    return Admitted(asking, opened, _decoded(opened), now_ms, _destroyed_ms(key))


def _verified(envelope: RequestEnvelope, nation: str, members: Members) -> Asking:
    fields = envelope.header.fields
    if fields.nation != nation:
        raise SignatureError("the request is for another nation")
    asking = members.asking(fields.agency)
    if asking is None:
        raise SignatureError("the agency is not on the list")
    verify_request(envelope, asking.key)
    return asking


def _key(envelope: RequestEnvelope, kem_keys: Mapping[bytes, KemKey], now_ms: int) -> KemKey:
    key = kem_keys.get(envelope.header.kem_key_id)
    if key is None or now_ms >= _destroyed_ms(key):
        raise SealError("there is no such key")
    return key


def _destroyed_ms(key: KemKey) -> int:
    return key.not_after_ms + DESTROYED_AFTER_MS


def _decoded(opened: OpenedRequest) -> Question | Claim | None:
    try:
        return decode_asked(opened.message, opened.header.fields.size_class)
    except EncodingError:
        # Known only after opening, so the answer to it goes inside the seal.
        return None
