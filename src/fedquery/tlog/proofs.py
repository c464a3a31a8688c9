"""Proofs in Merkle trees of RFC 6962: that a leaf is in a tree, that one tree begins another.

Proofs are made over a hash reader; where the hashes are kept is not a matter of this module. They
are the same in RFC 6962 and RFC 9162; the algorithms are those of RFC 9162, which states them
exactly.
"""

from collections.abc import Iterable, Sequence

from fedquery.errors import ConsistencyError, InclusionError
from fedquery.tlog.tree import (
    EMPTY_ROOT,
    HASH_SIZE,
    MAX_SIZE,
    HashReader,
    Range,
    node_hash,
    range_root,
)

MAX_PROOF_LENGTH = 63


def _split(count: int) -> int:
    # RFC 9162 2.1.1: let k be the largest power of two smaller than n, for n > 1.
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """List the ranges of leaves whose roots make an inclusion proof, from the leaf to the root.

    Raises:
        ValueError: unless 0 <= index < size <= MAX_SIZE.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ValueError("no such leaf in a tree of this size")
    # RFC 9162 2.1.3.1: PATH(m, D_n), written from the root down and turned round.
    ranges: list[Range] = []
    lo, hi = 0, size
    while hi - lo > 1:
        middle = lo + _split(hi - lo)
        if index < middle:
            ranges.append((middle, hi))
            hi = middle
        else:
            ranges.append((lo, middle))
            lo = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """List the ranges of leaves whose roots make a consistency proof, in the order of the proof.

    Raises:
        ValueError: unless 0 <= old <= new <= MAX_SIZE.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ValueError("a tree does not shrink")
    if old in {0, new}:
        return []
    # RFC 9162 2.1.4.1: SUBPROOF(m, D_n, b), written from the root down and turned round.
    ranges: list[Range] = []
    lo, hi = 0, new
    while hi != old:
        middle = lo + _split(hi - lo)
        if old <= middle:
            ranges.append((middle, hi))
            hi = middle
        else:
            ranges.append((lo, middle))
            lo = middle
    if lo > 0:
        ranges.append((lo, hi))
    return ranges[::-1]


def inclusion_proof(read: HashReader, index: int, size: int) -> tuple[bytes, ...]:
    """Prove that a leaf is in the tree of a size; for the arguments see `inclusion_ranges`."""
    return tuple(range_root(read, lo, hi) for lo, hi in inclusion_ranges(index, size))


def consistency_proof(read: HashReader, old: int, new: int) -> tuple[bytes, ...]:
    """Prove that one tree begins with another; for the arguments see `consistency_ranges`."""
    return tuple(range_root(read, lo, hi) for lo, hi in consistency_ranges(old, new))


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Verify that a leaf is in a tree.

    Args:
        leaf: the leaf hash, 32 bytes.
        index: the place of the leaf, from 0.
        size: the number of leaves of the tree.
        proof: hashes of 32 bytes, from the leaf's sibling to the root's child.
        root: the root of the tree, 32 bytes.

    Raises:
        InclusionError: if the proof does not show it.
    """
    # RFC 9162 2.1.3.2, step 1, with caps, so that the proof alone cannot cost more than 63 hashes.
    if not 0 <= index < size <= MAX_SIZE or len(proof) > MAX_PROOF_LENGTH:
        raise InclusionError("the leaf is not shown to be in the log")
    if not _are_hashes((leaf, root, *proof)):
        raise InclusionError("the leaf is not shown to be in the log")
    # Steps 2 and 3.
    fn, sn, r = index, size - 1, leaf
    # Step 4.
    for p in proof:
        if sn == 0:
            raise InclusionError("the leaf is not shown to be in the log")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn >>= 1
                sn >>= 1
        else:
            r = node_hash(r, p)
        fn >>= 1
        sn >>= 1
    # Step 5. Roots are public, so the comparison need not be in constant time.
    if sn != 0 or r != root:
        raise InclusionError("the leaf is not shown to be in the log")


def verify_consistency(
    size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> None:
    """Verify that the tree of size2 begins with the tree of size1.

    The empty tree begins every tree: its root must be `EMPTY_ROOT` and the proof empty.

    Args:
        size1: the number of leaves of the older tree.
        size2: the number of leaves of the newer tree.
        root1: the root of the older tree, 32 bytes.
        root2: the root of the newer tree, 32 bytes.
        proof: hashes of 32 bytes.

    Raises:
        ConsistencyError: if the proof does not show it.
    """
    if not 0 <= size1 <= size2 <= MAX_SIZE or len(proof) > MAX_PROOF_LENGTH:
        raise ConsistencyError("the two heads are not shown to be one history")
    if not _are_hashes((root1, root2, *proof)):
        raise ConsistencyError("the two heads are not shown to be one history")
    if size1 in {0, size2}:
        _verify_trivial_consistency(size1, size2, root1, root2, proof)
    elif consistency_roots(size1, size2, root1, proof) != (root1, root2):
        # RFC 9162 2.1.4.2, step 7.
        raise ConsistencyError("the two heads are not shown to be one history")


def _verify_trivial_consistency(
    size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> None:
    if proof or (size1 == size2 and root1 != root2):
        raise ConsistencyError("the two heads are not shown to be one history")
    if (size1 == 0 and root1 != EMPTY_ROOT) or (size2 == 0 and root2 != EMPTY_ROOT):
        raise ConsistencyError("the empty log has another root")


def consistency_roots(
    size1: int, size2: int, root1: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """Compute the roots of both trees from a consistency proof.

    Args:
        size1: the number of leaves of the older tree, 0 < size1 < size2.
        size2: the number of leaves of the newer tree, at most MAX_SIZE.
        root1: what the root of the older tree is said to be. Where size1 is a power of two, the
            proof leaves it out and it is given back as it is.
        proof: at most MAX_PROOF_LENGTH hashes of 32 bytes.

    Returns:
        The roots that the proof leads to, or None where it has another length than it must.
    """
    # RFC 9162 2.1.4.2, step 1.
    if not proof:
        return None
    # Step 2: if size1 is an exact power of two, the old root itself is the first node.
    nodes = proof if size1 & (size1 - 1) else (root1, *proof)
    # Steps 3 and 4.
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    # Step 5.
    fr = sr = nodes[0]
    # Step 6.
    for c in nodes[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            fr = node_hash(c, fr)
            sr = node_hash(c, sr)
            while fn and not fn & 1:
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, c)
        fn >>= 1
        sn >>= 1
    return (fr, sr) if sn == 0 else None
