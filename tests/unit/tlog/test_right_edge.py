"""The right edge of a growing tree, held to the plain reference of RFC 6962."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.tlog import rfc6962

from fedquery.tlog.append import grow
from fedquery.tlog.right_edge import RightEdge
from fedquery.tlog.tree import leaf_hash

ENTRIES = [b"entry %d" % number for number in range(700)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]


@given(st.lists(st.integers(0, 300), max_size=8))
def test_the_root_is_that_of_the_reference(steps):
    """However many leaves are added at a time, and thought added to what is there."""
    edge, size = RightEdge(), 0
    for step in steps:
        edge.add(HASHES[size : size + step])
        size = min(size + step, len(HASHES))
        assert size == edge.size
        assert rfc6962.mth(HASHES[:size]) == edge.root()
        room = 255 - size % 256
        for more in {0, min(1, room), room}:
            thought = HASHES[size : size + more]
            assert rfc6962.mth(HASHES[: size + len(thought)]) == edge.root(thought)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 513, 700])
def test_the_tiles_are_those_that_appending_makes(size):
    """Each tile that is handed over, and each that is left, is one that the log stores."""
    edge = RightEdge()
    found = [*edge.add(HASHES[:size]), *edge.partial()]
    made = {(tile.level, tile.index): b"".join(hashes) for tile, hashes in found}
    assert made == dict(grow(0, ENTRIES[:size], lambda tile: b"").tiles)
    assert all(len(hashes) == tile.width for tile, hashes in found)


def test_a_tree_of_a_third_level_is_right():
    """65,536 leaves and one more: a tile of tiles becomes full and is hashed upward."""
    edge, leaf = RightEdge(), leaf_hash(b"x")
    full = edge.add([leaf] * 65_537)
    assert (1, 0) == (full[-1][0].level, full[0][0].level)
    assert (0, 2) == (edge.partial()[0][0].level, edge.partial()[1][0].level)
    assert rfc6962.mth([leaf] * 65_537) == edge.root()


def test_more_than_fits_the_tile_is_not_thought_added():
    """Nobody computes a root that would need a carry."""
    edge = RightEdge()
    edge.add(HASHES[:200])
    with pytest.raises(ValueError, match="so many"):
        edge.root(HASHES[200:256])
