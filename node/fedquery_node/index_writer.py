"""Write the index of one view: buckets, tree and claim rows, in memory that no dataset outgrows."""

from collections.abc import Callable

import numpy as np

from fedquery.psi.merkle import BucketTree, bucket_leaf
from fedquery.psi.tag import claim_hashes
from fedquery_node.filling import fill
from fedquery_node.index_files import (
    CLAIM_HASH,
    CLAIM_ROW,
    SUBJECT,
    TAG,
    DurableFile,
    VersionFiles,
)
from fedquery_node.rows import Subjects
from fedquery_node.spill import PART_BITS, Rows
from fedquery_node.view_rows import ViewRows


def claim_rows(subjects: Subjects, tags: bytes, tokens: bytes) -> Rows:
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
    rows[:, TAG : TAG + SUBJECT] = subjects.astype(">u8").view(np.uint8).reshape(-1, SUBJECT)
    rows[:, TAG + SUBJECT :] = _columns(claim_hashes(tokens), CLAIM_HASH)
    return rows


def _columns(octets: bytes, width: int) -> Rows:
    return np.frombuffer(octets, np.uint8).reshape(-1, width)


def write_buckets(
    files: VersionFiles,
    view_id: str,
    rows: ViewRows,
    *,
    prefix_bits: int,
    capacity: int,
    random: Callable[[int], bytes],
) -> bytes:
    """Write the buckets of a view and the tree over them.

    Args:
        files: where; a directory made by `VersionFiles.begin`.
        view_id: the name of the view.
        rows: its rows.
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
    each = 1 << max(0, prefix_bits - PART_BITS)
    leaves: list[bytes] = []
    with DurableFile(files.tags(view_id)) as file:
        for tags, numbers in rows.buckets(prefix_bits):
            for bucket in fill(tags, numbers, buckets=each, capacity=capacity, random=random):
                octets = bucket.astype(">u8").tobytes()
                leaves.append(bucket_leaf(len(leaves), octets))
                file.write(octets)
    tree = BucketTree.build(leaves)
    with DurableFile(files.tree(view_id)) as file:
        for level in tree.levels:
            file.write(b"".join(level))
    return tree.root


def write_claims(files: VersionFiles, view_id: str, rows: ViewRows) -> None:
    """Write the claim rows of a view, ascending by tag.

    Raises:
        OSError: if the disk fails.
    """
    with DurableFile(files.claims(view_id)) as file:
        for part in rows.claims():
            file.write(part.tobytes())
