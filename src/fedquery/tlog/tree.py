"""Merkle trees of RFC 6962: hashes, complete subtrees and roots.

A hash reader gives the hash of any complete, aligned subtree; where the hashes are kept is not a
matter of this module. The tree is the same in RFC 6962 and RFC 9162.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

HASH_SIZE = 32
MAX_SIZE = 2**63 - 1

Range: TypeAlias = tuple[int, int]
"""The leaves from the first number up to, and without, the second."""

HashReader: TypeAlias = Callable[[int, int], bytes]
"""(first leaf, number of leaves) -> hash; the number is a power of two that divides the first."""

# RFC 9162 2.1.1: MTH({}) = HASH().
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry as a leaf."""
    # RFC 9162 2.1.1: MTH({d[0]}) = HASH(0x00 || d[0]).
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees as their parent."""
    # RFC 9162 2.1.1: HASH(0x01 || MTH(D[0:k]) || MTH(D[k:n])).
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Hash the nodes of one level, whose number is a power of two, up to the root over them.

    Raises:
        ValueError: if the number of nodes is not a power of two.
    """
    if not hashes or len(hashes) & (len(hashes) - 1):
        raise ValueError("a complete subtree has a power of two of nodes")
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def complete_subtrees(lo: int, hi: int) -> list[Range]:
    """Split the leaves lo..hi of a tree into the fewest complete subtrees, from left to right.

    Args:
        lo: the first leaf; a multiple of the smallest power of two that is not below hi - lo.
        hi: the end of the leaves, not below lo.

    Returns:
        (first leaf, number of leaves) of each subtree, the numbers falling.
    """
    found: list[Range] = []
    while lo < hi:
        count = 1 << ((hi - lo).bit_length() - 1)
        found.append((lo, count))
        lo += count
    return found


def range_root(read: HashReader, lo: int, hi: int) -> bytes:
    """Compute MTH(D[lo:hi]) from complete subtrees; see `complete_subtrees` for what lo may be."""
    hashes = [read(first, count) for first, count in complete_subtrees(lo, hi)]
    if not hashes:
        return EMPTY_ROOT
    # The largest power of two below n is split off to the left, so the right edge is hashed first.
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result
