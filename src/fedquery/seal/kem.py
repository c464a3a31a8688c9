"""X-Wing keys (HPKE KEM 0x647a: ML-KEM-768 with X25519) of the nodes.

The one module that touches private names of pycryptodome: 4.4.0 can generate X-Wing keys and run
HPKE with them, but has no public way to import or export the public key. `check_library` proves at
start that those names are there and do what they did.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from typing import Self

import Crypto
from Crypto.PublicKey import Hybrid
from Crypto.PublicKey.Hybrid import HybridKey

from fedquery.encoding.octets import lp
from fedquery.errors import ConfigError, EncodingError

KEY_ID_LENGTH = 8
PUBLIC_LENGTH = 1216
SEED_LENGTH = 32

_KEY_ID_LABEL = b"fedquery/v1/kem-key"
_X25519_P = 2**255 - 19
# SHA-256 of the public key that the all-zero seed gives, computed with the `cryptography` package.
_KNOWN_PUBLIC_SHA256 = "3bb0b003f553f49f38bab31546b7f4fdd323c74cbf4aaf97d9703ede4e83eff7"


def kem_key_id(public: bytes) -> bytes:
    """Name a KEM key by eight octets of a hash."""
    # protocol.md, Envelope: SHA-256(LP("fedquery/v1/kem-key") || public)[:8].
    return hashlib.sha256(lp(_KEY_ID_LABEL) + public).digest()[:KEY_ID_LENGTH]


def _private(seed: bytes) -> HybridKey:
    return Hybrid.generate(param_set=Hybrid.MLKEM768_X25519, randfunc=lambda _length: seed)


def _import_public(public: bytes) -> HybridKey:
    return Hybrid._construct(  # noqa: SLF001 -- 4.4.0 has no public import; check_library guards it
        param_set=Hybrid.MLKEM768_X25519, pk=public
    )


def _export_public(key: HybridKey) -> bytes:
    return key._pk  # noqa: SLF001 -- 4.4.0 has no public export; check_library guards it


@cache
def check_library() -> None:
    """Check that the installed pycryptodome has the X-Wing keys that this module relies on.

    Services call it at start; the first key that is made calls it in any case.

    Raises:
        ConfigError: if a name is missing or gives another result than it did in 4.4.0.
    """
    try:
        public = _export_public(_private(bytes(SEED_LENGTH)))
        again = _export_public(_import_public(public))
    except (AttributeError, TypeError, ValueError):
        again = public = b""
    if again != public or hashlib.sha256(public).hexdigest() != _KNOWN_PUBLIC_SHA256:
        raise ConfigError(
            f"pycryptodome {Crypto.__version__} does not make the X-Wing keys of 4.4.0",
            do="Install pycryptodome 4.4.0, the version that pyproject.toml names.",
        )


@dataclass(frozen=True, slots=True)
class KemPublicKey:
    """A node's key to seal to; made by `decode`.

    Attributes:
        public: 1216 octets, the ML-KEM-768 key and then the X25519 key.
        key_id: 8 octets.
    """

    public: bytes = field(repr=False)
    key_id: bytes
    hybrid: HybridKey = field(repr=False, compare=False)

    @classmethod
    def decode(cls, public: bytes) -> Self:
        """Read a public key strictly.

        Args:
            public: 1216 octets.

        Raises:
            EncodingError: if a part is not canonical, or the X25519 point is of small order.
            ConfigError: see `check_library`.
        """
        check_library()
        if len(public) != PUBLIC_LENGTH:
            raise EncodingError("malformed KEM key")
        # RFC 7748, 5 would reduce a coordinate modulo p and drop bit 255; then two octet strings,
        # with two key ids, would name one key.
        if int.from_bytes(public[-32:], "little") >= _X25519_P:
            raise EncodingError("malformed KEM key")
        try:
            # The modulus check of FIPS 203, 7.2, and the refusal of points of small order.
            hybrid = _import_public(public)
        except ValueError:
            raise EncodingError("malformed KEM key") from None
        return cls(public=public, key_id=kem_key_id(public), hybrid=hybrid)


class KemPrivateKey:
    """A node's key to open with; never shown, never compared, never pickled."""

    __slots__ = ("hybrid", "public_key")

    hybrid: HybridKey
    public_key: KemPublicKey

    def __init__(self, seed: bytes) -> None:
        """Derive the key from its seed.

        Args:
            seed: 32 octets, uniformly random: X-Wing's decapsulation key.

        Raises:
            EncodingError: if the length is another one.
            ConfigError: see `check_library`.
        """
        check_library()
        if len(seed) != SEED_LENGTH:
            raise EncodingError("malformed KEM seed")
        self.hybrid = _private(seed)
        self.public_key = KemPublicKey.decode(_export_public(self.hybrid))

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
