import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError
from fedquery.seal.header import (
    ANSWER_HEADER_CAP,
    REQUEST_HEADER_CAP,
    AnswerHeader,
    RequestFields,
    RequestHeader,
)
from fedquery.seal.size import SIZE_CLASSES

_TIME_CAP = 2**53 - 1
_nations = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
_names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=40)
_agencies = st.builds(lambda nation, name: f"{nation}/{name}", _nations, _names)


def _octets(length: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=length, max_size=length)


_fields = st.builds(
    lambda created_ms, lifetime_ms, **rest: RequestFields(
        created_ms=created_ms, expires_ms=created_ms + lifetime_ms, **rest
    ),
    request_id=_octets(16),
    agency=_agencies,
    nation=_nations,
    size_class=st.sampled_from(SIZE_CLASSES),
    created_ms=st.integers(0, _TIME_CAP - 120_000),
    lifetime_ms=st.integers(1, 120_000),
)
_request_headers = st.builds(RequestHeader, _fields, _octets(8), _octets(8), _octets(32))
_answer_headers = st.builds(
    AnswerHeader,
    request_id=_octets(16),
    nation=_nations,
    signing_key_id=_octets(8),
    agency=_agencies,
    size_class=st.sampled_from(SIZE_CLASSES),
    answered_ms=st.integers(0, _TIME_CAP),
    request_digest=_octets(32),
    content=_octets(32),
)


@pytest.fixture(scope="module")
def request_header(make_fields) -> RequestHeader:
    """Make one request header."""
    return RequestHeader(make_fields(request_id=b"r" * 16), b"s" * 8, b"k" * 8, b"c" * 32)


@pytest.fixture(scope="module")
def answer_header() -> AnswerHeader:
    """Make one answer header."""
    return AnswerHeader(
        request_id=b"r" * 16,
        nation="VN",
        signing_key_id=b"s" * 8,
        agency="TH/cyber-police",
        size_class=4,
        answered_ms=1_790_000_001_500,
        request_digest=b"d" * 32,
        content=b"c" * 32,
    )


@given(header=_request_headers)
def test_request_round_trip(header) -> None:
    """A request header that is written and read is itself, within the cap."""
    octets = header.encode()
    assert len(octets) <= REQUEST_HEADER_CAP
    assert header == RequestHeader.decode(octets)


@given(header=_answer_headers)
def test_answer_round_trip(header) -> None:
    """An answer header that is written and read is itself, within the cap."""
    octets = header.encode()
    assert len(octets) <= ANSWER_HEADER_CAP
    assert header == AnswerHeader.decode(octets)


@given(octets=st.binary(max_size=REQUEST_HEADER_CAP + 8))
def test_decoding_never_crashes(octets) -> None:
    """Any octets are either a header's own encoding or malformed."""
    for kind in (RequestHeader, AnswerHeader):
        try:
            header = kind.decode(octets)
        except EncodingError:
            continue
        assert octets == header.encode()


def test_request_layout(request_header) -> None:
    """The request header is laid out as protocol.md, Envelope, says."""
    expected = (
        b"\x01\x01" + b"r" * 16 + b"\x00\x00\x00\x0fTH/cyber-police" + b"s" * 8 + b"VN" + b"k" * 8
    )
    expected += (1).to_bytes(2, "big")
    expected += (1_790_000_000_000).to_bytes(8, "big") + (1_790_000_060_000).to_bytes(8, "big")
    assert expected + b"c" * 32 == request_header.encode()


def test_answer_layout(answer_header) -> None:
    """The answer header is laid out as protocol.md, Envelope, says."""
    expected = b"\x01\x02" + b"r" * 16 + b"VN" + b"s" * 8 + b"\x00\x00\x00\x0fTH/cyber-police"
    expected += (4).to_bytes(2, "big") + (1_790_000_001_500).to_bytes(8, "big")
    assert expected + b"d" * 32 + b"c" * 32 == answer_header.encode()


def _replace(octets: bytes, at: int, new: bytes) -> bytes:
    return octets[:at] + new + octets[at + len(new) :]


