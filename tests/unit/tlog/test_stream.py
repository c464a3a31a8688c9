"""A whole log is verified while it is read: what is given, what is named, and in what memory."""

import tracemalloc

import pytest

from fedquery.errors import LogFaultError
from fedquery.tlog.bundle import Bundle, encode_bundle, split_bundle
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.right_edge import RightEdge
from fedquery.tlog.stream import Mark, verified
from fedquery.tlog.tile import TILE_WIDTH
from fedquery.tlog.tree import EMPTY_ROOT, leaf_hash

ORIGIN = "fedquery.log/example/TH"


class Made:
    """A log of some entries, in memory."""

    def __init__(self, entries):
        """Hash it."""
        self.entries = entries
        edge = RightEdge()
        made = [*edge.add([leaf_hash(one) for one in entries]), *edge.partial()]
        self.tiles = {(tile.level, tile.index): b"".join(hashes) for tile, hashes in made}
        self.signed = Checkpoint(ORIGIN, edge.size, edge.root())

    def name_of(self, path):
        """Name a file as it is."""
        return path

    def read_tile(self, tile):
        """Read a tile."""
        return self.tiles[tile.level, tile.index]

    def read_bundle(self, tile):
        """Read a bundle."""
        first = tile.index * TILE_WIDTH
        return Bundle(self.entries[first : first + tile.width], whole=True)


def root_at(entries):
    """Compute the root of some entries."""
    return Made(entries).signed.root


ENTRIES = [b"entry %d" % number for number in range(600)]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 600])
def test_every_entry_is_given_once_in_order(size):
    """Of a log of any size, the empty one included."""
    made = Made(ENTRIES[:size])
    found = [entry for _, entries in verified(made, made.signed) for entry in entries]
    assert ENTRIES[:size] == found
    assert (made.signed.root == EMPTY_ROOT) == (size == 0)


@pytest.mark.parametrize("size", [0, 1, 100, 255, 256, 257, 511, 512, 599, 600])
def test_an_older_tree_is_found_at_any_size(size):
    """Also at the edges of tiles; with one bit of its root changed it is not."""
    made = Made(ENTRIES)
    right = Checkpoint(ORIGIN, size, root_at(ENTRIES[:size]))
    assert 3 == len(list(verified(made, made.signed, [Mark("kept", right)])))
    wrong = Checkpoint(ORIGIN, size, bytes([right.root[0] ^ 1]) + right.root[1:])
    with pytest.raises(LogFaultError, match=f"first {size}|{size:,} entries") as caught:
        list(verified(made, made.signed, [Mark("kept", wrong)]))
    assert ("kept", None) == (caught.value.file, caught.value.index)


def test_many_older_trees_are_compared_in_one_reading():
    """Each of them counts: the first that does not fit is named."""
    made = Made(ENTRIES)
    marks = [Mark(f"{n}", Checkpoint(ORIGIN, n, root_at(ENTRIES[:n]))) for n in range(0, 600, 7)]
    assert 3 == len(list(verified(made, made.signed, marks)))
    marks[40] = Mark("wrong", Checkpoint(ORIGIN, 280, bytes(32)))
    with pytest.raises(LogFaultError, match=r"^wrong"):
        list(verified(made, made.signed, marks))


def test_marks_that_do_not_ascend_are_a_mistake():
    """A tree that was passed already would never be compared."""
    made = Made(ENTRIES)
    marks = [Mark(f"{n}", Checkpoint(ORIGIN, n, root_at(ENTRIES[:n]))) for n in (300, 200)]
    with pytest.raises(ValueError, match="ascend"):
        list(verified(made, made.signed, marks))


def test_what_fits_is_given_before_what_does_not_is_named():
    """Entry 300 was changed: the 300 before it come first."""
    made = Made(ENTRIES)
    made.entries = [*ENTRIES[:300], b"another", *ENTRIES[301:]]
    found, given = [], verified(made, made.signed)
    with pytest.raises(LogFaultError) as caught:
        found.extend(entry for _, entries in given for entry in entries)
    assert ENTRIES[:300] == found
    assert ("tile/entries/001", 300) == (caught.value.file, caught.value.index)


def test_memory_does_not_grow_with_the_log():
    """Four times the entries need no more than a little more."""

    def peak(size):
        made = Made([b"x" * 200] * size)
        tracemalloc.start()
        for _ in verified(made, made.signed):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(40_000) < 1.5 * peak(10_000)


@pytest.mark.parametrize("cut", range(30))
def test_a_cut_bundle_is_split_as_far_as_it_goes(cut):
    """No octet is read twice, and none that is not there."""
    octets = encode_bundle([b"one", b"", b"three33"])
    ends = [0, 5, 7, 16]
    bundle = split_bundle(octets[:cut], 3)
    assert [b"one", b"", b"three33"][: sum(end <= cut for end in ends) - 1] == bundle.entries
    assert bundle.whole == (cut >= 16)
    assert not split_bundle(octets + b"x", 3).whole
    assert not split_bundle(octets, 2).whole
