"""Prefixes: how much is told by default, and what comes back for it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import InputError
from fedquery.psi.prefix import adjacent, default_prefix_len, slot_count

bits = st.integers(min_value=0, max_value=24)


@given(st.integers(min_value=1, max_value=200), bits, st.integers(min_value=8, max_value=2**20))
def test_default_leaves_sixty_four_rows_possible(m: int, prefix_bits: int, capacity: int) -> None:
    """M prefixes of the default length together divide the rows to no fewer than 64."""
    length = default_prefix_len(m, prefix_bits, capacity)
    rows = Fraction(capacity << prefix_bits)
    assert 0 <= length <= prefix_bits
    if length:
        assert rows / 2 ** (length * m) >= 64
    if length < prefix_bits:
        assert rows / 2 ** ((length + 1) * m) < 64


@pytest.mark.parametrize(
    ("m", "expected"), [(1, 5), (2, 5), (3, 3), (4, 2), (5, 2), (6, 1), (10, 1), (11, 0)]
)
def test_default_of_a_hundred_thousand_rows(m: int, expected: int) -> None:
    """With 32 buckets of 3,584 tags, log2(3,584 · 32 / 64) = 10.8 bits are shared by the case."""
    assert expected == default_prefix_len(m, 5, 3_584)


def test_default_needs_an_identifier() -> None:
    """There is no default for no identifiers."""
    with pytest.raises(InputError):
        default_prefix_len(0, 5, 3_584)


@given(bits, st.data())
def test_adjacent_buckets_are_those_that_begin_with_the_prefix(
    prefix_bits: int, data: st.DataObject
) -> None:
    """A bucket is adjacent to a prefix exactly if the prefix begins its number."""
    length = data.draw(st.integers(min_value=0, max_value=prefix_bits))
    prefix = data.draw(st.integers(min_value=0, max_value=(1 << length) - 1))
    number = data.draw(st.integers(min_value=0, max_value=(1 << prefix_bits) - 1))
    found = adjacent(prefix, length, prefix_bits)
    assert len(found) == 1 << (prefix_bits - length)
    assert (number >> (prefix_bits - length) == prefix) == (number in found)


@pytest.mark.parametrize(
    ("prefix", "length", "prefix_bits"), [(4, 2, 3), (-1, 2, 3), (0, 4, 3), (0, -1, 3), (0, 0, 25)]
)
def test_adjacent_refuses_what_is_out_of_range(prefix: int, length: int, prefix_bits: int) -> None:
    """A prefix has its length, and the length is no more than a bucket number's."""
    with pytest.raises(InputError):
        adjacent(prefix, length, prefix_bits)


@pytest.mark.parametrize(
    ("arguments", "slots"),
    [
        ((1, 5, 5, "tags"), 1),
        ((4, 5, 5, "tags"), 4),
        ((4, 1, 5, "tags"), 32),
        ((64, 3, 5, "tags"), 32),
        ((1, 0, 5, "tags"), 32),
        ((1, 0, 0, "tags"), 1),
        ((512, 5, 5, "none"), 0),
    ],
)
def test_slots_follow_from_the_question(arguments: tuple[int, int, int, str], slots: int) -> None:
    """There is room for as many buckets as so many prefixes of this length can name."""
    assert slots == slot_count(*arguments)
