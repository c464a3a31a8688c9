"""Proof files: an inclusion proof with its checkpoint, for a court file (c2sp.org/tlog-proof)."""

from collections.abc import Sequence
from dataclasses import dataclass

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import EncodingError
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint, open_checkpoint
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.decimal import parse_decimal
from fedquery.tlog.note import VerifierKey, split_note
from fedquery.tlog.proofs import MAX_PROOF_LENGTH, verify_inclusion
from fedquery.tlog.tree import HASH_SIZE, MAX_SIZE

SUFFIX = ".tlog-proof"
MAX_EXTRA_SIZE = 65_536

_HEADER = "c2sp.org/tlog-proof@v1"
CAP = CHECKPOINT_CAP + 2 * MAX_EXTRA_SIZE


@dataclass(frozen=True, slots=True)
class ProofFile:
    """An inclusion proof that is verified without asking anybody.

    Attributes:
        index: the place of the entry.
        proof: hashes of 32 bytes, from the leaf's sibling to the root's child.
        checkpoint: the signed note, verbatim.
        extra: what the writer added, up to 65,536 bytes; nobody vouches for it.
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what no file can hold."""
        if not 0 <= self.index < MAX_SIZE or len(self.proof) > MAX_PROOF_LENGTH:
            raise ValueError("no log has such a proof")
        if any(len(value) != HASH_SIZE for value in self.proof):
            raise ValueError("a proof is made of hashes of 32 bytes")
        if self.extra is not None and not 1 <= len(self.extra) <= MAX_EXTRA_SIZE:
            raise ValueError("extra data has 1 to 65,536 bytes")

    def format(self) -> bytes:
        """Write the file."""
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {b64encode(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(b64encode(value) for value in self.proof)
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @staticmethod
    def parse(octets: bytes) -> "ProofFile":
        """Read a file; nothing of it is verified.

        Raises:
            EncodingError: if it is not a proof file in its one form.
        """
        head, empty_line, checkpoint = octets.partition(b"\n\n")
        if len(octets) > CAP or not empty_line:
            raise EncodingError("malformed proof file")
        split_note(checkpoint, CHECKPOINT_CAP)
        try:
            index, proof, extra = _parse_head(head.decode("ascii"))
            parsed = ProofFile(index, proof, checkpoint, extra)
        except ValueError:
            raise EncodingError("malformed proof file") from None
        if parsed.format() != octets:
            raise EncodingError("malformed proof file")
        return parsed

    def verify(
        self,
        leaf: bytes,
        log_key: VerifierKey,
        cosigners: Sequence[CosignatureKey] = (),
        *,
        quorum: int = 0,
    ) -> Checkpoint:
        """Verify that a leaf is in the log of the checkpoint.

        Args:
            leaf: the leaf hash of the entry, 32 bytes.
            log_key: the key of the log.
            cosigners: the known cosigners.
            quorum: how many of them must have signed.

        Returns:
            The checkpoint.

        Raises:
            EncodingError: if the checkpoint is malformed.
            InclusionError: if the proof does not show the leaf.
            SignatureError: if a signature is missing or false.
        """
        opened = open_checkpoint(self.checkpoint, log_key, cosigners, quorum=quorum)
        checkpoint = opened.checkpoint
        verify_inclusion(leaf, self.index, checkpoint.size, self.proof, checkpoint.root)
        return checkpoint


def _parse_head(text: str) -> tuple[int, tuple[bytes, ...], bytes | None]:
    lines = text.split("\n")
    if lines.pop(0) != _HEADER or not lines:
        raise EncodingError("malformed proof file")
    extra = None
    if lines[0].startswith("extra "):
        extra = b64decode(
            lines.pop(0).removeprefix("extra "), cap=MAX_EXTRA_SIZE, what="proof file"
        )
    if not lines or not lines[0].startswith("index ") or len(lines) > 1 + MAX_PROOF_LENGTH:
        raise EncodingError("malformed proof file")
    index = parse_decimal(lines.pop(0).removeprefix("index "), MAX_SIZE, "proof file")
    return index, tuple(b64decode(line, cap=HASH_SIZE, what="proof file") for line in lines), extra
