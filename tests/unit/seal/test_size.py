import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import BatchError
from fedquery.seal import size


def test_request_lengths() -> None:
    """A request's plaintext is secret, salt, prefix, 4096 octets and 36 for each element."""
    expected = {n: 64 + 4 + 4096 + n * 36 for n in (1, 4, 16, 64, 512, 4096)}
    assert expected == dict(size.REQUEST_LENGTH)


def test_answer_length_without_columns() -> None:
    """An answer without columns has room for head, elements and proof alone."""
    assert 32 + 4 + (4 + 8192) + 16 * 32 + 64 == size.answer_length(16, 0, 3584, 9)


def test_answer_length_with_slots() -> None:
    """Each slot adds a number, the tags and the path."""
    without = size.answer_length(4, 0, 3584, 9)
    assert without + 8 * (4 + 8 * 3584 + 32 * 9) == size.answer_length(4, 8, 3584, 9)


@pytest.mark.parametrize("numbers", [(1, -1, 8, 2), (1, 1, -8, 2), (1, 1, 8, -1), (1, 1, 8, 33)])
def test_answer_length_out_of_range(numbers) -> None:
    """Numbers that no publication has are refused."""
    with pytest.raises(ValueError, match="no such numbers"):
        size.answer_length(*numbers)


def test_answer_length_of_no_class() -> None:
    """Only the six classes have a length."""
    with pytest.raises(BatchError):
        size.answer_length(2, 0, 8, 2)


def test_cover_of_nine() -> None:
    """Nine elements go out as two questions of four and one of one."""
    assert [4, 4, 1] == size.smallest_cover(9)


def _fewest(limit: int, classes: tuple[int, ...]) -> list[int]:
    # The textbook dynamic programme, which does not rely on one class dividing the next.
    fewest = [0]
    for n in range(1, limit + 1):
        fewest.append(1 + min(fewest[n - c] for c in classes if c <= n))
    return fewest


_MOST = 9000
_FEWEST = {
    largest: _fewest(_MOST, tuple(one for one in (1, 4, 16, 64, 512, 4096) if one <= largest))
    for largest in (1, 64, 512, 4096)
}


@given(elements=st.integers(1, _MOST), largest=st.sampled_from(list(_FEWEST)))
def test_cover_is_exact_and_smallest(elements, largest) -> None:
    """A cover sums to the number, keeps to the allowed classes and is as short as any."""
    cover = size.smallest_cover(elements, largest=largest)
    assert elements == sum(cover)
    assert set(cover) <= {one for one in size.SIZE_CLASSES if one <= largest}
    assert _FEWEST[largest][elements] == len(cover)


@given(elements=st.integers(1, 4096))
def test_class_for_is_least(elements) -> None:
    """The class of a padded question holds the elements, and no smaller one does."""
    found = size.class_for(elements, largest=4096)
    assert found >= elements
    assert all(c < elements for c in size.SIZE_CLASSES if c < found)


@pytest.mark.parametrize(
    ("elements", "largest"), [(0, 64), (-1, 4096), (65, 64), (513, 512), (4097, 4096)]
)
def test_class_for_refuses(elements, largest) -> None:
    """No class is given for none, or for more than the largest that is allowed."""
    with pytest.raises(BatchError):
        size.class_for(elements, largest=largest)


def test_buckets_are_for_small_classes_unless_it_is_said() -> None:
    """Whoever forgets to say which class is the largest gets none that goes without buckets."""
    assert [64, 64] == size.smallest_cover(128)
    with pytest.raises(BatchError):
        size.class_for(65)


def test_cover_of_none() -> None:
    """There is no question without elements."""
    with pytest.raises(BatchError):
        size.smallest_cover(0)
