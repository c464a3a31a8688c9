"""Filling of buckets at publishing: every bucket gets the same length, made up with random tags.

Without the key nobody can tell a random tag from a row's, and the key of the next version changes
all rows' tags with it, so neither the number of rows nor a change of it shows.
"""

from collections.abc import Callable, Sequence

from fedquery.errors import InputError, PublicationError
from fedquery.psi.bucket import TAG_LENGTH

FILLER_ROW = -1

# A filler meets another tag of its bucket once in 2^44; a source that needs more draws is broken.
_MAX_DRAWS = 4


def fill(
    tags: Sequence[tuple[bytes, int]], capacity: int, random: Callable[[int], bytes]
) -> tuple[bytes, list[int]]:
    """Fill one bucket up to its capacity with random tags.

    Args:
        tags: tag (8 octets) and row number of each row of the bucket, in any order.
        capacity: how many tags the bucket has in the end.
        random: the random source.

    Returns:
        The tags, strictly ascending, and for each its row number, or `FILLER_ROW`.

    Raises:
        InputError: if there are more rows than the capacity, or a tag does not have 8 octets.
        PublicationError: if two rows have one tag; publish with another seed.
    """
    if len(tags) > capacity:
        raise InputError("there are more rows than the bucket has room for")
    rows = dict(tags)
    if len(rows) != len(tags):
        raise PublicationError("two rows of a bucket have one tag", do="Publish with another seed.")
    if any(len(tag) != TAG_LENGTH for tag in rows):
        raise InputError("a tag has the wrong length")
    for _ in range(_MAX_DRAWS):
        drawn = random(TAG_LENGTH * (capacity - len(rows)))
        for at in range(0, len(drawn), TAG_LENGTH):
            # A row's own tag stays the row's: a filler that meets it is drawn again.
            rows.setdefault(drawn[at : at + TAG_LENGTH], FILLER_ROW)
        if len(rows) == capacity:
            ascending = sorted(rows)
            return b"".join(ascending), [rows[tag] for tag in ascending]
    raise PublicationError("the random source repeats itself")
