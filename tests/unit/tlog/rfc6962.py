"""RFC 6962, 2.1, as the RFC writes it: slow, recursive, and apart from the code under test.

`Remembering` is the same recursion over one list of leaves, which it does not hash twice: with it,
every proof of hundreds of trees, or any of a large one, can be compared.
"""

import hashlib
from collections.abc import Sequence


def leaf(entry: bytes) -> bytes:
    """Hash a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _k(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(d: Sequence[bytes]) -> bytes:
    """Compute the Merkle tree hash of leaf hashes (2.1)."""
    if not d:
        return hashlib.sha256(b"").digest()
    if len(d) == 1:
        return d[0]
    k = _k(len(d))
    return _node(mth(d[:k]), mth(d[k:]))


def path(m: int, d: Sequence[bytes]) -> list[bytes]:
    """Compute an audit path (2.1.1)."""
    if len(d) == 1:
        return []
    k = _k(len(d))
    if m < k:
        return [*path(m, d[:k]), mth(d[k:])]
    return [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: Sequence[bytes]) -> list[bytes]:
    """Compute a consistency proof (2.1.2)."""
    return _subproof(m, d, whole=True)


def _subproof(m: int, d: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(d):
        return [] if whole else [mth(d)]
    k = _k(len(d))
    if m <= k:
        return [*_subproof(m, d[:k], whole=whole), mth(d[k:])]
    return [*_subproof(m - k, d[k:], whole=False), mth(d[:k])]


class Remembering:
    """The trees over the first leaves of one list."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves
        self._hashes: dict[tuple[int, int], bytes] = {}

    def mth(self, lo: int, hi: int) -> bytes:
        """Compute the Merkle tree hash of the leaves from lo up to, and without, hi (2.1)."""
        if hi - lo < 2:
            return mth(self._leaves[lo:hi])
        known = self._hashes.get((lo, hi))
        if known is None:
            k = _k(hi - lo)
            known = _node(self.mth(lo, lo + k), self.mth(lo + k, hi))
            self._hashes[lo, hi] = known
        return known

    def path(self, m: int, n: int) -> list[bytes]:
        """Compute the audit path of leaf m in the tree of n leaves (2.1.1)."""
        return self._path(m, 0, n)

    def _path(self, m: int, lo: int, hi: int) -> list[bytes]:
        if hi - lo == 1:
            return []
        k = _k(hi - lo)
        if m < k:
            return [*self._path(m, lo, lo + k), self.mth(lo + k, hi)]
        return [*self._path(m - k, lo + k, hi), self.mth(lo, lo + k)]

    def proof(self, m: int, n: int) -> list[bytes]:
        """Compute the consistency proof of the trees of m and n leaves (2.1.2)."""
        return self._proof(m, 0, n, whole=True)

    def _proof(self, m: int, lo: int, hi: int, *, whole: bool) -> list[bytes]:
        if m == hi - lo:
            return [] if whole else [self.mth(lo, hi)]
        k = _k(hi - lo)
        if m <= k:
            return [*self._proof(m, lo, lo + k, whole=whole), self.mth(lo + k, hi)]
        return [*self._proof(m - k, lo + k, hi, whole=False), self.mth(lo, lo + k)]
