"""What is sealed to an auditor: opened by that key alone, and beside its own entry alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding.octets import lp
from fedquery.errors import EncodingError, SealError
from fedquery.identifiers.spelling import MAX_CHARACTERS
from fedquery.seal import auditor
from fedquery.seal.auditor import AuditorKey, auditor_of, open_as_auditor, seal_to_auditor
from fedquery.seal.hpke import seal_once
from fedquery.seal.kem import KemPrivateKey
from fedquery.seal.size import SIZE_CLASSES

PRIVATE, STRANGER = KemPrivateKey(b"\x01" * 32), KemPrivateKey(b"\x02" * 32)
KEY = AuditorKey("TH", PRIVATE.public_key)
PLACE = {"origin": "fedquery.log/mekong/agency/TH/cyber-police", "request_digest": b"\x03" * 32}


def sealed(message=b"what was asked", size_class=1, **place):
    """Seal a message."""
    return seal_to_auditor(KEY, message, size_class=size_class, **(PLACE | place))


@given(st.binary(max_size=4000), st.sampled_from(SIZE_CLASSES))
def test_what_was_sealed_is_opened(message, size_class):
    """By the auditor's key, which the sealed octets name."""
    octets = sealed(message, size_class)
    assert PRIVATE.key_id == auditor_of(octets)
    assert message == open_as_auditor(PRIVATE, octets, **PLACE)
    assert message not in octets or len(message) < 4


@pytest.mark.parametrize("size_class", SIZE_CLASSES)
def test_the_length_tells_the_size_class_alone(size_class):
    """One identifier and as many as the class has are one length; a far longer text is a step."""
    step = 1024 + size_class * 128
    lengths = {len(sealed(bytes(length), size_class)) for length in (0, 1, step - 4)}
    assert 1 == len(lengths)
    assert len(sealed(bytes(step - 3), size_class)) == lengths.pop() + step


def test_the_longest_texts_of_the_largest_question_are_opened():
    """No list is so long, in whatever script, that the auditor could not read it."""
    longest = SIZE_CLASSES[-1] * (4 * MAX_CHARACTERS + 80)
    message = bytes(longest)
    assert message == open_as_auditor(PRIVATE, sealed(message, SIZE_CLASSES[-1]), **PLACE)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (STRANGER, {}),
        (PRIVATE, {"origin": "fedquery.log/mekong/agency/TH/customs"}),
        (PRIVATE, {"request_digest": b"\x04" * 32}),
    ],
    ids=["another key", "another agency's log", "another entry"],
)
def test_it_opens_nowhere_else(key, place):
    """Not by another key, and not where somebody moved it to."""
    with pytest.raises(SealError):
        open_as_auditor(key, sealed(), **(PLACE | place))


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_octet_does_not_open(at, change):
    """Wherever it is, but for the key id, which only says which key to take."""
    octets = bytearray(sealed())
    octets[8 + at % (len(octets) - 8)] ^= change
    with pytest.raises(SealError):
        open_as_auditor(PRIVATE, bytes(octets), **PLACE)


@pytest.mark.parametrize("octets", [b"", sealed()[:1143], bytes(17 * 2**20)])
def test_what_is_no_sealed_detail_is_refused(octets):
    """Too short for a key and a tag, or larger than any."""
    with pytest.raises(EncodingError):
        auditor_of(octets)


@pytest.mark.parametrize("padding", [b"\x00\x01", b"\x01\x00"])
def test_padding_that_is_not_zero_is_refused(padding):
    """Nothing travels unseen behind the message."""
    enc, octets = seal_once(KEY.key, auditor._info(**PLACE), lp(b"message") + padding)
    with pytest.raises(EncodingError):
        open_as_auditor(PRIVATE, PRIVATE.key_id + enc + octets, **PLACE)


def test_a_key_is_one_line_and_names_itself():
    """What is written is read, with or without the end of the line."""
    line = KEY.format().encode()
    assert KEY == AuditorKey.parse(line) == AuditorKey.parse(line.strip())
    assert f"auditor/TH+{PRIVATE.key_id.hex()}+".encode() == line[:28]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff" + KEY.format().encode(),
        KEY.format().encode() + b"\n",
        KEY.format().replace("TH", "th").encode(),
        KEY.format().replace(PRIVATE.key_id.hex(), STRANGER.key_id.hex()).encode(),
        KEY.format().strip()[:-8].encode(),
        f"auditor/TH+{PRIVATE.key_id.hex()}+AAAA".encode(),
    ],
    ids=["empty", "octets", "two lines", "no nation", "another id", "cut", "short"],
)
def test_what_is_no_key_is_refused(line):
    """A line that does not fit itself is not sealed to."""
    with pytest.raises(EncodingError):
        AuditorKey.parse(line)


def test_a_key_shows_no_octets():
    """Neither half is printed by accident."""
    assert len(repr(KEY)) < 100
