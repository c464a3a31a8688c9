"""What is inside the seal: salt || LP(message) || zeros, of a fixed length.

The header commits to it by `content`. The salt keeps a relay from guessing messages by that hash,
and the commitment lets either side show later which message a signed header was about.
"""

import hashlib
import hmac

from fedquery.encoding.octets import Reader, lp
from fedquery.errors import EncodingError, InputError
from fedquery.seal.hpke import refused
from fedquery.seal.size import PREFIX_LENGTH, SALT_LENGTH

_CONTENT_LABEL = b"fedquery/v1/content"


def content_digest(salt: bytes, message: bytes) -> bytes:
    """Commit to a message.

    Args:
        salt: 32 random octets.
        message: the message without its padding.

    Returns:
        32 octets.
    """
    # protocol.md, Envelope: SHA-256(LP("fedquery/v1/content") || salt || LP(message)).
    return hashlib.sha256(lp(_CONTENT_LABEL) + salt + lp(message)).digest()


def pad(salt: bytes, message: bytes, length: int) -> bytes:
    """Make a plaintext of exactly `length` octets.

    Raises:
        InputError: if the message does not fit.
    """
    if SALT_LENGTH + PREFIX_LENGTH + len(message) > length:
        raise InputError("the message is longer than its size class allows")
    return (salt + lp(message)).ljust(length, b"\x00")


def unpad(plaintext: bytes, content: bytes) -> bytes:
    """Take the message out of a plaintext that has just been opened.

    Args:
        plaintext: what the AEAD gave.
        content: the commitment in the header.

    Raises:
        SealError: if the form, the padding or the commitment is wrong.
    """
    reader = Reader(plaintext, "sealed message")
    try:
        salt = reader.take(SALT_LENGTH)
        message = reader.lp(len(plaintext))
        reader.rest_is_zero()
    except EncodingError:
        raise refused() from None
    if not hmac.compare_digest(content_digest(salt, message), content):
        raise refused()
    return message
