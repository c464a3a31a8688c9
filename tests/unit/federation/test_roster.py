"""Rosters and team notes: signed by whom they must be, strict, numbered, and at an end some day."""

from dataclasses import replace

import pytest

from fedquery.cases.moment import render_moment
from fedquery.errors import EncodingError, InputError, SignatureError
from fedquery.federation import names
from fedquery.federation.members import Agency
from fedquery.federation.roster import DAY_MS, MOST_LIFE_MS, RoleKey, Roster, open_roster
from fedquery.federation.team import Team, open_team
from fedquery.tlog.note import Signer, VerifierKey, sign


def role_key(world, role="prosecutor", label="bkk-1", nation="TH"):
    """Make a role key that counts for a year."""
    signer = Signer(
        names.role_key_name(nation, role, label), world.seed(f"{nation} {role} {label}")
    )
    return RoleKey(role, signer.verifier_key, world.NOW_MS, world.NOW_MS + 365 * DAY_MS)


@pytest.fixture
def roster(world):
    """Make TH's roster of a judge and a prosecutor."""
    return Roster(
        federation=world.FEDERATION,
        nation="TH",
        number=3,
        created_ms=world.NOW_MS,
        expires_ms=world.NOW_MS + 90 * DAY_MS,
        keys=(role_key(world, "judge", "bkk-2"), role_key(world)),
    )


@pytest.fixture
def team(world):
    """Make a team of two nations."""
    return Team(
        federation=world.FEDERATION,
        name="Joint Team 2026-07",
        number=1,
        created_ms=world.NOW_MS,
        ends_ms=world.NOW_MS + 300 * DAY_MS,
        members=("TH/cyber-police", "VN/fiu"),
    )


@pytest.fixture
def members(world):
    """Give the member list."""
    return world.four_nations().federation


def test_a_roster_of_its_nation_opens(world, roster, members):
    """And reads as a person would write it."""
    note = sign(roster.render(), [world.root_signer("TH")])
    assert roster == open_roster(note, members)
    lines = roster.render().decode().splitlines()
    assert lines[:4] == ["fedquery.roster/v1", "federation mekong", "nation TH", "number 3"]
    assert lines[6].startswith("key judge fedquery/TH/judge/bkk-2+")


@pytest.mark.parametrize("signer", ["VN", "nobody"])
def test_a_roster_by_another_root_does_not_open(world, roster, members, signer):
    """A nation says itself who its prosecutors are."""
    root = world.root_signer("VN") if signer == "VN" else Signer("x", world.seed("x"))
    with pytest.raises(SignatureError):
        open_roster(sign(roster.render(), [root]), members)


def test_a_changed_roster_does_not_open(world, roster, members):
    """One digit more of its life breaks the signature."""
    note = sign(roster.render(), [world.root_signer("TH")])
    with pytest.raises(SignatureError):
        open_roster(note.replace(b"number 3", b"number 4"), members)


def test_a_roster_of_a_stranger_does_not_open(world, members):
    """A nation that the member list does not have has no root key to sign with."""
    foreign = Roster(
        federation=world.FEDERATION,
        nation="CN",
        number=1,
        created_ms=world.NOW_MS,
        expires_ms=world.NOW_MS + DAY_MS,
    )
    with pytest.raises(SignatureError):
        open_roster(sign(foreign.render(), [world.root_signer("CN")]), members)


def test_a_roster_of_another_federation_does_not_open(world, roster, members):
    """Though the same nation has signed it."""
    other = replace(roster, federation="exercise")
    with pytest.raises(InputError, match="another federation"):
        open_roster(sign(other.render(), [world.root_signer("TH")]), members)


def test_a_members_key_vouches_for_no_case(world, roster, members):
    """An agency's own key in the roster would countersign its own cards."""
    agency: Agency = members.agencies["TH/cyber-police"]
    own = VerifierKey("fedquery/TH/prosecutor/own", agency.signing_public)
    keys = (*roster.keys, replace(roster.keys[-1], vkey=own))
    bent = replace(roster, keys=keys)
    with pytest.raises(InputError, match="of another use"):
        open_roster(sign(bent.render(), [world.root_signer("TH")]), members)


