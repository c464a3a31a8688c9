"""Another implementation of RFC 9497, @noble/curves, and ours understand each other both ways."""

from dataclasses import replace

import pytest
from unit.psi.holding import identifier, octets, publish, question

from fedquery.errors import EvaluationProofError
from fedquery.oprf import client, server
from fedquery.oprf.group import default_group
from fedquery.oprf.keys import derive_key_pair
from fedquery.oprf.suite import Ne
from fedquery.psi import holder
from fedquery.psi.bucket import Bucket, bucket_number
from fedquery.psi.key import view_key

_SEED = bytes(range(32))
_INFO = b"fedquery/v1/key of the interoperability tests"
_KEY = view_key(_SEED, "VN", "phones", 3, "view-1")
_REFUSED = {"error": "proof verification failed"}


def _inputs(count):
    return [identifier(number) for number in range(count)]


def _hex(values):
    return [value.hex() for value in values]


def _elements(octets_):
    return [octets_[at : at + Ne].hex() for at in range(0, len(octets_), Ne)]


def _octets(answered):
    return b"".join(map(bytes.fromhex, answered))


def _outputs(key, inputs):
    joined = server.outputs(key, inputs, default_group().hash_to_group(inputs))
    return [joined[at : at + 64] for at in range(0, len(joined), 64)]


def _flipped(octets_, at):
    return octets_[:at] + bytes([octets_[at] ^ 1]) + octets_[at + 1 :]


@pytest.fixture
def noble(run):
    """Run the other implementation."""
    with run("oprf_client.mjs") as program:
        yield program


@pytest.mark.parametrize("count", [1, 2, 4])
def test_their_asker_accepts_our_holder(noble, count):
    """They blind, we evaluate and prove, they verify and finalize: the outputs are ours."""
    inputs = _inputs(count)
    blinded = _octets(noble.call("blind", inputs=_hex(inputs))["elements"])

    ours = server.evaluate(_KEY, blinded, octets(1)(32))

    answer = noble.call(
        "finalize",
        evaluated=_elements(ours.elements),
        proof=ours.proof.hex(),
        public_key=_KEY.public.hex(),
    )
    assert {"outputs": _hex(_outputs(_KEY, inputs))} == answer


@pytest.mark.parametrize("count", [1, 4])
def test_their_asker_finds_what_we_have_published(noble, count):
    """A lookup whose asker's cryptography is theirs finds the published rows and no other."""
    inputs = [identifier(number) for number in (5, 1000, 6, 2000)][:count]
    holding = publish(_inputs(40))
    # The frame of the question is ours, its elements and all that follows from them are theirs.
    asking = holding.ask(inputs, size_class=count, prefix_len=0)
    elements = _octets(noble.call("blind", inputs=_hex(inputs))["elements"])
    sent = replace(question(asking), elements=elements)

    body = holder.evaluate(sent, holding.key, holding.view, octets(2)(32))

    finalized = noble.call(
        "finalize",
        evaluated=_elements(body.evaluated),
        proof=body.proof.hex(),
        public_key=holding.opening.public_key.hex(),
    )
    tags = noble.call("tags", outputs=finalized["outputs"])["tags"]
    buckets = {slot.number: slot.tags for slot in body.slots}
    found = []
    for one, tag in zip(inputs, tags, strict=True):
        number = bucket_number(one, holding.view.prefix_bits)
        found.append(bytes.fromhex(tag) in Bucket(number, buckets[number]))
    assert [True, False, True, False][:count] == found


@pytest.mark.parametrize("count", [1, 2, 4])
def test_our_asker_accepts_their_holder(noble, count):
    """We blind, they evaluate and prove, we verify and finalize: the outputs are the key's."""
    inputs = _inputs(count)
    key = derive_key_pair(_SEED, _INFO)
    assert {"public_key": key.public.hex()} == noble.call("key", seed=_SEED.hex(), info=_INFO.hex())
    blinding = client.blind(inputs, octets(3))

    theirs = noble.call("evaluate", elements=_elements(blinding.elements))

    proof = bytes.fromhex(theirs["proof"])
    outputs = client.finalize(blinding, _octets(theirs["evaluated"]), proof, key.public)
    assert _outputs(key, inputs) == outputs


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("at", [0, 32], ids=["challenge", "response"])
def test_their_asker_refuses_a_changed_proof(noble, count, at):
    """One changed bit of our proof, and they refuse; unchanged, they do not."""
    inputs = _inputs(count)
    blinded = _octets(noble.call("blind", inputs=_hex(inputs))["elements"])
    ours = server.evaluate(_KEY, blinded, octets(4)(32))
    given = {"evaluated": _elements(ours.elements), "public_key": _KEY.public.hex()}

    assert _REFUSED == noble.call("finalize", proof=_flipped(ours.proof, at).hex(), **given)
    assert "outputs" in noble.call("finalize", proof=ours.proof.hex(), **given)


def test_their_asker_refuses_the_evaluation_of_another_key(noble):
    """A holder that evaluates with another key than it published is refused."""
    blinded = _octets(noble.call("blind", inputs=_hex(_inputs(2)))["elements"])
    other = view_key(_SEED, "VN", "phones", 4, "view-1")
    ours = server.evaluate(other, blinded, octets(5)(32))

    answer = noble.call(
        "finalize",
        evaluated=_elements(ours.elements),
        proof=ours.proof.hex(),
        public_key=_KEY.public.hex(),
    )
    assert _REFUSED == answer


def test_their_asker_refuses_evaluations_that_changed_places(noble):
    """Two evaluations of one batch, exchanged, are refused: a finding belongs to one input."""
    blinded = _octets(noble.call("blind", inputs=_hex(_inputs(2)))["elements"])
    ours = server.evaluate(_KEY, blinded, octets(6)(32))

    answer = noble.call(
        "finalize",
        evaluated=_elements(ours.elements)[::-1],
        proof=ours.proof.hex(),
        public_key=_KEY.public.hex(),
    )
    assert _REFUSED == answer


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("at", [0, 32], ids=["challenge", "response"])
def test_our_asker_refuses_a_changed_proof_of_theirs(noble, count, at):
    """One changed bit of their proof, and we refuse before anything is unblinded."""
    key = derive_key_pair(_SEED, _INFO)
    noble.call("key", seed=_SEED.hex(), info=_INFO.hex())
    blinding = client.blind(_inputs(count), octets(7))
    theirs = noble.call("evaluate", elements=_elements(blinding.elements))
    changed = _flipped(bytes.fromhex(theirs["proof"]), at)

    with pytest.raises(EvaluationProofError):
        client.finalize(blinding, _octets(theirs["evaluated"]), changed, key.public)
