import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.tlog import rfc6962

from fedquery.errors import ConsistencyError, InclusionError
from fedquery.tlog import proofs, tree

_ENTRIES = [b"entry %d" % i for i in range(300)]
_LEAVES = [tree.leaf_hash(entry) for entry in _ENTRIES]


def _read(first: int, count: int) -> bytes:
    return tree.complete_root(_LEAVES[first : first + count])


def test_hashes_are_those_of_the_rfc():
    """The empty tree, a leaf and a node are hashed with their own prefixes."""
    assert hashlib.sha256(b"").digest() == tree.EMPTY_ROOT
    assert hashlib.sha256(b"\x00abc").digest() == tree.leaf_hash(b"abc")
    assert hashlib.sha256(b"\x01ab").digest() == tree.node_hash(b"a", b"b")


def test_roots_and_proofs_equal_the_naive_reference():
    """For every size up to 300, root and proofs are those that the RFC's recursion gives."""
    chance = random.Random(1)  # noqa: S311  # a repeatable choice of examples
    for size in range(301):
        leaves = _LEAVES[:size]
        assert rfc6962.mth(leaves) == tree.range_root(_read, 0, size)
        if not size:
            continue
        index, old = chance.randrange(size), chance.randint(1, size)
        assert rfc6962.path(index, leaves) == list(proofs.inclusion_proof(_read, index, size))
        assert rfc6962.proof(old, leaves) == list(proofs.consistency_proof(_read, old, size))


def test_all_proofs_of_small_trees_verify():
    """Every proof of every tree of up to 33 leaves verifies."""
    for size in range(1, 34):
        root = rfc6962.mth(_LEAVES[:size])
        for index in range(size):
            proof = proofs.inclusion_proof(_read, index, size)
            proofs.verify_inclusion(_LEAVES[index], index, size, proof, root)
        for old in range(size + 1):
            proof = proofs.consistency_proof(_read, old, size)
            proofs.verify_consistency(old, size, rfc6962.mth(_LEAVES[:old]), root, proof)


@given(st.data())
def test_an_inclusion_proof_fits_one_statement_only(data):
    """Another index, size, leaf, root or hash, one hash more or less, is refused."""
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    root = rfc6962.mth(_LEAVES[:size])
    proof = list(proofs.inclusion_proof(_read, index, size))
    proofs.verify_inclusion(_LEAVES[index], index, size, proof, root)
    fault = data.draw(st.sampled_from(["index", "leaf", "root", "hash", "more", "less"]))
    leaf = _LEAVES[index]
    if fault == "index":
        index = data.draw(st.integers(-1, 2 * size).filter(lambda i: i != index))
    elif fault == "leaf":
        leaf = _flip(data, leaf)
    elif fault == "root":
        root = _flip(data, root)
    elif fault == "more":
        proof.insert(data.draw(st.integers(0, len(proof))), root)
    elif proof and fault == "less":
        proof.pop(data.draw(st.integers(0, len(proof) - 1)))
    elif proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        proof[at] = _flip(data, proof[at])
    else:
        size = 0
    with pytest.raises(InclusionError):
        proofs.verify_inclusion(leaf, index, size, proof, root)


@given(st.data())
def test_a_consistency_proof_fits_one_statement_only(data):
    """Another root or hash, one hash more or less, is refused."""
    new = data.draw(st.integers(2, 300))
    old = data.draw(st.integers(1, new - 1))
    roots = [rfc6962.mth(_LEAVES[:old]), rfc6962.mth(_LEAVES[:new])]
    proof = list(proofs.consistency_proof(_read, old, new))
    proofs.verify_consistency(old, new, *roots, proof)
    fault = data.draw(st.sampled_from(["root", "hash", "more", "less"]))
    if fault == "root":
        which = data.draw(st.integers(0, 1))
        roots[which] = _flip(data, roots[which])
    elif fault == "hash":
        at = data.draw(st.integers(0, len(proof) - 1))
        proof[at] = _flip(data, proof[at])
    elif fault == "more":
        proof.insert(data.draw(st.integers(0, len(proof))), roots[0])
    else:
        proof.pop(data.draw(st.integers(0, len(proof) - 1)))
    with pytest.raises(ConsistencyError):
        proofs.verify_consistency(old, new, *roots, proof)


def _flip(data: st.DataObject, octets: bytes) -> bytes:
    bit = data.draw(st.integers(0, 8 * len(octets) - 1))
    return (int.from_bytes(octets, "big") ^ 1 << bit).to_bytes(len(octets), "big")


def test_every_other_size_is_refused_in_a_consistency_proof():
    """The sizes are part of the statement: a proof for (6, 13) serves no other pair.

    Some pairs have the same shape of proof and other roots, so the roots are what refuses them;
    here they stay, and only the sizes change to those of another shape.
    """
    roots = rfc6962.mth(_LEAVES[:6]), rfc6962.mth(_LEAVES[:13])
    proof = proofs.consistency_proof(_read, 6, 13)
    for old, new in [(5, 13), (7, 13), (6, 6), (6, 8), (6, 17), (13, 6), (0, 13), (-6, 13)]:
        with pytest.raises(ConsistencyError):
            proofs.verify_consistency(old, new, *roots, proof)


def test_the_empty_tree_begins_every_tree():
    """Size 0 takes the empty root and an empty proof, and nothing else."""
    root = rfc6962.mth(_LEAVES[:5])
    proofs.verify_consistency(0, 5, tree.EMPTY_ROOT, root, [])
    proofs.verify_consistency(0, 0, tree.EMPTY_ROOT, tree.EMPTY_ROOT, [])
    for old, new, root1, root2, proof in [
        (0, 5, root, root, []),
        (0, 5, tree.EMPTY_ROOT, root, [root]),
        (0, 0, root, root, []),
        (5, 5, root, root, [root]),
        (5, 5, root, tree.EMPTY_ROOT, []),
    ]:
        with pytest.raises(ConsistencyError):
            proofs.verify_consistency(old, new, root1, root2, proof)


def test_proofs_over_the_cap_are_refused_before_any_hash():
    """No tree needs more than 63 hashes, so a longer proof is refused."""
    proof = [bytes(32)] * 64
    with pytest.raises(InclusionError):
        proofs.verify_inclusion(bytes(32), 0, tree.MAX_SIZE, proof, bytes(32))
    with pytest.raises(ConsistencyError):
        proofs.verify_consistency(5, tree.MAX_SIZE, bytes(32), bytes(32), proof)
    with pytest.raises(InclusionError):
        proofs.verify_inclusion(bytes(32), 0, tree.MAX_SIZE + 1, [], bytes(32))


def test_impossible_ranges_are_programming_errors():
    """What no tree has cannot be proved."""
    for index, size in [(0, 0), (5, 5), (-1, 5)]:
        with pytest.raises(ValueError, match="no such leaf"):
            proofs.inclusion_proof(_read, index, size)
    with pytest.raises(ValueError, match="does not shrink"):
        proofs.consistency_proof(_read, 5, 4)
    with pytest.raises(ValueError, match="power of two"):
        tree.complete_root(_LEAVES[:3])
