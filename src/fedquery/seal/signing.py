"""Ed25519 keys (RFC 8032) of agencies, nodes and coordinators, named by key ids."""

import hashlib
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fedquery.encoding.octets import lp
from fedquery.errors import EncodingError, SignatureError

KEY_ID_LENGTH = 8
PUBLIC_LENGTH = 32
SEED_LENGTH = 32

_KEY_ID_LABEL = b"fedquery/v1/signing-key"
_P = 2**255 - 19
# The y-coordinates of the eight points of small order. Under such a key one signature fits many
# messages, which would break the tie between a receipt and its question.
_SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        _P - 1,
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            "little",
        ),
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
            "little",
        ),
    }
)


def signing_key_id(public: bytes) -> bytes:
    """Name a signing key by eight octets of a hash."""
    # protocol.md, Envelope: SHA-256(LP("fedquery/v1/signing-key") || public)[:8].
    return hashlib.sha256(lp(_KEY_ID_LABEL) + public).digest()[:KEY_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """The public half of a signing key; made by `decode`.

    Attributes:
        public: 32 octets (RFC 8032, 5.1.5).
        key_id: 8 octets.
    """

    public: bytes = field(repr=False)
    key_id: bytes
    _key: Ed25519PublicKey = field(repr=False, compare=False)

    @classmethod
    def decode(cls, public: bytes) -> Self:
        """Read a public key strictly.

        Args:
            public: 32 octets.

        Raises:
            EncodingError: if it is not canonical, or a point of small order.
        """
        if len(public) != PUBLIC_LENGTH:
            raise EncodingError("malformed signing key")
        y = int.from_bytes(public, "little") & (2**255 - 1)
        if y >= _P or y in _SMALL_ORDER_Y:
            raise EncodingError("malformed signing key")
        return cls(
            public=public,
            key_id=signing_key_id(public),
            _key=Ed25519PublicKey.from_public_bytes(public),
        )

    def verify(self, signature: bytes, message: bytes) -> None:
        """Verify a signature (RFC 8032, 5.1.7).

        Raises:
            SignatureError: if it is not this key's over exactly this message.
        """
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            raise SignatureError("the signature does not verify") from None


class SigningKey:
    """A private key; never shown and never compared."""

    __slots__ = ("_key", "verify_key")

    verify_key: VerifyKey

    def __init__(self, seed: bytes) -> None:
        """Derive the key from its seed.

        Args:
            seed: 32 octets, uniformly random (RFC 8032, 5.1.5 calls it the private key).

        Raises:
            EncodingError: if the length is another one.
        """
        if len(seed) != SEED_LENGTH:
            raise EncodingError("malformed signing seed")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verify_key = VerifyKey.decode(self._key.public_key().public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        """Name this key by 8 octets."""
        return self.verify_key.key_id

    def sign(self, message: bytes) -> bytes:
        """Sign a message (RFC 8032, 5.1.6).

        Returns:
            64 octets.
        """
        return self._key.sign(message)

    def __repr__(self) -> str:
        """Show the key id alone."""
        return f"SigningKey(key_id={self.key_id.hex()}, <redacted>)"
