"""Canonical JSON: one byte string per value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding.canonical_json import dump, load
from fedquery.errors import EncodingError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcXYZ_0", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_values_round_trip(value: object) -> None:
    """Loading undoes dumping, and dumping again gives the same octets."""
    assert value == load(dump(value), cap=10_000)
    assert dump(value) == dump(load(dump(value), cap=10_000))


@given(st.dictionaries(st.text("abcXYZ_0", min_size=1), st.integers(0, 9), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    """Two orders of one object have one form."""
    assert dump(value) == dump(dict(reversed(value.items())))


@pytest.mark.parametrize(
    ("fault", "octets"),
    [
        ("a doubled key", b'{"a":1,"a":2}'),
        ("white space", b'{"a": 1}'),
        ("keys out of order", b'{"b":1,"a":2}'),
        ("a float", b"1.0"),
        ("an exponent", b"1e3"),
        ("not a number", b"NaN"),
        ("infinity", b"-Infinity"),
        ("an integer above 2^53", b"9007199254740992"),
        ("an escaped letter", b'"\\u0061"'),
        ("a lone surrogate", b'"\\ud800"'),
        ("not UTF-8", b'"\xff"'),
        ("a byte order mark", b"\xef\xbb\xbf1"),
        ("leftovers", b"1 2"),
        ("deep nesting", b"[" * 40 + b"]" * 40),
        ("very deep nesting", b"[" * 100_000),
        ("a huge integer", b"1" * 5_000),
    ],
)
def test_what_dump_could_not_have_written_is_refused(fault: str, octets: bytes) -> None:
    """Anything but the canonical form is one opaque error."""
    with pytest.raises(EncodingError) as caught:
        load(octets, cap=200_000, what="leaf")
    assert "malformed leaf" == str(caught.value), fault


def test_over_the_cap_is_refused_before_parsing() -> None:
    """The cap counts octets."""
    with pytest.raises(EncodingError):
        load(b'"aaaa"', cap=5)


def test_free_form_still_refuses_doubled_keys() -> None:
    """Where white space is free, ambiguity is not."""
    assert {"a": 1} == load(b'{ "a" : 1 }', cap=99, canonical=False)
    with pytest.raises(EncodingError):
        load(b'{"a":1, "a":1}', cap=99, canonical=False)


@pytest.mark.parametrize("octets", [rb'"\ud800"', rb'{"VN": ["\udfff"]}'])
def test_free_form_still_refuses_half_a_character(octets: bytes) -> None:
    """An escape can write what no octets of UTF-8 are, and later encoding would fail on."""
    with pytest.raises(EncodingError):
        load(octets, cap=99, canonical=False)
    assert "\U0001f600" == load(rb'"\ud83d\ude00"', cap=99, canonical=False)


@pytest.mark.parametrize("value", [1.5, {1: 2}, {"ä": 1}, b"x", 2**53, object()])
def test_what_has_no_canonical_form_is_not_dumped(value: object) -> None:
    """The caller's mistake is a ValueError."""
    with pytest.raises(ValueError, match=r"canonical|too large"):
        dump(value)


def test_the_form_is_what_the_standard_library_reads() -> None:
    """Canonical JSON is JSON."""
    value = {"b": [1, None, True], "a": "é"}
    assert value == json.loads(dump(value))
