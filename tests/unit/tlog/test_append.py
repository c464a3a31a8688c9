import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.tlog import rfc6962
from unit.tlog.tiled import TiledLog

from fedquery.errors import EncodingError
from fedquery.tlog import append, proofs, tree
from fedquery.tlog.tile import tiles_of

_ENTRIES = [b"%d" % i for i in range(1500)]
_LEAVES = [rfc6962.leaf(entry) for entry in _ENTRIES]


@settings(deadline=None)
@given(st.lists(st.integers(0, 600), max_size=8))
def test_any_split_of_appends_gives_the_same_log(counts):
    """However entries are grouped, tiles, sizes and root are those of one append."""
    parts, whole = TiledLog(), TiledLog()
    root, total = tree.EMPTY_ROOT, 0
    for count in counts:
        entries = [b"%d" % i for i in range(total, total + count)]
        appended = parts.append(entries)
        assert (total, total + count) == (appended.first_index, appended.size)
        assert tuple(map(rfc6962.leaf, entries)) == appended.leaf_hashes
        root, total = appended.root, appended.size
    once = whole.append([b"%d" % i for i in range(total)])
    assert (whole.size, whole.tiles, once.root) == (parts.size, parts.tiles, root)


def test_tiles_and_proofs_equal_the_naive_reference():
    """A log of 1,500 entries has the tiles, roots and proofs of the reference at each size."""
    log = TiledLog()
    log.append(_ENTRIES)
    assert {(tile.level, tile.index): tile.octets for tile in tiles_of(1500)} == {
        place: len(hashes) for place, hashes in log.tiles.items()
    }
    assert b"".join(_LEAVES[256:512]) == log.tiles[0, 1]
    assert rfc6962.mth(_LEAVES[256:512]) == log.tiles[1, 0][32:64]
    for size in (1, 2, 255, 256, 257, 511, 512, 513, 1000, 1499, 1500):
        leaves = _LEAVES[:size]
        root = append.root(size, log.read)
        assert rfc6962.mth(leaves) == root
        for index in {0, size // 2, size - 1}:
            proof = append.inclusion_proof(index, size, log.read)
            assert rfc6962.path(index, leaves) == list(proof)
            proofs.verify_inclusion(_LEAVES[index], index, size, proof, root)
            assert _LEAVES[index] == append.leaf_hash_at(index, size, log.read)
        for old in {1, size // 3 + 1, size}:
            consistency = append.consistency_proof(old, size, log.read)
            assert rfc6962.proof(old, leaves) == list(consistency)


def test_a_large_log_reaches_level_two():
    """70,000 entries give three levels, and each root of a part is consistent with the whole."""
    log = TiledLog()
    entries = [i.to_bytes(3, "big") for i in range(70_000)]
    for lo in range(0, len(entries), 9_999):
        log.append(entries[lo : lo + 9_999])
    leaves = [rfc6962.leaf(entry) for entry in entries]
    root = rfc6962.mth(leaves)
    assert root == append.root(70_000, log.read)
    assert rfc6962.mth(leaves[:65_536]) == log.tiles[2, 0]
    for old in (1, 255, 65_536, 69_999):
        proof = append.consistency_proof(old, 70_000, log.read)
        proofs.verify_consistency(old, 70_000, append.root(old, log.read), root, proof)


def test_nothing_appended_changes_nothing():
    """An append of no entries has no tiles and the same root."""
    log = TiledLog()
    assert (log.append([]).root, dict(log.append([]).tiles)) == (tree.EMPTY_ROOT, {})


def test_a_changed_tile_changes_the_root():
    """A flipped bit in any tile that the root is made of gives another root."""
    log = TiledLog()
    root = log.append(_ENTRIES[:700]).root
    flipped = bytearray(log.tiles[0, 2])
    flipped[0] ^= 1
    log.tiles[0, 2] = bytes(flipped)
    assert root != append.root(700, log.read)


def test_what_no_log_takes_is_refused():
    """Entries over 65,535 bytes, sizes out of range and cut tiles are refused."""
    log = TiledLog()
    log.append([b"x" * 65_535])
    with pytest.raises(ValueError, match="65,535"):
        log.append([b"x" * 65_536])
    with pytest.raises(ValueError, match="full"):
        append.grow(tree.MAX_SIZE, [b"x"], log.read)
    with pytest.raises(ValueError, match="size"):
        append.root(-1, log.read)
    with pytest.raises(ValueError, match="no such leaf"):
        append.leaf_hash_at(1, 1, log.read)
    with pytest.raises(EncodingError):
        append.grow(3, [b"x"], lambda _tile: bytes(64))
