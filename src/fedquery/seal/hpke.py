"""HPKE base mode (RFC 9180) with one message for each context.

The suite is fixed: KEM 0x647a X-Wing, KDF 0x0001 HKDF-SHA256, AEAD 0x0002 AES-256-GCM.
Encapsulation draws its own randomness from the operating system: a caller cannot inject it, and so
cannot repeat it.
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from fedquery.errors import SealError
from fedquery.seal.kem import KemPrivateKey, KemPublicKey
from fedquery.seal.size import ENC_LENGTH

_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def refused() -> SealError:
    """Make the one error of everything that does not open, so that its cause is not told."""
    return SealError("the sealed message does not open")


def seal_once(recipient: KemPublicKey, info: bytes, plaintext: bytes) -> tuple[bytes, bytes]:
    """Seal one message under a fresh context.

    Args:
        recipient: whom it is for.
        info: what the context is bound to.
        plaintext: the message, already padded.

    Returns:
        enc (1120 octets), and the ciphertext with its tag.
    """
    # RFC 9180, 6.1: SealBase(pkR, info, aad, pt). The AAD is empty because info holds the header.
    octets = _SUITE.encrypt(plaintext, recipient.hybrid, info)
    return octets[:ENC_LENGTH], octets[ENC_LENGTH:]


def open_once(private_key: KemPrivateKey, enc: bytes, info: bytes, sealed: bytes) -> bytes:
    """Open the one message of a context.

    Args:
        private_key: whom it is for.
        enc: the encapsulated key, 1120 octets.
        info: what the context is bound to.
        sealed: the ciphertext with its tag.

    Returns:
        The plaintext.

    Raises:
        SealError: if anything differs from what was sealed.
    """
    # Otherwise octets could move between the two parts without being noticed here.
    if len(enc) != ENC_LENGTH:
        raise refused()
    try:
        # RFC 9180, 6.1: OpenBase(enc, skR, info, aad, ct).
        return _SUITE.decrypt(enc + sealed, private_key.hybrid, info)
    except (InvalidTag, ValueError):
        raise refused() from None
