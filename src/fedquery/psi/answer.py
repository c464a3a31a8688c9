"""The body of an answer: evaluations, their proof and buckets, in a length that tells nothing.

The length follows from the question and the publication alone (protocol.md 6). What is not there
is zeros: unused slots, and the whole body of a refusal, a fault or a claim.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fedquery.encoding.octets import Reader, i2osp
from fedquery.errors import InputError
from fedquery.psi.bucket import TAG_LENGTH
from fedquery.psi.merkle import HASH_LENGTH
from fedquery.psi.names import check_length, check_range

ELEMENT_LENGTH = 32
PROOF_LENGTH = 64
_NUMBER_LENGTH = 4
_WHAT = "answer body"


@dataclass(frozen=True, slots=True)
class Slot:
    """One bucket with its path.

    Attributes:
        number: the bucket's number.
        tags: its tags, 8 octets each.
        path: its siblings in the tree of its view, 32 octets each.
    """

    number: int
    tags: bytes = field(repr=False)
    path: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Body:
    """What a holder computed for one question.

    Attributes:
        evaluated: the evaluated elements, 32 octets each, in the order of the question's.
        proof: the one proof over all of them, 64 octets.
        slots: the buckets, their numbers ascending.
    """

    evaluated: bytes = field(repr=False)
    proof: bytes = field(repr=False)
    slots: tuple[Slot, ...] = field(repr=False)


def _slot_length(capacity: int, prefix_bits: int) -> int:
    return _NUMBER_LENGTH + TAG_LENGTH * capacity + HASH_LENGTH * prefix_bits


def body_length(size_class: int, slots: int, capacity: int, prefix_bits: int) -> int:
    """Compute the length of a body.

    Args:
        size_class: the elements of the question.
        slots: the buckets that there is room for (`prefix.slot_count`).
        capacity: the publication's.
        prefix_bits: the publication's.

    Returns:
        A number of octets.
    """
    return size_class * ELEMENT_LENGTH + PROOF_LENGTH + slots * _slot_length(capacity, prefix_bits)


def _check_order(used: Iterable[Slot], prefix_bits: int) -> None:
    last = -1
    for slot in used:
        check_range(slot.number, last + 1, (1 << prefix_bits) - 1, "a bucket number")
        last = slot.number


def encode_body(body: Body, size_class: int, slots: int, capacity: int, prefix_bits: int) -> bytes:
    """Write a body: evaluated elements, proof, then each slot as number, tags and path.

    Args:
        body: the body; at most `slots` buckets, their numbers ascending.
        size_class: the elements of the question.
        slots: the buckets that there is room for.
        capacity: the publication's.
        prefix_bits: the publication's.

    Returns:
        `body_length` octets.

    Raises:
        InputError: if a part of the body does not have the length that follows from the rest.
    """
    check_length(body.evaluated, size_class * ELEMENT_LENGTH, "the evaluated elements")
    check_length(body.proof, PROOF_LENGTH, "the proof")
    if len(body.slots) > slots:
        raise InputError("there are more buckets than slots")
    _check_order(body.slots, prefix_bits)
    parts = [body.evaluated, body.proof]
    for slot in body.slots:
        check_length(slot.tags, TAG_LENGTH * capacity, "a bucket")
        path = b"".join(slot.path)
        check_length(path, HASH_LENGTH * prefix_bits, "a path")
        parts += (i2osp(slot.number, _NUMBER_LENGTH), slot.tags, path)
    parts.append(bytes((slots - len(body.slots)) * _slot_length(capacity, prefix_bits)))
    return b"".join(parts)


def empty_body(size_class: int, slots: int, capacity: int, prefix_bits: int) -> bytes:
    """Write the body of a refusal, a fault or a claim: zeros of the same length."""
    return bytes(body_length(size_class, slots, capacity, prefix_bits))


def require_empty_body(octets: bytes) -> None:
    """Require that the body of a refusal, a fault or a claim says nothing (protocol.md 6.2).

    How long it is, the envelope around it tells everybody.

    Raises:
        EncodingError: if any octet of it is not zero.
    """
    Reader(octets, _WHAT).rest_is_zero()


def decode_body(
    octets: bytes, size_class: int, slots: int, capacity: int, prefix_bits: int
) -> Body:
    """Read a body strictly: used slots first, their numbers ascending, and the rest zeros.

    The elements, the proof and the buckets are read, not checked: that is `Asking.conclude`.

    Args:
        octets: the body.
        size_class: the elements of the question.
        slots: the buckets that there is room for.
        capacity: the publication's.
        prefix_bits: the publication's.

    Returns:
        The body, with the used slots only.

    Raises:
        EncodingError: on anything that `encode_body` could not have written.
    """
    reader = Reader(octets, _WHAT)
    if len(octets) != body_length(size_class, slots, capacity, prefix_bits):
        raise reader.fail()
    evaluated = reader.take(size_class * ELEMENT_LENGTH)
    proof = reader.take(PROOF_LENGTH)
    unused = bytes(_slot_length(capacity, prefix_bits))
    used: list[Slot] = []
    for left in range(slots, 0, -1):
        octets_of_slot = reader.take(len(unused))
        # A bucket ascends strictly, so no used slot is all zeros, not even that of bucket 0.
        if octets_of_slot == unused:
            Reader(reader.take((left - 1) * len(unused)), _WHAT).rest_is_zero()
            break
        used.append(_read_slot(octets_of_slot, capacity, prefix_bits))
    reader.end()
    try:
        _check_order(used, prefix_bits)
    except InputError:
        raise reader.fail() from None
    return Body(evaluated, proof, tuple(used))


def _read_slot(octets: bytes, capacity: int, prefix_bits: int) -> Slot:
    reader = Reader(octets, _WHAT)
    number = reader.uint(_NUMBER_LENGTH)
    tags = reader.take(TAG_LENGTH * capacity)
    path = tuple(reader.take(HASH_LENGTH) for _ in range(prefix_bits))
    reader.end()
    return Slot(number, tags, path)
