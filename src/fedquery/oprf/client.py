"""The asker's side: blind inputs, verify what comes back, unblind it to outputs (RFC 9497, 3.3.2).

A request may carry elements that hide how many inputs there are (`pad_elements`), in any order. So
verification and unblinding are two functions: the first takes all that was sent and came back, the
second only the asker's own part of it. `finalize` does both where nothing was added or moved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from fedquery.errors import BatchError
from fedquery.oprf import suite
from fedquery.oprf.dleq import verify_proof
from fedquery.oprf.group import Group, default_group
from fedquery.oprf.suite import UNIFORM_LENGTH, Ne


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Blinding:
    """Inputs, and what is needed to read the answer. It never leaves the asker.

    Blinds and inputs are `bytes`: they live until Python frees them and cannot be overwritten.

    Attributes:
        inputs: the private inputs.
        blinds: a secret scalar of 32 octets for each input.
        elements: the blinded element of 32 octets for each input; this is what is sent.
    """

    inputs: tuple[bytes, ...]
    blinds: bytes
    elements: bytes

    def __repr__(self) -> str:
        """Show how many inputs there are, and nothing of them."""
        return f"Blinding(<{len(self.inputs)} inputs redacted>)"

    def __reduce__(self) -> NoReturn:
        """Refuse, so that blinds do not reach another process or a disk by accident."""
        raise TypeError("a blinding is neither copied nor pickled")


def _draw(random: Callable[[int], bytes], count: int) -> bytes:
    uniform = random(count * UNIFORM_LENGTH)
    if len(uniform) != count * UNIFORM_LENGTH:
        raise ValueError("the random source gave another length than was asked of it")
    return uniform


def blind(
    inputs: Sequence[bytes], random: Callable[[int], bytes], *, group: Group | None = None
) -> Blinding:
    """Blind inputs with fresh scalars (RFC 9497, 3.3.1, Blind).

    Args:
        inputs: 1 to 65,536 different private inputs, at most 65,535 octets each.
        random: the random source; it is asked once, for 64 octets for each input.
        group: the backend; the default one unless given.

    Returns:
        The blinding, whose `elements` say nothing about the inputs but their number.

    Raises:
        BatchError: if there are no inputs, too many, or doubled ones.
        InputError: if an input is too long.
    """
    group = group or default_group()
    if not 0 < len(inputs) <= suite.MAX_BATCH:
        raise BatchError("a batch has 1 to 65,536 inputs")
    if len(set(inputs)) != len(inputs):
        raise BatchError("an input stands twice in one batch")
    # RFC 9497, 4.7.2: 64 random octets reduced modulo the order are uniform but for 2^-259.
    blinds = group.reduce(_draw(random, len(inputs)))
    # blindedElement = blind * HashToGroup(input). A zero blind, or an input that hashes to the
    # identity (which nobody can find), makes the multiplication fail, so it never leaves unblinded.
    elements = group.multiply_hashed(inputs, blinds)
    return Blinding(tuple(inputs), blinds, elements)


def pad_elements(
    count: int, random: Callable[[int], bytes], *, group: Group | None = None
) -> bytes:
    """Make random elements, which nobody can tell from blinded ones.

    Args:
        count: how many, 0 to 65,536.
        random: the random source; it is asked once, for 64 octets for each element.
        group: the backend; the default one unless given.

    Returns:
        `count` elements of 32 octets. Nobody knows an input that belongs to one of them.

    Raises:
        BatchError: if there would be too many.
        EncodingError: if the random source gave only zeros.
    """
    group = group or default_group()
    if not 0 <= count <= suite.MAX_BATCH:
        raise BatchError("a batch has at most 65,536 elements")
    elements = group.from_uniform(_draw(random, count))
    # A random source that is stuck at zero gives the identity, which must not be sent.
    group.check(elements)
    return elements


def verify_evaluation(
    public_key: bytes, blinded: bytes, evaluated: bytes, proof: bytes, *, group: Group | None = None
) -> None:
    """Verify that all of a request was evaluated with the key of a public key.

    Args:
        public_key: the public key that the holder's publication names, 32 octets.
        blinded: all elements that were sent, in the order they were sent.
        evaluated: all elements that came back.
        proof: the proof, 64 octets.
        group: the backend; the default one unless given.

    Raises:
        EvaluationProofError: if the counts differ, anything does not decode, or the proof does not
            verify.
    """
    verify_proof(group or default_group(), public_key, blinded, evaluated, proof)


def unblind_joined(blinding: Blinding, evaluated: bytes, *, group: Group | None = None) -> bytes:
    """Unblind evaluated elements to the outputs F. They must have been verified before.

    Args:
        blinding: what `blind` returned.
        evaluated: the evaluated element for each of its inputs, in their order.
        group: the backend; the default one unless given.

    Returns:
        The outputs of 64 octets, in the order of the inputs, one after the other.

    Raises:
        BatchError: if there are more or fewer elements than inputs.
        EncodingError: if an element does not decode.
    """
    group = group or default_group()
    if len(evaluated) != len(blinding.inputs) * Ne:
        raise BatchError("one evaluated element for each input was expected")
    # RFC 9497, 3.3.2, Finalize: N = G.ScalarInverse(blind) * evaluatedElement
    unblinded = group.multiply_each(evaluated, group.invert_each(blinding.blinds))
    return group.finalize(blinding.inputs, unblinded)


def unblind(blinding: Blinding, evaluated: bytes, *, group: Group | None = None) -> list[bytes]:
    """Unblind as `unblind_joined` does, to one output of 64 octets for each input."""
    outputs = unblind_joined(blinding, evaluated, group=group)
    return [outputs[at : at + suite.Nh] for at in range(0, len(outputs), suite.Nh)]


def finalize(
    blinding: Blinding,
    evaluated: bytes,
    proof: bytes,
    public_key: bytes,
    *,
    group: Group | None = None,
) -> list[bytes]:
    """Verify an evaluation of exactly the blinded elements, then unblind it (Finalize).

    Args:
        blinding: what `blind` returned.
        evaluated: the evaluated elements.
        proof: the proof, 64 octets.
        public_key: the public key that the holder's publication names, 32 octets.
        group: the backend; the default one unless given.

    Returns:
        One output of 64 octets for each input.

    Raises:
        EvaluationProofError: as `verify_evaluation` does; then nothing was unblinded.
    """
    verify_evaluation(public_key, blinding.elements, evaluated, proof, group=group)
    return unblind(blinding, evaluated, group=group)
