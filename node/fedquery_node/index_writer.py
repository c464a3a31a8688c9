"""Write the index of one view: buckets, tree and claim rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fedquery.encoding.octets import i2osp
from fedquery.psi.filling import fill
from fedquery.psi.merkle import BucketTree, bucket_leaf
from fedquery.psi.tag import claim_hash
from fedquery_node.index_files import SUBJECT, VersionFiles, write_durably


@dataclass(frozen=True, slots=True)
class Row:
    """One identifier of a view, evaluated.

    Attributes:
        subject: its number in the database.
        bucket: the bucket it is in.
        tag: its tag, 8 octets.
        token: its claim token, 16 octets.
    """

    subject: int
    bucket: int
    tag: bytes
    token: bytes

    def __repr__(self) -> str:
        """Say which row it is, and nothing that proves a hit."""
        return f"Row(subject={self.subject})"


def write_view(
    files: VersionFiles,
    view_id: str,
    rows: Iterable[Row],
    *,
    prefix_bits: int,
    capacity: int,
    random: Callable[[int], bytes],
) -> bytes:
    """Write the three files of a view.

    Args:
        files: where; a directory made by `VersionFiles.begin`.
        view_id: the name of the view.
        rows: its rows, in any order.
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
    buckets: list[list[tuple[bytes, int]]] = [[] for _ in range(1 << prefix_bits)]
    claims: list[bytes] = []
    for row in rows:
        buckets[row.bucket].append((row.tag, row.subject))
        claims.append(row.tag + i2osp(row.subject, SUBJECT) + claim_hash(row.token))
    filled = [fill(bucket, capacity, random)[0] for bucket in buckets]
    tree = BucketTree.build([bucket_leaf(number, tags) for number, tags in enumerate(filled)])
    write_durably(files.tags(view_id), b"".join(filled))
    write_durably(files.tree(view_id), b"".join(b"".join(level) for level in tree.levels))
    # A claim row begins with its tag, so the order of the rows is the order of the tags.
    write_durably(files.claims(view_id), b"".join(sorted(claims)))
    return tree.root
