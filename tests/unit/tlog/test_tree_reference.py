"""Trees, tiles and proofs against the RFC's own recursion: every size to 300, any to 100,000."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.tlog import rfc6962
from unit.tlog.tiled import TiledLog

from fedquery.errors import ConsistencyError, InclusionError
from fedquery.tlog import append, proofs, tree
from fedquery.tlog.tile import tiles_of
from fedquery.tlog.tile_hashes import TileHashes

_SMALL = 300
_LARGE = 100_000
# Every leaf of these sizes: round about powers of two, a tile, and the largest.
_ALL_LEAVES = (1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 127, 128, 129, 255, 256, 257, 299, 300)


def _kept(count: int) -> tuple[TiledLog, rfc6962.Remembering, list[bytes]]:
    entries = [b"entry %d" % i for i in range(count)]
    log = TiledLog()
    log.append(entries)
    leaves = [rfc6962.leaf(entry) for entry in entries]
    return log, rfc6962.Remembering(leaves), leaves


@pytest.fixture(scope="module")
def small():
    """Keep 300 entries in tiles, and the reference over them."""
    return _kept(_SMALL)


@pytest.fixture(scope="module")
def large():
    """Keep 100,000 entries in tiles, and the reference over them."""
    return _kept(_LARGE)


def test_the_reference_that_remembers_is_the_naive_one(small):
    """What it does not hash twice is what the RFC's recursion gives."""
    _, reference, leaves = small
    for size in (1, 2, 3, 100, 255, 256, 257, 300):
        assert rfc6962.mth(leaves[:size]) == reference.mth(0, size)
        for at in {0, size // 3, size - 1}:
            assert rfc6962.path(at, leaves[:size]) == reference.path(at, size)
            assert rfc6962.proof(at + 1, leaves[:size]) == reference.proof(at + 1, size)


def test_every_size_to_300_has_the_root_of_the_reference(small):
    """Each tree, as it was when it had that size, and out of tiles that have grown since."""
    log, reference, leaves = small
    growing = TiledLog()
    assert reference.mth(0, 0) == append.root(0, log.read)
    for size in range(1, _SMALL + 1):
        expected = reference.mth(0, size)
        assert expected == growing.append([b"entry %d" % (size - 1)]).root
        assert expected == append.root(size, log.read)
        assert leaves[size - 1] == append.leaf_hash_at(size - 1, size, log.read)


@pytest.mark.parametrize("size", _ALL_LEAVES)
def test_every_leaf_has_the_inclusion_proof_of_the_reference(small, size):
    """Each leaf of each of these trees: the same hashes, and they verify for it alone."""
    log, reference, leaves = small
    root = reference.mth(0, size)
    read = TileHashes(size, log.read)
    for index in range(size):
        proof = proofs.inclusion_proof(read, index, size)
        assert reference.path(index, size) == list(proof)
        proofs.verify_inclusion(leaves[index], index, size, proof, root)
        with pytest.raises(InclusionError):
            proofs.verify_inclusion(leaves[index], index ^ 1, size, proof, root)


def test_every_pair_of_sizes_to_300_has_the_consistency_proof_of_the_reference(small):
    """Each pair, over the edge of a tile too: the same hashes, and they verify."""
    log, reference, _ = small
    for new in range(1, _SMALL + 1):
        read = TileHashes(new, log.read)
        root = reference.mth(0, new)
        for old in range(1, new + 1):
            proof = proofs.consistency_proof(read, old, new)
            assert reference.proof(old, new) == list(proof), (old, new)
            proofs.verify_consistency(old, new, reference.mth(0, old), root, proof)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_tree_to_100000_is_that_of_the_reference(large, data):
    """Any size, leaf and older size: root and both proofs are the reference's, and verify."""
    log, reference, leaves = large
    # Near an edge of a tile, a level or a power of two as often as anywhere.
    edges = st.sampled_from([256, 512, 4_096, 65_536, 65_792, 98_304, _LARGE])
    near = st.builds(lambda edge, by: min(_LARGE, edge + by), edges, st.integers(-2, 2))
    size = data.draw(near | st.integers(1, _LARGE), "size")
    index = data.draw(st.integers(0, size - 1), "index")
    old = data.draw(st.integers(1, size), "old")
    root = append.root(size, log.read)
    assert reference.mth(0, size) == root
    inclusion = append.inclusion_proof(index, size, log.read)
    assert reference.path(index, size) == list(inclusion)
    proofs.verify_inclusion(leaves[index], index, size, inclusion, root)
    consistency = append.consistency_proof(old, size, log.read)
    assert reference.proof(old, size) == list(consistency)
    proofs.verify_consistency(old, size, reference.mth(0, old), root, consistency)
    if size > 1:
        # Known-bad: another leaf's place, and another tree's root.
        with pytest.raises(InclusionError):
            proofs.verify_inclusion(leaves[index], (index + 1) % size, size, inclusion, root)
        with pytest.raises(ConsistencyError):
            proofs.verify_consistency(old, size, leaves[0], tree.EMPTY_ROOT, consistency)


# Nothing, some, about a tile, or many: together past 100,000 or not.
_PARTS = st.integers(0, 3) | st.integers(250, 260) | st.integers(0, 30_000)


@settings(max_examples=25, deadline=None)
@given(st.lists(_PARTS, max_size=12))
def test_a_log_that_grows_in_any_parts_is_that_of_one_append(large, counts):
    """Up to 100,000 entries, appended in parts of any size, have the tiles of one append."""
    log, reference, _ = large
    parts = TiledLog()
    for count in counts:
        end = min(_LARGE, parts.size + count)
        added = parts.append([b"entry %d" % i for i in range(parts.size, end)])
        assert reference.mth(0, end) == added.root
    for tile in tiles_of(parts.size):
        assert log.read(tile) == parts.read(tile)
