"""What a witness decides: whether it cosigns a checkpoint (c2sp.org/tlog-witness, add-checkpoint).

A witness cosigns nothing but extensions of what it cosigned
before, so that a log that shows two histories cannot have both cosigned by one witness.

What is kept, where, and that it is kept before the reply leaves is for whoever calls this.
"""

from collections.abc import Mapping
from enum import StrEnum

from fedquery.errors import ConsistencyError, EncodingError, ProofError, SignatureError
from fedquery.tlog.add_checkpoint import (
    CONFLICT,
    MALFORMED,
    NOT_CONSISTENT,
    NOT_SIGNED,
    NOTE_CAP,
    UNKNOWN_LOG,
    AddCheckpoint,
)
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import VerifierKey, sign_line, split_note
from fedquery.tlog.proofs import consistency_roots, verify_consistency
from fedquery.tlog.tree import EMPTY_ROOT


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
