"""Envelopes on the wire: reading them and verifying their signatures, which is all a relay does.

    request = LP(header) || LP(enc) || LP(sealed) || LP(signature)
    answer  = LP(header) || LP(response_nonce) || LP(sealed) || LP(signature)

The octets that came are kept and verified; nothing is ever serialised again. This module imports
no KEM key and no way to open.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from fedquery.encoding.octets import Reader, lp
from fedquery.errors import SignatureError
from fedquery.seal.header import (
    ANSWER_HEADER_CAP,
    REQUEST_HEADER_CAP,
    AnswerHeader,
    RequestHeader,
)
from fedquery.seal.signing import VerifyKey
from fedquery.seal.size import (
    AEAD_TAG_LENGTH,
    ANSWER_CAP,
    ENC_LENGTH,
    LARGEST,
    PREFIX_LENGTH,
    REQUEST_LENGTH,
    RESPONSE_NONCE_LENGTH,
    SIGNATURE_LENGTH,
)

REQUEST_LABEL = b"fedquery/v1/request"
ANSWER_LABEL = b"fedquery/v1/answer"

REQUEST_CAP = (
    4 * PREFIX_LENGTH
    + REQUEST_HEADER_CAP
    + ENC_LENGTH
    + (REQUEST_LENGTH[LARGEST] + AEAD_TAG_LENGTH)
    + SIGNATURE_LENGTH
)
"""Octets that no request envelope exceeds."""


@dataclass(frozen=True, slots=True)
class RequestEnvelope:
    """A request that has been read; not verified and not opened by that.

    Attributes:
        header: the header, decoded.
        header_octets: the header as it came.
        enc: 1120 octets, the encapsulated key.
        sealed: the ciphertext with its tag, of the length of its size class.
        signature: 64 octets, the agency's.
        digest: 32 octets, SHA-256 of the whole envelope.
    """

    header: RequestHeader
    header_octets: bytes = field(repr=False)
    enc: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    digest: bytes


@dataclass(frozen=True, slots=True)
class AnswerEnvelope:
    """An answer that has been read; not verified and not opened by that.

    Attributes:
        header: the header, decoded.
        header_octets: the header as it came.
        response_nonce: 32 octets.
        sealed: the ciphertext with its tag.
        signature: 64 octets, the node's.
    """

    header: AnswerHeader
    header_octets: bytes = field(repr=False)
    response_nonce: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def read_request(octets: bytes, cap: int = REQUEST_CAP) -> RequestEnvelope:
    """Read a request envelope strictly.

    Args:
        octets: the envelope as it came.
        cap: the largest size in octets.

    Raises:
        EncodingError: if the form, a length or the header is not exactly right.
    """
    reader = Reader(octets, "request envelope")
    if len(octets) > cap:
        raise reader.fail()
    header_octets = reader.lp(REQUEST_HEADER_CAP)
    enc = reader.lp(ENC_LENGTH)
    sealed = reader.lp(REQUEST_LENGTH[LARGEST] + AEAD_TAG_LENGTH)
    signature = reader.lp(SIGNATURE_LENGTH)
    reader.end()
    header = RequestHeader.decode(header_octets)
    # One length for each class, refused by whoever first sees it: a relay learns the class alone.
    lengths = (len(enc), len(sealed), len(signature))
    plaintext_length = REQUEST_LENGTH[header.fields.size_class]
    if lengths != (ENC_LENGTH, plaintext_length + AEAD_TAG_LENGTH, SIGNATURE_LENGTH):
        raise reader.fail()
    return RequestEnvelope(
        header=header,
        header_octets=header_octets,
        enc=enc,
        sealed=sealed,
        signature=signature,
        digest=request_digest(octets),
    )


def read_answer(octets: bytes, cap: int = ANSWER_CAP) -> AnswerEnvelope:
    """Read an answer envelope strictly.

    Args:
        octets: the envelope as it came, its frames joined.
        cap: the largest size in octets.

    Raises:
        EncodingError: if the form, a length or the header is not exactly right.
    """
    reader = Reader(octets, "answer envelope")
    if len(octets) > cap:
        raise reader.fail()
    header_octets = reader.lp(ANSWER_HEADER_CAP)
    response_nonce = reader.lp(RESPONSE_NONCE_LENGTH)
    sealed = reader.lp(cap)
    signature = reader.lp(SIGNATURE_LENGTH)
    reader.end()
    if (len(response_nonce), len(signature)) != (RESPONSE_NONCE_LENGTH, SIGNATURE_LENGTH):
        raise reader.fail()
    return AnswerEnvelope(
        header=AnswerHeader.decode(header_octets),
        header_octets=header_octets,
        response_nonce=response_nonce,
        sealed=sealed,
        signature=signature,
    )


def verify_request(envelope: RequestEnvelope, key: VerifyKey) -> None:
    """Verify the agency's signature over a request as it came.

    Args:
        envelope: the request.
        key: the key that the member list gives for the agency in the header.

    Raises:
        SignatureError: if the header names another key, or the signature does not verify.
    """
    _require_key(envelope.header.signing_key_id, key)
    key.verify(
        envelope.signature,
        signed_octets(REQUEST_LABEL, envelope.header_octets, envelope.enc, envelope.sealed),
    )


def verify_answer(envelope: AnswerEnvelope, key: VerifyKey) -> None:
    """Verify the node's signature over an answer as it came.

    Args:
        envelope: the answer.
        key: the key that the member list gives for the nation that was asked.

    Raises:
        SignatureError: if the header names another key, or the signature does not verify.
    """
    _require_key(envelope.header.signing_key_id, key)
    key.verify(
        envelope.signature,
        signed_octets(
            ANSWER_LABEL, envelope.header_octets, envelope.response_nonce, envelope.sealed
        ),
    )


def request_digest(octets: bytes) -> bytes:
    """Hash a request envelope, as it is on the wire, to the 32 octets that an answer names."""
    return hashlib.sha256(octets).digest()


def signed_octets(label: bytes, header: bytes, fresh: bytes, sealed: bytes) -> bytes:
    """Lay out what a signature is over.

    Args:
        label: `REQUEST_LABEL` or `ANSWER_LABEL`, so that neither passes for the other.
        header: the header as it is on the wire.
        fresh: enc of a request, response_nonce of an answer.
        sealed: the ciphertext with its tag.
    """
    # protocol.md, Envelope: LP(label) || LP(header) || LP(enc or response_nonce) || LP(sealed).
    return lp(label) + lp(header) + lp(fresh) + lp(sealed)


def _require_key(named: bytes, key: VerifyKey) -> None:
    if not hmac.compare_digest(named, key.key_id):
        raise SignatureError("the signature does not verify")
