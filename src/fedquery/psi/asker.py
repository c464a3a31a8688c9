"""The asker's role: prepare a question of one size class, and conclude from what came back.

`Asking.conclude` is the asker's half of protocol.md 4, checks 4 to 8, in that order. Before it the
log's checkpoint, the publication's inclusion and its version have been checked (1 to 3), and after
it the age of the publication is judged: both are other floors' matter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fedquery.errors import BatchError, EvaluationProofError, InputError, PublicationError
from fedquery.oprf.client import Blinding, blind, pad_elements, unblind, verify_evaluation
from fedquery.psi.answer import ELEMENT_LENGTH, Body, Slot
from fedquery.psi.bucket import Bucket, bucket_number, check_bucket
from fedquery.psi.commitment import Opening
from fedquery.psi.merkle import verify_path
from fedquery.psi.names import check_length, check_viewer
from fedquery.psi.padding import PAD_KEY_LENGTH, random_order, sticky_prefix
from fedquery.psi.prefix import Columns, check_prefix_len, numbers_below
from fedquery.psi.publication import Publication
from fedquery.psi.tag import claim_token, tag
from fedquery.seal.size import LARGEST_WITH_BUCKETS, SIZE_CLASSES


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a question stands: a publication that was found in the holder's log.

    Attributes:
        publication: the publication.
        holder: the code of the nation that is asked.
        viewer: the nation or agency whose view is asked, as `Publication.viewer_of` gives it.
    """

    publication: Publication
    holder: str
    viewer: str

    def __post_init__(self) -> None:
        """Check that the publication is the holder's own.

        Raises:
            PublicationError: if another nation published it.
        """
        check_viewer(self.viewer)
        if self.publication.nation != self.holder:
            raise PublicationError("the publication is of another nation than was asked")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one input.

    Attributes:
        input: the encoded identifier.
        present: whether its tag is in its bucket.
        tag: its tag, 8 octets.
        claim_token: what proves a hit to the holder, 16 octets; a secret.
    """

    input: bytes = field(repr=False)
    present: bool
    tag: bytes = field(repr=False)
    claim_token: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Concluded:
    """What an answer showed, all of it checked.

    Attributes:
        findings: one for each distinct input, in the order they were given.
        buckets: the tags of each bucket that this answer brought, by number; they may be kept and
            held for the same version.
    """

    findings: tuple[Finding, ...]
    buckets: Mapping[int, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """One question under way: what is sent, and what is needed to read the answer.

    Attributes:
        terms: on what it stands.
        prefix_len: how many bits each prefix has.
        columns: "none" where every wanted bucket is held, else "tags".
        elements: the blinded elements and pads, 32 octets each, in random order.
        prefixes: one for each element, ascending, so that their order says nothing; none where no
            buckets are wanted.
        told: the different prefixes among them that belong to an input.
        blinding: inputs and blinds; secret.
        places: where the element of each input stands in `elements`; secret.
        held: the tags of the wanted buckets that were held before; secret, as it names buckets.
    """

    terms: Terms
    prefix_len: int
    columns: Columns
    elements: bytes = field(repr=False)
    prefixes: tuple[int, ...] = field(repr=False)
    told: frozenset[int] = field(repr=False)
    blinding: Blinding = field(repr=False)
    places: tuple[int, ...] = field(repr=False)
    held: Mapping[int, bytes] = field(repr=False)

    @classmethod
    def prepare(
        cls,
        inputs: Sequence[bytes],
        terms: Terms,
        *,
        prefix_len: int,
        size_class: int,
        held: Mapping[int, bytes],
        random: Callable[[int], bytes],
        pad_key: bytes,
    ) -> "Asking":
        """Blind inputs into one question of one size class.

        Args:
            inputs: encoded identifiers; doubled ones count once.
            terms: on what the question stands.
            prefix_len: how many bits of its bucket number each input tells.
            size_class: how many elements the question has; pads fill it.
            held: tags of buckets of the same version, by number, verified before.
            random: the random source.
            pad_key: the agency's key for the prefixes of pads, 32 octets.

        Returns:
            The question under way.

        Raises:
            BatchError: if there is no input, more than the class has room for, or buckets are
                wanted in a class that goes without.
            InputError: if another argument is out of range.
        """
        publication = terms.publication
        check_prefix_len(prefix_len, publication.prefix_bits)
        check_length(pad_key, PAD_KEY_LENGTH, "the pad key")
        if size_class not in SIZE_CLASSES:
            raise InputError("there is no such size class")
        distinct = tuple(dict.fromkeys(inputs))
        if not 0 < len(distinct) <= size_class:
            raise BatchError("the inputs do not fit the size class")

        numbers = [bucket_number(one, publication.prefix_bits) for one in distinct]
        below = publication.prefix_bits - prefix_len
        wanted = [number >> below for number in numbers if number not in held]
        if wanted and size_class > LARGEST_WITH_BUCKETS:
            raise BatchError("a question of this size class goes without buckets")
        prefixes: tuple[int, ...] = ()
        if wanted:
            # What wants no bucket, be it a pad or an input whose bucket is held, tells a pad's
            # prefix: a held bucket's would say again what was said before.
            pads = [
                sticky_prefix(pad_key, terms.holder, publication.dataset, index, prefix_len)
                for index in range(size_class - len(wanted))
            ]
            prefixes = tuple(sorted(wanted + pads))

        blinding = blind(distinct, random)
        unordered = blinding.elements + pad_elements(size_class - len(distinct), random)
        order = random_order(size_class, random)
        return cls(
            terms=terms,
            prefix_len=prefix_len,
            columns="tags" if wanted else "none",
            elements=b"".join(_element(unordered, index) for index in order),
            prefixes=prefixes,
            told=frozenset(wanted),
            blinding=blinding,
            places=tuple(order.index(index) for index in range(len(distinct))),
            held={number: held[number] for number in numbers if number in held},
        )

    @property
    def size_class(self) -> int:
        """The number of elements."""
        return len(self.elements) // ELEMENT_LENGTH

    @property
    def bits_told(self) -> int:
        """How many bits of bucket numbers this question tells about its inputs."""
        return self.prefix_len * len(self.told)

    def conclude(self, opening: Opening, body: Body) -> Concluded:
        """Check an answer, and only then say for each input whether it is present.

        Args:
            opening: the opening of the commitment that came with the answer.
            body: the body of the answer.

        Returns:
            The findings, and the buckets that were fetched.

        Raises:
            PublicationError: if the opening does not fit the publication (check 4), or a bucket is
                not what was asked for (6) or published (6), or is not a bucket (7).
            EvaluationProofError: if the evaluation is not shown to be of these elements under the
                published key (5).
        """
        publication = self.terms.publication
        # protocol.md 4, check 4.
        publication.verify_opening(self.terms.viewer, opening)
        # Check 5.
        outputs = self._outputs(opening.public_key, body)
        # Check 6.
        self._check_slots(body.slots, opening)
        # Check 7; what was held is checked too, because the search below relies on the order.
        fetched = {slot.number: slot.tags for slot in body.slots}
        buckets = {**self.held, **fetched}
        for tags in buckets.values():
            check_bucket(tags, publication.capacity)
        # Check 8.
        return Concluded(
            findings=tuple(
                self._find(one, output, buckets)
                for one, output in zip(self.blinding.inputs, outputs, strict=True)
            ),
            buckets=fetched,
        )

    def _outputs(self, public_key: bytes, body: Body) -> list[bytes]:
        if len(body.evaluated) != len(self.elements):
            raise EvaluationProofError("there is not one evaluation for each element")
        verify_evaluation(public_key, self.elements, body.evaluated, body.proof)
        mine = b"".join(_element(body.evaluated, place) for place in self.places)
        return unblind(self.blinding, mine)

    def _check_slots(self, slots: Sequence[Slot], opening: Opening) -> None:
        prefix_bits = self.terms.publication.prefix_bits
        expected = numbers_below(self.prefixes, self.prefix_len, prefix_bits)
        if [slot.number for slot in slots] != expected:
            raise PublicationError("the buckets are not those of the question's prefixes")
        for slot in slots:
            verify_path(slot.number, slot.tags, slot.path, prefix_bits, opening.root)

    def _find(self, one: bytes, output: bytes, buckets: Mapping[int, bytes]) -> Finding:
        number = bucket_number(one, self.terms.publication.prefix_bits)
        found = tag(output)
        return Finding(
            input=one,
            present=found in Bucket(number, buckets[number]),
            tag=found,
            claim_token=claim_token(output),
        )


def _element(elements: bytes, index: int) -> bytes:
    return elements[ELEMENT_LENGTH * index : ELEMENT_LENGTH * (index + 1)]
