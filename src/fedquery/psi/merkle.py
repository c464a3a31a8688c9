"""The Merkle tree over the buckets of a view: one root that binds every tag of it.

The hashing is RFC 6962's, so a path is checked by the code that checks the log's own proofs. Bucket
numbers fill 2^prefix_bits, so the tree is complete and each path has prefix_bits hashes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from fedquery.encoding.octets import i2osp
from fedquery.errors import InclusionError, InputError, PublicationError
from fedquery.tlog.proofs import verify_inclusion
from fedquery.tlog.tree import leaf_hash, node_hash

HASH_LENGTH = 32


def bucket_leaf(number: int, tags: bytes) -> bytes:
    """Make the leaf data of a bucket, 36 octets."""
    # protocol.md 3: leaf = I2OSP(number, 4) || SHA-256(tags).
    return i2osp(number, 4) + sha256(tags).digest()


@dataclass(frozen=True, slots=True)
class BucketTree:
    """All hashes of the tree over a view, for a holder that cuts many paths.

    Attributes:
        levels: the hashes of each level, the leaves' first and the root's last.
    """

    levels: tuple[tuple[bytes, ...], ...]

    @classmethod
    def build(cls, leaves: Sequence[bytes]) -> "BucketTree":
        """Hash the leaf data of all buckets, in the order of their numbers.

        Raises:
            InputError: if their number is not a power of two.
        """
        if not leaves or len(leaves) & (len(leaves) - 1):
            raise InputError("a view has a power of two of buckets")
        level = tuple(leaf_hash(leaf) for leaf in leaves)
        levels = [level]
        while len(level) > 1:
            level = tuple(node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2))
            levels.append(level)
        return cls(tuple(levels))

    @property
    def root(self) -> bytes:
        """The root, 32 octets."""
        return self.levels[-1][0]

    def path(self, number: int) -> tuple[bytes, ...]:
        """Cut the path of one bucket: its siblings from the leaf's up to below the root.

        Raises:
            InputError: if there is no such bucket.
        """
        if not 0 <= number < len(self.levels[0]):
            raise InputError("there is no such bucket")
        return tuple(
            hashes[(number >> height) ^ 1] for height, hashes in enumerate(self.levels[:-1])
        )


def verify_path(
    number: int, tags: bytes, path: Sequence[bytes], prefix_bits: int, root: bytes
) -> None:
    """Verify that a bucket is the one of its number under a root (protocol.md 4, check 6).

    Args:
        number: the bucket's number.
        tags: its tags.
        path: its siblings, from the leaf's up to below the root, 32 octets each.
        prefix_bits: the height of the tree.
        root: the root, 32 octets.

    Raises:
        PublicationError: if it is not.
    """
    if not 0 <= number < 1 << prefix_bits:
        raise PublicationError("a bucket is not one of the published view")
    try:
        # RFC 9162, 2.1.3.2: in a tree of 2^n leaves it takes exactly n hashes.
        verify_inclusion(
            leaf_hash(bucket_leaf(number, tags)), number, 1 << prefix_bits, list(path), root
        )
    except InclusionError:
        raise PublicationError("a bucket is not shown to be of the published view") from None
