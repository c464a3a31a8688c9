"""What a serving node does beside answering: keys come and go, files change, versions retire."""

import contextlib
import hashlib
import json
import sqlite3

import pytest
from fedquery_node import rules, schema
from fedquery_node.home import open_home
from fedquery_node.kem_keys import DESTROYED_AFTER_MS, HOUR_MS
from fedquery_node.upkeep import Upkeep
from unit.psi.holding import octets

from fedquery.cli.__main__ import main as fedquery
from fedquery.config import logs
from fedquery.config.service import wall_clock
from fedquery.federation.manifest import verify_manifest
from fedquery.federation.member_list import parse


@pytest.fixture
def upkeep(member):
    """Open the upkeep of a node that is in a signed list."""
    home = open_home(member.home)
    with contextlib.closing(schema.connect(member.home)) as connection:
        yield Upkeep(home, connection, octets(3))


@pytest.fixture
def events(monkeypatch):
    """Gather the events that are logged."""
    found = []
    monkeypatch.setattr(logs, "event", lambda name, **fields: found.append((name, fields)))
    return found


def verified(member, upkeep, force, now_ms, kept=None):
    """Verify what the node offers as an asker does."""
    note = (member.home / "federation.note").read_bytes()
    node = parse(note[: note.rindex(b"\n\n") + 1]).nodes["VN"]
    reader = upkeep.home.log.reader(upkeep.connection)
    return verify_manifest(force.manifest, node, now_ms, kept, reader)


def test_keys_to_seal_to_overlap_and_are_destroyed(member, upkeep):
    """One always lasts for hours; what is over is gone from the disk."""
    start_ms = wall_clock()
    force = upkeep.start(start_ms)
    (first,) = force.kem_keys
    manifest, head = verified(member, upkeep, force, start_ms)
    assert 1 == len(manifest.kem_keys)

    now_ms = start_ms + 18 * HOUR_MS + 1
    force = upkeep.refresh(force, now_ms)
    assert {first} < set(force.kem_keys)
    manifest, head = verified(member, upkeep, force, now_ms, head)
    assert 2 == len(manifest.kem_keys)

    # The first is over, and is still opened for a while, but no more offered.
    now_ms = start_ms + 24 * HOUR_MS + 1
    force = upkeep.refresh(force, now_ms)
    assert first in force.kem_keys
    path = member.home / "keys" / "kem" / f"{first.hex()}.key"
    assert path.exists()

    now_ms = start_ms + 24 * HOUR_MS + DESTROYED_AFTER_MS
    force = upkeep.refresh(force, now_ms)
    assert first not in force.kem_keys
    assert not path.exists()
    manifest, _ = verified(member, upkeep, force, now_ms, head)
    assert 1 == len(manifest.kem_keys)


def test_a_version_is_taken_over_and_the_one_before_retires(member, upkeep, tmp_path):
    """Its seed is destroyed when its time is over."""
    (tmp_path / "import").mkdir()
    path = tmp_path / "import" / "rows.csv"
    path.write_text("identifier,reference,release_to\n+84855501990,R1,*\n")
    assert 0 == member("import", "phones", path)[0]
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    assert {} == force.catalogue
    seeds = member.home / "seeds" / "phones"
    for version in (1, 2):
        assert 0 == member("publish")[0]
        now_ms = wall_clock()
        force = upkeep.refresh(force, now_ms)
        assert force.catalogue["phones", version].newest
    assert {("phones", 1), ("phones", 2)} == set(force.catalogue)
    later_ms = now_ms + 1000 * upkeep.home.settings.overlap_s + 5000
    force = upkeep.refresh(force, later_ms)
    assert {("phones", 2)} == set(force.catalogue)
    assert ["2.seed"] == [path.name for path in seeds.iterdir()]
    manifest, _ = verified(member, upkeep, force, later_ms)
    assert 1 == len(manifest.datasets[0].publications)


def test_a_bad_policy_changes_nothing_and_a_good_one_does(member, upkeep, events):
    """The old rules stay in force until there are better ones; each that comes is logged."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    size = upkeep.home.log.size(upkeep.connection)
    path = member.policies / "VN.cedar"
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    again = upkeep.refresh(force, now_ms + 3000)
    assert again.rules is force.rules
    ((name, fields),) = events
    assert ("policy-rejected", "VN.cedar") == (name, fields["file"])
    # The file was cut in its middle: the last line is to blame.
    assert good[: len(good) // 2].count(b"\n") <= fields["line"]
    assert size == upkeep.home.log.size(upkeep.connection)
    path.write_bytes(good + b"\n// another day\n")
    again = upkeep.refresh(again, now_ms + 6000)
    assert again.rules.digest != force.rules.digest
    assert size + 1 == upkeep.home.log.size(upkeep.connection)
    leaf = upkeep.home.log.entries(upkeep.connection, size, size + 1)[0]
    assert again.rules.digest.hex() == json.loads(leaf)["policy_digest"]


def test_a_policy_that_others_may_write_is_refused(member, upkeep, events):
    """Whoever can write it decides who is answered."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    path = member.policies / "VN.cedar"
    path.write_bytes(path.read_bytes() + b"\n")
    path.chmod(0o666)
    assert upkeep.refresh(force, now_ms + 3000).rules is force.rules
    assert [("policy-rejected", {"file": "VN.cedar", "line": 0})] == events


