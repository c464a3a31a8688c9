"""Signed notes: a text and the lines of those who signed it (c2sp.org/signed-note).

Whoever reads a note says which keys it knows. Lines by other keys are passed over; a line by a
known key that does not verify refuses the whole note, because somebody changed something.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import EncodingError, SignatureError
from fedquery.tlog.note_key import NoteSigner, NoteVerifier, Signer, VerifierKey
from fedquery.tlog.vkey import KEY_ID_SIZE, is_key_name

__all__ = [
    "MAX_SIGNATURES",
    "NoteSignature",
    "NoteSigner",
    "NoteVerifier",
    "OpenedNote",
    "Signer",
    "VerifierKey",
    "open_note",
    "sign",
    "sign_line",
    "signature_line",
    "split_note",
]

MAX_SIGNATURES = 64

_EM_DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """A line of a note that was verified.

    Attributes:
        name: the name of the known key.
        key_id: its id.
        signature: what stands behind the key id.
    """

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note of which at least one line was verified, and no line by a known key was false.

    Attributes:
        body: the text that was signed, with its last newline.
        signatures: the verified lines, in the order of the note, one for each known key.
    """

    body: bytes
    signatures: tuple[NoteSignature, ...]

    @property
    def names(self) -> frozenset[str]:
        """Give the names of those who signed, each once."""
        return frozenset(signature.name for signature in self.signatures)

    def by_name(self, name: str) -> tuple[NoteSignature, ...]:
        """Give the verified lines by one name."""
        return tuple(signature for signature in self.signatures if signature.name == name)

    def require(self, k: int, names: Collection[str]) -> None:
        """Require that at least k of some signers have signed; who signed twice counts once.

        Raises:
            SignatureError: if fewer have.
            ValueError: if k is not possible with these names.
        """
        if not 0 <= k <= len(set(names)):
            raise ValueError("no quorum of these names can have this number")
        if len(self.names.intersection(names)) < k:
            raise SignatureError("too few of those who must sign have signed")


def signature_line(name: str, key_id: bytes, signature: bytes) -> bytes:
    """Write one signature line, with its newline."""
    return f"{_EM_DASH} {name} {b64encode(key_id + signature)}\n".encode()


def sign(body: bytes, signers: Sequence[NoteSigner]) -> bytes:
    """Sign a text as a note.

    Args:
        body: UTF-8 text whose lines all end in a newline, without other control characters.
        signers: those who sign, 1 to 64.

    Raises:
        ValueError: if the body cannot stand in a note, or there are too many or no signers.
    """
    if not body.endswith(b"\n") or _text(body) is None:
        raise ValueError("this text cannot stand in a signed note")
    if not 1 <= len(signers) <= MAX_SIGNATURES:
        raise ValueError("a note has 1 to 64 signatures")
    return body + b"\n" + b"".join(sign_line(body, signer) for signer in signers)


def sign_line(body: bytes, signer: NoteSigner) -> bytes:
    """Make the line of one signer for a body; put behind a note, it is one signature more."""
    return signature_line(signer.name, signer.key_id, signer.sign_body(body))


def open_note(note: bytes, verifiers: Iterable[NoteVerifier], cap: int) -> OpenedNote:
    """Open a signed note: verify every line by a known key.

    Args:
        note: the whole note.
        verifiers: the known keys. Two names never share one public key, so that a quorum of names
            is a quorum of keys.
        cap: the largest size in bytes.

    Raises:
        EncodingError: if it is not a signed note, or over the cap.
        SignatureError: if a line by a known key does not verify, or no known key has signed.
        ValueError: if the known keys are ambiguous.
    """
    known = _known(verifiers)
    body, lines = split_note(note, cap)
    verified: dict[tuple[str, bytes], NoteSignature] = {}
    for name, octets in lines:
        named = (name, octets[:KEY_ID_SIZE])
        verifier = known.get(named)
        # signed-note: signatures from unknown keys MUST be ignored.
        if verifier is None:
            continue
        verifier.verify(body, octets[KEY_ID_SIZE:])
        verified.setdefault(named, NoteSignature(*named, octets[KEY_ID_SIZE:]))
    if not verified:
        raise SignatureError("no known key has signed this note")
    return OpenedNote(body, tuple(verified.values()))


def _known(verifiers: Iterable[NoteVerifier]) -> dict[tuple[str, bytes], NoteVerifier]:
    known: dict[tuple[str, bytes], NoteVerifier] = {}
    owners: dict[bytes, str] = {}
    for verifier in verifiers:
        named = (verifier.name, verifier.key_id)
        if known.setdefault(named, verifier).public_key != verifier.public_key:
            raise ValueError("two known keys have one name and id")
        # The name is not signed, so one key under two names would count twice.
        if owners.setdefault(verifier.public_key, verifier.name) != verifier.name:
            raise ValueError("one known key has two names")
    return known


def split_note(note: bytes, cap: int) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Split a note into its body and its lines, of which nothing is verified.

    Returns:
        The body with its last newline; (name, key id || signature) of each line.

    Raises:
        EncodingError: if it is not a signed note, or over the cap.
    """
    text = _text(note) if len(note) <= cap else None
    if text is None or not text.endswith("\n"):
        raise EncodingError("malformed signed note")
    # signed-note, Format: the text is separated from the signatures by the last empty line.
    end = text.rfind("\n\n") + 1
    lines = text[end + 1 : -1].split("\n")
    if not end or len(lines) > MAX_SIGNATURES:
        raise EncodingError("malformed signed note")
    return text[:end].encode(), [_parse_line(line) for line in lines]


def _text(octets: bytes) -> str | None:
    """Decode UTF-8 without control characters but newlines; give None for other octets."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if any(c < " " and c != "\n" for c in text) else text


def _parse_line(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _EM_DASH or not is_key_name(parts[1]):  # noqa: PLR2004  # dash, name, base64
        raise EncodingError("malformed signed note")
    octets = b64decode(parts[2], cap=len(parts[2]), what="signed note")
    if len(octets) <= KEY_ID_SIZE:
        raise EncodingError("malformed signed note")
    return parts[1], octets
