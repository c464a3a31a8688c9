"""What is kept sealed on a disk opens at its place, with its key, and nowhere else."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import SealError
from fedquery.seal.at_rest import KeyAtRest

_KEY = KeyAtRest.derive(bytes(32), b"fedquery/v1/test", b"salt")


@given(octets=st.binary(max_size=200), label=st.binary(max_size=20))
def test_what_is_sealed_opens_again(octets, label):
    """And no two seals of the same octets are alike."""
    sealed = _KEY.seal(label, octets, secrets.token_bytes)
    assert _KEY.open(label, sealed) == octets
    assert sealed != _KEY.seal(label, octets, secrets.token_bytes)


@given(octets=st.binary(min_size=1, max_size=60), data=st.data())
def test_nothing_else_opens(octets, data):
    """One flipped bit, another place, or another key."""
    sealed = _KEY.seal(b"here", octets, secrets.token_bytes)
    at = data.draw(st.integers(0, 8 * len(sealed) - 1))
    flipped = bytearray(sealed)
    flipped[at // 8] ^= 1 << at % 8
    with pytest.raises(SealError):
        _KEY.open(b"here", bytes(flipped))
    with pytest.raises(SealError):
        _KEY.open(b"there", sealed)
    with pytest.raises(SealError):
        _KEY.open(b"here", sealed[: at // 8])
    for other in (
        KeyAtRest.derive(bytes(32), b"fedquery/v1/test", b"pepper"),
        KeyAtRest.derive(bytes(32), b"fedquery/v1/other", b"salt"),
        KeyAtRest.derive(b"1" * 32, b"fedquery/v1/test", b"salt"),
    ):
        with pytest.raises(SealError):
            other.open(b"here", sealed)


def test_a_key_does_not_print():
    """Tracebacks print whatever they can reach."""
    assert _KEY.octets.hex() not in repr(_KEY)
    assert repr(_KEY.octets) not in repr(_KEY)