def test_another_schema_is_taken_over_too(member, upkeep, events):
    """The rules in force are those of both files."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    path = member.policies / "schema.cedarschema"
    path.write_bytes(path.read_bytes() + b"\n")
    again = upkeep.refresh(force, now_ms + 3000)
    assert again.rules.schema_digest != force.rules.schema_digest
    assert [("policy-in-force", {})] == events


def test_status_says_where_the_file_is_not_what_is_in_force(member, upkeep):
    """Not loaded yet, broken, unreadable: each in its words, and nothing while they are one."""
    upkeep.start(wall_clock())

    def problem():
        return json.loads(member("status", "--json")[1])["policy"]["problem"]

    assert "" == problem()
    path = member.policies / "VN.cedar"
    good = path.read_bytes()
    path.write_bytes(good + b"\n")
    assert "is not taken into force yet" == problem()
    path.write_bytes(good + b"\nnonsense\n")
    assert f"cannot be taken: {path}, line " in problem()
    assert "THE FILE ON THE DISK cannot be taken" in member("status")[1]
    path.unlink()
    assert "No such file" in problem()


def test_a_bad_member_list_changes_nothing(member, upkeep, events):
    """The old one stays in force, and the operator is told."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    note = member.home / "federation.note"
    note.write_bytes(note.read_bytes().replace(b"TH", b"KH"))
    assert upkeep.refresh(force, now_ms + 3000).members == force.members
    assert ["members-rejected"] == [name for name, _ in events]


def test_questions_get_into_a_checkpoint_in_time(member, upkeep):
    """And not before: a checkpoint for each would tell when something was asked."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    upkeep.connection.execute("BEGIN IMMEDIATE")
    upkeep.home.log.append(upkeep.connection, [b"a leaf"])
    upkeep.connection.execute("COMMIT")
    every_ms = 1000 * upkeep.home.settings.checkpoint_every_s
    assert upkeep.refresh(force, now_ms + every_ms - 1).checkpoint == force.checkpoint
    assert upkeep.refresh(force, now_ms + every_ms).checkpoint != force.checkpoint


@pytest.fixture
def busy(member, upkeep):
    """Give a context in which another process writes to the database, as a long import does."""
    # The node waits for seconds; a test does not.
    upkeep.connection.execute("PRAGMA busy_timeout = 0")

    @contextlib.contextmanager
    def writing():
        with contextlib.closing(schema.connect(member.home, checked=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    return writing


def test_a_policy_that_came_while_the_database_was_busy_is_not_forgotten(member, upkeep, busy):
    """An import holds the database for minutes: the new rules are in force once it lets go."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    path = member.policies / "VN.cedar"
    path.write_bytes(path.read_bytes() + b"\n// a stricter day\n")
    with busy(), pytest.raises(sqlite3.OperationalError):
        upkeep.refresh(force, now_ms + 3000)
    again = upkeep.refresh(force, now_ms + 6000)
    assert again.rules.digest == hashlib.sha256(path.read_bytes()).digest()


def test_members_that_came_while_the_database_was_busy_are_not_forgotten(member, upkeep, busy):
    """Else an agency that was struck off could go on asking until the node starts anew."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    fedquery(["federation", "renew", str(member.listed), "--days", "20"])
    member.sign("TH")
    member.sign("VN")
    assert 0 == member("members", member.listed)[0]
    with busy(), pytest.raises(sqlite3.OperationalError):
        upkeep.refresh(force, now_ms + 3000)
    assert 2 == upkeep.refresh(force, now_ms + 6000).members.federation.number


def test_a_file_that_changed_while_the_node_started_is_not_missed(member, upkeep, monkeypatch):
    """What was there before it was read is what a later look is compared with."""
    path, load = member.policies / "VN.cedar", rules.load

    def load_and_change(home, files):
        loaded = load(home, files)
        path.write_bytes(path.read_bytes() + b"\n// in the same second\n")
        return loaded

    monkeypatch.setattr(rules, "load", load_and_change)
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    monkeypatch.setattr(rules, "load", load)
    again = upkeep.refresh(force, now_ms + 3000)
    assert again.rules.digest == hashlib.sha256(path.read_bytes()).digest()


def test_a_policy_comes_into_force_once_its_mode_is_mended(member, upkeep, events):
    """`chmod` is what the refusal says to do, and it changes no time of the content."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    path = member.policies / "VN.cedar"
    path.write_bytes(path.read_bytes() + b"\n// a stricter day\n")
    path.chmod(0o666)
    assert upkeep.refresh(force, now_ms + 3000).rules is force.rules
    path.chmod(0o644)
    assert upkeep.refresh(force, now_ms + 6000).rules is not force.rules
    assert ["policy-rejected", "policy-in-force"] == [name for name, _ in events]


def test_a_schema_that_changed_alone_comes_into_force(member, upkeep):
    """It decides what a rule may name."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    path = member.policies / "schema.cedarschema"
    path.write_bytes(path.read_bytes() + b"\n// another day\n")
    again = upkeep.refresh(force, now_ms + 3000)
    assert again.rules.schema_digest == hashlib.sha256(path.read_bytes()).digest()
