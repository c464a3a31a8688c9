"""The holder's side: evaluate an asker's elements with proof, and the holder's own rows without."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.encoding.octets import lp
from fedquery.errors import BatchError, EncodingError
from fedquery.oprf import suite
from fedquery.oprf.dleq import proof_steps
from fedquery.oprf.group import Group, default_group
from fedquery.oprf.keys import KeyPair
from fedquery.oprf.steps import Steps, finish, multiply
from fedquery.oprf.suite import Ne

NONCE_RANDOM_LENGTH: Final = 32

_NONCE_LABEL: Final = lp(b"fedquery/v1/proof")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the holder answers; none of it is secret to the asker.

    Attributes:
        elements: the evaluated element of 32 octets for each blinded one, in order.
        proof: one proof for all of them, 64 octets.
    """

    elements: bytes
    proof: bytes


def _proof_nonce(
    group: Group, key: KeyPair, blinded: bytes, evaluated: bytes, nonce_random: bytes
) -> bytes:
    # protocol.md 2: r = SHA-512(LP("fedquery/v1/proof") || random(32) || skS || blinded ||
    # evaluated) mod L. Hedged: with a broken random source r still depends on the key and on the
    # whole statement, so that no two statements and no two keys share it.
    hedge = hashlib.sha512(_NONCE_LABEL)
    for part in (nonce_random, key.secret.scalar, blinded, evaluated):
        hedge.update(part)
    return group.reduce(hedge.digest())


def _require_batch(blinded: bytes) -> None:
    count, rest = divmod(len(blinded), Ne)
    if rest:
        raise EncodingError("malformed group element")
    if not 0 < count <= suite.MAX_BATCH:
        raise BatchError("a batch has 1 to 65,536 elements")
    # Encodings are canonical, or the evaluation fails: equal elements are equal octets.
    if len({blinded[at : at + Ne] for at in range(0, len(blinded), Ne)}) != count:
        raise BatchError("an element stands twice in one batch")


def evaluate(
    key: KeyPair, blinded: bytes, nonce_random: bytes, *, group: Group | None = None
) -> Evaluation:
    """Evaluate as `evaluation_steps` does, in one go."""
    return finish(evaluation_steps(key, blinded, nonce_random, group=group))


def evaluation_steps(
    key: KeyPair, blinded: bytes, nonce_random: bytes, *, group: Group | None = None
) -> Steps[Evaluation]:
    """Evaluate blinded elements and prove it (RFC 9497, 3.3.2, BlindEvaluate).

    Args:
        key: the key pair of the view.
        blinded: 1 to 65,536 different elements of 32 octets, as the asker sent them.
        nonce_random: 32 fresh random octets.
        group: the backend; the default one unless given.

    Raises:
        BatchError: if there are no elements, too many, or doubled ones.
        EncodingError: if an element is cut, not canonical, or the identity.
    """
    group = group or default_group()
    if len(nonce_random) != NONCE_RANDOM_LENGTH:
        raise ValueError("32 random octets for the proof were expected")
    _require_batch(blinded)
    # evaluatedElement = skS * blindedElement; the multiplication decodes strictly first.
    evaluated = yield from multiply(group, blinded, key.secret.scalar)
    nonce = _proof_nonce(group, key, blinded, evaluated, nonce_random)
    proof = yield from proof_steps(group, key, blinded, evaluated, nonce)
    return Evaluation(evaluated, proof)


def outputs(
    key: KeyPair,
    inputs: Sequence[bytes],
    elements: bytes | None = None,
    *,
    group: Group | None = None,
) -> bytes:
    """Compute the outputs F of the holder's own rows (RFC 9497, 3.3.1, Evaluate).

    Rows of many views are hashed once, by `Group.hash_to_group`, and multiplied for each of them.
    Rows of one view are hashed here: their elements then need no encoding in between.

    Args:
        key: the key pair of the view.
        inputs: the rows' private inputs.
        elements: the hashed element of 32 octets for each input, in order, where there are such.
        group: the backend; the default one unless given.

    Returns:
        The outputs, 64 octets for each input, in order.

    Raises:
        BatchError: if there are more or fewer elements than inputs.
        EncodingError: if an element does not decode.
    """
    group = group or default_group()
    # RFC 9497, 3.3.1, Evaluate: issuedElement = skS * HashToGroup(input)
    if elements is None:
        return group.finalize(inputs, group.multiply_hashed(inputs, key.secret.scalar))
    if len(elements) != len(inputs) * Ne:
        raise BatchError("one element for each input was expected")
    return group.finalize(inputs, group.multiply(elements, key.secret.scalar))
