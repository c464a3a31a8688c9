"""Filling of buckets at publishing: every bucket gets the same length, made up with random tags.

Without the key nobody can tell a random tag from a row's, and the key of the next version changes
all rows' tags with it, so neither the number of rows nor a change of it shows.
"""

from collections.abc import Callable, Collection

from fedquery.errors import InputError, PublicationError
from fedquery.psi.bucket import TAG_LENGTH

# A filler meets another tag of its bucket once in 2^44; a source that needs more draws is broken.
_MAX_DRAWS = 4


def fill(tags: Collection[bytes], capacity: int, random: Callable[[int], bytes]) -> bytes:
    """Fill one bucket up to its capacity with random tags.

    Args:
        tags: the tag of each row of the bucket, 8 octets, in any order.
        capacity: how many tags the bucket has in the end.
        random: the random source.

    Returns:
        The tags of rows and filler, strictly ascending.

    Raises:
        InputError: if there are more rows than the capacity, or a tag does not have 8 octets.
        PublicationError: if two rows have one tag; publish with another seed.
    """
    if len(tags) > capacity:
        raise InputError("there are more rows than the bucket has room for")
    filled = set(tags)
    if len(filled) != len(tags):
        raise PublicationError("two rows of a bucket have one tag", do="Publish with another seed.")
    if not {TAG_LENGTH}.issuperset(map(len, filled)):
        raise InputError("a tag has the wrong length")
    for _ in range(_MAX_DRAWS):
        drawn = random(TAG_LENGTH * (capacity - len(filled)))
        # A filler that meets another tag does not count: it is drawn again.
        filled.update(drawn[at : at + TAG_LENGTH] for at in range(0, len(drawn), TAG_LENGTH))
        if len(filled) == capacity:
            return b"".join(sorted(filled))
    raise PublicationError("the random source repeats itself")
