"""Each step of RFC 9497 against appendix A.1, one step a test, so that a failure names its step."""

import json
from pathlib import Path
from typing import Any

import pytest

from fedquery.oprf import client, dleq, server, suite
from fedquery.oprf.group import default_group
from fedquery.oprf.keys import KeyPair, SecretKey, derive_key_pair

_FILE = Path(__file__).parents[2] / "vectors" / "rfc9497_ristretto255_sha512.json"
_OPRF, _VOPRF = json.loads(_FILE.read_text(encoding="utf-8"))


def _octets(text: str) -> list[bytes]:
    return [bytes.fromhex(part) for part in text.split(",")]


def _joined(text: str) -> bytes:
    return b"".join(_octets(text))


def _named(setting: dict[str, Any]) -> list[Any]:
    return [
        pytest.param(vector, id=f"mode{setting['mode']}-batch{vector['Batch']}-{at}")
        for at, vector in enumerate(setting["vectors"])
    ]


voprf = pytest.mark.parametrize("vector", _named(_VOPRF))
oprf = pytest.mark.parametrize("vector", _named(_OPRF))


def _key() -> KeyPair:
    return KeyPair(
        SecretKey(bytes.fromhex(_VOPRF["skSm"])),
        bytes.fromhex(_VOPRF["pkSm"]),
    )


def _blinding(vector: dict[str, Any]) -> client.Blinding:
    return client.Blinding(
        tuple(_octets(vector["Input"])), _joined(vector["Blind"]), _joined(vector["BlindedElement"])
    )


def test_vectors_are_the_expected_set() -> None:
    """The file holds both modes, and VOPRF has batches of one and of two."""
    assert [_OPRF["mode"], _VOPRF["mode"]] == [0, 1]
    assert [vector["Batch"] for vector in _OPRF["vectors"]] == [1, 1]
    assert [vector["Batch"] for vector in _VOPRF["vectors"]] == [1, 1, 2]


@pytest.mark.parametrize("setting", [_OPRF, _VOPRF], ids=["mode0", "mode1"])
def test_context_string(setting) -> None:
    """The context string of each mode makes the HashToGroup tag of the vectors."""
    expected = bytes.fromhex(setting["groupDST"])
    assert expected == b"HashToGroup-" + suite.context_string(setting["mode"])


def test_hash_to_group_tag_is_that_of_voprf() -> None:
    """The tag in use is that of mode VOPRF."""
    assert bytes.fromhex(_VOPRF["groupDST"]) == suite.HASH_TO_GROUP_DST


def test_derive_key_pair() -> None:
    """The seed and info of the vectors give their secret and public key."""
    pair = derive_key_pair(bytes.fromhex(_VOPRF["seed"]), bytes.fromhex(_VOPRF["keyInfo"]))
    assert bytes.fromhex(_VOPRF["skSm"]) == pair.secret.scalar
    assert bytes.fromhex(_VOPRF["pkSm"]) == pair.public


def test_derive_key_pair_of_oprf_differs_only_in_its_tag() -> None:
    """The same derivation under the tag of mode OPRF gives the secret key of that mode."""
    seed, info = bytes.fromhex(_OPRF["seed"]), bytes.fromhex(_OPRF["keyInfo"])
    uniform = suite.expand_message_xmd(
        seed + len(info).to_bytes(2, "big") + info + b"\x00",
        b"DeriveKeyPair" + suite.context_string(suite.MODE_OPRF),
    )
    assert bytes.fromhex(_OPRF["skSm"]) == default_group().reduce(uniform)


@voprf
def test_blind(vector) -> None:
    """The injected blinds give the blinded elements."""
    inputs, blinds = _octets(vector["Input"]), _octets(vector["Blind"])
    asked = []

    def random(length: int) -> bytes:
        asked.append(length)
        return b"".join(blind + bytes(32) for blind in blinds)

    blinding = client.blind(inputs, random)
    assert _joined(vector["BlindedElement"]) == blinding.elements
    assert _joined(vector["Blind"]) == blinding.blinds
    assert [64 * len(inputs)] == asked


@voprf
def test_blind_evaluate(vector) -> None:
    """The key of the vectors gives the evaluated elements."""
    evaluation = server.evaluate(_key(), _joined(vector["BlindedElement"]), bytes(32))
    assert _joined(vector["EvaluationElement"]) == evaluation.elements


@voprf
def test_generate_proof(vector) -> None:
    """The injected r gives the proof octet by octet."""
    proof = dleq.generate_proof(
        default_group(),
        _key(),
        _joined(vector["BlindedElement"]),
        _joined(vector["EvaluationElement"]),
        bytes.fromhex(vector["Proof"]["r"]),
    )
    assert bytes.fromhex(vector["Proof"]["proof"]) == proof


@voprf
def test_verify_proof(vector) -> None:
    """The proof of the vectors verifies under their public key."""
    client.verify_evaluation(
        bytes.fromhex(_VOPRF["pkSm"]),
        _joined(vector["BlindedElement"]),
        _joined(vector["EvaluationElement"]),
        bytes.fromhex(vector["Proof"]["proof"]),
    )


@voprf
def test_finalize(vector) -> None:
    """The blinds and evaluated elements give the outputs."""
    outputs = client.finalize(
        _blinding(vector),
        _joined(vector["EvaluationElement"]),
        bytes.fromhex(vector["Proof"]["proof"]),
        bytes.fromhex(_VOPRF["pkSm"]),
    )
    assert _octets(vector["Output"]) == outputs


@voprf
def test_evaluate_directly(vector) -> None:
    """The holder reaches the same outputs from its own inputs without a blind."""
    inputs = _octets(vector["Input"])
    elements = default_group().hash_to_group(inputs)
    assert b"".join(_octets(vector["Output"])) == server.outputs(_key(), inputs, elements)


@oprf
def test_oprf_blind(vector) -> None:
    """Under the tag of mode OPRF the same hashing and blinding give that mode's element."""
    group = default_group()
    uniform = suite.expand_message_xmd(
        bytes.fromhex(vector["Input"]), bytes.fromhex(_OPRF["groupDST"])
    )
    blinded = group.multiply_each(group.from_uniform(uniform), bytes.fromhex(vector["Blind"]))
    assert bytes.fromhex(vector["BlindedElement"]) == blinded


@oprf
def test_oprf_evaluate(vector) -> None:
    """The secret key of mode OPRF gives that mode's evaluated element."""
    evaluated = default_group().multiply(
        bytes.fromhex(vector["BlindedElement"]), bytes.fromhex(_OPRF["skSm"])
    )
    assert bytes.fromhex(vector["EvaluationElement"]) == evaluated


@oprf
def test_oprf_finalize(vector) -> None:
    """Unblinding and the last hash are the same in both modes."""
    evaluated = bytes.fromhex(vector["EvaluationElement"])
    assert _octets(vector["Output"]) == client.unblind(_blinding(vector), evaluated)
