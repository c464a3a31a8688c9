"""The proof: what it shows, and every way to bend it that a holder or a relay has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EvaluationProofError
from fedquery.oprf import dleq
from fedquery.oprf.group import default_group
from fedquery.oprf.keys import KeyPair, derive_key_pair

GROUP = default_group()
KEY = derive_key_pair(b"\x01" * 32, b"one")
OTHER = derive_key_pair(b"\x02" * 32, b"two")
NONCE = GROUP.reduce(b"\x03" * 64)
_ORDER = 2**252 + 27742317777372353535851937790883648493

BLINDED = GROUP.hash_to_group([b"a", b"b", b"c"])
EVALUATED = GROUP.multiply(BLINDED, KEY.secret.scalar)
PROOF = dleq.generate_proof(GROUP, KEY, BLINDED, EVALUATED, NONCE)


def _verify(
    public_key: bytes = KEY.public,
    blinded: bytes = BLINDED,
    evaluated: bytes = EVALUATED,
    proof: bytes = PROOF,
) -> None:
    dleq.verify_proof(GROUP, public_key, blinded, evaluated, proof)


def _part(elements: bytes, *order: int) -> bytes:
    return b"".join(elements[32 * at : 32 * at + 32] for at in order)


def _twin(octets: bytes) -> bytes:
    return octets[:-1] + bytes([octets[-1] | 0x80])


def _above(scalar: bytes) -> bytes:
    return (int.from_bytes(scalar, "little") + _ORDER).to_bytes(32, "little")


@given(
    st.binary(min_size=32, max_size=32),
    st.lists(st.binary(max_size=20), min_size=1, max_size=6, unique=True),
    st.binary(min_size=64, max_size=64).filter(any),
)
def test_honest_proofs_verify(seed, inputs, nonce) -> None:
    """A proof over any batch verifies, whatever key and nonce made it."""
    key = derive_key_pair(seed, b"")
    blinded = GROUP.hash_to_group(inputs)
    evaluated = GROUP.multiply(blinded, key.secret.scalar)
    proof = dleq.generate_proof(GROUP, key, blinded, evaluated, GROUP.reduce(nonce))
    assert len(proof) == dleq.PROOF_LENGTH
    dleq.verify_proof(GROUP, key.public, blinded, evaluated, proof)


BENT = {
    "another public key": {"public_key": OTHER.public},
    "public key with bit 255": {"public_key": _twin(KEY.public)},
    "public key is the identity": {"public_key": bytes(32)},
    "public key cut": {"public_key": KEY.public[:31]},
    "public key too long": {"public_key": KEY.public + b"\x00"},
    "evaluated swapped": {"evaluated": _part(EVALUATED, 1, 0, 2)},
    "blinded swapped": {"blinded": _part(BLINDED, 1, 0, 2)},
    "both swapped": {"blinded": _part(BLINDED, 1, 0, 2), "evaluated": _part(EVALUATED, 1, 0, 2)},
    "one evaluated under another key": {
        "evaluated": _part(EVALUATED, 0, 1) + GROUP.multiply(_part(BLINDED, 2), OTHER.secret.scalar)
    },
    "one evaluated doubled": {"evaluated": _part(EVALUATED, 0, 0, 2)},
    "evaluated is blinded": {"evaluated": BLINDED},
    "evaluated cut by one element": {"evaluated": EVALUATED[:-32]},
    "evaluated cut by one octet": {"evaluated": EVALUATED[:-1]},
    "evaluated with one more": {"evaluated": EVALUATED + EVALUATED[:32]},
    "both cut by one element": {"blinded": BLINDED[:-32], "evaluated": EVALUATED[:-32]},
    "both cut by one octet": {"blinded": BLINDED[:-1], "evaluated": EVALUATED[:-1]},
    "nothing evaluated": {"evaluated": b""},
    "nothing at all": {"blinded": b"", "evaluated": b""},
    "evaluated with the identity": {"evaluated": bytes(32) + EVALUATED[32:]},
    "evaluated with bit 255": {"evaluated": _twin(EVALUATED)},
    "blinded with bit 255": {"blinded": _twin(BLINDED)},
    "evaluated does not decode": {"evaluated": EVALUATED[:-32] + b"\x01" + bytes(31)},
    "proof cut": {"proof": PROOF[:-1]},
    "proof too long": {"proof": PROOF + b"\x00"},
    "no proof": {"proof": b""},
    "proof halves swapped": {"proof": PROOF[32:] + PROOF[:32]},
    "c above the order": {"proof": _above(PROOF[:32]) + PROOF[32:]},
    "s above the order": {"proof": PROOF[:32] + _above(PROOF[32:])},
    "c zero": {"proof": bytes(32) + PROOF[32:]},
    "s zero": {"proof": PROOF[:32] + bytes(32)},
    "proof zero": {"proof": bytes(64)},
}


def test_the_statement_that_is_bent_verifies_as_it_is() -> None:
    """Without any bend there is no error, so each refusal below is that bend's."""
    _verify()


