"""Scalar arithmetic against Python's integers, and batch inversion against libsodium's own."""

import ctypes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError
from fedquery.oprf import libsodium, scalars

_ORDER = 2**252 + 27742317777372353535851937790883648493

_numbers = st.integers(0, _ORDER - 1)


def _octets(value: int) -> bytes:
    return (value % _ORDER).to_bytes(32, "little")


@given(_numbers, _numbers)
def test_arithmetic_is_that_of_integers_modulo_the_order(a, b) -> None:
    """Sum, difference and product equal those of Python's integers."""
    assert _octets(a + b) == scalars.add(_octets(a), _octets(b))
    assert _octets(a - b) == scalars.subtract(_octets(a), _octets(b))
    assert _octets(a * b) == scalars.multiply(_octets(a), _octets(b))


@given(st.lists(st.integers(0, 2**512 - 1), max_size=4))
def test_reduction_is_that_of_integers(wide) -> None:
    """Each integer of 64 octets is reduced on its own."""
    expected = b"".join(_octets(value) for value in wide)
    assert expected == scalars.reduce_each(b"".join(v.to_bytes(64, "little") for v in wide))


@given(st.lists(st.integers(1, _ORDER - 1), max_size=9))
def test_batch_inversion_equals_one_by_one(values) -> None:
    """The inverses of a batch are those that libsodium finds one by one."""
    batch = b"".join(_octets(value) for value in values)
    expected = b""
    for value in values:
        out = ctypes.create_string_buffer(32)
        assert libsodium.scalar_invert(out, _octets(value)) == 0
        expected += out.raw
    assert expected == scalars.invert_each(batch)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_zero_has_no_inverse_wherever_it_stands(at) -> None:
    """A zero in a batch is refused; it does not turn its neighbours into zero."""
    values = [5, 7, 9]
    values[at] = 0
    with pytest.raises(ValueError, match=r"^zero has no inverse$"):
        scalars.invert_each(b"".join(_octets(value) for value in values))


def test_inversion_leaves_its_argument_alone() -> None:
    """The octets that were given are read in place and not written."""
    given_octets = _octets(11) + _octets(13)
    scalars.invert_each(given_octets)
    assert _octets(11) + _octets(13) == given_octets


@given(st.integers(0, 2**256 - 1))
def test_check_takes_what_is_below_the_order(value) -> None:
    """An encoding passes where, and only where, its integer is below the order."""
    encoding = value.to_bytes(32, "little")
    if value < _ORDER:
        scalars.check(encoding)
    else:
        with pytest.raises(EncodingError, match=r"^malformed scalar$"):
            scalars.check(encoding)


@pytest.mark.parametrize(
    "value", [_ORDER, _ORDER + 1, 2**253, 2**255, 2**256 - 1], ids=["L", "L+1", "2^253", "bit", "f"]
)
def test_non_canonical_scalars_are_refused_behind_good_ones(value) -> None:
    """The order itself, and what lies above it, is refused also as the second of two."""
    with pytest.raises(EncodingError):
        scalars.check(_octets(1) + value.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [1, 31, 33])
def test_cut_scalars_are_refused(length) -> None:
    """Scalars have 32 octets each, in checks and in arithmetic."""
    with pytest.raises(EncodingError):
        scalars.check(bytes(length))
    for operation in (scalars.add, scalars.subtract, scalars.multiply):
        with pytest.raises(ValueError, match="another length"):
            operation(bytes(length), bytes(32))
        with pytest.raises(ValueError, match="another length"):
            operation(bytes(32), bytes(length))
    with pytest.raises(ValueError, match="another length"):
        scalars.invert_each(b"\x01" * length)


def test_drained_buffers_are_zero() -> None:
    """A buffer that held a secret holds zeros afterwards."""
    buffer = ctypes.create_string_buffer(b"\x55" * 32, 32)
    assert libsodium.drain(buffer) == b"\x55" * 32
    assert bytes(32) == buffer.raw
