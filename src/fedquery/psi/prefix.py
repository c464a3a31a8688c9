"""Prefixes: how many bits of a bucket number an asker tells, and which buckets it gets."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from fedquery.psi.bucket import MAX_PREFIX_BITS
from fedquery.psi.names import check_range

Columns: TypeAlias = Literal["tags", "none"]
"""Whether a question wants buckets of tags, or only evaluations."""

# protocol.md 6: the buckets of a case together should leave so many rows possible.
_ANONYMITY = 64


def default_prefix_len(identifiers: int, prefix_bits: int, capacity: int) -> int:
    """Compute how many bits to tell for each identifier, so that a case stays hidden among rows.

    Args:
        identifiers: m, the identifiers asked of this holder in this case so far, these included;
            1 or more.
        prefix_bits: the publication's.
        capacity: the publication's.

    Returns:
        0 to prefix_bits.

    Raises:
        InputError: if there is no identifier.
    """
    check_range(identifiers, 1, 2**53, "the number of identifiers")
    # protocol.md 6: max(0, min(prefix_bits, floor(log2(capacity · 2^prefix_bits / 64) / m))); the
    # inner logarithm may be rounded down first, because m is a whole number.
    bits = ((capacity << prefix_bits) // _ANONYMITY).bit_length() - 1
    return max(0, min(prefix_bits, bits // identifiers))


def check_prefix_len(prefix_len: int, prefix_bits: int) -> None:
    """Require 0 <= prefix_len <= prefix_bits <= `MAX_PREFIX_BITS`.

    Raises:
        InputError: otherwise.
    """
    check_range(prefix_bits, 0, MAX_PREFIX_BITS, "prefix_bits")
    check_range(prefix_len, 0, prefix_bits, "prefix_len")


def adjacent(prefix: int, prefix_len: int, prefix_bits: int) -> range:
    """List the numbers of the buckets that begin with a prefix.

    Args:
        prefix: the leading bits, below 2^prefix_len.
        prefix_len: how many bits the prefix has.
        prefix_bits: how many bits a bucket number has.

    Returns:
        2^(prefix_bits - prefix_len) adjacent numbers.

    Raises:
        InputError: if an argument is out of range.
    """
    check_prefix_len(prefix_len, prefix_bits)
    check_range(prefix, 0, (1 << prefix_len) - 1, "a prefix")
    below = prefix_bits - prefix_len
    return range(prefix << below, (prefix + 1) << below)


def numbers_below(prefixes: Iterable[int], prefix_len: int, prefix_bits: int) -> list[int]:
    """List the numbers of the buckets that a question's prefixes name, each once and ascending.

    Raises:
        InputError: if an argument is out of range.
    """
    return [
        number
        for prefix in sorted(set(prefixes))
        for number in adjacent(prefix, prefix_len, prefix_bits)
    ]


def slot_count(size_class: int, prefix_len: int, prefix_bits: int, columns: Columns) -> int:
    """Compute how many buckets an answer has room for, from the question alone.

    Args:
        size_class: the elements of the question.
        prefix_len: the bits told for each.
        prefix_bits: the publication's.
        columns: what the question wants.

    Returns:
        0 where no buckets are wanted, else the most buckets that so many prefixes can name.

    Raises:
        InputError: if an argument is out of range.
    """
    check_prefix_len(prefix_len, prefix_bits)
    if columns == "none":
        return 0
    return min(size_class, 1 << prefix_len) << (prefix_bits - prefix_len)
