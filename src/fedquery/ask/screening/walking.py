"""Which buckets a list fetches, and in which questions: pure.

A list of more than some twenty identifiers may tell no bits of its bucket numbers (protocol.md 6),
so it fetches the whole view: by prefixes that walk over all of it, because one answer holds but a
part of a large view. They belong to no element. A shorter list tells as many bits of each number as
a lookup would.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.psi.answer import body_length
from fedquery.psi.prefix import Columns, slot_count
from fedquery.psi.publication import Publication
from fedquery.seal.size import LARGEST, LARGEST_WITH_BUCKETS, answer_length, class_for

# Octets of one answer with buckets. A node would give four times as much; asker, coordinator and
# node each hold a few copies of it.
MOST_OCTETS: Final = 8 * 1024 * 1024
# A padded list is as many whole questions of this class, and its rest in the class that holds it.
_PADDED_BY: Final = 512


@dataclass(frozen=True, slots=True)
class Asks:
    """One question of a list, before it has its elements.

    Attributes:
        size_class: how many elements it has.
        prefix_len: how many bits each prefix has.
        prefixes: what it fetches: one for each element; none where it fetches nothing.
    """

    size_class: int
    prefix_len: int = 0
    prefixes: tuple[int, ...] = ()


def walk_len(publication: Publication) -> int:
    """Say how many bits the prefixes have that walk over a whole view, one in each question."""
    bits, capacity = publication.prefix_bits, publication.capacity
    return next(
        length
        for length in range(bits + 1)
        if length == bits or body_length(1, 1 << (bits - length), capacity, bits) <= MOST_OCTETS
    )


def wanted_prefixes(
    publication: Publication, numbers: Collection[int], held: Collection[int], prefix_len: int
) -> tuple[int, list[int]]:
    """Say which prefixes are fetched.

    Args:
        publication: the version.
        numbers: the buckets of what is asked.
        held: the buckets of this version that are held.
        prefix_len: how many bits of each number may be told; 0 for a whole view.

    Returns:
        the length of the prefixes, and those of which not all buckets are held.
    """
    bits = publication.prefix_bits
    length = prefix_len or walk_len(publication)
    below = bits - length
    wanted = {number >> below for number in numbers} if prefix_len else range(1 << length)
    missing = [
        prefix
        for prefix in sorted(wanted)
        if any(number not in held for number in range(prefix << below, (prefix + 1) << below))
    ]
    return length, missing


def questions(
    forms: int,
    length: int,
    prefixes: Sequence[int],
    *,
    walks: bool,
    padded: bool,
    pad: Callable[[int], int],
    cover: Callable[[int, int], list[int]],
    largest: int = LARGEST,
) -> list[Asks]:
    """Plan the questions of a list: the first ones fetch, the rest are for evaluations alone.

    Args:
        forms: how many forms are asked.
        length: the length of the prefixes.
        prefixes: what is fetched.
        walks: whether the prefixes are those of a whole view.
        padded: whether the count of forms is hidden in whole size classes.
        pad: gives the prefix of the pad with a number.
        cover: splits a number of elements into questions up to a size class (`Purse.cover`).
        largest: the largest size class that may be used.
    """
    left = list(prefixes)
    planned: list[Asks] = []
    if walks:
        # One prefix in each, that answers stay small; the elements are asked anyway. Where there
        # are fewer forms than prefixes, pads stand in for them.
        planned = [Asks(1, length, (prefix,)) for prefix in left]
        cover(len(left), 1)
        left = []
    # Where everything was evaluated and buckets alone are missing, pads ask for them.
    rest = max(0, forms - len(planned)) or len(left)
    largest = min(largest, LARGEST_WITH_BUCKETS) if left else largest
    for size_class in cover(_rounded(rest, largest) if padded else rest, largest):
        some, left = left[:size_class], left[size_class:]
        # As a lookup does: what wants no bucket tells a pad's prefix.
        pads = [pad(index) for index in range(size_class - len(some))] if some else []
        planned.append(Asks(size_class, length if some else 0, tuple(sorted(some + pads))))
    return planned


def _rounded(forms: int, largest: int) -> int:
    """Say how many elements hide a number of forms."""
    top = min(largest, _PADDED_BY)
    rest = forms % top
    return forms - rest + (class_for(rest, largest=top) if rest else 0)


def octets_down(publication: Publication, asks: Asks) -> int:
    """Compute the octets of the plaintext of the answer to a question."""
    bits, capacity = publication.prefix_bits, publication.capacity
    columns: Columns = "tags" if asks.prefixes else "none"
    slots = slot_count(asks.size_class, asks.prefix_len, bits, columns)
    return answer_length(asks.size_class, slots, capacity, bits)
