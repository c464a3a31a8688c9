"""Filling: buckets of one length, whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.psi.holding import octets

from fedquery.errors import InputError, PublicationError
from fedquery.psi.bucket import check_bucket
from fedquery.psi.filling import FILLER_ROW, fill


@given(
    st.dictionaries(st.binary(min_size=8, max_size=8), st.integers(min_value=0), max_size=10),
    st.integers(),
)
def test_a_filled_bucket_holds_its_rows_and_passes_the_check(
    rows: dict[bytes, int], seed: int
) -> None:
    """Every row's tag keeps its row number, all else is filler, and the bucket is in order."""
    tags, numbers = fill(list(rows.items()), 10, octets(seed))
    check_bucket(tags, 10)
    split = [tags[at : at + 8] for at in range(0, 80, 8)]
    assert rows == {tag: row for tag, row in zip(split, numbers, strict=True) if row != FILLER_ROW}
    assert 10 - len(rows) == numbers.count(FILLER_ROW)


def test_a_filler_that_meets_a_row_is_drawn_again() -> None:
    """A row is never lost to a filler of the same tag, nor a filler to another."""
    draws = iter([b"\x01" * 8 + b"\x02" * 8 + b"\x02" * 8, b"\x03" * 8 + b"\x04" * 8])
    asked: list[int] = []

    def random(length: int) -> bytes:
        asked.append(length)
        return next(draws)

    tags, numbers = fill([(b"\x01" * 8, 7)], 4, random)
    assert b"".join(bytes([n]) * 8 for n in (1, 2, 3, 4)) == tags
    assert [7, -1, -1, -1] == numbers
    assert [24, 16] == asked


def test_two_rows_of_one_tag_are_refused() -> None:
    """A collision of two rows' tags asks for another seed, and hides neither row."""
    with pytest.raises(PublicationError) as caught:
        fill([(bytes(8), 1), (bytes(8), 2)], 8, octets(1))
    assert "another seed" in caught.value.diagnostics()


def test_more_rows_than_room_are_refused() -> None:
    """A bucket never grows beyond what is published."""
    with pytest.raises(InputError, match="room"):
        fill([(bytes([n]) * 8, n) for n in range(9)], 8, octets(1))


@pytest.mark.parametrize("length", [0, 7, 9])
def test_a_tag_of_another_length_is_refused(length: int) -> None:
    """A tag has 8 octets."""
    with pytest.raises(InputError, match="length"):
        fill([(bytes(length), 0)], 8, octets(1))


@pytest.mark.parametrize("random", [bytes, lambda _length: b""], ids=["constant", "empty"])
def test_a_broken_random_source_ends_in_an_error(random) -> None:
    """A source that repeats itself or dries up neither loops nor fills."""
    with pytest.raises(PublicationError, match="repeats"):
        fill([], 8, random)
