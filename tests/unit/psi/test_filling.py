"""Filling: buckets of one length, whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.psi.holding import octets

from fedquery.errors import InputError, PublicationError
from fedquery.psi.bucket import check_bucket
from fedquery.psi.filling import fill


@given(st.sets(st.binary(min_size=8, max_size=8), max_size=10), st.integers())
def test_a_filled_bucket_holds_its_rows_and_passes_the_check(rows: set[bytes], seed: int) -> None:
    """Every row's tag is there, all else is filler, and the bucket is in order."""
    tags = fill(rows, 10, octets(seed))
    check_bucket(tags, 10)
    assert rows <= {tags[at : at + 8] for at in range(0, 80, 8)}


def test_a_filler_that_meets_a_row_is_drawn_again() -> None:
    """A row is never lost to a filler of the same tag, nor a filler to another."""
    draws = iter([b"\x01" * 8 + b"\x02" * 8 + b"\x02" * 8, b"\x03" * 8 + b"\x04" * 8])
    asked: list[int] = []

    def random(length: int) -> bytes:
        asked.append(length)
        return next(draws)

    tags = fill([b"\x01" * 8], 4, random)
    assert b"".join(bytes([n]) * 8 for n in (1, 2, 3, 4)) == tags
    assert [24, 16] == asked


def test_two_rows_of_one_tag_are_refused() -> None:
    """A collision of two rows' tags asks for another seed, and hides neither row."""
    with pytest.raises(PublicationError) as caught:
        fill([bytes(8), bytes(8)], 8, octets(1))
    assert "another seed" in caught.value.diagnostics()


def test_more_rows_than_room_are_refused() -> None:
    """A bucket never grows beyond what is published."""
    with pytest.raises(InputError, match="room"):
        fill([bytes([n]) * 8 for n in range(9)], 8, octets(1))


@pytest.mark.parametrize("length", [0, 7, 9])
def test_a_tag_of_another_length_is_refused(length: int) -> None:
    """A tag has 8 octets."""
    with pytest.raises(InputError, match="length"):
        fill([bytes(length)], 8, octets(1))


@pytest.mark.parametrize("random", [bytes, lambda _length: b""], ids=["constant", "empty"])
def test_a_broken_random_source_ends_in_an_error(random) -> None:
    """A source that repeats itself or dries up neither loops nor fills."""
    with pytest.raises(PublicationError, match="repeats"):
        fill([], 8, random)
