"""Pinned roots: who must have signed a list, and what is refused against them."""

import pytest

from fedquery.errors import (
    ConfigError,
    EncodingError,
    EquivocationError,
    InputError,
    RollbackError,
    SignatureError,
)
from fedquery.federation.members import Nation
from fedquery.federation.membership import draft, enrol, remove, set_quorum, sign
from fedquery.federation.roots import Roots, list_digest, open_federation
from fedquery.tlog.note import Signer
from fedquery.tlog.note import sign as sign_note


@pytest.fixture
def roots(world):
    """Pin four nations, of which three must sign."""
    return Roots(3, {code: world.nation(code) for code in world.CODES})


def note_by(world, codes, listed=None):
    """Write a list that these nations have signed."""
    listed = listed or world.four_nations()
    for code in codes:
        listed = sign(listed, world.root_signer(code))
    return listed.render()


def test_a_quorum_opens_a_list(world, roots):
    """Three of four pinned signatures are enough."""
    opened = open_federation(note_by(world, ["KH", "TH", "VN"]), roots, world.NOW_MS, 0)
    assert world.four_nations().federation == opened


def test_fewer_do_not(world, roots):
    """Two of four are not."""
    with pytest.raises(SignatureError, match="too few"):
        open_federation(note_by(world, ["KH", "TH"]), roots, world.NOW_MS, 0)


def test_one_signer_twice_is_one(world, roots):
    """A doubled line adds no voice: two signers with three lines stay two."""
    note = note_by(world, ["KH", "TH"])
    doubled = note + note.splitlines(keepends=True)[-1]
    with pytest.raises(SignatureError, match="too few"):
        open_federation(doubled, roots, world.NOW_MS, 0)


def test_one_key_under_two_names_cannot_be_pinned(world):
    """A twin of a nation under another name would be a second voice."""
    twin = Nation("LA", Signer("fedquery/LA/root", world.seed("root TH")).verifier_key)
    with pytest.raises(InputError, match="one key"):
        Roots(2, {"TH": world.nation("TH"), "LA": twin})


def test_a_foreign_root_has_no_voice(world, roots):
    """A nation that is in the list but not pinned cannot fill the quorum."""
    listed = enrol(world.four_nations(), world.nation("CN"))
    note = note_by(world, ["KH", "TH", "CN"], listed)
    with pytest.raises(SignatureError, match="too few"):
        open_federation(note, roots, world.NOW_MS, 0)
    assert open_federation(note_by(world, ["KH", "TH", "CN", "VN"], listed), roots, world.NOW_MS, 0)


def test_a_list_of_strangers_does_not_open(world, roots):
    """A list that vouches for its own signers is nothing."""
    signer = Signer("fedquery/TH/root", world.seed("another key"))
    listed = enrol(
        draft("x", training=True, now_ms=world.NOW_MS, days=1), Nation("TH", signer.verifier_key)
    )
    with pytest.raises(SignatureError, match="no known key"):
        open_federation(sign(listed, signer).render(), roots, world.NOW_MS, 0)


def test_one_false_signature_refuses_the_list(world, roots):
    """A line by a pinned key over another body refuses the note, even beside a quorum."""
    other = note_by(world, ["LA"], remove(world.four_nations(), "VN/fiu"))
    forged = note_by(world, ["KH", "TH", "VN"]) + other.splitlines(keepends=True)[-1]
    with pytest.raises(SignatureError):
        open_federation(forged, roots, world.NOW_MS, 0)


def test_a_list_may_ask_for_more_than_the_pinned_quorum(world, roots):
    """Where the list says four, three are too few; where it says one, the pinned three hold."""
    four = set_quorum(world.four_nations(), 4)
    with pytest.raises(SignatureError, match="too few"):
        open_federation(note_by(world, ["KH", "TH", "VN"], four), roots, world.NOW_MS, 0)
    one = set_quorum(world.four_nations(), 1)
    with pytest.raises(SignatureError, match="too few"):
        open_federation(note_by(world, ["KH"], one), roots, world.NOW_MS, 0)


def test_expired(world, roots):
    """A list is refused from its last second on, and taken the moment before."""
    note = note_by(world, ["KH", "TH", "VN"])
    expires_ms = world.four_nations().federation.expires_ms
    assert open_federation(note, roots, expires_ms - 1, 0)
    with pytest.raises(ConfigError, match="expired"):
        open_federation(note, roots, expires_ms, 0)


def test_from_the_future(world, roots):
    """A list made more than 120 s later than now says that a clock is wrong."""
    note = note_by(world, ["KH", "TH", "VN"])
    assert open_federation(note, roots, world.NOW_MS - 120_000, 0)
    with pytest.raises(ConfigError, match="future"):
        open_federation(note, roots, world.NOW_MS - 120_001, 0)


def test_rolled_back(world, roots):
    """A lower number than the last is refused, the same one is not."""
    note = note_by(world, ["KH", "TH", "VN"])
    assert open_federation(note, roots, world.NOW_MS, 1)
    with pytest.raises(RollbackError):
        open_federation(note, roots, world.NOW_MS, 2)


def test_two_lists_of_one_number(world, roots):
    """Other members under the number that was seen are two faces of one list."""
    note = note_by(world, ["KH", "TH", "VN"])
    more = note_by(world, ["KH", "LA", "TH", "VN"])
    other = note_by(world, ["KH", "TH", "VN"], remove(world.four_nations(), "VN/fiu"))
    kept = list_digest(note)
    assert open_federation(more, roots, world.NOW_MS, 1, kept), "other signatures, same members"
    with pytest.raises(EquivocationError):
        open_federation(other, roots, world.NOW_MS, 1, kept)


def test_a_note_of_something_else(world, roots):
    """A quorum under another text makes no member list of it."""
    note = sign_note(b"hello\n", [world.root_signer(code) for code in world.CODES])
    with pytest.raises(EncodingError):
        open_federation(note, roots, world.NOW_MS, 0)


def test_the_pinned_file_is_read_as_it_was_written(roots):
    """Reading undoes writing, and comments are free."""
    assert roots == Roots.parse(roots.render())
    assert roots == Roots.parse(b"# pinned by hand\n\n" + roots.render())


@pytest.mark.parametrize(
    "fault",
    [
        b"",
        b"quorum 1\n",
        b"quorum 9\nX",
        b"quorum 1\nquorum 1\n",
        b"witness x\n",
        b"nation TH\n",
        b"\xff\n",
    ],
)
def test_malformed_pinned_files(roots, fault):
    """A file that is cut, doubled or strange stops the start."""
    body = fault + roots.render() if fault not in {b"", b"quorum 1\n", b"quorum 9\nX"} else fault
    with pytest.raises(ConfigError, match="does not parse"):
        Roots.parse(body)
