"""Answer bodies: one length for each shape, and one reading."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, InputError
from fedquery.psi.answer import (
    Body,
    Slot,
    body_length,
    decode_body,
    empty_body,
    encode_body,
    require_empty_body,
)
from fedquery.seal.size import ANSWER_HEAD_LENGTH, answer_length

SHAPE = (4, 3, 8, 2)  # class, slots, capacity, prefix_bits
SLOT = 4 + 64 + 64


def slot(number: int) -> Slot:
    """Make a slot whose octets tell its number."""
    return Slot(number, bytes([number + 1]) * 64, (bytes([number]) * 32, b"\xee" * 32))


BODY = Body(b"\xaa" * 128, b"\xbb" * 64, (slot(0), slot(2)))


@given(
    st.sampled_from([1, 4, 16]),
    st.integers(min_value=0, max_value=4),
    st.sampled_from([8, 10, 12]),
    st.integers(min_value=2, max_value=4),
    st.data(),
)
def test_decode_inverts_encode(
    size_class: int, slots: int, capacity: int, prefix_bits: int, data: st.DataObject
) -> None:
    """Every body is read back, and its length follows from the shape alone."""
    shape = (size_class, slots, capacity, prefix_bits)
    numbers = sorted(
        data.draw(
            st.sets(st.integers(min_value=0, max_value=(1 << prefix_bits) - 1), max_size=slots)
        )
    )
    tags = b"".join((n + 1).to_bytes(8, "big") for n in range(capacity))
    path = tuple(data.draw(st.binary(min_size=32, max_size=32)) for _ in range(prefix_bits))
    body = Body(
        data.draw(st.binary(min_size=32, max_size=32)) * size_class,
        data.draw(st.binary(min_size=64, max_size=64)),
        tuple(Slot(number, tags, path) for number in numbers),
    )
    octets = encode_body(body, *shape)
    assert body_length(*shape) == len(octets) == len(empty_body(*shape))
    assert body == decode_body(octets, *shape)


def test_the_envelope_leaves_exactly_this_room() -> None:
    """What the envelope counts on for an answer is salt, two prefixes, head and this body."""
    for shape in (SHAPE, (1, 1, 3_584, 5), (64, 32, 3_584, 5), (512, 0, 3_584, 5)):
        assert 32 + 4 + 4 + ANSWER_HEAD_LENGTH + body_length(*shape) == answer_length(*shape)


FAULTS = {
    "cut": lambda octets: octets[:-1],
    "longer": lambda octets: octets + b"\x00",
    "empty": lambda octets: b"",
    "unused slot not zero": lambda octets: octets[:-1] + b"\x01",
    "unused slot first": lambda octets: octets[:192] + bytes(SLOT) + octets[192 : 192 + 2 * SLOT],
    "numbers descending": lambda octets: (
        octets[:192] + octets[192 + SLOT : 192 + 2 * SLOT] + octets[192 : 192 + SLOT] + bytes(SLOT)
    ),
    "number doubled": lambda octets: octets[:192] + octets[192 : 192 + SLOT] * 2 + bytes(SLOT),
    "number too large": lambda octets: (
        octets[: 192 + SLOT] + b"\x00\x00\x00\x04" + octets[192 + SLOT + 4 :]
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_body_with_a_fault_is_refused(fault: str) -> None:
    """Anything that `encode_body` does not write is refused, with one opaque error."""
    octets = FAULTS[fault](encode_body(BODY, *SHAPE))
    with pytest.raises(EncodingError, match="malformed answer body"):
        decode_body(octets, *SHAPE)


@pytest.mark.parametrize(
    "body",
    [
        replace(BODY, evaluated=bytes(96)),
        replace(BODY, proof=bytes(63)),
        replace(BODY, slots=tuple(slot(n) for n in range(4))),
        replace(BODY, slots=(slot(2), slot(0))),
        replace(BODY, slots=(slot(0), slot(0))),
        replace(BODY, slots=(slot(4),)),
        replace(BODY, slots=(replace(slot(0), tags=bytes(56)),)),
        replace(BODY, slots=(replace(slot(0), path=(bytes(32),)),)),
    ],
    ids=["elements", "proof", "slots", "order", "doubled", "number", "bucket", "path"],
)
def test_a_body_of_another_shape_is_not_written(body: Body) -> None:
    """A holder's own mistake is met before it leaves, for its length would tell."""
    with pytest.raises(InputError):
        encode_body(body, *SHAPE)


def test_an_empty_body_is_all_zeros_and_nothing_else() -> None:
    """A refusal's body is zeros of that length; one octet set anywhere is refused."""
    octets = empty_body(*SHAPE)
    assert len(encode_body(BODY, *SHAPE)) == len(octets)
    require_empty_body(octets)
    for at in (0, len(octets) // 2, len(octets) - 1):
        with pytest.raises(EncodingError):
            require_empty_body(octets[:at] + b"\x01" + octets[at + 1 :])
