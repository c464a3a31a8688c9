import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fedquery.errors import ConsistencyError, InclusionError
from fedquery.tlog import proofs, tree

_VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "tlog" / "merkle.json").read_text("utf-8")
)
_ENTRIES = [bytes.fromhex(leaf) for leaf in _VECTORS["leaves"]]
_ROOTS = [bytes.fromhex(root) for root in _VECTORS["roots"]]
_SOME_HASH = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


def _proof(vector: dict) -> list[bytes]:
    return [bytes.fromhex(value) for value in vector["proof"]]


def _read(first: int, count: int) -> bytes:
    return tree.complete_root([tree.leaf_hash(e) for e in _ENTRIES[first : first + count]])


# (leaf, index, size, proof, root) -> the same with one fault; None where it cannot be planted.
_Inclusion = tuple[bytes, int, int, list[bytes], bytes]
_INCLUSION_FAULTS: dict[str, Callable[[_Inclusion], _Inclusion | None]] = {
    "index below": lambda v: (v[0], v[1] - 1, *v[2:]),
    "index above": lambda v: (v[0], v[1] + 1, *v[2:]),
    "index xor 2": lambda v: (v[0], v[1] ^ 2, *v[2:]),
    "size doubled": lambda v: (*v[:2], v[2] * 2, *v[3:]),
    "size halved": lambda v: (*v[:2], v[2] // 2, *v[3:]),
    "short leaf": lambda v: (b"WrongLeaf", *v[1:]),
    "empty root": lambda v: (*v[:4], tree.EMPTY_ROOT),
    "random root": lambda v: (*v[:4], _SOME_HASH),
    "null root": lambda v: (*v[:4], b""),
    "trailing nothing": lambda v: (*v[:3], [*v[3], b""], v[4]),
    "trailing root": lambda v: (*v[:3], [*v[3], v[4]], v[4]),
    "preceding nothing": lambda v: (*v[:3], [b"", *v[3]], v[4]),
    "preceding root": lambda v: (*v[:3], [v[4], *v[3]], v[4]),
    "removed component": lambda v: (*v[:3], v[3][:-1], v[4]) if v[3] else None,
    "inserted component": lambda v: (
        (*v[:3], [v[3][0], _SOME_HASH, *v[3][1:]], v[4]) if len(v[3]) > 1 else None
    ),
    "flipped bit": lambda v: (*v[:3], [*v[3][:-1], _flip(v[3][-1])], v[4]) if v[3] else None,
}

# Two sizes, two roots, the proof -> the same with one fault; None where it cannot be planted.
_Consistency = tuple[int, int, bytes, bytes, list[bytes]]
_CONSISTENCY_FAULTS: dict[str, Callable[[_Consistency], _Consistency | None]] = {
    "size1 below": lambda v: (v[0] - 1, *v[1:]),
    "size1 above": lambda v: (v[0] + 1, *v[1:]),
    "size1 xor 2": lambda v: (v[0] ^ 2, *v[1:]),
    "size2 doubled": lambda v: (v[0], v[1] * 2, *v[2:]),
    "size2 halved": lambda v: (v[0], v[1] // 2, *v[2:]),
    "short root1": lambda v: (*v[:2], b"WrongRoot", *v[3:]),
    "short root2": lambda v: (*v[:3], b"WrongRoot", v[4]),
    "swapped roots": lambda v: (*v[:2], v[3], v[2], v[4]) if v[2] != v[3] else None,
    "empty proof": lambda v: (*v[:4], []) if v[4] else None,
    "trailing nothing": lambda v: (*v[:4], [*v[4], b""]),
    "trailing root1": lambda v: (*v[:4], [*v[4], v[2]]),
    "trailing root2": lambda v: (*v[:4], [*v[4], v[3]]),
    "preceding nothing": lambda v: (*v[:4], [b"", *v[4]]),
    "preceding root1": lambda v: (*v[:4], [v[2], *v[4]]),
    "preceding root2": lambda v: (*v[:4], [v[3], *v[4]]),
    "doubled first": lambda v: (*v[:4], [v[4][0], *v[4]]) if v[4] else None,
    "truncated proof": lambda v: (*v[:4], v[4][:-1]) if v[4] else None,
    "flipped bit": lambda v: (*v[:4], [_flip(v[4][0]), *v[4][1:]]) if v[4] else None,
}


def _flip(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 8]) + octets[1:]


def _inclusion(vector: dict) -> _Inclusion:
    leaf = tree.leaf_hash(_ENTRIES[vector["index"]])
    size = vector["size"]
    return leaf, vector["index"], size, _proof(vector), _ROOTS[size - 1]


def _consistency(vector: dict) -> _Consistency:
    size1, size2 = vector["size1"], vector["size2"]
    return size1, size2, _ROOTS[size1 - 1], _ROOTS[size2 - 1], _proof(vector)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_tree(size):
    """The roots over the eight known leaves are the published ones."""
    assert _ROOTS[size - 1] == tree.range_root(_read, 0, size)


@pytest.mark.parametrize("vector", _VECTORS["inclusion"])
def test_inclusion_proofs_are_the_published_ones(vector):
    """The published inclusion proof is what is made, and it verifies."""
    assert _proof(vector) == list(proofs.inclusion_proof(_read, vector["index"], vector["size"]))
    proofs.verify_inclusion(*_inclusion(vector))


@pytest.mark.parametrize("vector", _VECTORS["consistency"])
def test_consistency_proofs_are_the_published_ones(vector):
    """The published consistency proof is what is made, and it verifies."""
    made = proofs.consistency_proof(_read, vector["size1"], vector["size2"])
    assert _proof(vector) == list(made)
    proofs.verify_consistency(*_consistency(vector))


@pytest.mark.parametrize("fault", _INCLUSION_FAULTS)
@pytest.mark.parametrize("vector", _VECTORS["inclusion"])
def test_a_faulty_inclusion_proof_is_refused(vector, fault):
    """Each fault that transparency-dev/merkle plants is refused."""
    faulty = _INCLUSION_FAULTS[fault](_inclusion(vector))
    if faulty is not None:
        with pytest.raises(InclusionError):
            proofs.verify_inclusion(*faulty)


@pytest.mark.parametrize("fault", _CONSISTENCY_FAULTS)
@pytest.mark.parametrize("vector", _VECTORS["consistency"])
def test_a_faulty_consistency_proof_is_refused(vector, fault):
    """Each fault that transparency-dev/merkle plants is refused."""
    faulty = _CONSISTENCY_FAULTS[fault](_consistency(vector))
    if faulty is not None:
        with pytest.raises(ConsistencyError):
            proofs.verify_consistency(*faulty)
