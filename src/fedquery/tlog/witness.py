"""What a witness decides: whether it cosigns a checkpoint (c2sp.org/tlog-witness, add-checkpoint).

A request names the size that this witness is taken to have cosigned last, proves the way from
there, and brings the checkpoint. A witness cosigns nothing but extensions of what it cosigned
before, so that a log that shows two histories cannot have both cosigned by one witness.

What is kept, where, and that it is kept before the reply leaves is for whoever calls this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import ConsistencyError, EncodingError, ProofError, SignatureError
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint
from fedquery.tlog.cosignature import CosignatureKey, Cosigner, cosigned_at_s
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import VerifierKey, open_note, sign_line, signature_line, split_note
from fedquery.tlog.tree import (
    EMPTY_ROOT,
    HASH_SIZE,
    MAX_PROOF_LENGTH,
    MAX_SIZE,
    consistency_roots,
    verify_consistency,
)

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


class Finding(StrEnum):
    """What a refused checkpoint says of its log, which has signed it.

    NOTHING: that the submitter did not know what this witness has.
    OLDER: that it was this small once. Any coordinator may still have it, so it is no proof.
    UNPROVEN: that it may be another history: the proof does not show that it is the same one.
    FORK: that it is another history; this and what is kept prove it to anybody.
    """

    NOTHING = "nothing"
    OLDER = "older"
    UNPROVEN = "unproven"
    FORK = "fork"


class NotCosignedError(ProofError):
    """A witness does not cosign a checkpoint.

    Args:
        status: 400, 403, 404, 409 or 422, as c2sp.org/tlog-witness has them.
        what: the reason.
        finding: what the checkpoint says of its log.
        kept_size: at 409, the size that the witness has.
    """

    slug = "not-cosigned"
    default_do = "Compare the log with what its witnesses have; see operating.md, Witnesses."

    def __init__(
        self,
        status: int,
        what: str,
        *,
        finding: Finding = Finding.NOTHING,
        kept_size: int | None = None,
    ) -> None:
        super().__init__(what)
        self.status = status
        self.finding = finding
        self.kept_size = kept_size

    @property
    def body(self) -> bytes:
        """Write the body of the reply: at 409 the size that is kept, of type text/x.tlog.size."""
        return b"" if self.kept_size is None else f"{self.kept_size}\n".encode()


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


def nothing_of(origin: str) -> Checkpoint:
    """Give what a witness has of a log that it never cosigned: the empty tree."""
    return Checkpoint(origin, 0, EMPTY_ROOT)


def require_signed(request: AddCheckpoint, logs: Mapping[str, VerifierKey]) -> Checkpoint:
    """Require that a log which is witnessed here has signed the checkpoint.

    Args:
        request: the request.
        logs: origin to the key of that log.

    Returns:
        The checkpoint.

    Raises:
        NotCosignedError: 400 if it is no checkpoint or smaller than the old size; 404 if the log is
            not witnessed here; 403 if the log has not signed it.
    """
    try:
        # Extension lines, which others' logs may write, are refused by `parse`: cosigning is for
        # logs of this federation.
        checkpoint = Checkpoint.parse(split_note(request.note, NOTE_CAP)[0])
    except EncodingError:
        raise NotCosignedError(MALFORMED, "this is no checkpoint") from None
    # tlog-witness: 404 if the origin is unknown, 403 if no signature by a trusted key verifies.
    key = logs.get(checkpoint.origin)
    if key is None:
        raise NotCosignedError(UNKNOWN_LOG, "this log is not witnessed here")
    try:
        open_checkpoint(request.note, key, cap=NOTE_CAP)
    except SignatureError:
        raise NotCosignedError(NOT_SIGNED, "the log has not signed this checkpoint") from None
    # tlog-witness: the old size MUST be equal to or lower than the checkpoint size, else 400.
    if request.old_size > checkpoint.size:
        raise NotCosignedError(MALFORMED, "the old size is larger than the checkpoint's")
    return checkpoint


def require_extension(request: AddCheckpoint, checkpoint: Checkpoint, kept: Checkpoint) -> None:
    """Require that a checkpoint extends what this witness has cosigned last.

    To be called, and the checkpoint to be kept, with nothing else in between: between two calls a
    witness would go back to the older one of two checkpoints.

    Args:
        request: the request.
        checkpoint: what `require_signed` gave for it.
        kept: what was cosigned last of this log; `nothing_of` it at first.

    Raises:
        NotCosignedError: 409 if the old size is not what is kept; 422 if it is not shown to be the
            same history.
    """
    if checkpoint.origin != kept.origin:
        raise ValueError("two logs are never one history")
    # tlog-witness: 409 if the old size does not match the latest checkpoint that was cosigned.
    if request.old_size != kept.size:
        raise NotCosignedError(
            CONFLICT,
            "this is not what the witness has cosigned last",
            finding=_finding(request, checkpoint, kept),
            kept_size=kept.size,
        )
    try:
        # With the empty tree, and with the same size, this wants the proof to be empty.
        verify_consistency(kept.size, checkpoint.size, kept.root, checkpoint.root, request.proof)
    except ConsistencyError:
        raise NotCosignedError(
            NOT_CONSISTENT,
            "this is not shown to be the history that the witness has cosigned",
            finding=_finding(request, checkpoint, kept),
        ) from None


def _finding(request: AddCheckpoint, checkpoint: Checkpoint, kept: Checkpoint) -> Finding:
    if checkpoint.size < kept.size:
        return Finding.OLDER
    if checkpoint.size == kept.size:
        return Finding.FORK if checkpoint.root != kept.root else Finding.NOTHING
    if request.old_size != kept.size or kept.size == 0:
        return Finding.NOTHING
    # A proof that leads to the new root binds the root that the new tree has at the old size; where
    # that is another one, the log signed two histories, whoever made the proof. (At a power of two
    # a proof begins with the old root itself and cannot tell.)
    roots = consistency_roots(kept.size, checkpoint.size, kept.root, request.proof)
    proven = roots is not None and roots[1] == checkpoint.root
    return Finding.FORK if proven else Finding.UNPROVEN


def cosign(checkpoint: Checkpoint, cosigner: Cosigner, time_s: int) -> bytes:
    """Cosign a checkpoint that is kept already: the body of the reply, one signature line.

    Args:
        checkpoint: what was found to be an extension, and stored.
        cosigner: the key of the witness.
        time_s: seconds since 1970.
    """
    return sign_line(checkpoint.format(), cosigner.at(time_s))


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
