"""Filling of buckets at publishing: every bucket gets the same length, made up with random tags.

Without the key nobody can tell a random tag from a row's, and the key of the next version changes
all rows' tags with it, so neither the number of rows nor a change of it shows.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from fedquery.errors import InputError, PublicationError
from fedquery.psi.bucket import TAG_LENGTH
from fedquery_node.spill import Numbers, Tags

# A filler meets another tag of its bucket once in 2^44; a source that needs more draws is broken.
_MAX_DRAWS: Final = 4


def fill(
    tags: Tags,
    numbers: Numbers,
    *,
    buckets: int,
    capacity: int,
    random: Callable[[int], bytes],
) -> Tags:
    """Put the tags of all rows into their buckets and fill these with random tags.

    Args:
        tags: the tag of each row, read as an integer in network order.
        numbers: the bucket of each row, below `buckets`.
        buckets: how many buckets there are.
        capacity: how many tags each has in the end.
        random: the random source.

    Returns:
        A row of `capacity` tags for each bucket, strictly ascending.

    Raises:
        InputError: if a bucket has more rows than the capacity.
        PublicationError: if two rows of a bucket have one tag; publish with another seed.
    """
    counts = np.bincount(numbers, minlength=buckets)
    if len(counts) > buckets or counts.max() > capacity:
        raise InputError("there are more rows than the bucket has room for")
    order = np.argsort(numbers, kind="stable")
    # The place of a row in its bucket is its place among all, less the rows of earlier buckets.
    earlier = np.repeat(np.cumsum(counts) - counts, counts)
    places = np.arange(len(order)) - earlier
    vacant = np.arange(capacity) >= counts[:, np.newaxis]
    filled = np.empty((buckets, capacity), np.uint64)
    for _ in range(_MAX_DRAWS):
        filled[numbers[order], places] = tags[order]
        filled[vacant] = _drawn(random, int(vacant.sum()))
        filled.sort(axis=1)
        if not (filled[:, 1:] == filled[:, :-1]).any():
            return filled
        _require_distinct(tags, numbers)
    raise PublicationError("the random source repeats itself")


def _drawn(random: Callable[[int], bytes], count: int) -> Tags:
    octets = random(TAG_LENGTH * count)
    if len(octets) != TAG_LENGTH * count:
        raise PublicationError("the random source repeats itself")
    return np.frombuffer(octets, np.uint64)


def _require_distinct(tags: Tags, numbers: Numbers) -> None:
    order = np.lexsort((tags, numbers))
    same = tags[order][1:] == tags[order][:-1]
    if (same & (numbers[order][1:] == numbers[order][:-1])).any():
        raise PublicationError("two rows of a bucket have one tag", do="Publish with another seed.")