def test_a_roster_cannot_contradict_itself(world, roster):
    """Foreign keys, doubled keys, another order, a life too long, an end before the beginning."""
    judge, prosecutor = roster.keys
    same = replace(prosecutor, vkey=VerifierKey("fedquery/TH/prosecutor/z", judge.vkey.public_key))
    for keys in (
        (prosecutor, judge),
        (judge, judge),
        (judge, same),
        (role_key(world, nation="VN"),),
    ):
        with pytest.raises(InputError):
            replace(roster, keys=keys)
    for change in (
        {"number": 0},
        {"expires_ms": roster.created_ms + MOST_LIFE_MS + 1000},
        {"expires_ms": roster.created_ms},
        {"created_ms": roster.created_ms + 1},
        {"nation": "Thailand"},
    ):
        with pytest.raises(InputError):
            replace(roster, **change)
    with pytest.raises(InputError):
        replace(judge, not_after_ms=judge.not_before_ms)


def test_a_key_of_one_role_is_none_of_another(roster):
    """The role stands in the name of the key, and the two must agree."""
    judge, _ = roster.keys
    with pytest.raises(InputError, match="another role"):
        replace(judge, role="prosecutor")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fedquery.roster/v1", "fedquery.roster/v2"),
        ("number 3", "number 03"),
        ("key judge", "Key judge"),
        ("key judge", "key  judge"),
        ("federation mekong\n", ""),
        ("nation TH", "nation VN"),
    ],
)
def test_another_spelling_is_no_roster(roster, old, new):
    """Each bent line is refused with one opaque error."""
    text = roster.render().decode()
    assert old in text
    with pytest.raises(EncodingError, match=r"^malformed roster$"):
        Roster.parse(text.replace(old, new, 1).encode())


def test_a_roster_is_in_force_between_its_times(world, roster):
    """Clocks may differ by two minutes at its beginning, and not at its end."""
    assert roster.in_force(world.NOW_MS)
    assert roster.in_force(world.NOW_MS - 120_000)
    assert not roster.in_force(world.NOW_MS - 120_001)
    assert roster.in_force(roster.expires_ms - 1)
    assert not roster.in_force(roster.expires_ms)


def test_a_team_needs_every_party(world, team, members):
    """Two parties, two signatures; one of them, or a third nation's, is not enough."""
    body = team.render()
    whole = sign(body, [world.root_signer("TH"), world.root_signer("VN")])
    assert team == open_team(whole, members)
    for codes in (["TH"], ["VN"], ["TH", "LA"]):
        with pytest.raises(SignatureError):
            open_team(sign(body, [world.root_signer(code) for code in codes]), members)


def test_a_partys_false_signature_refuses_the_team(world, team, members):
    """A line that was given for another note is no signature."""
    other = sign(replace(team, number=2).render(), [world.root_signer("VN")])
    stolen = other.splitlines(keepends=True)[-1]
    with pytest.raises(SignatureError):
        open_team(sign(team.render(), [world.root_signer("TH")]) + stolen, members)


def test_nobody_takes_the_name_of_a_team_over(world, team, members):
    """Whoever replaces a note must have the parties of the old one with them."""
    thief = replace(team, number=2, members=("LA/police",))
    alone = sign(thief.render(), [world.root_signer("LA")])
    assert thief == open_team(alone, members)
    with pytest.raises(SignatureError):
        open_team(alone, members, team)
    agreed = sign(thief.render(), [world.root_signer(code) for code in ("LA", "TH", "VN")])
    assert thief == open_team(agreed, members, team)


def test_a_team_of_another_federation_does_not_open(world, team, members):
    """Though its parties have signed it."""
    other = replace(team, federation="exercise")
    signers = [world.root_signer(code) for code in ("TH", "VN")]
    with pytest.raises(InputError, match="another federation"):
        open_team(sign(other.render(), signers), members)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "VN"},
        {"name": "*"},
        {"name": "a;b"},
        {"name": "Team "},
        {"members": ()},
        {"members": ("VN/fiu", "TH/cyber-police")},
        {"members": ("VN/fiu", "VN/fiu")},
        {"members": ("VN",)},
        {"ends_ms": 0},
    ],
)
def test_a_team_is_in_form(team, change):
    """A name that could be a nation's, and members out of order, are refused."""
    with pytest.raises(InputError):
        replace(team, **change)


def test_another_spelling_is_no_team(team):
    """There is one way to write a team."""
    text = team.render().decode()
    assert team == Team.parse(text.encode())
    for old, new in (
        ("member TH", "Member TH"),
        ("number 1", "number 1 "),
        ("member VN/fiu\n", "member VN/fiu\n\n"),
        (f"ends {render_moment(team.ends_ms)}", "ends never"),
    ):
        with pytest.raises(EncodingError, match=r"^malformed team note$"):
            Team.parse(text.replace(old, new).encode())
