"""Rosters and teams at a node: installed by command, logged, numbered, in force within seconds."""

import contextlib
import hashlib
import json
import re
import sqlite3
from dataclasses import replace

import pytest
from fedquery_node import adopting, authorities, schema
from fedquery_node.home import open_home
from fedquery_node.upkeep import Upkeep
from unit.psi.holding import octets

from fedquery.audit.node import RosterEntry, TeamEntry
from fedquery.cli.__main__ import main as fedquery
from fedquery.config import logs
from fedquery.config.keyfile import read_secret
from fedquery.config.service import wall_clock
from fedquery.federation import names
from fedquery.federation.drafting import Draft, read_draft
from fedquery.federation.member_list import parse as parse_members
from fedquery.federation.roster import DAY_MS, Roster
from fedquery.federation.team import Team
from fedquery.tlog.note import Signer, sign


@pytest.fixture
def place(member, tmp_path, capsys):
    """Give what makes files beside the keys of the nations."""

    def call(*words):
        code = fedquery(["federation", *(str(word) for word in words)])
        out = capsys.readouterr()
        return code, out.out, out.err

    call.keys, call.path = tmp_path / "keys", tmp_path
    call.root = lambda code: Signer(
        names.root_name(code), read_secret(call.keys / f"{code}.root.key", 32)
    )
    return call


@pytest.fixture
def roster(place):
    """Make and sign a roster of TH with one prosecutor, by commands alone."""
    file = place.path / "TH.roster"
    assert 0 == place("roster", "init", file, "--federation", "mekong", "--nation", "TH")[0]
    made = place(
        "roster", "key", "--nation", "TH", "--role", "prosecutor", "--label", "bkk-1",
        "--out", place.path / "prosecutor",
    )  # fmt: skip
    assert 0 == made[0], made
    vkey = place.path / "prosecutor" / "TH.prosecutor.bkk-1.vkey"
    assert 0 == place("roster", "add", file, vkey, "--yes")[0]
    assert 0 == place("roster", "sign", file, "--key", place.keys / "TH.root.key")[0]
    return file


@pytest.fixture
def team(place):
    """Make and sign a team of TH and VN, by commands alone."""
    file = place.path / "joint.team"
    made = place(
        "team", "init", file, "TH/cyber-police", "VN/fiu", "--federation", "mekong",
        "--name", "Joint Team 2026-07", "--ends", "2028-01-01",
    )  # fmt: skip
    assert 0 == made[0], made
    for code in ("TH", "VN"):
        assert 0 == place("team", "sign", file, "--key", place.keys / f"{code}.root.key")[0]
    return file


def leaves(member, kind):
    """Read the leaves of one type from the log."""
    home = open_home(member.home)
    with contextlib.closing(schema.connect(member.home)) as connection:
        found = home.log.entries(connection, 0, home.log.size(connection))
    return [leaf for leaf in found if f'"type":"{kind}"'.encode() in leaf]


def resigned(place, file, **change):
    """Write a roster anew, with other figures, and sign it."""
    said = replace(Roster.parse(file.read_bytes().partition(b"\n\n")[0] + b"\n"), **change)
    file.write_bytes(sign(said.render(), [place.root(said.nation)]))


def test_a_roster_is_installed_and_logged_once(member, roster):
    """With its number and the digest of what its nation signed."""
    code, out, err = member("roster", roster)
    assert (0, "roster 1 of TH is in force: 1 keys\n") == (code, out), err
    assert 0 == member("roster", roster)[0]
    (leaf,) = leaves(member, "roster")
    entry = RosterEntry.decode(leaf)
    body = roster.read_bytes().partition(b"\n\n")[0] + b"\n"
    assert ("TH", 1, hashlib.sha256(body).digest()) == (
        entry.nation,
        entry.number,
        entry.note_digest,
    )


