"""Buckets: where an identifier belongs, how many buckets a dataset has, and how full they may be.

A bucket is a string of strictly ascending tags of one fixed length, the same for all buckets of a
publication, so that neither its length nor its order says anything about what is in it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from fedquery.errors import InputError, PublicationError
from fedquery.oprf.group import Group, default_group
from fedquery.psi.names import check_range

TAG_LENGTH = 8
MIN_CAPACITY = 8
MAX_CAPACITY = 2**20
MAX_PREFIX_BITS = 24
DEFAULT_MIN_BUCKET = 2_048
LEAST_MIN_BUCKET = 512

_LABEL = b"fedquery/v1/bucket"
_TAG_BITS = 8 * TAG_LENGTH


def bucket_number(identifier: bytes, prefix_bits: int) -> int:
    """Compute the number of the bucket to which an identifier belongs.

    Args:
        identifier: the encoded identifier.
        prefix_bits: how many leading bits number the buckets, 0 to `MAX_PREFIX_BITS`.

    Returns:
        A number below 2^prefix_bits, the same for all nations, datasets and versions.
    """
    # protocol.md 3: leading bits of SHA-256("fedquery/v1/bucket" || identifier).
    return int.from_bytes(sha256(_LABEL + identifier).digest()[:4], "big") >> (32 - prefix_bits)


def bucket_hashes(identifiers: Sequence[bytes], *, group: Group | None = None) -> bytes:
    """Hash many identifiers for publishing, which numbers its buckets once it has counted its rows.

    Args:
        identifiers: encoded identifiers.
        group: the backend; the default one unless given.

    Returns:
        32 octets for each, whose first prefix_bits bits are its `bucket_number`.
    """
    return (group or default_group()).sha256_each(_LABEL, identifiers)


def prefix_bits_for(rows: int, min_bucket: int = DEFAULT_MIN_BUCKET) -> int:
    """Compute how many leading bits number the buckets of a dataset.

    Args:
        rows: all rows of the dataset, whoever may see them.
        min_bucket: how many rows a bucket should hold at least, `LEAST_MIN_BUCKET` or more.

    Returns:
        0 to `MAX_PREFIX_BITS`.

    Raises:
        InputError: if an argument is out of range.
    """
    check_range(rows, 0, 2**40, "the number of rows")
    check_range(min_bucket, LEAST_MIN_BUCKET, MAX_CAPACITY, "the least size of a bucket")
    if rows == 0:
        return 0
    # protocol.md 3: R = rows rounded down to a power of sqrt 2, that is 2^(k/2) with 2^k <= rows^2.
    k = (rows * rows).bit_length() - 1
    # floor(log2(R / (1.25 m))) is the largest b with 2^b · 5 m / 4 <= 2^(k/2); both sides squared,
    # 4^b <= 2^(k+4) / (25 m^2), so that no rounding of a float decides how many buckets there are.
    quotient = (1 << (k + 4)) // (25 * min_bucket * min_bucket)
    if quotient == 0:
        return 0
    return min(MAX_PREFIX_BITS, (quotient.bit_length() - 1) // 2)


def capacity_for(fullest: int) -> int:
    """Compute how many tags each bucket of a publication has.

    Args:
        fullest: the rows in the fullest bucket of any view.

    Returns:
        The least of {1, 1.25, 1.5, 1.75} · 2^k above `fullest`, at least `MIN_CAPACITY`.

    Raises:
        InputError: if it would exceed `MAX_CAPACITY`.
    """
    check_range(fullest, 0, MAX_CAPACITY - 1, "the rows of one bucket")
    if fullest < MIN_CAPACITY:
        return MIN_CAPACITY
    # Between 2^k and 2^(k+1) the steps are 2^(k-2): the next step above is the answer.
    step = 1 << (fullest.bit_length() - 3)
    return (fullest // step + 1) * step


def check_capacity(capacity: int) -> None:
    """Require a capacity that `capacity_for` can give.

    Raises:
        InputError: otherwise.
    """
    check_range(capacity, MIN_CAPACITY, MAX_CAPACITY, "the capacity")
    if capacity_for(capacity - 1) != capacity:
        raise InputError("the capacity is not one of the steps")


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket of a view.

    Attributes:
        number: which one, below 2^prefix_bits.
        tags: its tags, 8 octets each, strictly ascending.
    """

    number: int
    tags: bytes

    def __contains__(self, tag: bytes) -> bool:
        """Tell whether a tag is in the bucket, which `check_bucket` has passed."""
        # The asker searches what it holds, to learn this very answer: its time tells nobody.
        count = len(self.tags) // TAG_LENGTH
        at = bisect_left(range(count), tag, key=self._tag_at)
        return at < count and self._tag_at(at) == tag

    def _tag_at(self, index: int) -> bytes:
        return self.tags[TAG_LENGTH * index : TAG_LENGTH * (index + 1)]


@lru_cache(maxsize=16)
def _pair_lanes(pairs: int) -> tuple[int, int]:
    """Make, for `pairs` lanes of 128 bits, the mask of the low halves and the bit above each."""
    low = int.from_bytes((bytes(8) + b"\xff" * 8) * pairs, "big")
    above = int.from_bytes((bytes(7) + b"\x01" + bytes(8)) * pairs, "big")
    return low, above


def check_bucket(tags: bytes, capacity: int) -> None:
    """Check that octets are a bucket: `capacity` tags, strictly ascending (protocol.md 4, check 7).

    Raises:
        PublicationError: otherwise.
    """
    if len(tags) != TAG_LENGTH * capacity:
        raise PublicationError("a bucket does not have the length that was published")
    # All neighbours are compared at once, in two big integers, as thousands of single comparisons
    # would take three times as long. Of each pair (left, right) one lane of 128 bits holds
    # right + (2^64 - 1) - left: it reaches 2^64 exactly if left < right, and never spills over.
    lanes = int.from_bytes(tags, "big")
    for skipped in (0, 1):
        low, above = _pair_lanes((capacity - skipped) // 2)
        right = (lanes >> _TAG_BITS * skipped) & low
        left = (lanes >> _TAG_BITS * (skipped + 1)) & low
        if (right + (left ^ low)) & above != above:
            raise PublicationError("the tags of a bucket do not ascend strictly")
