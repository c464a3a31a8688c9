"""Buckets: numbers, sizes and the check of their order."""

import hashlib
import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fedquery.errors import InputError, PublicationError
from fedquery.psi.bucket import (
    Bucket,
    bucket_hashes,
    bucket_number,
    capacity_for,
    check_bucket,
    check_capacity,
    prefix_bits_for,
)

tag_values = st.integers(min_value=0, max_value=2**64 - 1)


def join(values: list[int]) -> bytes:
    """Write tags."""
    return b"".join(value.to_bytes(8, "big") for value in values)


@given(st.binary(max_size=64), st.integers(min_value=0, max_value=24))
def test_bucket_number_is_leading_bits_of_a_labelled_hash(one: bytes, bits: int) -> None:
    """The number is the hash's first bits, so fewer bits are a prefix of more."""
    digest = int.from_bytes(hashlib.sha256(b"fedquery/v1/bucket" + one).digest(), "big")
    assert digest >> (256 - bits) == bucket_number(one, bits)


@pytest.mark.parametrize(
    ("rows", "bits"),
    [
        (0, 0),
        (1, 0),
        (2_560, 0),
        (5_120, 0),  # rounded down to 4,096
        (5_792, 0),  # one below the power 2^12.5
        (5_793, 1),  # 2^12.5 = 5,792.6
        (100_000, 5),
        (1_000_000, 8),
        (10_000_000, 11),
    ],
)
def test_prefix_bits_of_known_sizes(rows: int, bits: int) -> None:
    """Rounded down to a power of the root of two, a bucket holds 1.25 · 2,048 rows at least."""
    assert bits == prefix_bits_for(rows)


@given(st.integers(min_value=1, max_value=2**40), st.integers(min_value=512, max_value=5_000))
def test_prefix_bits_keep_buckets_as_full_as_promised(rows: int, min_bucket: int) -> None:
    """The result is the largest that leaves 1.25 · min_bucket of the rounded rows in a bucket."""
    bits = prefix_bits_for(rows, min_bucket)
    k = max(n for n in range(82) if 2**n <= rows**2)
    squared = Fraction(2**k)
    wanted = Fraction(5 * min_bucket, 4)
    if bits < 24:
        assert (wanted * 2 ** (bits + 1)) ** 2 > squared
    if bits:
        assert (wanted * 2**bits) ** 2 <= squared


@pytest.mark.parametrize(("rows", "min_bucket"), [(-1, 2_048), (2**41, 2_048), (10, 511)])
def test_prefix_bits_refuse_what_is_out_of_range(rows: int, min_bucket: int) -> None:
    """Negative and immense sizes, and buckets too small to hide in, are refused."""
    with pytest.raises(InputError):
        prefix_bits_for(rows, min_bucket)


STEPS = sorted({math.ceil(2**k * quarter / 4) for k in range(3, 21) for quarter in (4, 5, 6, 7)})


@given(st.integers(min_value=0, max_value=2**20 - 1))
@example(0)
@example(7)
@example(8)
@example(3_583)
@example(3_584)
def test_capacity_is_the_least_step_above(fullest: int) -> None:
    """The capacity is the least of {1, 1.25, 1.5, 1.75} · 2^k above the fullest bucket."""
    expected = next(step for step in STEPS if step > fullest)
    assert expected == capacity_for(fullest)
    check_capacity(expected)


@pytest.mark.parametrize("capacity", [0, 7, 9, 3_585, 2**20 + 1, -8])
def test_a_capacity_between_the_steps_is_refused(capacity: int) -> None:
    """A capacity that `capacity_for` never gives could mark who is asked."""
    with pytest.raises(InputError):
        check_capacity(capacity)


@given(st.sets(tag_values, min_size=1, max_size=40))
def test_an_ascending_bucket_passes(values: set[int]) -> None:
    """Strictly ascending tags of the published number pass."""
    check_bucket(join(sorted(values)), len(values))


@given(st.lists(tag_values, min_size=2, max_size=40))
@example([0, 0])
@example([2**64 - 1, 0])
@example([2**64 - 1, 2**64 - 1])
@example([0, 2**64 - 1, 0])
@example([1, 2, 2])
@example([2, 2, 3, 4])
def test_a_bucket_passes_exactly_if_each_tag_is_below_the_next(values: list[int]) -> None:
    """The comparison of all neighbours at once agrees with one by one."""
    if all(a < b for a, b in pairwise(values)):
        check_bucket(join(values), len(values))
    else:
        with pytest.raises(PublicationError, match="ascend"):
            check_bucket(join(values), len(values))


@given(st.sets(tag_values, min_size=8, max_size=20), st.data())
def test_a_single_fault_anywhere_is_found(values: set[int], data: st.DataObject) -> None:
    """One exchanged pair or one doubled tag in an else ascending bucket is refused."""
    tags = sorted(values)
    at = data.draw(st.integers(min_value=0, max_value=len(tags) - 2))
    exchanged = [*tags[:at], tags[at + 1], tags[at], *tags[at + 2 :]]
    doubled = [*tags[: at + 1], tags[at], *tags[at + 2 :]]
    for bad in (exchanged, doubled):
        with pytest.raises(PublicationError, match="ascend"):
            check_bucket(join(bad), len(bad))


@pytest.mark.parametrize("length", [0, 1, 56, 63, 65, 72])
def test_a_bucket_of_another_length_is_refused(length: int) -> None:
    """A bucket of eight tags has 64 octets."""
    tags = join(list(range(9)))[:length] or b""
    with pytest.raises(PublicationError, match="length"):
        check_bucket(tags, 8)


@given(st.sets(tag_values, min_size=1, max_size=40), tag_values)
def test_a_tag_is_in_a_bucket_exactly_if_it_was_put_there(values: set[int], other: int) -> None:
    """The search by halves agrees with the set, and no tag is found across two others."""
    bucket = Bucket(0, join(sorted(values)))
    assert (other in values) == (other.to_bytes(8, "big") in bucket)
    assert all(value.to_bytes(8, "big") in bucket for value in values)


@given(st.lists(st.binary(max_size=40), max_size=5), st.integers(0, 24))
def test_many_hashes_lead_to_the_bucket_of_each(identifiers: list[bytes], bits: int) -> None:
    """Publishing computes what a lookup computes."""
    expected = [bucket_number(one, bits) for one in identifiers]
    hashes = bucket_hashes(identifiers)
    leading = [int.from_bytes(hashes[at : at + 32]) for at in range(0, len(hashes), 32)]
    assert expected == [one >> (256 - bits) for one in leading]
