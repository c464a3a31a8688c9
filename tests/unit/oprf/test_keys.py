"""Key derivation, and what keys show of themselves."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, InputError
from fedquery.oprf import suite
from fedquery.oprf.group import default_group
from fedquery.oprf.keys import KeyPair, SecretKey, derive_key_pair
from fedquery.oprf.sodium import SodiumGroup

_ORDER = 2**252 + 27742317777372353535851937790883648493


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80))
def test_derivation_is_a_function_of_seed_and_info(seed, info) -> None:
    """The same seed and info give the same pair, and its public key belongs to its secret one."""
    pair, again = derive_key_pair(seed, info), derive_key_pair(seed, info)
    assert pair.secret.scalar == again.secret.scalar
    assert default_group().multiply_base(pair.secret.scalar) == pair.public


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40), st.binary(max_size=40))
def test_other_info_gives_another_key(seed, info, other) -> None:
    """One seed gives unrelated keys under different info."""
    same = derive_key_pair(seed, info).public == derive_key_pair(seed, other).public
    assert (info == other) == same


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_seeds_have_32_octets(length) -> None:
    """A seed of another length is refused."""
    with pytest.raises(InputError):
        derive_key_pair(bytes(length), b"")


def test_info_has_a_cap() -> None:
    """Info of 65,535 octets is taken; one octet more is refused."""
    derive_key_pair(bytes(32), bytes(65_535))
    with pytest.raises(InputError):
        derive_key_pair(bytes(32), bytes(65_536))


class _ZeroFirst(SodiumGroup):
    """A group whose first reductions give zero, as hashing does with probability 2^-252."""

    def __init__(self, zeros: int) -> None:
        self.zeros = zeros
        self.seen: list[bytes] = []

    def reduce(self, wide: bytes) -> bytes:
        """Give zero while there are zeros left."""
        self.seen.append(wide)
        return bytes(32) if len(self.seen) <= self.zeros else super().reduce(wide)


def test_derivation_counts_on_past_zero() -> None:
    """A zero scalar is passed over and the counter goes into the next hash."""
    group = _ZeroFirst(zeros=2)
    pair = derive_key_pair(bytes(32), b"i", group=group)
    expected = [
        suite.expand_message_xmd(
            bytes(32) + b"\x00\x01i" + bytes([counter]), suite.DERIVE_KEY_PAIR_DST
        )
        for counter in range(3)
    ]
    assert expected == group.seen
    assert default_group().reduce(expected[2]) == pair.secret.scalar


def test_derivation_gives_up_after_the_last_counter() -> None:
    """After 256 zeros there is an error and no endless loop."""
    group = _ZeroFirst(zeros=1000)
    with pytest.raises(InputError):
        derive_key_pair(bytes(32), b"", group=group)
    assert len(group.seen) == 256


def test_a_key_shows_nothing_of_itself() -> None:
    """Neither repr nor format of a key or a pair holds an octet of the secret."""
    pair = derive_key_pair(b"\x07" * 32, b"")
    for shown in (repr(pair), str(pair), f"{pair.secret}", repr(pair.secret), repr([pair])):
        assert pair.secret.scalar.hex() not in shown
        assert repr(pair.secret.scalar)[2:-1] not in shown
    assert repr(pair.secret) == "SecretKey(<redacted>)"


def test_a_key_is_neither_pickled_nor_copied() -> None:
    """Pickling and copying a key, or what holds one, is refused at every protocol."""
    pair = derive_key_pair(b"\x07" * 32, b"")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for value in (pair, pair.secret):
            with pytest.raises(TypeError, match=r"neither copied nor pickled|cannot pickle"):
                pickle.dumps(value, protocol)
    with pytest.raises(TypeError):
        copy.copy(pair.secret)
    with pytest.raises(TypeError):
        copy.deepcopy(pair)


def test_keys_are_not_compared_by_value() -> None:
    """Two keys are never compared octet by octet, which would take a time that tells."""
    left, right = (derive_key_pair(b"\x07" * 32, b"") for _ in range(2))
    assert left.secret != right.secret
    assert left != right


@pytest.mark.parametrize("value", [_ORDER, _ORDER + 5, 2**256 - 1], ids=["L", "L+5", "all-ones"])
def test_a_scalar_that_is_not_canonical_is_no_key(value) -> None:
    """A secret key lies below the group order, and the refusal does not show it."""
    with pytest.raises(EncodingError, match=r"^malformed scalar$"):
        SecretKey(value.to_bytes(32, "little"))


@pytest.mark.parametrize("scalar", [bytes(32), bytes(31), b"\x01" * 33, b""])
def test_zero_and_other_lengths_are_no_keys(scalar) -> None:
    """Zero, and what has not 32 octets, is no secret key."""
    with pytest.raises(InputError):
        SecretKey(scalar)


def test_a_pair_is_frozen() -> None:
    """A pair cannot be given another public key later."""
    pair = derive_key_pair(bytes(32), b"")
    with pytest.raises(AttributeError):
        pair.public = bytes(32)
    assert isinstance(pair, KeyPair)
