"""Names and numbers of note keys, and the text form of verifier keys (c2sp.org/signed-note)."""

import hashlib
from dataclasses import dataclass

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import EncodingError

KEY_ID_SIZE = 4
PUBLIC_KEY_SIZE = 32
SIGNATURE_SIZE = 64

# signed-note, Signature types; tlog-cosignature.
ED25519 = 0x01
COSIGNATURE_V1 = 0x04

# ML-DSA cosignatures give a name one octet of length, so a longer one could never be cosigned.
_MAX_NAME = 255
_MAX_VKEY = 512


def is_key_name(name: str) -> bool:
    """Tell whether a text can name a key: not empty, no Unicode space, no plus, no control."""
    try:
        octets = name.encode()
    except UnicodeEncodeError:
        return False
    return 0 < len(octets) <= _MAX_NAME and not any(
        c.isspace() or c == "+" or c < " " for c in name
    )


def require_key_name(name: str) -> None:
    """Refuse a text that cannot name a key.

    Raises:
        ValueError: if it cannot.
    """
    if not is_key_name(name):
        raise ValueError("not a key name")


def key_id(name: str, algorithm: int, public_key: bytes) -> bytes:
    """Compute the four octets by which a signature line names its key."""
    # signed-note: SHA-256(key name || 0x0A || signature type || public key)[:4].
    named = name.encode() + b"\n" + bytes([algorithm]) + public_key
    return hashlib.sha256(named).digest()[:KEY_ID_SIZE]


@dataclass(frozen=True, slots=True)
class Vkey:
    """The parts of a verifier key text.

    Attributes:
        name: the key name.
        algorithm: the signature type, one octet.
        public_key: 32 octets.
    """

    name: str
    algorithm: int
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        require_key_name(self.name)
        if len(self.public_key) != PUBLIC_KEY_SIZE:
            raise ValueError("an Ed25519 public key has 32 octets")

    @property
    def key_id(self) -> bytes:
        """Compute the key id."""
        return key_id(self.name, self.algorithm, self.public_key)

    def format(self) -> str:
        """Write name+id+key as one text."""
        encoded = b64encode(bytes([self.algorithm]) + self.public_key)
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def parse_vkey(text: str, algorithm: int) -> Vkey:
    """Read a verifier key of one signature type.

    Args:
        text: name+id+key.
        algorithm: the signature type that it must have.

    Raises:
        EncodingError: if it is not of that form and type, or its id is another key's.
    """
    # The base64 part may have plus signs of its own, the name may not.
    parts = text.split("+", 2)
    if len(text) > _MAX_VKEY or len(parts) != 3 or not is_key_name(parts[0]):  # noqa: PLR2004  # name, id, key
        raise EncodingError("malformed verifier key")
    octets = b64decode(parts[2], cap=1 + PUBLIC_KEY_SIZE, what="verifier key")
    if len(octets) != 1 + PUBLIC_KEY_SIZE or octets[0] != algorithm:
        raise EncodingError("malformed verifier key")
    vkey = Vkey(parts[0], algorithm, octets[1:])
    if vkey.format() != text:
        raise EncodingError("malformed verifier key")
    return vkey
