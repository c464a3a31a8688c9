"""Cosignatures: another party's word that a checkpoint was consistent at a time.

Type 0x04 of c2sp.org/tlog-cosignature. It means: at that time, this was the largest consistent tree
of this log that the cosigner had seen. Whether that is so is checked before one cosigns, elsewhere.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fedquery.encoding.octets import i2osp, os2ip
from fedquery.errors import SignatureError
from fedquery.tlog.note import NoteSignature
from fedquery.tlog.note_key import SEED_SIZE, public_key_of, verify_ed25519
from fedquery.tlog.vkey import COSIGNATURE_V1, SIGNATURE_SIZE, Vkey, parse_vkey

_TIME_SIZE = 8
# tlog-cosignature, Format: the timestamp MUST NOT exceed 2^63 - 1.
MAX_TIME_S = 2**63 - 1


def _message(time_s: int, body: bytes) -> bytes:
    # tlog-cosignature, Ed25519 signed message: two lines, then the whole body of the note.
    return f"cosignature/v1\ntime {time_s}\n".encode() + body


@dataclass(frozen=True, slots=True)
class CosignatureKey:
    """The public key of a cosigner.

    Attributes:
        name: the key name. It is not signed, so one public key stands for one cosigner only.
        public_key: 32 octets.
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        self._vkey()

    def _vkey(self) -> Vkey:
        return Vkey(self.name, COSIGNATURE_V1, self.public_key)

    @property
    def key_id(self) -> bytes:
        """Compute the key id."""
        return self._vkey().key_id

    def format(self) -> str:
        """Write the key as text (vkey)."""
        return self._vkey().format()

    @staticmethod
    def parse(text: str) -> "CosignatureKey":
        """Read a key from its text (vkey).

        Raises:
            EncodingError: if it is not the text of a key of type 0x04.
        """
        vkey = parse_vkey(text, COSIGNATURE_V1)
        return CosignatureKey(vkey.name, vkey.public_key)

    def verify(self, body: bytes, signature: bytes) -> None:
        """Verify a cosignature over the body of a checkpoint.

        Raises:
            SignatureError: if it does not verify.
        """
        if len(signature) != _TIME_SIZE + SIGNATURE_SIZE:
            raise SignatureError("a cosignature does not verify")
        time_s = os2ip(signature[:_TIME_SIZE])
        if time_s > MAX_TIME_S:
            raise SignatureError("a cosignature does not verify")
        verify_ed25519(self.public_key, signature[_TIME_SIZE:], _message(time_s, body))


@dataclass(frozen=True, slots=True)
class Cosigner:
    """The secret key of a cosigner.

    Attributes:
        name: the key name.
        seed: the 32 octets of RFC 8032; never shown.
    """

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        if len(self.seed) != SEED_SIZE:
            raise ValueError("an Ed25519 seed has 32 octets")
        Vkey(self.name, COSIGNATURE_V1, public_key_of(self.seed))

    @property
    def verifier_key(self) -> CosignatureKey:
        """Give the public key."""
        return CosignatureKey(self.name, public_key_of(self.seed))

    def at(self, time_s: int) -> "TimedCosigner":
        """Give the signer that says a time.

        Args:
            time_s: seconds since 1970, 0 to 2**63 - 1.

        Raises:
            ValueError: if the time is out of range.
        """
        return TimedCosigner(self, time_s)


@dataclass(frozen=True, slots=True)
class TimedCosigner:
    """A signer of notes who says a time beside each signature.

    Attributes:
        cosigner: who signs.
        time_s: seconds since 1970.
    """

    cosigner: Cosigner
    time_s: int

    def __post_init__(self) -> None:
        """Refuse what is no time."""
        if not 0 <= self.time_s <= MAX_TIME_S:
            raise ValueError("no cosignature has this time")

    @property
    def name(self) -> str:
        """Give the key name."""
        return self.cosigner.name

    @property
    def key_id(self) -> bytes:
        """Compute the key id."""
        return self.cosigner.verifier_key.key_id

    def sign_body(self, body: bytes) -> bytes:
        """Cosign the body of a checkpoint."""
        key = Ed25519PrivateKey.from_private_bytes(self.cosigner.seed)
        # tlog-cosignature, Format: u64 timestamp, then the signature.
        return i2osp(self.time_s, _TIME_SIZE) + key.sign(_message(self.time_s, body))


def cosigned_at_s(line: NoteSignature) -> int:
    """Read the time of a verified cosignature, in seconds since 1970.

    Raises:
        ValueError: if the line is not a cosignature.
    """
    if len(line.signature) != _TIME_SIZE + SIGNATURE_SIZE:
        raise ValueError("this line is not a cosignature")
    return os2ip(line.signature[:_TIME_SIZE])
