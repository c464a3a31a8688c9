import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError
from fedquery.tlog.bundle import decode_bundle, encode_bundle


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_bundles_round_trip(entries):
    """Decoding is the inverse of encoding."""
    assert entries == decode_bundle(encode_bundle(entries), len(entries))


def test_the_bytes_are_those_of_the_specification():
    """Each entry stands behind its length in two octets, big-endian."""
    assert encode_bundle([b"abc", b"", b"x" * 256]) == b"\x00\x03abc\x00\x00\x01\x00" + b"x" * 256


@pytest.mark.parametrize(
    ("octets", "width"),
    [
        (b"", 1),
        (b"\x00", 1),
        (b"\x00\x02a", 1),
        (b"\x00\x01a", 2),
        (b"\x00\x01a\x00\x01b", 1),
        (b"\x00\x01ab", 1),
    ],
    ids=["empty", "cut length", "cut entry", "one too few", "one too many", "left over octet"],
)
def test_a_faulty_bundle_is_refused(octets, width):
    """A bundle has exactly the entries that its name says."""
    with pytest.raises(EncodingError):
        decode_bundle(octets, width)


def test_impossible_bundles_are_programming_errors():
    """No bundle has 0 or 257 entries, or an entry over 65,535 bytes."""
    for entries in ([], [b""] * 257):
        with pytest.raises(ValueError, match="1 to 256"):
            encode_bundle(entries)
        with pytest.raises(ValueError, match="1 to 256"):
            decode_bundle(b"", len(entries))
    with pytest.raises(ValueError, match="too large"):
        encode_bundle([b"x" * 65_536])
