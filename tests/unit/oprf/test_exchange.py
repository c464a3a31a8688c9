"""Both sides together: what the asker computes is what the holder computed for itself."""

import copy
import hashlib
import pickle
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import BatchError, EncodingError, EvaluationProofError, InputError
from fedquery.oprf import client, server
from fedquery.oprf.group import default_group
from fedquery.oprf.keys import KeyPair, derive_key_pair
from fedquery.oprf.sodium import SodiumGroup

GROUP = default_group()
KEY = derive_key_pair(b"\x01" * 32, b"view")
OTHER = derive_key_pair(b"\x02" * 32, b"view")
_ORDER = 2**252 + 27742317777372353535851937790883648493

_inputs = st.lists(st.binary(max_size=64), min_size=1, max_size=5, unique=True)
_seeds = st.binary(min_size=32, max_size=32)


def _evaluate(key: KeyPair, blinded: bytes) -> server.Evaluation:
    return server.evaluate(key, blinded, secrets.token_bytes(32))


@given(_seeds, _inputs)
def test_the_asker_gets_what_the_holder_has(seed, inputs) -> None:
    """finalize(blind then evaluate) equals the direct outputs, for any key and inputs."""
    key = derive_key_pair(seed, b"view")
    blinding = client.blind(inputs, secrets.token_bytes)
    evaluation = _evaluate(key, blinding.elements)
    found = client.finalize(blinding, evaluation.elements, evaluation.proof, key.public)
    assert server.outputs(key, inputs, GROUP.hash_to_group(inputs)) == b"".join(found)
    assert [64] * len(inputs) == [len(output) for output in found]


@given(_inputs, st.integers(0, 6), st.randoms(use_true_random=False))
def test_pads_and_order_do_not_matter(inputs, pads, shuffler) -> None:
    """The asker's part of a padded and permuted batch gives the same outputs."""
    blinding = client.blind(inputs, secrets.token_bytes)
    elements = blinding.elements + client.pad_elements(pads, secrets.token_bytes)
    order = list(range(len(inputs) + pads))
    shuffler.shuffle(order)
    sent = b"".join(elements[32 * at : 32 * at + 32] for at in order)
    evaluation = _evaluate(KEY, sent)
    client.verify_evaluation(KEY.public, sent, evaluation.elements, evaluation.proof)
    mine = b"".join(
        evaluation.elements[32 * order.index(at) : 32 * order.index(at) + 32]
        for at in range(len(inputs))
    )
    expected = server.outputs(KEY, inputs, GROUP.hash_to_group(inputs))
    assert expected == server.outputs(KEY, inputs)
    assert expected == b"".join(client.unblind(blinding, mine))


def test_outputs_differ_by_key_and_input() -> None:
    """Another key or another input gives another output."""
    inputs = [b"", b"\x00", b"a", b"a\x00"]
    elements = GROUP.hash_to_group(inputs)
    every = server.outputs(KEY, inputs, elements) + server.outputs(OTHER, inputs, elements)
    assert len({every[at : at + 64] for at in range(0, len(every), 64)}) == 8


def test_blinding_is_fresh() -> None:
    """The same input blinded twice gives two unrelated elements, neither of them its hash."""
    one, two = (client.blind([b"a"], secrets.token_bytes) for _ in range(2))
    assert len({one.elements, two.elements, GROUP.hash_to_group([b"a"])}) == 3


@pytest.mark.parametrize("what", ["elements", "order", "proof", "key", "count"])
def test_finalize_verifies_before_it_unblinds(what) -> None:
    """An evaluation that was changed on its way gives an error and no output."""
    blinding = client.blind([b"a", b"b"], secrets.token_bytes)
    evaluation = _evaluate(KEY, blinding.elements)
    elements, proof, public_key = evaluation.elements, evaluation.proof, KEY.public
    if what == "elements":
        elements = GROUP.multiply(elements, OTHER.secret.scalar)
    elif what == "order":
        elements = elements[32:] + elements[:32]
    elif what == "proof":
        proof = _evaluate(KEY, blinding.elements[:32]).proof
    elif what == "key":
        public_key = OTHER.public
    else:
        elements = elements[:32]
    with pytest.raises(EvaluationProofError):
        client.finalize(blinding, elements, proof, public_key)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_unblinding_wants_one_element_for_each_input(count) -> None:
    """More or fewer elements than inputs are refused."""
    blinding = client.blind([b"a", b"b"], secrets.token_bytes)
    with pytest.raises(BatchError):
        client.unblind(blinding, client.pad_elements(count, secrets.token_bytes))


