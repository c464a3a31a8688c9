"""Write the index of one view: buckets, tree and claim rows."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from fedquery.psi.merkle import BucketTree, bucket_leaf
from fedquery.psi.tag import claim_hashes
from fedquery_node.filling import Numbers, Tags, fill
from fedquery_node.index_files import (
    CLAIM_HASH,
    CLAIM_ROW,
    SUBJECT,
    TAG,
    VersionFiles,
    write_durably,
)

Claims = NDArray[np.uint8]


def claim_rows(subjects: Sequence[int], tags: bytes, tokens: bytes) -> Claims:
    """Make the claim rows of some identifiers.

    Args:
        subjects: their numbers in the database.
        tags: the tag of each, 8 octets.
        tokens: the claim token of each, 16 octets; it does not stand in the row.

    Returns:
        For each a row of tag, subject and claim hash, 48 octets.
    """
    rows = np.empty((len(subjects), CLAIM_ROW), np.uint8)
    rows[:, :TAG] = _columns(tags, TAG)
    rows[:, TAG : TAG + SUBJECT] = _columns(np.array(subjects, ">u8").tobytes(), SUBJECT)
    rows[:, TAG + SUBJECT :] = _columns(claim_hashes(tokens), CLAIM_HASH)
    return rows


def _columns(octets: bytes, width: int) -> Claims:
    return np.frombuffer(octets, np.uint8).reshape(-1, width)


def _tags_of(claims: Claims) -> Tags:
    """Read the tags of claim rows as integers, which are in the order of their octets."""
    return np.ascontiguousarray(claims[:, :TAG]).view(">u8").ravel().astype(np.uint64)


def write_view(
    files: VersionFiles,
    view_id: str,
    claims: Claims,
    numbers: Numbers,
    *,
    prefix_bits: int,
    capacity: int,
    random: Callable[[int], bytes],
) -> bytes:
    """Write the three files of a view.

    Args:
        files: where; a directory made by `VersionFiles.begin`.
        view_id: the name of the view.
        claims: its claim rows, in any order.
        numbers: the bucket of each.
        prefix_bits: how many leading bits number the buckets.
        capacity: the tags of each bucket.
        random: the random source of the filler.

    Returns:
        The root over the buckets, 32 octets.

    Raises:
        InputError: if a bucket has more rows than its capacity.
        PublicationError: if two rows of a bucket have one tag; publish with another seed.
        OSError: if the disk fails.
    """
    tags = _tags_of(claims)
    filled = fill(tags, numbers, buckets=1 << prefix_bits, capacity=capacity, random=random)
    buckets = [bucket.astype(">u8").tobytes() for bucket in filled]
    tree = BucketTree.build([bucket_leaf(number, octets) for number, octets in enumerate(buckets)])
    write_durably(files.tags(view_id), b"".join(buckets))
    write_durably(files.tree(view_id), b"".join(b"".join(level) for level in tree.levels))
    write_durably(files.claims(view_id), claims[np.argsort(tags, kind="stable")].tobytes())
    return tree.root
