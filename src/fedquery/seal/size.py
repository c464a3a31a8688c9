"""Size classes: what a relay may learn of a question and of its answer is one number of six.

Every length is a function of the class and, for an answer, of public numbers of the publication;
never of what is asked or found (protocol.md, Question and answer).
"""

from collections.abc import Mapping
from types import MappingProxyType

from fedquery.errors import BatchError

# Each class divides the next one, on which `smallest_cover` relies.
SIZE_CLASSES = (1, 4, 16, 64, 512, 4096)
"""The numbers of elements that one question may hold."""

LARGEST_WITH_BUCKETS = 64
"""The largest class that may ask for columns; the buckets of a larger one would be a whole view."""

LARGEST_OF_LOOKUP = 512
"""The largest class that a lookup uses; lists alone go out in larger ones."""

LARGEST = SIZE_CLASSES[-1]
"""The largest class that there is."""

SALT_LENGTH = 32
SECRET_LENGTH = 32
PREFIX_LENGTH = 4
AEAD_TAG_LENGTH = 16
ENC_LENGTH = 1120
SIGNATURE_LENGTH = 64
RESPONSE_NONCE_LENGTH = 32

_ELEMENT_LENGTH = 32
_PROOF_LENGTH = 64
_TAG_LENGTH = 8
_HASH_LENGTH = 32

QUESTION_HEAD_LENGTH = 4096
"""Octets of a request's message for all that surrounds its elements and prefixes."""

ANSWER_HEAD_LENGTH = 8192
"""Octets of an answer's message for its head, without the prefix of the head."""

ANSWER_CAP = 64 * 2**20
"""Octets that no answer envelope exceeds."""


def request_message_cap(size_class: int) -> int:
    """Give the octets that the message of a request may have.

    Args:
        size_class: one of `SIZE_CLASSES`.
    """
    return QUESTION_HEAD_LENGTH + size_class * (_ELEMENT_LENGTH + PREFIX_LENGTH)


REQUEST_LENGTH: Mapping[int, int] = MappingProxyType(
    {
        size_class: SECRET_LENGTH + SALT_LENGTH + PREFIX_LENGTH + request_message_cap(size_class)
        for size_class in SIZE_CLASSES
    }
)
"""The exact length of a request's plaintext in octets, by size class."""


def answer_length(size_class: int, bucket_slots: int, capacity: int, prefix_bits: int) -> int:
    """Compute the exact length of an answer's plaintext.

    Args:
        size_class: one of `SIZE_CLASSES`.
        bucket_slots: buckets that there is room for; 0 where no columns are asked for.
        capacity: tags in each bucket.
        prefix_bits: leading bits that number a bucket, 0 to 32; also the hashes in its path.

    Returns:
        Octets: salt, prefix of the message, prefixed head with its padding, evaluated elements,
        proof, and the slots, each a bucket number with tags and path.

    Raises:
        BatchError: if there is no such size class.
        ValueError: if another number is out of its range.
    """
    if size_class not in REQUEST_LENGTH:
        raise BatchError("there is no such size class")
    if bucket_slots < 0 or capacity < 0 or not 0 <= prefix_bits <= 32:  # noqa: PLR2004 -- the range is in the docstring
        raise ValueError("a publication has no such numbers")
    head = PREFIX_LENGTH + ANSWER_HEAD_LENGTH
    slot = PREFIX_LENGTH + _TAG_LENGTH * capacity + _HASH_LENGTH * prefix_bits
    body = size_class * _ELEMENT_LENGTH + _PROOF_LENGTH + bucket_slots * slot
    return SALT_LENGTH + PREFIX_LENGTH + head + body


def class_for(elements: int, *, largest: int = LARGEST_WITH_BUCKETS) -> int:
    """Choose the least size class that holds a number of elements, for a padded question.

    Args:
        elements: how many there are, at least 1.
        largest: the largest class that may be used; above `LARGEST_WITH_BUCKETS` only where no
            columns are asked for.

    Raises:
        BatchError: if there are none, or too many for one question.
    """
    if elements < 1:
        raise BatchError("a question holds at least one element")
    for size_class in classes_up_to(largest):
        if elements <= size_class:
            return size_class
    raise BatchError("too many elements for one question")


def smallest_cover(elements: int, *, largest: int = LARGEST_WITH_BUCKETS) -> list[int]:
    """Split a number of elements into the fewest questions that hold exactly that many.

    Args:
        elements: how many there are, at least 1.
        largest: the largest class that may be used; above `LARGEST_WITH_BUCKETS` only where no
            columns are asked for.

    Returns:
        Size classes, falling, whose sum is the number: 9 gives [4, 4, 1].

    Raises:
        BatchError: if there are none.
    """
    if elements < 1:
        raise BatchError("a question holds at least one element")
    cover: list[int] = []
    # Taking the largest first gives the fewest because each class divides the next.
    for size_class in reversed(classes_up_to(largest)):
        count, elements = divmod(elements, size_class)
        cover += [size_class] * count
    return cover


def classes_up_to(largest: int) -> tuple[int, ...]:
    """List the size classes up to one, rising."""
    return tuple(size_class for size_class in SIZE_CLASSES if size_class <= largest)