def test_unblinding_decodes_strictly() -> None:
    """An element with bit 255 set is refused even where the caller forgot to verify."""
    blinding = client.blind([b"a"], secrets.token_bytes)
    element = blinding.elements
    with pytest.raises(EncodingError):
        client.unblind(blinding, element[:31] + bytes([element[31] | 0x80]))


def test_batches_to_blind_are_neither_empty_nor_doubled() -> None:
    """No inputs, and the same input twice, are refused before any randomness is drawn."""

    def unused(length: int) -> bytes:
        raise AssertionError(length)

    for inputs in ([], [b"a", b"b", b"a"]):
        with pytest.raises(BatchError):
            client.blind(inputs, unused)


def test_an_input_that_is_too_long_is_refused() -> None:
    """65,536 octets are no private input."""
    with pytest.raises(InputError):
        client.blind([bytes(65_536)], secrets.token_bytes)


def test_batches_have_a_cap_of_two_octets_of_index() -> None:
    """65,537 elements are refused on both sides before anything is computed."""
    many = [at.to_bytes(32, "little") for at in range(65_537)]
    with pytest.raises(BatchError):
        client.blind(many, secrets.token_bytes)
    with pytest.raises(BatchError):
        client.pad_elements(len(many), secrets.token_bytes)
    with pytest.raises(BatchError):
        server.evaluate(KEY, b"".join(many), bytes(32))
    with pytest.raises(BatchError):
        client.pad_elements(-1, secrets.token_bytes)


@pytest.mark.parametrize("uniform", [bytes(64), (_ORDER * 3).to_bytes(64, "little")])
def test_a_random_source_that_gives_a_zero_blind_is_noticed(uniform) -> None:
    """A zero blind never sends anything, whatever octets it was reduced from."""
    with pytest.raises(EncodingError):
        client.blind([b"a"], lambda _: uniform)


def test_a_random_source_that_is_stuck_at_zero_makes_no_pads() -> None:
    """64 zeros map to the identity, which is never sent."""
    assert bytes(32) == GROUP.from_uniform(bytes(64))
    with pytest.raises(EncodingError):
        client.pad_elements(1, bytes)


def test_a_random_source_that_is_short_is_noticed() -> None:
    """Fewer octets than were asked for are refused."""
    for call in (client.pad_elements, lambda count, random: client.blind([b"a"] * count, random)):
        with pytest.raises(ValueError, match="random source"):
            call(1, lambda length: bytes(length - 1))


def test_pads_are_elements_like_any_other() -> None:
    """Pads decode, differ, and are taken by the holder."""
    pads = client.pad_elements(4, secrets.token_bytes)
    GROUP.check(pads)
    assert len({pads[at : at + 32] for at in range(0, len(pads), 32)}) == 4
    assert len(_evaluate(KEY, pads).elements) == 128


def test_a_blinding_shows_nothing_of_itself() -> None:
    """Neither repr nor pickle nor copy gives an input or a blind."""
    blinding = client.blind([b"+66855501990"], secrets.token_bytes)
    assert repr(blinding) == "Blinding(<1 inputs redacted>)"
    assert "5550199" not in f"{[blinding]}"
    with pytest.raises(TypeError):
        pickle.dumps(blinding)
    with pytest.raises(TypeError):
        copy.copy(blinding)


def test_the_holder_refuses_doubled_elements() -> None:
    """An element that stands twice in a request is refused, wherever it stands."""
    a, b = GROUP.hash_to_group([b"a"]), GROUP.hash_to_group([b"b"])
    for blinded in (a + a, a + b + a, b + a + a):
        with pytest.raises(BatchError):
            server.evaluate(KEY, blinded, bytes(32))


