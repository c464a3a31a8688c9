"""What a witness is asked and replies (c2sp.org/tlog-witness, add-checkpoint).

A request names the size that the witness is taken to have cosigned last, proves the way from there,
and brings the checkpoint. A reply is the witness's signature line, or the size that it has.
"""

from dataclasses import dataclass, field
from typing import Final

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import EncodingError, SignatureError
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.cosignature import CosignatureKey, cosigned_at_s
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import open_note, signature_line
from fedquery.tlog.proofs import MAX_PROOF_LENGTH
from fedquery.tlog.tree import HASH_SIZE, MAX_SIZE

# Three lines, the log's signature and 64 Ed25519 cosignatures with the longest names that nations
# have fit four times; the request has to pass where sealed questions pass.
NOTE_CAP: Final = 16 * 1024
REQUEST_CAP: Final = NOTE_CAP + 4 * 1024
_WHAT: Final = "add-checkpoint request"
_OLD: Final = "old "

OK: Final = 200
MALFORMED: Final = 400
NOT_SIGNED: Final = 403
UNKNOWN_LOG: Final = 404
CONFLICT: Final = 409
NOT_CONSISTENT: Final = 422


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The body of a request.

    Attributes:
        old_size: what the witness is taken to have cosigned last, 0 for nothing.
        proof: hashes of 32 bytes, at most 63: the consistency proof from there.
        note: the checkpoint, signed by its log, at most `NOTE_CAP` octets.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what no request can hold."""
        if not 0 <= self.old_size <= MAX_SIZE:
            raise ValueError("no log has this size")
        if len(self.proof) > MAX_PROOF_LENGTH or any(len(one) != HASH_SIZE for one in self.proof):
            raise ValueError("a proof has at most 63 hashes of 32 bytes")
        if not 0 < len(self.note) <= NOTE_CAP:
            raise ValueError("a checkpoint note has 1 to 16,384 octets")

    def format(self) -> bytes:
        """Write the body."""
        lines = [f"{_OLD}{self.old_size}", *(b64encode(one) for one in self.proof), "", ""]
        return "\n".join(lines).encode("ascii") + self.note

    @staticmethod
    def parse(octets: bytes) -> "AddCheckpoint":
        """Read exactly what `format` writes; of the note nothing is looked at.

        Raises:
            EncodingError: if it is anything else, or over a cap.
        """
        if len(octets) > REQUEST_CAP:
            raise EncodingError(f"malformed {_WHAT}")
        # No line before the note is empty, so the first empty line ends them.
        head, _, note = octets.partition(b"\n\n")
        try:
            old, *hashes = head.decode("ascii").split("\n")
            if not old.startswith(_OLD) or len(hashes) > MAX_PROOF_LENGTH:
                raise EncodingError(f"malformed {_WHAT}")
            return AddCheckpoint(
                parse_decimal(old.removeprefix(_OLD), MAX_SIZE, _WHAT),
                tuple(b64decode(line, cap=HASH_SIZE, what=_WHAT) for line in hashes),
                note,
            )
        except ValueError:
            raise EncodingError(f"malformed {_WHAT}") from None


class CosignedAheadError(SignatureError):
    """A witness has cosigned at a time that is still to come: its clock is wrong, or ours is."""


def read_cosignature(
    checkpoint: Checkpoint, reply: bytes, key: CosignatureKey, latest_s: int | None = None
) -> bytes:
    """Read the witness's own line out of its reply, verified.

    Args:
        checkpoint: what was submitted.
        reply: the body of its reply, with other lines perhaps, which are left out.
        key: the key of the witness.
        latest_s: the latest time that is taken, in seconds since 1970; None for any.

    Returns:
        One signature line, with its newline.

    Raises:
        EncodingError: if it is not signature lines.
        SignatureError: if the witness has not cosigned the checkpoint.
        CosignedAheadError: if it has, at a later time.
    """
    opened = open_note(checkpoint.format() + b"\n" + reply, [key], NOTE_CAP)
    line = opened.signatures[0]
    if latest_s is not None and cosigned_at_s(line) > latest_s:
        raise CosignedAheadError("the witness has cosigned at a time that is still to come")
    return signature_line(line.name, line.key_id, line.signature)


def read_kept_size(reply: bytes) -> int:
    """Read the body of a reply with status 409: the size that the witness has.

    Raises:
        EncodingError: if it is anything else.
    """
    what = "witness reply"
    digits = reply.removesuffix(b"\n").decode("ascii", "replace")
    size = parse_decimal(digits, MAX_SIZE, what)
    if f"{size}\n".encode() != reply:
        raise EncodingError(f"malformed {what}")
    return size
