"""Base64 in its one canonical form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import EncodingError


@given(st.binary(max_size=100))
def test_octets_round_trip(octets: bytes) -> None:
    """Decoding undoes encoding."""
    assert octets == b64decode(b64encode(octets), cap=100)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("trailing bits set", "AB=="),
        ("no padding", "AA"),
        ("white space", "AA ==\n"),
        ("url alphabet", "-_8="),
        ("not ASCII", "ÄA=="),
        ("over the cap", "AAAAAAAA"),
    ],
)
def test_other_spellings_are_refused(fault: str, text: str) -> None:
    """One octet string has one text, and the text stands in no error."""
    with pytest.raises(EncodingError) as caught:
        b64decode(text, cap=3, what="field")
    assert "malformed field" == str(caught.value), fault
