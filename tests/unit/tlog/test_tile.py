import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError
from fedquery.tlog import append
from fedquery.tlog.tile import (
    Tile,
    bundle_path,
    parse_bundle_path,
    tile_in,
    tiles_changed,
    tiles_of,
)
from fedquery.tlog.tile_hashes import (
    TileHashes,
    tiles_needed_for_consistency,
    tiles_needed_for_inclusion,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(3, 5, 17), "tile/3/005.p/17"),
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
    ],
)
def test_paths_are_those_of_the_specification(tile, path):
    """The index is written in groups of three digits, all but the last prefixed with x."""
    assert path == tile.path()
    assert tile == Tile.parse(path)


@given(st.builds(Tile, st.integers(0, 63), st.integers(0, 2**55 - 1), st.integers(1, 256)))
def test_every_tile_has_one_path(tile):
    """Parsing is the inverse of writing, for tiles and for bundles."""
    assert tile == Tile.parse(tile.path())
    bundle = bundle_path(tile.index, tile.width)
    assert Tile(0, tile.index, tile.width) == parse_bundle_path(bundle)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/1000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../000",
        "tile/0/\u0660\u0660\u0660",
        "tile/entries/000",
        "tile/0/" + "x001/" * 20 + "000",
    ],
)
def test_other_paths_are_refused(path):
    """A path in any but its one form names nothing."""
    with pytest.raises(EncodingError):
        Tile.parse(path)
    with pytest.raises(EncodingError):
        parse_bundle_path(
            path.replace("tile/0/", "tile/entries/") if "tile/0/" in path else path + "x"
        )


def test_tiles_of_seventy_thousand_entries():
    """70,000 entries make 273 full tiles and one of 112, then 1 and one of 17, then one of 1."""
    tiles = list(tiles_of(70_000))
    assert [Tile(0, i) for i in range(273)] + [Tile(0, 273, 112)] == tiles[:274]
    assert [Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)] == tiles[274:]


def test_a_full_tile_makes_one_hash_above():
    """256 entries make a full tile and one of width 1 above; 255 make one partial tile."""
    assert [Tile(0, 0), Tile(1, 0, 1)] == list(tiles_of(256))
    assert [Tile(0, 0, 255)] == list(tiles_of(255))
    assert list(tiles_of(0)) == []


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_changed_tiles_are_those_that_the_old_tree_has_not(a, b):
    """What changes on an append is the difference of the two lists of tiles."""
    old, new = sorted((a, b))
    had = set(tiles_of(old))
    assert [tile for tile in tiles_of(new) if tile not in had] == list(tiles_changed(old, new))


def test_impossible_tiles_are_programming_errors():
    """Out of range values never become a tile."""
    for values in [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 2**55, 1), (0, 0, 0), (0, 0, 257)]:
        with pytest.raises(ValueError, match="tile's"):
            Tile(*values)
    with pytest.raises(ValueError, match="no such tile"):
        tile_in(0, 1, 256)
    with pytest.raises(ValueError, match="shrink"):
        list(tiles_changed(2, 1))


def test_a_tile_of_another_length_is_refused():
    """A tile that is not as long as its name says is refused, whoever served it."""
    for length in (0, 31, 32 * 4, 32 * 5 + 1, 32 * 6):
        with pytest.raises(EncodingError):
            TileHashes(5, lambda _tile, length=length: bytes(length))(0, 4)
    assert len(TileHashes(5, lambda tile: bytes(tile.octets))(0, 4)) == 32


def test_only_complete_subtrees_of_the_tree_are_read():
    """Unaligned, incomplete and outlying ranges have no hash."""
    read = TileHashes(5, lambda tile: bytes(tile.octets))
    for first, count in [(0, 3), (1, 2), (4, 2), (0, 8), (5, 1), (0, 0), (0, -1)]:
        with pytest.raises(ValueError, match="subtree"):
            read(first, count)


@given(st.data())
def test_tiles_needed_are_exactly_those_that_a_proof_reads(data):
    """A client that fetches the named tiles can make the proof, and fetches none too many."""
    new = data.draw(st.integers(1, 200_000))
    index, old = data.draw(st.integers(0, new - 1)), data.draw(st.integers(0, new))
    asked: set[Tile] = set()

    def read(tile: Tile) -> bytes:
        asked.add(tile)
        return bytes(tile.octets)

    for needed, make in [
        (tiles_needed_for_inclusion(index, new), lambda: append.inclusion_proof(index, new, read)),
        (tiles_needed_for_consistency(old, new), lambda: append.consistency_proof(old, new, read)),
    ]:
        asked.clear()
        make()
        assert sorted(asked) == needed