# Offsets in the request header above: agency text 22..37, nation 45, class 55, created 57,
# expires 65.
_REQUEST_FAULTS = {
    "version-0": lambda o: _replace(o, 0, b"\x00"),
    "version-2": lambda o: _replace(o, 0, b"\x02"),
    "direction-answer": lambda o: _replace(o, 1, b"\x02"),
    "agency-lower-nation": lambda o: _replace(o, 22, b"th"),
    "agency-upper-name": lambda o: _replace(o, 25, b"C"),
    "agency-newline": lambda o: _replace(o, 36, b"\n"),
    "agency-not-ascii": lambda o: _replace(o, 30, b"\xc3"),
    "agency-no-slash": lambda o: _replace(o, 24, b"-"),
    "nation-digit": lambda o: _replace(o, 45, b"V4"),
    "nation-not-ascii": lambda o: _replace(o, 45, b"\xff\xff"),
    "class-0": lambda o: _replace(o, 55, b"\x00\x00"),
    "class-2": lambda o: _replace(o, 55, b"\x00\x02"),
    "expires-before-created": lambda o: _replace(o, 65, (1_790_000_000_000 - 1).to_bytes(8, "big")),
    "expires-at-created": lambda o: _replace(o, 65, (1_790_000_000_000).to_bytes(8, "big")),
    "lives-too-long": lambda o: _replace(o, 65, (1_790_000_120_001).to_bytes(8, "big")),
    "time-over-2-53": lambda o: _replace(
        o, 57, (2**53).to_bytes(8, "big") + (2**53 + 1).to_bytes(8, "big")
    ),
    "expires-over-2-53": lambda o: _replace(
        o, 57, (2**53 - 1).to_bytes(8, "big") + (2**53).to_bytes(8, "big")
    ),
    "time-all-ones": lambda o: _replace(o, 57, b"\xff" * 16),
    "agency-prefix-short": lambda o: _replace(o, 18, (14).to_bytes(4, "big")),
    "agency-prefix-long": lambda o: _replace(o, 18, (16).to_bytes(4, "big")),
    "agency-prefix-huge": lambda o: _replace(o, 18, b"\xff" * 4),
    "trailing": lambda o: o + b"\x00",
    "empty": lambda _o: b"",
    "truncated": lambda o: o[:-1],
}


@pytest.mark.parametrize("fault", _REQUEST_FAULTS.values(), ids=_REQUEST_FAULTS)
def test_request_fault(request_header, fault) -> None:
    """A request header with one fault is malformed."""
    octets = fault(request_header.encode())
    with pytest.raises(EncodingError, match=r"^malformed request header$"):
        RequestHeader.decode(octets)


def test_longest_life(request_header) -> None:
    """A life of exactly 120 seconds is allowed, so the limit is not off by one."""
    octets = _replace(request_header.encode(), 65, (1_790_000_120_000).to_bytes(8, "big"))
    assert 1_790_000_120_000 == RequestHeader.decode(octets).fields.expires_ms


# Offsets in the answer header above: nation 18, agency text 32..47, class 47, answered 49.
_ANSWER_FAULTS = {
    "version-2": lambda o: _replace(o, 0, b"\x02"),
    "direction-request": lambda o: _replace(o, 1, b"\x01"),
    "nation-lower": lambda o: _replace(o, 18, b"vn"),
    "agency-space": lambda o: _replace(o, 40, b" "),
    "class-3": lambda o: _replace(o, 47, b"\x00\x03"),
    "time-over-2-53": lambda o: _replace(o, 49, (2**53).to_bytes(8, "big")),
    "trailing": lambda o: o + b"\x00",
    "truncated": lambda o: o[:-1],
}


@pytest.mark.parametrize("fault", _ANSWER_FAULTS.values(), ids=_ANSWER_FAULTS)
def test_answer_fault(answer_header, fault) -> None:
    """An answer header with one fault is malformed."""
    octets = fault(answer_header.encode())
    with pytest.raises(EncodingError, match=r"^malformed answer header$"):
        AnswerHeader.decode(octets)


@pytest.mark.parametrize(
    "changes",
    [
        {"request_id": b"r" * 15},
        {"agency": "TH/" + "a" * 41},
        {"agency": "TH/"},
        {"nation": "VNM"},
        {"size_class": 65536 + 1},
        {"created_ms": -1, "expires_ms": 1},
    ],
)
def test_fields_out_of_range(make_fields, changes) -> None:
    """Fields that have no encoding cannot be made, and the error does not repeat them."""
    with pytest.raises(EncodingError, match=r"^malformed request header$"):
        make_fields(**changes)


@pytest.mark.parametrize("name", ["signing_key_id", "kem_key_id", "content"])
def test_request_part_of_another_length(request_header, name) -> None:
    """Key ids and content have one length."""
    with pytest.raises(EncodingError):
        dataclasses.replace(request_header, **{name: b"x"})


@pytest.mark.parametrize("name", ["request_id", "signing_key_id", "request_digest", "content"])
def test_answer_part_of_another_length(answer_header, name) -> None:
    """Ids and digests have one length."""
    with pytest.raises(EncodingError):
        dataclasses.replace(answer_header, **{name: b"x"})
