"""From what was judged to the sealed answer; its length follows from the question alone.

Refusal, fault and claim have the length of the answer that the question would have got, and all but
the head is zeros (protocol.md 6.2 and 7).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from fedquery.errors import BatchError, EncodingError, InputError
from fedquery.oprf.group import default_group
from fedquery.oprf.steps import Steps
from fedquery.psi import holder
from fedquery.psi.answer import empty_body, encode_body
from fedquery.psi.prefix import slot_count
from fedquery.psi.question import Claim, Question
from fedquery.seal.answer import seal_answer
from fedquery.seal.size import SIZE_CLASSES, answer_length
from fedquery.transport.answer import encode_head
from fedquery.transport.head import AnswerHead, Decision, Refusal
from fedquery_node.admit import Admitted
from fedquery_node.home import NodeHome
from fedquery_node.publications import Catalogue, Served, newest_of

NONCE_LENGTH = 32
# An answer of more octets is refused before anything is allocated for it.
MOST_OCTETS = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that give an answer its length.

    Attributes:
        size_class: the elements of the question.
        slots: the buckets that there is room for.
        capacity: the tags of a bucket.
        prefix_bits: the bits of a bucket number.
    """

    size_class: int
    slots: int
    capacity: int
    prefix_bits: int

    @property
    def plaintext_length(self) -> int:
        """Give the length of the plaintext."""
        return answer_length(self.size_class, self.slots, self.capacity, self.prefix_bits)


def shape_of(admitted: Admitted, catalogue: Catalogue) -> Shape:
    """Compute the shape of the answer from the question and the publication it is about.

    Where there is no such publication, that of the newest version stands for it; where there is no
    dataset or no question either, or the answer would be too long, there is nothing to be as long
    as.
    """
    asked, size_class = admitted.asked, admitted.opened.header.fields.size_class
    served = served_for(asked, catalogue)
    if asked is None or served is None:
        return Shape(size_class, 0, 0, 0)
    bits, capacity = served.publication.prefix_bits, served.publication.capacity
    try:
        if isinstance(asked, Claim):
            # A claim looks like a question for one bucket (ADR 0007).
            slots = slot_count(1, bits, bits, "tags")
        else:
            slots = slot_count(asked.size_class, asked.prefix_len, bits, asked.columns)
    except InputError:
        return Shape(size_class, 0, 0, 0)
    shape = Shape(size_class, slots, capacity, bits)
    return shape if shape.plaintext_length <= MOST_OCTETS else Shape(size_class, 0, 0, 0)


def served_for(asked: Question | Claim | None, catalogue: Catalogue) -> Served | None:
    """Find the publication that a question is about, or the newest of its dataset."""
    if asked is None:
        return None
    return catalogue.get((asked.dataset, asked.version)) or newest_of(catalogue, asked.dataset)


def evaluated_body(
    admitted: Admitted, served: Served, shape: Shape, random: Callable[[int], bytes]
) -> Steps[bytes]:
    """Evaluate a question that was permitted, charged and logged.

    Raises:
        BatchError: if an element stands twice.
        EncodingError: if an element is none.
    """
    question = admitted.asked
    if not isinstance(question, Question):
        raise TypeError("only questions are evaluated")
    view = served.view_of(admitted.asking.agency.name)
    if view is None:
        raise TypeError("only questions that a view answers are evaluated")
    nonce = random(NONCE_LENGTH)
    body = yield from holder.evaluation_steps(question, view.key, view.buckets, nonce)
    return encode_body(body, shape.size_class, shape.slots, shape.capacity, shape.prefix_bits)


def cover(
    admitted: Admitted, served: Served, shape: Shape, random: Callable[[int], bytes]
) -> Steps[None]:
    """Do the work of an answer for a question or claim that gets none, and drop what it comes to.

    Without it the relay would tell refused from answered by the time that an answer takes, which
    protocol.md 10 says it does not learn. The asker's own elements are not touched: nothing is
    evaluated that was not permitted.
    """
    asked = admitted.asked
    view = served.view_of(admitted.asking.agency.name)
    if asked is None or view is None:
        return
    prefix_len, prefixes = shape.prefix_bits, (0,) * shape.size_class
    # A claim looks like a question for one bucket.
    if isinstance(asked, Question) and shape.slots:
        prefix_len, prefixes = asked.prefix_len, asked.prefixes
    question = Question(
        dataset=asked.dataset,
        version=asked.version,
        columns="tags" if shape.slots else "none",
        prefix_len=prefix_len,
        statement=asked.statement,
        elements=_cover_elements(shape.size_class),
        prefixes=prefixes if shape.slots else (),
    )
    nonce = random(NONCE_LENGTH)
    body = yield from holder.evaluation_steps(question, view.key, view.buckets, nonce)
    encode_body(body, shape.size_class, shape.slots, shape.capacity, shape.prefix_bits)


@lru_cache(maxsize=len(SIZE_CLASSES))
def _cover_elements(size_class: int) -> bytes:
    """Make as many different elements as a question has."""
    labels = [b"fedquery/v1/cover" + number.to_bytes(2, "big") for number in range(size_class)]
    return default_group().hash_to_group(labels)


def fault_of(error: BatchError | EncodingError) -> Refusal:
    """Give the refusal of elements that cannot be evaluated."""
    if isinstance(error, BatchError):
        return Refusal("duplicate-point", "An element stands twice in the question")
    return Refusal("bad-point", "An element of the question is not a valid group element")


def faulted(head: AnswerHead, refusal: Refusal) -> AnswerHead:
    """Give the head of an answer whose elements could not be evaluated."""
    return replace(head, decision=Decision(), version=0, opening=None, refusal=refusal)


def sealed(
    home: NodeHome,
    admitted: Admitted,
    head: AnswerHead,
    body: bytes | None,
    shape: Shape,
    *,
    random: Callable[[int], bytes],
    now_ms: int,
) -> bytes:
    """Seal and sign an answer.

    Args:
        home: the data directory.
        admitted: the request.
        head: the head.
        body: the body of a question that was evaluated, or None.
        shape: gives the length.
        random: the random source.
        now_ms: the time.
    """
    if body is None:
        body = empty_body(shape.size_class, shape.slots, shape.capacity, shape.prefix_bits)
    return seal_answer(
        admitted.opened,
        encode_head(head) + body,
        length=shape.plaintext_length,
        signing_key=home.signing_key,
        nation=home.nation,
        answered_ms=now_ms,
        random=random,
    )
