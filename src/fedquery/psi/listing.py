"""The asker's role for lists: many elements a question, searched later in buckets that are held.

`Asking` fetches what it asks about. A list fetches each bucket of a version once and then asks for
evaluations alone, so that checks 4 to 7 of protocol.md 4 are one step and check 8 another.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from struct import unpack

from fedquery.errors import BatchError, EvaluationProofError, InputError, PublicationError
from fedquery.oprf.client import (
    Blinding,
    blind,
    pad_elements,
    unblind_joined,
    verify_evaluation,
)
from fedquery.psi.answer import ELEMENT_LENGTH, Body
from fedquery.psi.asker import Terms
from fedquery.psi.bucket import check_bucket
from fedquery.psi.commitment import Opening
from fedquery.psi.merkle import verify_path
from fedquery.psi.padding import random_order
from fedquery.psi.prefix import Columns, check_prefix_len, numbers_below
from fedquery.psi.tag import tags_and_tokens
from fedquery.seal.size import LARGEST_WITH_BUCKETS, SIZE_CLASSES


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an answer showed of a list, checked but for the search.

    Attributes:
        tags: the tag of each input, 8 octets each.
        tokens: the claim token of each input, 16 octets each; secret.
        buckets: the tags of each bucket that came with it, by number.
    """

    tags: bytes = field(repr=False)
    tokens: bytes = field(repr=False)
    buckets: Mapping[int, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """One question of a list under way.

    Attributes:
        terms: on what it stands.
        prefix_len: how many bits each prefix has.
        elements: the blinded elements and pads, 32 octets each, in random order.
        prefixes: one for each element, ascending; none where no buckets are wanted. They name what
            the list as a whole needs, and none of them belongs to an element.
        blinding: inputs and blinds; secret.
        places: where the element of each input stands in `elements`; secret.
    """

    terms: Terms
    prefix_len: int
    elements: bytes = field(repr=False)
    prefixes: tuple[int, ...] = field(repr=False)
    blinding: Blinding = field(repr=False)
    places: "array[int]" = field(repr=False)

    @property
    def size_class(self) -> int:
        """The number of elements."""
        return len(self.elements) // ELEMENT_LENGTH

    @property
    def columns(self) -> Columns:
        """Say whether buckets are wanted."""
        return "tags" if self.prefixes else "none"

    def check(self, opening: Opening, body: Body) -> Evaluated:
        """Check an answer, up to the search in the buckets.

        Args:
            opening: the opening of the commitment that came with the answer.
            body: the body of the answer.

        Raises:
            PublicationError: if the opening does not fit the publication (check 4), or a bucket is
                not what was asked for or published (6), or is not a bucket (7).
            EvaluationProofError: if the evaluation is not shown to be of these elements under the
                published key (5).
        """
        publication = self.terms.publication
        # protocol.md 4, check 4.
        publication.verify_opening(self.terms.viewer, opening)
        # Check 5.
        if len(body.evaluated) != len(self.elements):
            raise EvaluationProofError("there is not one evaluation for each element")
        verify_evaluation(opening.public_key, self.elements, body.evaluated, body.proof)
        # Checks 6 and 7.
        expected = numbers_below(self.prefixes, self.prefix_len, publication.prefix_bits)
        if [slot.number for slot in body.slots] != expected:
            raise PublicationError("the buckets are not those of the question's prefixes")
        for slot in body.slots:
            verify_path(slot.number, slot.tags, slot.path, publication.prefix_bits, opening.root)
            check_bucket(slot.tags, publication.capacity)
        buckets = {slot.number: slot.tags for slot in body.slots}
        if not self.places:
            return Evaluated(b"", b"", buckets)
        mine = _picked(body.evaluated, self.places)
        tags, tokens = tags_and_tokens(unblind_joined(self.blinding, mine))
        return Evaluated(tags, tokens, buckets)


def prepare(
    inputs: Sequence[bytes],
    terms: Terms,
    *,
    size_class: int,
    prefix_len: int,
    prefixes: Sequence[int],
    random: Callable[[int], bytes],
) -> Listed:
    """Blind inputs into one question of one size class.

    Args:
        inputs: encoded identifiers, all different; none where only buckets are fetched.
        terms: on what the question stands.
        size_class: how many elements the question has; pads fill it.
        prefix_len: how many bits each prefix has.
        prefixes: what is fetched with it: one for each element, or none.
        random: the random source.

    Raises:
        BatchError: if there are more inputs than the class has room for, or buckets are wanted in
            a class that goes without.
        InputError: if another argument is out of range.
    """
    check_prefix_len(prefix_len, terms.publication.prefix_bits)
    if size_class not in SIZE_CLASSES:
        raise InputError("there is no such size class")
    if len(inputs) > size_class:
        raise BatchError("the inputs do not fit the size class")
    if prefixes and (size_class > LARGEST_WITH_BUCKETS or len(prefixes) != size_class):
        raise BatchError("there is not one prefix for each element, or the class goes without")
    blinding = blind(inputs, random) if inputs else Blinding((), b"", b"")
    unordered = blinding.elements + pad_elements(size_class - len(inputs), random)
    order = random_order(size_class, random)
    places = array("H", bytes(2 * size_class))
    for place, index in enumerate(order):
        places[index] = place
    return Listed(
        terms=terms,
        prefix_len=prefix_len,
        elements=_picked(unordered, order),
        prefixes=tuple(sorted(prefixes)),
        blinding=blinding,
        places=places[: len(inputs)],
    )


def _picked(elements: bytes, indices: Sequence[int]) -> bytes:
    each = unpack(len(elements) // ELEMENT_LENGTH * f"{ELEMENT_LENGTH}s", elements)
    return b"".join(map(each.__getitem__, indices))
