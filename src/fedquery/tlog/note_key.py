"""Keys that sign notes: plain Ed25519 keys, and what the keys of other kinds have in common."""

from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fedquery.errors import SignatureError
from fedquery.tlog.vkey import ED25519, SIGNATURE_SIZE, Vkey, parse_vkey

SEED_SIZE = 32

_COSIGNATURE_HEADER = b"cosignature/v1\n"


def public_key_of(seed: bytes) -> bytes:
    """Compute the Ed25519 public key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def verify_ed25519(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Verify an Ed25519 signature (RFC 8032, 5.1.7).

    Raises:
        SignatureError: if it does not verify.
    """
    if len(signature) != SIGNATURE_SIZE:
        raise SignatureError("a signature does not verify")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureError("a signature does not verify") from None


class NoteVerifier(Protocol):
    """A known key: what a note line is checked against."""

    @property
    def name(self) -> str:
        """Give the key name."""
        ...

    @property
    def key_id(self) -> bytes:
        """Give the four octets of the key id."""
        ...

    @property
    def public_key(self) -> bytes:
        """Give the public key, 32 octets."""
        ...

    def verify(self, body: bytes, signature: bytes) -> None:
        """Verify what stands behind the key id in a line, or raise SignatureError."""
        ...


class NoteSigner(Protocol):
    """A secret key that can sign a note."""

    @property
    def name(self) -> str:
        """Give the key name."""
        ...

    @property
    def key_id(self) -> bytes:
        """Give the four octets of the key id."""
        ...

    def sign_body(self, body: bytes) -> bytes:
        """Make what stands behind the key id in a line."""
        ...


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public key of a log or of another signer of notes (type 0x01).

    Attributes:
        name: the key name; for a log, its origin.
        public_key: 32 octets.
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        self._vkey()

    def _vkey(self) -> Vkey:
        return Vkey(self.name, ED25519, self.public_key)

    @property
    def key_id(self) -> bytes:
        """Compute the key id."""
        return self._vkey().key_id

    def format(self) -> str:
        """Write the key as text (vkey)."""
        return self._vkey().format()

    @staticmethod
    def parse(text: str) -> "VerifierKey":
        """Read a key from its text (vkey).

        Raises:
            EncodingError: if it is not the text of a key of type 0x01.
        """
        vkey = parse_vkey(text, ED25519)
        return VerifierKey(vkey.name, vkey.public_key)

    def verify(self, body: bytes, signature: bytes) -> None:
        """Verify a signature over the body of a note.

        Raises:
            SignatureError: if it does not verify.
        """
        # signed-note, Ed25519 signatures: RFC 8032 over the note text.
        verify_ed25519(self.public_key, signature, body)


@dataclass(frozen=True, slots=True)
class Signer:
    """The secret key of a log or of another signer of notes (type 0x01).

    Attributes:
        name: the key name; for a log, its origin.
        seed: the 32 octets of RFC 8032; never shown.
    """

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        if len(self.seed) != SEED_SIZE:
            raise ValueError("an Ed25519 seed has 32 octets")
        Vkey(self.name, ED25519, public_key_of(self.seed))

    @property
    def verifier_key(self) -> VerifierKey:
        """Give the public key."""
        return VerifierKey(self.name, public_key_of(self.seed))

    @property
    def key_id(self) -> bytes:
        """Compute the key id."""
        return self.verifier_key.key_id

    def sign_body(self, body: bytes) -> bytes:
        """Sign the body of a note.

        Raises:
            ValueError: if the body could be taken for the message of a cosignature.
        """
        # A cosignature signs this header and then the body. With one key in both uses, such a body
        # would make a plain signature pass for a cosignature.
        if body.startswith(_COSIGNATURE_HEADER):
            raise ValueError("a note does not begin as a cosignature does")
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(body)
