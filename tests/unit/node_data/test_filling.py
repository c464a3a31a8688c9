"""Filling: buckets of one length, whatever is in them."""

from collections.abc import Callable

import numpy as np
import pytest
from fedquery_node.filling import fill
from hypothesis import given
from hypothesis import strategies as st
from unit.psi.holding import octets

from fedquery.errors import InputError, PublicationError

BUCKETS, CAPACITY = 4, 6

rows = st.lists(
    st.tuples(st.integers(0, BUCKETS - 1), st.integers(0, 2**64 - 1)), max_size=12, unique=True
).filter(lambda found: all(sum(n == one for n, _ in found) <= CAPACITY for one in range(BUCKETS)))


def filled(
    found: list[tuple[int, int]], random: Callable[[int], bytes], buckets: int = BUCKETS
) -> list[list[int]]:
    """Fill buckets with rows of number and tag."""
    numbers = np.array([number for number, _ in found], np.uint32)
    tags = np.array([tag for _, tag in found], np.uint64)
    table = fill(tags, numbers, buckets=buckets, capacity=CAPACITY, random=random)
    return [[int(tag) for tag in bucket] for bucket in table]


@given(rows, st.integers())
def test_filled_buckets_hold_their_rows_in_strict_order(
    found: list[tuple[int, int]], seed: int
) -> None:
    """Every row's tag is in its own bucket, all else is filler, and no tag stands twice."""
    buckets = filled(found, octets(seed))
    assert [CAPACITY] * BUCKETS == [len(bucket) for bucket in buckets]
    for number, bucket in enumerate(buckets):
        assert bucket == sorted(set(bucket))
        assert {tag for at, tag in found if at == number} <= set(bucket)


@given(rows)
def test_a_filler_that_meets_a_row_is_drawn_again(found: list[tuple[int, int]]) -> None:
    """A row is never lost to a filler of the same tag, nor a filler to another."""
    if not found or found[0][0] != 0:
        found = [(0, 5)]
    calls = []

    def random(length: int) -> bytes:
        calls.append(length)
        # At first every filler is the tag of a row.
        if len(calls) == 1:
            return found[0][1].to_bytes(8, "little") * (length // 8)
        return octets(len(calls))(length)

    buckets = filled(found, random)
    assert 2 == len(calls)
    assert {tag for number, tag in found if number == 0} <= set(buckets[0])
    assert all(CAPACITY == len(set(bucket)) for bucket in buckets)


def test_two_rows_of_one_tag_are_refused() -> None:
    """A collision of two rows' tags asks for another seed, and hides neither row."""
    with pytest.raises(PublicationError) as caught:
        filled([(1, 9), (2, 9), (1, 9)], octets(1))
    assert "another seed" in caught.value.diagnostics()
    # In two buckets one tag may stand.
    assert filled([(1, 9), (2, 9)], octets(1))


@pytest.mark.parametrize(
    "found", [[(0, n) for n in range(CAPACITY + 1)], [(BUCKETS, 1)]], ids=["rows", "bucket"]
)
def test_more_rows_than_room_are_refused(found: list[tuple[int, int]]) -> None:
    """A bucket never grows beyond what is published, and there are no more of them."""
    with pytest.raises(InputError, match="room"):
        filled(found, octets(1))


@pytest.mark.parametrize("random", [bytes, lambda _length: b""], ids=["constant", "empty"])
def test_a_broken_random_source_ends_in_an_error(random: Callable[[int], bytes]) -> None:
    """A source that repeats itself or dries up neither loops nor fills."""
    with pytest.raises(PublicationError, match="repeats"):
        filled([], random)
