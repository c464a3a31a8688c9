"""The holder's role: evaluate a question's elements, and cut its buckets.

Policy, quota and the log come before `evaluate`: what is done here depends on elements and
prefixes, which no decision may. What fails here is therefore a fault, never a refusal.
"""

from typing import Protocol

from fedquery.errors import EncodingError
from fedquery.oprf import server
from fedquery.oprf.keys import KeyPair
from fedquery.psi.answer import Body, Slot
from fedquery.psi.prefix import numbers_below
from fedquery.psi.question import Question


class ViewReader(Protocol):
    """What is read of a published view, wherever it is kept."""

    @property
    def prefix_bits(self) -> int:
        """How many leading bits number the buckets."""

    @property
    def capacity(self) -> int:
        """How many tags each bucket has."""

    @property
    def root(self) -> bytes:
        """The root over the buckets, 32 octets."""

    def bucket(self, number: int) -> bytes:
        """Read the tags of one bucket, 8 · capacity octets."""

    def path(self, number: int) -> tuple[bytes, ...]:
        """Read the path of one bucket, prefix_bits hashes from the leaf's sibling up."""


def evaluate(question: Question, key: KeyPair, view: ViewReader, nonce_random: bytes) -> Body:
    """Evaluate a question that was permitted, charged and logged.

    Args:
        question: the question.
        key: the key pair of the asker nation's view.
        view: the same view's buckets.
        nonce_random: 32 fresh random octets for the proof.

    Returns:
        The evaluations, one proof of them all, and each named bucket once, ascending.

    Raises:
        BatchError: if an element stands twice.
        EncodingError: if an element is not a group element other than the identity, or the prefixes
            are longer than the view's bucket numbers.
    """
    if question.prefix_len > view.prefix_bits:
        raise EncodingError("malformed prefixes")
    evaluation = server.evaluate(key, question.elements, nonce_random)
    numbers = numbers_below(question.prefixes, question.prefix_len, view.prefix_bits)
    slots = tuple(Slot(number, view.bucket(number), view.path(number)) for number in numbers)
    return Body(evaluation.elements, evaluation.proof, slots)