def test_where_the_disk_fails_its_own_error_is_told(member, roster):
    """SQLite rolls back itself on a full disk; that there is nothing to roll back is no news."""
    home = open_home(member.home)
    note = member.listed.read_bytes()
    federation = parse_members(note[: note.rindex(b"\n\n") + 1])
    with contextlib.closing(schema.connect(member.home)) as connection:
        connection.execute(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON remembered"
            " BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END"
        )
        with pytest.raises(sqlite3.IntegrityError, match="the disk is full"):
            adopting.install_roster(home, connection, federation, roster.read_bytes(), wall_clock())
        assert not connection.in_transaction
    assert [] == leaves(member, "roster")


def test_a_roster_of_a_lower_number_is_refused(member, place, roster):
    """A key that was taken back does not come back with an old roster."""
    old = roster.read_bytes()
    resigned(place, roster, number=2, keys=())
    assert 0 == member("roster", roster)[0]
    roster.write_bytes(old)
    code, _, err = member("roster", roster)
    assert 7 == code
    assert "older than the one before" in err
    assert 1 == len(leaves(member, "roster"))


def test_two_rosters_of_one_number_are_refused(member, place, roster):
    """Somebody has signed two truths."""
    assert 0 == member("roster", roster)[0]
    resigned(place, roster, keys=())
    code, _, err = member("roster", roster)
    assert 7 == code
    assert "two notes with one number" in err


def test_a_roster_past_its_end_is_refused(member, place, roster):
    """It could hide that keys were taken back since."""
    past_ms = wall_clock() // DAY_MS * DAY_MS
    resigned(place, roster, created_ms=past_ms - 2 * DAY_MS, expires_ms=past_ms - DAY_MS)
    assert 78 == member("roster", roster)[0]
    assert [] == leaves(member, "roster")


def test_an_unsigned_roster_and_anothers_are_refused(member, place, roster):
    """Its own nation's root key is the only one that counts."""
    body = roster.read_bytes().partition(b"\n\n")[0] + b"\n"
    roster.write_bytes(body)
    assert 65 == member("roster", roster)[0]
    roster.write_bytes(sign(body, [place.root("VN")]))
    assert 7 == member("roster", roster)[0]


def test_a_team_is_installed_and_logged(member, team):
    """With the name that policies use."""
    code, out, err = member("team", team)
    assert (0, "Joint Team 2026-07 (TH, VN) is in force: 2 agencies\n") == (code, out), err
    (leaf,) = leaves(member, "team")
    assert "Joint Team 2026-07" == TeamEntry.decode(leaf).team


def test_a_team_without_a_party_is_refused(member, place, team):
    """One of two signatures is no team."""
    body = team.read_bytes().partition(b"\n\n")[0] + b"\n"
    team.write_bytes(sign(body, [place.root("TH")]))
    assert 7 == member("team", team)[0]
    assert [] == leaves(member, "team")


def test_a_serving_node_takes_them_over_within_seconds(member, roster, team, monkeypatch):
    """And lets go of a team on the day on which it ends."""
    found = []
    monkeypatch.setattr(logs, "event", lambda name, **_fields: found.append(name))
    home = open_home(member.home)
    start_ms = wall_clock()
    with contextlib.closing(schema.connect(member.home)) as connection:
        upkeep = Upkeep(home, connection, octets(3))
        force = upkeep.start(start_ms)
        assert {} == force.authorities.rosters
        assert 0 == member("roster", roster)[0]
        assert 0 == member("team", team)[0]
        force = upkeep.refresh(force, start_ms + 2_000)
        assert ["TH"] == list(force.authorities.rosters)
        assert "authorities-in-force" in found
        assert {"Joint Team 2026-07"} == force.authorities.teams_of("VN/fiu", start_ms)
        assert set() == force.authorities.teams_of("VN/police", start_ms)
        (joint,) = force.authorities.teams
        assert set() == force.authorities.teams_of("VN/fiu", joint.ends_ms)
        same = upkeep.refresh(force, start_ms + 4_000)
        assert same.authorities is force.authorities


