"""Write the index of one view: buckets, tree and claim rows."""

import sys
from array import array
from collections.abc import Callable, Sequence

from fedquery.psi.bucket import TAG_LENGTH
from fedquery.psi.filling import fill
from fedquery.psi.merkle import BucketTree, bucket_leaf
from fedquery.psi.tag import claim_hashes
from fedquery_node.index_files import (
    CLAIM_HASH,
    CLAIM_ROW,
    SUBJECT,
    TAG,
    VersionFiles,
    write_durably,
)


def claim_rows(subjects: Sequence[int], tags: bytes, tokens: bytes) -> list[bytes]:
    """Make the claim rows of some identifiers.

    Args:
        subjects: their numbers in the database.
        tags: the tag of each, 8 octets.
        tokens: the claim token of each, 16 octets; it does not stand in the row.

    Returns:
        For each a row of tag, subject and claim hash, 48 octets.
    """
    numbers = array("Q", subjects)
    if sys.byteorder == "little":
        numbers.byteswap()
    hashes = claim_hashes(tokens)
    # All rows are put together octet by octet of a row, not row by row: forty-eight steps.
    rows = bytearray(CLAIM_ROW * len(numbers))
    first = 0
    for column, width in ((tags, TAG), (numbers.tobytes(), SUBJECT), (hashes, CLAIM_HASH)):
        for at in range(width):
            rows[first + at :: CLAIM_ROW] = column[at::width]
        first += width
    whole = bytes(rows)
    return [whole[at : at + CLAIM_ROW] for at in range(0, len(whole), CLAIM_ROW)]


def write_view(
    files: VersionFiles,
    view_id: str,
    claims: Sequence[bytes],
    numbers: Sequence[int],
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
    buckets: list[list[bytes]] = [[] for _ in range(1 << prefix_bits)]
    for row, number in zip(claims, numbers, strict=True):
        buckets[number].append(row[:TAG_LENGTH])
    filled = [fill(bucket, capacity, random) for bucket in buckets]
    tree = BucketTree.build([bucket_leaf(number, tags) for number, tags in enumerate(filled)])
    write_durably(files.tags(view_id), b"".join(filled))
    write_durably(files.tree(view_id), b"".join(b"".join(level) for level in tree.levels))
    # A claim row begins with its tag, so the order of the rows is the order of the tags.
    write_durably(files.claims(view_id), b"".join(sorted(claims)))
    return tree.root
