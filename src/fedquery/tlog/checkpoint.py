"""Checkpoints: origin, size and root of a log, as the log signs them (c2sp.org/tlog-checkpoint)."""

from collections.abc import Sequence
from dataclasses import dataclass

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import EncodingError, SignatureError
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import OpenedNote, Signer, VerifierKey, open_note, sign
from fedquery.tlog.tree import HASH_SIZE, MAX_SIZE
from fedquery.tlog.vkey import require_key_name

# Three lines and 64 cosignatures, of which some may be post-quantum ones of 3.4 kB.
CHECKPOINT_CAP = 262_144


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself.

    Attributes:
        origin: the name of the log, which is also the name of its key.
        size: the number of entries, 0 to 2**63 - 1.
        root: the root of the tree, 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what no log can say."""
        require_key_name(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise ValueError("no log has this size")
        if len(self.root) != HASH_SIZE:
            raise ValueError("a root has 32 bytes")

    def format(self) -> bytes:
        """Write the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root)}\n".encode()

    @staticmethod
    def parse(body: bytes) -> "Checkpoint":
        """Read exactly what `format` writes.

        Extension lines are refused: logs of fedquery write none, and not every kind of cosignature
        covers them.

        Raises:
            EncodingError: if it is not a checkpoint.
        """
        try:
            origin, size, root, end = body.decode("utf-8").split("\n")
            checkpoint = Checkpoint(
                origin,
                parse_decimal(size, MAX_SIZE, "checkpoint"),
                b64decode(root, cap=HASH_SIZE, what="checkpoint"),
            )
        except ValueError:
            raise EncodingError("malformed checkpoint") from None
        if end:
            raise EncodingError("malformed checkpoint")
        return checkpoint


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint that its log has signed.

    Attributes:
        checkpoint: what was signed.
        note: the note, with the verified lines of the log and of known cosigners.
    """

    checkpoint: Checkpoint
    note: OpenedNote


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Sign a checkpoint as its log.

    Raises:
        ValueError: if the signer is not the log.
    """
    if signer.name != checkpoint.origin:
        raise ValueError("only the log itself signs its checkpoint")
    return sign(checkpoint.format(), [signer])


def open_checkpoint(
    note: bytes,
    log_key: VerifierKey,
    cosigners: Sequence[CosignatureKey] = (),
    *,
    quorum: int = 0,
    cap: int = CHECKPOINT_CAP,
) -> OpenedCheckpoint:
    """Open a checkpoint that its own log, and a quorum of cosigners, must have signed.

    Args:
        note: the signed note.
        log_key: the key of the log; its name is the origin.
        cosigners: the known cosigners.
        quorum: how many of them must have signed.
        cap: the largest size of the note in bytes.

    Raises:
        EncodingError: if it is not a signed checkpoint.
        SignatureError: if a signature is missing or false, or it is another log's.
        ValueError: if the known keys are ambiguous or the quorum is impossible.
    """
    opened = open_note(note, [log_key, *cosigners], cap)
    checkpoint = Checkpoint.parse(opened.body)
    if checkpoint.origin != log_key.name:
        raise SignatureError("this is the checkpoint of another log")
    # A cosigner's line alone opens a note, so the log's own line is asked for by its key id.
    if log_key.key_id not in {line.key_id for line in opened.by_name(log_key.name)}:
        raise SignatureError("the log itself has not signed its checkpoint")
    cosigned = OpenedNote(
        opened.body, tuple(line for line in opened.signatures if line.key_id != log_key.key_id)
    )
    cosigned.require(quorum, {cosigner.name for cosigner in cosigners})
    return OpenedCheckpoint(checkpoint, opened)