def test_a_note_that_a_new_member_list_does_not_carry_counts_no_more(member, roster, monkeypatch):
    """Root keys are those of the list in force; what does not verify under them is named."""
    assert 0 == member("roster", roster)[0]
    found = []
    monkeypatch.setattr(logs, "event", lambda name, **fields: found.append((name, fields)))
    note = member.listed.read_bytes()
    federation = parse_members(note[: note.rindex(b"\n\n") + 1])
    without = replace(
        federation,
        quorum=1,
        nations={"VN": federation.nations["VN"]},
        agencies={},
    )
    with contextlib.closing(schema.connect(member.home)) as connection:
        assert ["TH"] == list(authorities.load(connection, federation).rosters)
        assert {} == authorities.load(connection, without).rosters
    assert [("authority-ignored", {"why": "signature-invalid"})] == found


def test_a_changed_draft_drops_its_signatures(place, roster, team):
    """They were given for other people, and the number goes up."""
    assert 0 == place("roster", "remove", roster, "fedquery/TH/prosecutor/bkk-1")[0]
    draft = read_draft(roster.read_bytes(), Roster.parse)
    assert (2, (), ()) == (draft.note.number, draft.note.keys, draft.signatures)
    assert 0 == place("team", "change", team, "--add", "VN/police", "--remove", "VN/fiu")[0]
    after = read_draft(team.read_bytes(), Team.parse)
    assert (2, ("TH/cyber-police", "VN/police")) == (after.note.number, after.note.members)
    assert isinstance(after, Draft)
    assert () == after.signatures


def test_show_says_whether_it_is_in_force(member, place, roster, team):
    """Signed, with the member list; not signed, without."""
    code, out, _ = place("roster", "show", roster, "--members", member.listed, "--json")
    assert (0, "in force") == (code, json.loads(out)["verdict"])
    code, out, _ = place("team", "show", team, "--members", member.listed, "--json")
    assert (0, "in force") == (code, json.loads(out)["verdict"])
    assert "not verified" in place("team", "show", team)[1]
    assert 0 == place("roster", "renew", roster, "--days", "30")[0]
    assert "not in force" in place("roster", "show", roster, "--members", member.listed)[1]


def test_teams_have_no_more_agencies_than_a_publication_has_views(member, place, team, monkeypatch):
    """Otherwise the next publication would fail; up to that it is taken over."""
    monkeypatch.setattr(adopting, "MAX_VIEWERS", 4)
    assert 0 == member("team", team)[0]
    other = place.path / "other.team"
    place(
        "team", "init", other, "TH/tax", "--federation", "mekong",
        "--name", "Other Team", "--ends", "2028-01-01",
    )  # fmt: skip
    place("team", "sign", other, "--key", place.keys / "TH.root.key")
    code, _, err = member("team", other)
    assert 65 == code
    assert "too many agencies" in err
    monkeypatch.setattr(adopting, "MAX_VIEWERS", 5)
    assert 0 == member("team", other)[0]


def test_role_keys_are_compared_by_more_than_their_key_ids(place):
    """A key id of 4 octets is found again in hours; what is read out loud has 16."""
    words = ("--nation", "TH", "--role", "judge", "--label", "a", "--out", place.path / "judge")
    _, out, _ = place("roster", "key", *words)
    (said,) = re.findall(r"^fingerprint +((?:[0-9a-f]{4} ){7}[0-9a-f]{4})$", out, re.MULTILINE)
    file = place.path / "some.roster"
    place("roster", "init", file, "--federation", "mekong", "--nation", "TH")
    _, added, _ = place("roster", "add", file, place.path / "judge" / "TH.judge.a.vkey", "--yes")
    _, shown, _ = place("roster", "show", file)
    assert said in added
    assert said in shown


def test_a_role_key_is_no_root_key(place, roster, team):
    """It would sign under the root key's name, and no node would take what it signed."""
    key = place.path / "prosecutor" / "TH.prosecutor.bkk-1.key"
    for kind, file in (("roster", roster), ("team", team)):
        code, _, err = place(kind, "sign", file, "--key", key)
        assert 65 == code
        assert "NATION.root.key" in err
