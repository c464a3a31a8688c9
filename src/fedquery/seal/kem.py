"""X-Wing keys (HPKE KEM 0x647a: ML-KEM-768 with X25519) of the nodes."""

import hashlib
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from fedquery.encoding.octets import lp
from fedquery.errors import EncodingError

KEY_ID_LENGTH = 8
PUBLIC_LENGTH = 1216
SEED_LENGTH = 32

_KEY_ID_LABEL = b"fedquery/v1/kem-key"
_X25519_LENGTH: Final = 32
_X25519_P = 2**255 - 19
# ML-KEM's own seed (d and z of FIPS 203) comes first in what an X-Wing seed expands to.
_MLKEM_SEED_LENGTH: Final = 64


def kem_key_id(public: bytes) -> bytes:
    """Name a KEM key by eight octets of a hash."""
    # protocol.md, Envelope: SHA-256(LP("fedquery/v1/kem-key") || public)[:8].
    return hashlib.sha256(lp(_KEY_ID_LABEL) + public).digest()[:KEY_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class KemPublicKey:
    """A node's key to seal to; made by `decode`.

    Attributes:
        public: 1216 octets, the ML-KEM-768 key and then the X25519 key.
        key_id: 8 octets.
    """

    public: bytes = field(repr=False)
    key_id: bytes
    hybrid: MLKEM768X25519PublicKey = field(repr=False, compare=False)

    @classmethod
    def decode(cls, public: bytes) -> Self:
        """Read a public key strictly.

        Args:
            public: 1216 octets.

        Raises:
            EncodingError: if a part is not canonical, or the X25519 point is of small order.
        """
        if len(public) != PUBLIC_LENGTH:
            raise EncodingError("malformed KEM key")
        lattice, point = public[:-_X25519_LENGTH], public[-_X25519_LENGTH:]
        # RFC 7748, 5 would reduce a coordinate modulo p and drop bit 255; then two octet strings,
        # with two key ids, would name one key.
        if int.from_bytes(point, "little") >= _X25519_P:
            raise EncodingError("malformed KEM key")
        try:
            # The modulus check of FIPS 203, 7.2.
            mlkem = MLKEM768PublicKey.from_public_bytes(lattice)
            x25519 = X25519PublicKey.from_public_bytes(point)
            # Any clamped scalar takes a point of small order to zero (RFC 7748, 6.1), which the
            # library refuses; nothing secret takes part.
            X25519PrivateKey.from_private_bytes(bytes(_X25519_LENGTH)).exchange(x25519)
        except ValueError:
            raise EncodingError("malformed KEM key") from None
        return cls(public, kem_key_id(public), MLKEM768X25519PublicKey(mlkem, x25519))


class KemPrivateKey:
    """A node's key to open with; never shown, never compared, never pickled."""

    __slots__ = ("hybrid", "public_key")

    hybrid: MLKEM768X25519PrivateKey
    public_key: KemPublicKey

    def __init__(self, seed: bytes) -> None:
        """Derive the key from its seed.

        Args:
            seed: 32 octets, uniformly random: X-Wing's decapsulation key.

        Raises:
            EncodingError: if the length is another one.
        """
        if len(seed) != SEED_LENGTH:
            raise EncodingError("malformed KEM seed")
        # draft-connolly-cfrg-xwing-kem, 5.2: expandDecapsulationKey, SHAKE256(seed, 96).
        expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED_LENGTH + _X25519_LENGTH)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_LENGTH])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_LENGTH:])
        self.hybrid = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public_key = KemPublicKey.decode(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    @property
    def public(self) -> bytes:
        """Give the 1216 octets of the public key."""
        return self.public_key.public

    @property
    def key_id(self) -> bytes:
        """Name this key by 8 octets."""
        return self.public_key.key_id

    def __repr__(self) -> str:
        """Show the key id alone."""
        return f"KemPrivateKey(key_id={self.key_id.hex()}, <redacted>)"
