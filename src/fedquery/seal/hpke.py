"""HPKE base mode (RFC 9180) with one message for each context.

The suite is fixed: KEM 0x647a X-Wing, KDF 0x0001 HKDF-SHA256, AEAD 0x0002 AES-256-GCM; the KEM
decides the KDF in pycryptodome. Encapsulation draws its own randomness from the operating system:
a caller cannot inject it, and so cannot repeat it.
"""

from Crypto.Protocol import HPKE

from fedquery.errors import SealError
from fedquery.seal.kem import KemPrivateKey, KemPublicKey

SECRET_LENGTH = 32

_EXPORT_CONTEXT = b"fedquery/v1/answer"


def refused() -> SealError:
    """Make the one error of everything that does not open, so that its cause is not told."""
    return SealError("the sealed message does not open")


def seal_once(recipient: KemPublicKey, info: bytes, plaintext: bytes) -> tuple[bytes, bytes, bytes]:
    """Seal one message under a fresh context.

    Args:
        recipient: whom it is for.
        info: what the context is bound to.
        plaintext: the message, already padded.

    Returns:
        enc (1120 octets), the ciphertext with its tag, and the secret for the answer (32 octets).
    """
    # RFC 9180, 5.1.1: SetupBaseS(pkR, info). The AAD is empty because info holds the header.
    context = HPKE.new(receiver_key=recipient.hybrid, aead_id=HPKE.AEAD.AES256_GCM, info=info)
    sealed = context.seal(plaintext)
    # RFC 9180, 5.3: Context.Export.
    return context.enc, sealed, context.export(_EXPORT_CONTEXT, SECRET_LENGTH)


def open_once(
    private_key: KemPrivateKey, enc: bytes, info: bytes, sealed: bytes
) -> tuple[bytes, bytes]:
    """Open the one message of a context.

    Args:
        private_key: whom it is for.
        enc: the encapsulated key.
        info: what the context is bound to.
        sealed: the ciphertext with its tag.

    Returns:
        The plaintext, and the secret for the answer (32 octets).

    Raises:
        SealError: if anything differs from what was sealed.
    """
    try:
        # RFC 9180, 5.1.1: SetupBaseR(enc, skR, info).
        context = HPKE.new(
            receiver_key=private_key.hybrid, aead_id=HPKE.AEAD.AES256_GCM, enc=enc, info=info
        )
        plaintext = context.unseal(sealed)
    except ValueError:
        raise refused() from None
    # Only after the tag has verified: Export alone would not notice another key.
    return plaintext, context.export(_EXPORT_CONTEXT, SECRET_LENGTH)