@pytest.mark.parametrize("bend", BENT)
def test_bent_statements_are_refused(bend) -> None:
    """Each bend of key, elements, order, count or proof is an `EvaluationProofError`."""
    with pytest.raises(EvaluationProofError):
        _verify(**BENT[bend])


@given(st.integers(0, 64 * 8 - 1))
def test_every_bit_of_the_proof_counts(bit) -> None:
    """A proof with any one bit changed is refused."""
    changed = (int.from_bytes(PROOF, "little") ^ (1 << bit)).to_bytes(64, "little")
    with pytest.raises(EvaluationProofError):
        _verify(proof=changed)


@given(st.integers(0, 96 * 8 - 1))
def test_every_bit_of_the_elements_counts(bit) -> None:
    """Elements with any one bit changed are refused."""
    changed = (int.from_bytes(EVALUATED, "little") ^ (1 << bit)).to_bytes(96, "little")
    with pytest.raises(EvaluationProofError):
        _verify(evaluated=changed)


def test_errors_that_cancel_in_a_plain_sum_are_refused() -> None:
    """Weights make each element count: shifts that cancel in an unweighted sum do not verify."""
    shift = GROUP.multiply_base(GROUP.reduce(b"\x09" * 64))
    back = GROUP.multiply_base(GROUP.scalar_subtract(bytes(32), GROUP.reduce(b"\x09" * 64)))
    bent = GROUP.add(EVALUATED, shift + back + shift)[:64] + EVALUATED[64:]
    one = (1).to_bytes(32, "little") * 3
    assert GROUP.combine(EVALUATED, one) == GROUP.combine(bent, one)
    with pytest.raises(EvaluationProofError):
        _verify(evaluated=bent)
    forged = dleq.generate_proof(GROUP, KEY, BLINDED, bent, NONCE)
    with pytest.raises(EvaluationProofError):
        _verify(evaluated=bent, proof=forged)


def test_a_key_pair_whose_halves_do_not_belong_together_proves_nothing() -> None:
    """A proof made with another secret than the public key's does not verify."""
    mixed = KeyPair(OTHER.secret, KEY.public)
    evaluated = GROUP.multiply(BLINDED, OTHER.secret.scalar)
    proof = dleq.generate_proof(GROUP, mixed, BLINDED, evaluated, NONCE)
    with pytest.raises(EvaluationProofError):
        _verify(evaluated=evaluated, proof=proof)


def test_a_shared_nonce_would_give_the_key_away() -> None:
    """Two proofs under one r solve to the secret key: this is what the hedge is for."""
    other_blinded = GROUP.hash_to_group([b"d"])
    other = dleq.generate_proof(
        GROUP, KEY, other_blinded, GROUP.multiply(other_blinded, KEY.secret.scalar), NONCE
    )
    c_1, s_1, c_2, s_2 = PROOF[:32], PROOF[32:], other[:32], other[32:]
    difference = GROUP.invert_each(GROUP.scalar_subtract(c_2, c_1))
    solved = GROUP.scalar_multiply(GROUP.scalar_subtract(s_1, s_2), difference)
    assert KEY.secret.scalar == solved
