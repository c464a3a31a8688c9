"""Octet strings: I2OSP, LP and the strict reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding.octets import Reader, i2osp, lp, os2ip
from fedquery.errors import EncodingError


@given(st.integers(0, 2**64 - 1))
def test_integers_round_trip(value: int) -> None:
    """OS2IP undoes I2OSP."""
    assert value == os2ip(i2osp(value, 8))


@pytest.mark.parametrize(("value", "length"), [(-1, 4), (256, 1), (2**32, 4)])
def test_an_integer_that_does_not_fit_is_refused(value: int, length: int) -> None:
    """I2OSP never cuts an integer."""
    with pytest.raises(ValueError, match="too large"):
        i2osp(value, length)


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_prefixed_fields_round_trip(fields: list[bytes]) -> None:
    """A reader reads back what LP wrote, and finds nothing left over."""
    reader = Reader(b"".join(lp(field) for field in fields), "test")
    assert fields == [reader.lp(40) for _ in fields]
    reader.end()


def test_a_prefix_above_the_cap_is_refused_before_it_is_believed() -> None:
    """A length of four gigabytes costs nothing."""
    with pytest.raises(EncodingError, match="malformed test"):
        Reader(b"\xff\xff\xff\xff", "test").lp(2**32)
    with pytest.raises(EncodingError):
        Reader(lp(b"12345"), "test").lp(4)


def test_leftovers_are_an_error() -> None:
    """An octet behind the last field refuses the whole message."""
    reader = Reader(b"ab", "test")
    reader.take(1)
    with pytest.raises(EncodingError):
        reader.end()


@pytest.mark.parametrize("length", [-1, 3])
def test_taking_what_is_not_there_is_refused(length: int) -> None:
    """Neither a negative nor an overlong field is read."""
    with pytest.raises(EncodingError):
        Reader(b"ab", "test").take(length)


def test_padding_must_be_zero() -> None:
    """Padding cannot carry anything."""
    Reader(bytes(9), "test").rest_is_zero()
    with pytest.raises(EncodingError):
        Reader(bytes(8) + b"\x01", "test").rest_is_zero()
