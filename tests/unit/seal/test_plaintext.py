import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding.octets import lp
from fedquery.errors import InputError, SealError
from fedquery.seal.plaintext import content_digest, pad, unpad

_SALT = bytes(range(32))


@given(message=st.binary(max_size=200), spare=st.integers(0, 50))
def test_round_trip(message, spare) -> None:
    """A padded message has the length asked for, and comes out again."""
    length = 36 + len(message) + spare
    plaintext = pad(_SALT, message, length)
    assert length == len(plaintext)
    assert message == unpad(plaintext, content_digest(_SALT, message))


def test_content_formula() -> None:
    """The commitment is the hash that protocol.md, Envelope, gives."""
    expected = hashlib.sha256(lp(b"fedquery/v1/content") + _SALT + lp(b"m")).digest()
    assert expected == content_digest(_SALT, b"m")


def test_message_too_long() -> None:
    """A message that does not fit is refused before anything is sealed."""
    pad(_SALT, b"m" * 10, 46)
    with pytest.raises(InputError):
        pad(_SALT, b"m" * 11, 46)


_GOOD = pad(_SALT, b"message", 100)
_FAULTS = {
    "empty": b"",
    "salt-alone": _GOOD[:32],
    "prefix-cut": _GOOD[:34],
    "message-cut": _GOOD[:40],
    "padding-first-not-zero": _GOOD[:43] + b"\x01" + _GOOD[44:],
    "padding-last-not-zero": _GOOD[:-1] + b"\x80",
    "prefix-huge": _GOOD[:32] + b"\xff" * 4 + _GOOD[36:],
    "prefix-takes-padding": _GOOD[:32] + (8).to_bytes(4, "big") + _GOOD[36:],
    "salt-changed": b"\xff" + _GOOD[1:],
    "message-changed": _GOOD[:36] + b"M" + _GOOD[37:],
}


@pytest.mark.parametrize("plaintext", _FAULTS.values(), ids=_FAULTS)
def test_fault(plaintext) -> None:
    """A plaintext with one fault gives the one error of the seal."""
    content = content_digest(_SALT, b"message")
    assert b"message" == unpad(_GOOD, content)
    with pytest.raises(SealError, match=r"^the sealed message does not open$"):
        unpad(plaintext, content)
