"""The place of an answer in the holder's log: promised in each answer, proved by a file beside it.

<name>.receipt.json     what was answered; it says where the holder has logged it
<name>.tlog-proof       that it is there (c2sp.org/tlog-proof), once it was collected
"""

import os
from pathlib import Path

from fedquery.ask.receipt import Shown
from fedquery.ask.receipts import SUFFIX
from fedquery.config.whole_file import whole_file
from fedquery.errors import EncodingError, InclusionError, StorageError
from fedquery.federation.members import NodeEntry
from fedquery.tlog.checkpoint import CHECKPOINT_CAP
from fedquery.tlog.proof_file import MAX_EXTRA_SIZE, ProofFile
from fedquery.tlog.proof_file import SUFFIX as PROOF_SUFFIX

_CAP = CHECKPOINT_CAP + 2 * MAX_EXTRA_SIZE


def proof_path(receipts: Path, name: str) -> Path:
    """Say where the proof of a receipt is, or will be."""
    return receipts / f"{name.removesuffix(SUFFIX)}{PROOF_SUFFIX}"


def keep_proof(receipts: Path, name: str, proof: ProofFile) -> Path:
    """Write the proof of a receipt into a private file, whole or not at all.

    Raises:
        StorageError: if it cannot be written; nothing of it is left.
    """
    path = proof_path(receipts, name)
    try:
        with whole_file(path) as file:
            file.write(proof.format())
    except OSError as error:
        raise StorageError(f"{receipts}: {os.strerror(error.errno or 0)}") from None
    return path


def proved_size(receipts: Path, name: str, shown: Shown, node: NodeEntry) -> int:
    """Verify the proof that was collected for a receipt.

    Args:
        receipts: where receipts are kept.
        name: the receipt.
        shown: what it shows.
        node: the holder's entry in the member list.

    Returns:
        The size of the log in which the answer is proved to be; 0 where no proof was collected.

    Raises:
        EncodingError: if the file is no proof.
        InclusionError, SignatureError: if it does not show what the answer promised.
        OSError: if it cannot be read.
    """
    try:
        with proof_path(receipts, name).open("rb") as file:
            octets = file.read(_CAP + 1)
    except FileNotFoundError:
        return 0
    if len(octets) > _CAP:
        raise EncodingError("malformed proof file")
    proof, promised = ProofFile.parse(octets), shown.head.receipt
    if promised is None or promised.index != proof.index:
        raise InclusionError("the proof beside the receipt is of another place in the log")
    return proof.verify(promised.leaf_hash, node.log_vkey).size
