"""One proof for a batch that all elements were multiplied by the key of a public key.

RFC 9497, 2.2: a batched proof of discrete logarithm equality. A is always the generator, B the
public key, C the blinded elements and D the evaluated ones. The proof is c || s, two scalars.
"""

import hashlib
import hmac
from typing import Final

from fedquery.encoding.octets import i2osp
from fedquery.errors import EncodingError, EvaluationProofError
from fedquery.oprf import suite
from fedquery.oprf.group import Group
from fedquery.oprf.keys import KeyPair
from fedquery.oprf.steps import COMBINED, Steps, combine, finish
from fedquery.oprf.suite import Ne, Ns

PROOF_LENGTH: Final = 2 * Ns


def _weights(group: Group, public_key: bytes, blinded: bytes, evaluated: bytes) -> bytes:
    # RFC 9497, 2.2.1, ComputeComposites.
    # seed = Hash(I2OSP(len(Bm), 2) || Bm || I2OSP(len(seedDST), 2) || seedDST)
    seed = hashlib.sha512(
        suite.ELEMENT_PREFIX + public_key + i2osp(len(suite.SEED_DST), 2) + suite.SEED_DST
    ).digest()
    prefix = i2osp(suite.Nh, 2) + seed
    # d_i = G.HashToScalar(I2OSP(len(seed), 2) || seed || I2OSP(i, 2) || I2OSP(len(Ci), 2) || Ci ||
    #                      I2OSP(len(Di), 2) || Di || "Composite")
    return group.hash_pairs(prefix, blinded, evaluated)


def _challenge(group: Group, *elements: bytes) -> bytes:
    # RFC 9497, 2.2.1: each of Bm, a0, a1, a2, a3 with its length in front, then "Challenge".
    transcript = b"".join([suite.ELEMENT_PREFIX + element for element in elements]) + b"Challenge"
    return group.reduce(suite.expand_message_xmd(transcript, suite.HASH_TO_SCALAR_DST))


def generate_proof(
    group: Group, key: KeyPair, blinded: bytes, evaluated: bytes, nonce: bytes
) -> bytes:
    """Prove as `proof_steps` does, in one go."""
    return finish(proof_steps(group, key, blinded, evaluated, nonce))


def proof_steps(
    group: Group, key: KeyPair, blinded: bytes, evaluated: bytes, nonce: bytes
) -> Steps[bytes]:
    """Prove that `evaluated` is `blinded` times the secret key (RFC 9497, 2.2.1, GenerateProof).

    Args:
        group: the backend.
        key: the key pair.
        blinded: 1 to 65,536 elements, already known to decode.
        evaluated: as many elements, each the secret key times its blinded one.
        nonce: r, a secret scalar. Two proofs over different statements under one nonce give the key
            away, so it must be unpredictable and never used twice.

    Returns:
        The proof, 64 octets.
    """
    secret = key.secret.scalar
    # RFC 9497, 2.2.1, ComputeCompositesFast: M = sum of d_i * C_i, Z = k * M.
    weights = _weights(group, key.public, blinded, evaluated)
    if len(blinded) > COMBINED * Ne:
        yield
    m = yield from combine(group, blinded, weights)
    z = group.multiply(m, secret)
    # t2 = r * A, t3 = r * M
    t2 = group.multiply_base(nonce)
    t3 = group.multiply(m, nonce)
    c = _challenge(group, key.public, m, z, t2, t3)
    # RFC 9497, 2.2.1: s = r - c * k
    s = group.scalar_subtract(nonce, group.scalar_multiply(c, secret))
    return c + s


def _expected_challenge(
    group: Group, public_key: bytes, blinded: bytes, evaluated: bytes, proof: bytes
) -> bytes:
    group.check_scalars(proof)
    c, s = proof[:Ns], proof[Ns:]
    # RFC 9497, 2.2.2: M = sum of d_i * C_i, Z = sum of d_i * D_i. Every product decodes strictly.
    weights = _weights(group, public_key, blinded, evaluated)
    m = group.combine(blinded, weights)
    z = group.combine(evaluated, weights)
    # t2 = s * A + c * B, t3 = s * M + c * Z
    t2 = group.add(group.multiply_base(s), group.multiply(public_key, c))
    t3 = group.combine(m + z, s + c)
    return _challenge(group, public_key, m, z, t2, t3)


def verify_proof(
    group: Group, public_key: bytes, blinded: bytes, evaluated: bytes, proof: bytes
) -> None:
    """Verify a proof (RFC 9497, 2.2.2, VerifyProof).

    A proof with s or c zero is refused: an honest one has it with probability 2^-251.

    Args:
        group: the backend.
        public_key: the public key that the publication names, one element.
        blinded: 1 to 65,536 elements, as they were sent.
        evaluated: the elements that came back, in the same order.
        proof: 64 octets.

    Raises:
        EvaluationProofError: if the counts differ, anything does not decode, or it does not verify.
    """
    if (
        len(public_key) != Ne
        or len(proof) != PROOF_LENGTH
        or len(blinded) != len(evaluated)
        or not 0 < len(blinded) <= suite.MAX_BATCH * Ne
    ):
        raise EvaluationProofError("the evaluation and its proof do not fit what was sent")
    try:
        expected = _expected_challenge(group, public_key, blinded, evaluated, proof)
    except EncodingError:
        # A holder that sends what does not decode has shown nothing about its key.
        raise EvaluationProofError("the evaluation or its proof does not decode") from None
    if not hmac.compare_digest(expected, proof[:Ns]):
        raise EvaluationProofError("the evaluation was not made with the published key")
