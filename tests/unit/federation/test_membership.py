"""Changes of a member list: the number goes up when a signed list is changed."""

import pytest

from fedquery.errors import EncodingError, InputError
from fedquery.federation import member_list
from fedquery.federation.membership import MemberList, draft, enrol, remove, renew, set_quorum, sign
from fedquery.tlog.note import Signer, open_note


def test_a_draft_keeps_its_number(world):
    """Nobody has signed, so no number is used up."""
    assert 1 == world.four_nations().federation.number


@pytest.mark.parametrize("change", ["enrol", "remove", "renew", "quorum"])
def test_a_change_of_a_signed_list_counts_and_drops_signatures(world, change):
    """Signatures were given for other members, and two lists never share a number."""
    signed = sign(world.four_nations(), world.root_signer("TH"))
    changed = {
        "enrol": lambda: enrol(signed, world.agency("KH/police")),
        "remove": lambda: remove(signed, "VN/fiu"),
        "renew": lambda: renew(signed, world.NOW_MS + 86_400_000, 10),
        "quorum": lambda: set_quorum(signed, 2),
    }[change]()
    assert (2, ()) == (changed.federation.number, changed.signatures)


def test_a_second_change_of_a_draft_does_not_count(world):
    """The number counts signed lists, not edits."""
    signed = sign(world.four_nations(), world.root_signer("TH"))
    changed = remove(remove(signed, "VN/fiu"), "TH/cyber-police")
    assert 2 == changed.federation.number


def test_no_change_keeps_signatures(world):
    """Enrolling a member as it stands is no change."""
    signed = sign(world.four_nations(), world.root_signer("TH"))
    assert signed == enrol(signed, world.agency("VN/fiu"))


def test_signed_lists_survive_their_file(world):
    """Reading undoes writing, with and without signatures."""
    listed = world.four_nations()
    signed = sign(sign(listed, world.root_signer("TH")), world.root_signer("VN"))
    assert listed == MemberList.parse(listed.render())
    assert signed == MemberList.parse(signed.render())
    assert ("fedquery/TH/root", "fedquery/VN/root") == signed.signed_by


def test_a_signature_verifies(world):
    """What is written is a signed note that the root key opens."""
    signed = sign(world.four_nations(), world.root_signer("TH"))
    opened = open_note(signed.render(), [world.root_signer("TH").verifier_key], 10**6)
    assert member_list.render(signed.federation) == opened.body


def test_signing_twice_changes_nothing(world):
    """A second line by one signer would only look like more support."""
    signed = sign(world.four_nations(), world.root_signer("TH"))
    assert signed == sign(signed, world.root_signer("TH"))


@pytest.mark.parametrize(
    "signer", [Signer("fedquery/CN/root", bytes(32)), Signer("fedquery/TH/root", bytes(32))]
)
def test_only_the_nations_in_the_list_sign(world, signer):
    """A stranger, and a stranger who takes a nation's name, are refused."""
    with pytest.raises(InputError, match="not the root key"):
        sign(world.four_nations(), signer)


def test_a_doubled_line_in_a_file_is_refused(world):
    """The file holds each signature once."""
    signed = sign(world.four_nations(), world.root_signer("TH"))
    with pytest.raises(EncodingError):
        MemberList.parse(signed.render() + signed.signatures[0])


def test_removing_a_stranger_is_refused(world):
    """A mistyped name does not pass for a removal."""
    with pytest.raises(InputError, match="no member"):
        remove(world.four_nations(), "TH/other")


@pytest.mark.parametrize("days", [0, -1, 31])
def test_lists_live_30_days_at_most(days):
    """No list is made for no time, or for more than 30 days."""
    with pytest.raises(InputError, match="30 days"):
        draft("x", training=False, now_ms=0, days=days)


def test_a_nation_that_the_quorum_needs_cannot_just_go(world):
    """The quorum never exceeds the nations that are left."""
    listed = set_quorum(world.four_nations(), 4)
    with pytest.raises(InputError, match="quorum"):
        remove(listed, "VN")
