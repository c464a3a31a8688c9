import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import BatchError
from fedquery.seal import size


def test_request_lengths() -> None:
    """A request's plaintext is secret, salt, prefix, 4096 octets and 36 for each element."""
    expected = {n: 64 + 4 + 4096 + n * 36 for n in (1, 4, 16, 64, 512)}
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
    """Only the five classes have a length."""
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


_FEWEST = {
    False: _fewest(2000, size.SIZE_CLASSES[:-1]),
    True: _fewest(2000, size.SIZE_CLASSES),
}


@given(elements=st.integers(1, 2000), allow_largest=st.booleans())
def test_cover_is_exact_and_smallest(elements, allow_largest) -> None:
    """A cover sums to the number, keeps to the allowed classes and is as short as any."""
    cover = size.smallest_cover(elements, allow_largest=allow_largest)
    assert elements == sum(cover)
    assert set(cover) <= set(size.SIZE_CLASSES if allow_largest else size.SIZE_CLASSES[:-1])
    assert _FEWEST[allow_largest][elements] == len(cover)


@given(elements=st.integers(1, 512))
def test_class_for_is_least(elements) -> None:
    """The class of a padded question holds the elements, and no smaller one does."""
    found = size.class_for(elements, allow_largest=True)
    assert found >= elements
    assert all(c < elements for c in size.SIZE_CLASSES if c < found)


@pytest.mark.parametrize(
    ("elements", "allow_largest"), [(0, False), (-1, True), (65, False), (513, True)]
)
def test_class_for_refuses(elements, allow_largest) -> None:
    """No class is given for none, for too many, or for the largest where it is not allowed."""
    with pytest.raises(BatchError):
        size.class_for(elements, allow_largest=allow_largest)


def test_cover_of_none() -> None:
    """There is no question without elements."""
    with pytest.raises(BatchError):
        size.smallest_cover(0)
