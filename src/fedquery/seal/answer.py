"""Answers at both ends: a node seals one to the context of its request, and the asker opens it.

The key comes from a secret that was sealed with the request, as Oblivious HTTP derives it (RFC
9458, 4.4), so only who made the request can open the answer. Its header is bound in as AAD.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from fedquery.encoding.octets import lp
from fedquery.errors import InputError
from fedquery.seal.envelope import ANSWER_LABEL, read_answer, signed_octets, verify_answer
from fedquery.seal.header import AnswerHeader
from fedquery.seal.hpke import refused
from fedquery.seal.plaintext import content_digest, pad, unpad
from fedquery.seal.request import AnswerContext, OpenedRequest
from fedquery.seal.signing import SigningKey, VerifyKey
from fedquery.seal.size import ANSWER_CAP, RESPONSE_NONCE_LENGTH, SALT_LENGTH

_KEY_LENGTH = 32
_NONCE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class OpenedAnswer:
    """An answer that its asker has verified and opened; the message is still to be decoded.

    Attributes:
        header: the header.
        message: the message without its padding.
    """

    header: AnswerHeader
    message: bytes = field(repr=False)


def seal_answer(
    opened: OpenedRequest,
    message: bytes,
    *,
    length: int,
    signing_key: SigningKey,
    nation: str,
    answered_ms: int,
    random: Callable[[int], bytes],
) -> bytes:
    """Seal and sign an answer, anew for each transmission.

    Args:
        opened: the request, opened after its signature was verified.
        message: the answer.
        length: the plaintext's length in octets, from `size.answer_length`.
        signing_key: the node's key.
        nation: the node's nation.
        answered_ms: now, milliseconds since 1970.
        random: gives that many random octets; used for the salt and the response nonce.

    Returns:
        The envelope.

    Raises:
        InputError: if the message does not fit, or the request was for another nation.
    """
    fields = opened.header.fields
    if nation != fields.nation:
        raise InputError("the request is for another nation")
    salt = random(SALT_LENGTH)
    plaintext = pad(salt, message, length)
    header = AnswerHeader(
        request_id=fields.request_id,
        nation=nation,
        signing_key_id=signing_key.key_id,
        agency=fields.agency,
        size_class=fields.size_class,
        answered_ms=answered_ms,
        request_digest=opened.digest,
        content=content_digest(salt, message),
    ).encode()
    # Key and nonce both come from this fresh value, so no pair of them is used twice.
    response_nonce = random(RESPONSE_NONCE_LENGTH)
    key, nonce = _derive(opened.secret, opened.enc, response_nonce)
    sealed = AESGCM(key).encrypt(nonce, plaintext, header)
    signature = signing_key.sign(signed_octets(ANSWER_LABEL, header, response_nonce, sealed))
    return lp(header) + lp(response_nonce) + lp(sealed) + lp(signature)


def open_answer(
    context: AnswerContext, octets: bytes, key: VerifyKey, *, cap: int = ANSWER_CAP
) -> OpenedAnswer:
    """Verify and open the answer to one's own request.

    Args:
        context: what `seal_request` gave with the request.
        octets: the answer envelope as it came.
        key: the key that the member list gives for the nation that was asked.
        cap: the largest size in octets.

    Raises:
        EncodingError: if it is not an answer envelope.
        SignatureError: if that nation did not sign it.
        SealError: if it answers another request, was changed, or its content is not what the
            header commits to; the text is one for everything.
    """
    envelope = read_answer(octets, cap)
    verify_answer(envelope, key)
    _require_fit(context, envelope.header)
    aead_key, nonce = _derive(context.secret, context.enc, envelope.response_nonce)
    try:
        plaintext = AESGCM(aead_key).decrypt(nonce, envelope.sealed, envelope.header_octets)
    except InvalidTag:
        raise refused() from None
    return OpenedAnswer(envelope.header, unpad(plaintext, envelope.header.content))


def _require_fit(context: AnswerContext, header: AnswerHeader) -> None:
    fields = context.fields
    expected = (fields.request_id, fields.nation, fields.agency, fields.size_class)
    actual = (header.request_id, header.nation, header.agency, header.size_class)
    if actual != expected or not hmac.compare_digest(header.request_digest, context.request_digest):
        raise refused()


def _derive(secret: bytes, enc: bytes, response_nonce: bytes) -> tuple[bytes, bytes]:
    # RFC 9458, 4.4: salt = concat(enc, response_nonce); prk = Extract(salt, secret);
    # aead_key = Expand(prk, "key", Nk); aead_nonce = Expand(prk, "nonce", Nn).
    prk = HKDF.extract(SHA256(), enc + response_nonce, secret)
    key = HKDFExpand(SHA256(), _KEY_LENGTH, b"key").derive(prk)
    nonce = HKDFExpand(SHA256(), _NONCE_LENGTH, b"nonce").derive(prk)
    return key, nonce