def test_the_holder_refuses_empty_batches() -> None:
    """No elements are no request."""
    with pytest.raises(BatchError):
        server.evaluate(KEY, b"", bytes(32))


@pytest.mark.parametrize(
    "bad",
    [
        bytes(32),
        b"\x01" + bytes(31),
        b"\xed" + b"\xff" * 30 + b"\x7f",
        GROUP.hash_to_group([b"b"])[:31],
        GROUP.hash_to_group([b"b"]) + b"\x00",
    ],
    ids=["identity", "negative", "non-canonical", "cut", "leftover"],
)
def test_the_holder_decodes_strictly(bad) -> None:
    """What is no canonical element other than the identity is refused behind a good one."""
    good = GROUP.hash_to_group([b"a"])
    with pytest.raises(EncodingError, match=r"^malformed group element$"):
        server.evaluate(KEY, good + bad, bytes(32))


def test_the_holder_refuses_the_twin_of_an_element() -> None:
    """An element and its twin with bit 255 set are not two elements."""
    element = GROUP.hash_to_group([b"a"])
    twin = element[:31] + bytes([element[31] | 0x80])
    with pytest.raises(EncodingError):
        server.evaluate(KEY, element + twin, bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_the_nonce_wants_32_random_octets(length) -> None:
    """Another length of randomness is a mistake of the caller."""
    with pytest.raises(ValueError, match="32 random octets"):
        server.evaluate(KEY, GROUP.hash_to_group([b"a"]), bytes(length))


def test_outputs_want_one_element_for_each_input() -> None:
    """More or fewer elements than rows are refused."""
    elements = GROUP.hash_to_group([b"a", b"b"])
    for inputs in ([b"a"], [b"a", b"b", b"c"], []):
        with pytest.raises(BatchError):
            server.outputs(KEY, inputs, elements)


class _Recording(SodiumGroup):
    """A group that keeps the nonce commitments r * generator it was asked for."""

    def __init__(self) -> None:
        self.nonces: list[bytes] = []

    def multiply_base(self, scalar: bytes) -> bytes:
        """Keep the scalar and multiply."""
        self.nonces.append(scalar)
        return super().multiply_base(scalar)


def _nonce(key: KeyPair, blinded: bytes, nonce_random: bytes) -> bytes:
    group = _Recording()
    server.evaluate(key, blinded, nonce_random, group=group)
    (nonce,) = group.nonces
    return nonce


def test_the_proof_nonce_is_that_of_the_protocol() -> None:
    """The r in use is SHA-512 over label, randomness, key, blinded and evaluated, modulo L."""
    blinded, randomness = GROUP.hash_to_group([b"a", b"b"]), b"\x05" * 32
    digest = hashlib.sha512(
        b"\x00\x00\x00\x11fedquery/v1/proof"
        + randomness
        + KEY.secret.scalar
        + blinded
        + GROUP.multiply(blinded, KEY.secret.scalar)
    ).digest()
    expected = (int.from_bytes(digest, "little") % _ORDER).to_bytes(32, "little")
    assert expected == _nonce(KEY, blinded, randomness)


def test_a_broken_random_source_does_not_repeat_a_nonce() -> None:
    """With the same randomness, another key or another statement has another r."""
    a, b = GROUP.hash_to_group([b"a"]), GROUP.hash_to_group([b"b"])
    same = bytes(32)
    nonces = [
        _nonce(KEY, a, same),
        _nonce(OTHER, a, same),
        _nonce(KEY, b, same),
        _nonce(KEY, a + b, same),
        _nonce(KEY, b + a, same),
        _nonce(KEY, a, b"\x01" + bytes(31)),
    ]
    assert len(nonces) == len(set(nonces))
    assert nonces[0] == _nonce(KEY, a, same)


def test_an_evaluation_twice_has_two_proofs() -> None:
    """With fresh randomness the same statement has another proof, and both verify."""
    blinded = GROUP.hash_to_group([b"a"])
    one, two = _evaluate(KEY, blinded), _evaluate(KEY, blinded)
    assert one.elements == two.elements
    assert one.proof != two.proof
    for evaluation in (one, two):
        client.verify_evaluation(KEY.public, blinded, evaluation.elements, evaluation.proof)
