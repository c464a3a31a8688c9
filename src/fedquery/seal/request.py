"""Requests at both ends: an asker seals one question to one node, and that node opens it.

HPKE base mode says nothing about who sealed; the signature does, so it is verified before opening.
"""

import hmac
from dataclasses import dataclass, field

from fedquery.encoding.octets import lp
from fedquery.errors import InputError
from fedquery.seal.envelope import REQUEST_LABEL, RequestEnvelope, request_digest, signed_octets
from fedquery.seal.header import RequestFields, RequestHeader
from fedquery.seal.hpke import open_once, refused, seal_once
from fedquery.seal.kem import KemPrivateKey, KemPublicKey
from fedquery.seal.plaintext import content_digest, pad, unpad
from fedquery.seal.signing import SigningKey
from fedquery.seal.size import REQUEST_LENGTH, SALT_LENGTH, SECRET_LENGTH


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """What an asker keeps of its request to open the answer; secret, and stored only sealed.

    Attributes:
        fields: what it decided of the header; the answer must fit it.
        request_digest: 32 octets, SHA-256 of the request envelope.
        enc: 1120 octets, the encapsulated key.
        secret: 32 octets, that were sealed for the answer alone.
    """

    fields: RequestFields
    request_digest: bytes
    enc: bytes = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """A request that its recipient has opened; the message is still to be decoded.

    Attributes:
        header: the header.
        digest: 32 octets, SHA-256 of the request envelope.
        message: the message without its padding.
        enc: 1120 octets, the encapsulated key.
        secret: 32 octets that came with the message, to seal answers with.
    """

    header: RequestHeader
    digest: bytes
    message: bytes = field(repr=False)
    enc: bytes = field(repr=False)
    secret: bytes = field(repr=False)


def seal_request(
    fields: RequestFields,
    message: bytes,
    recipient: KemPublicKey,
    signing_key: SigningKey,
    *,
    salt: bytes,
    secret: bytes,
) -> tuple[bytes, AnswerContext]:
    """Seal and sign one question to one node.

    Args:
        fields: the header's fields that the asker decides.
        message: at most `size.request_message_cap(size_class)` octets.
        recipient: the node's key.
        signing_key: the agency's key.
        salt: 32 random octets, of this request alone; opens the commitment to the message.
        secret: 32 random octets, of this request alone; the answer is sealed with it.

    Returns:
        The envelope, and the context that opens its answers.

    Raises:
        InputError: if the message does not fit the class, or salt or secret has another length.
    """
    if len(salt) != SALT_LENGTH or len(secret) != SECRET_LENGTH:
        raise InputError("a salt and a secret have 32 octets each")
    length = REQUEST_LENGTH[fields.size_class]
    plaintext = secret + pad(salt, message, length - SECRET_LENGTH)
    header = RequestHeader(
        fields=fields,
        signing_key_id=signing_key.key_id,
        kem_key_id=recipient.key_id,
        content=content_digest(salt, message),
    ).encode()
    enc, sealed = seal_once(recipient, _info(header), plaintext)
    signature = signing_key.sign(signed_octets(REQUEST_LABEL, header, enc, sealed))
    envelope = lp(header) + lp(enc) + lp(sealed) + lp(signature)
    context = AnswerContext(
        fields=fields, request_digest=request_digest(envelope), enc=enc, secret=secret
    )
    return envelope, context


def open_request(envelope: RequestEnvelope, private_key: KemPrivateKey) -> OpenedRequest:
    """Open a request; only to be called after `verify_request`.

    Args:
        envelope: a request whose signature has been verified, and whose nation is one's own.
        private_key: the key that the header names.

    Raises:
        SealError: if it is for another key, was changed, or its content is not what the header
            commits to; the text is one for everything.
    """
    if not hmac.compare_digest(envelope.header.kem_key_id, private_key.key_id):
        raise refused()
    plaintext = open_once(private_key, envelope.enc, _info(envelope.header_octets), envelope.sealed)
    return OpenedRequest(
        header=envelope.header,
        digest=envelope.digest,
        message=unpad(plaintext[SECRET_LENGTH:], envelope.header.content),
        enc=envelope.enc,
        secret=plaintext[:SECRET_LENGTH],
    )


def _info(header: bytes) -> bytes:
    # protocol.md, Envelope: info = LP("fedquery/v1/request") || LP(header).
    return lp(REQUEST_LABEL) + lp(header)
