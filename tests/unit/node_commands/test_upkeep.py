"""What a serving node does beside answering: keys come and go, files change, versions retire."""

import contextlib
import hashlib
import json
import sqlite3

import pytest
from fedquery_node import log_status, manifests, policy_store, schema
from fedquery_node.home import open_home
from fedquery_node.kem_keys import DESTROYED_AFTER_MS, HOUR_MS
from fedquery_node.policy_store import Digests, PolicyFiles
from fedquery_node.upkeep import Upkeep
from unit.psi.holding import octets

from fedquery.audit.node import PolicyEntry
from fedquery.cli.__main__ import main as fedquery
from fedquery.config import logs
from fedquery.config.service import wall_clock
from fedquery.errors import StorageError
from fedquery.federation.history import require_not_smaller, require_one_history
from fedquery.federation.manifest import Manifest
from fedquery.federation.member_list import parse
from fedquery.federation.signed_manifest import open_manifest, verify_manifest
from fedquery.storage import log_cosignatures
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import open_note, sign
from fedquery.tlog.trust_lines import Group, Witness
from fedquery.tlog.trust_policy import TrustPolicy


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
    manifest, newest = open_manifest(force.manifest, node)
    verify_manifest(manifest, newest, now_ms)
    if kept is not None:
        require_not_smaller(kept, newest)
        require_one_history(kept, newest, reader)
    return manifest, newest


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


WITNESSES = {n: Cosigner(f"fedquery/{n}/witness", n.encode() * 16) for n in ("KH", "LA", "MM")}
TRUST = TrustPolicy(
    (),
    tuple(Witness(name, one.verifier_key) for name, one in WITNESSES.items()),
    (Group("two", 2, tuple(WITNESSES)),),
    "two",
)


def cosign(upkeep, size, *nations, by=WITNESSES):
    """Keep cosignatures of the checkpoint of a size."""
    note = log_cosignatures.with_lines(upkeep.connection, size)
    body = note[: note.rindex(b"\n\n") + 1]
    lines = open_note(
        sign(body, [by[nation].at(7) for nation in nations]),
        [one.verifier_key for one in by.values()],
        10_000,
    ).signatures
    upkeep.connection.execute("BEGIN IMMEDIATE")
    log_cosignatures.add(upkeep.connection, Checkpoint.parse(body), lines)
    upkeep.connection.execute("COMMIT")


def test_status_counts_the_witnesses_of_the_list_in_force(member, upkeep, monkeypatch):
    """Lines of keys that were replaced are there, and are no majority, as at askers."""

    def seen():
        return json.loads(member("status", "--json")[1])["log"]["cosigned_size"]

    upkeep.start(wall_clock())
    size = upkeep.home.log.latest_checkpoint(upkeep.connection)[0].size
    # Alone in its list, a node has no witnesses.
    assert 0 == seen()
    monkeypatch.setattr(log_status, "policy_of", lambda *_of: TRUST)
    replaced = {n: Cosigner(one.name, n.encode() * 8 + bytes(16)) for n, one in WITNESSES.items()}
    for nation in ("KH", "LA", "MM"):
        cosign(upkeep, size, nation, by={nation: replaced[nation]})
    assert 0 == seen()
    cosign(upkeep, size, "KH", "LA")
    assert size == seen()


def grow(upkeep):
    """Log something that is not offered, and sign it."""
    upkeep.connection.execute("BEGIN IMMEDIATE")
    upkeep.home.log.append(upkeep.connection, [b"a question"])
    made, _ = upkeep.home.log.sign_checkpoint(upkeep.connection, upkeep.home.log_signer, 5)
    upkeep.connection.execute("COMMIT")
    return made.size


def shown(upkeep, force, now_ms):
    """Build a manifest under a quorum of two, and give size and witnesses of its checkpoint."""
    made = manifests.build(
        upkeep.connection,
        upkeep.home,
        force.rules,
        force.catalogue,
        force.kem_keys.values(),
        trust=TRUST,
        now_ms=now_ms,
    )
    upkeep.connection.execute("BEGIN IMMEDIATE")
    manifests.remember(upkeep.connection, made)
    upkeep.connection.execute("COMMIT")
    note = Manifest.parse(made.note[: made.note.rindex(b"\n\n") + 1]).checkpoint
    key = upkeep.home.log_signer.verifier_key
    return made.checkpoint_size, TRUST.look(note, key).count


def test_a_manifest_shows_the_newest_checkpoint_with_a_quorum(member, upkeep):
    """As long as that holds all that is offered; and never one before the last it has shown."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    first = upkeep.home.log.latest_checkpoint(upkeep.connection)[0].size
    assert (first, 0) == shown(upkeep, force, now_ms)
    cosign(upkeep, first, "KH")
    # One is no quorum, but it is shown.
    assert (first, 1) == shown(upkeep, force, now_ms)
    cosign(upkeep, first, "LA")
    second = grow(upkeep)
    third = grow(upkeep)
    assert (first, 2) == shown(upkeep, force, now_ms)
    cosign(upkeep, third, "KH")
    assert (first, 2) == shown(upkeep, force, now_ms)
    cosign(upkeep, third, "MM")
    assert (third, 2) == shown(upkeep, force, now_ms)
    cosign(upkeep, second, "KH", "LA", "MM")
    assert (third, 2) == shown(upkeep, force, now_ms)

    # A new key to seal to is in no checkpoint that has a quorum: the newest one is shown.
    force = upkeep.refresh(force, now_ms + 18 * HOUR_MS + 1)
    size, count = shown(upkeep, force, now_ms + 18 * HOUR_MS + 1)
    assert (upkeep.home.log.latest_checkpoint(upkeep.connection)[0].size, 0) == (size, count)
    assert size > third


def test_cosignatures_make_a_new_manifest_and_no_new_checkpoint(member, upkeep):
    """Else every cosignature would make the next one necessary, and tell of each question."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    size = upkeep.home.log.latest_checkpoint(upkeep.connection)[0].size
    upkeep.connection.execute("BEGIN IMMEDIATE")
    upkeep.home.log.append(upkeep.connection, [b"a question"])
    upkeep.connection.execute("COMMIT")
    cosign(upkeep, size, "KH")
    assert force is upkeep.refresh(force, now_ms + 500)
    again = upkeep.refresh(force, now_ms + 1000, cosigned=True)
    assert again.manifest != force.manifest
    assert again.checkpoint == force.checkpoint
    assert size == upkeep.home.log.latest_checkpoint(upkeep.connection)[0].size
    assert b"KH/witness" in again.manifest
    assert again is upkeep.refresh(again, now_ms + 1500)


def activate(member, text=b"\n// another day\n", name="VN.cedar"):
    """Change a file, propose it and activate it."""
    path = member.policies / name
    path.write_bytes(path.read_bytes() + text)
    assert 0 == member("policy", "propose")[0]
    assert 0 == member("policy", "activate")[0]
    return hashlib.sha256(path.read_bytes()).digest()


def test_an_edited_file_changes_nothing_and_an_activated_one_does(member, upkeep, events):
    """Only what was activated decides; the node takes it over without a restart and says so."""
    now_ms = wall_clock()
    force = upkeep.start(now_ms)
    size = upkeep.home.log.size(upkeep.connection)
    path = member.policies / "VN.cedar"
    path.write_bytes(path.read_bytes() + b"\n// edited\n")
    assert upkeep.refresh(force, now_ms + 3000).rules is force.rules
    digest = activate(member)
    again = upkeep.refresh(force, now_ms + 6000)
    assert digest == again.rules.digest
    assert [("policy-in-force", {})] == events
    leaves = upkeep.home.log.entries(upkeep.connection, size, size + 2)
    found = [PolicyEntry.decode(leaf) for leaf in leaves]
    assert [("proposed", digest), ("activated", digest)] == [
        (one.act, one.policy_digest) for one in found
    ]
    # The manifest tells of it.
    manifest, _ = verified(member, upkeep, again, now_ms + 6000)
    assert digest == manifest.policy.digest


def test_another_schema_is_taken_over_too(member, upkeep, events):
    """The rules in force are those of both files."""
    force = upkeep.start(wall_clock())
    digest = activate(member, name="schema.cedarschema")
    again = upkeep.refresh(force, wall_clock())
    assert digest == again.rules.schema_digest
    assert force.rules.digest == again.rules.digest
    assert [("policy-in-force", {})] == events


def test_a_refused_proposal_is_an_alarm_until_one_passes(member, upkeep, events):
    """One line in the node's log, with file and line; a word in its status; exit code 78."""
    force = upkeep.start(wall_clock())
    path = member.policies / "VN.cedar"
    good = path.read_bytes()
    path.write_bytes(good + b"nonsense\n")
    code, _, err = member("policy", "propose")
    line = good.count(b"\n") + 1
    assert 78 == code
    assert f"{path}, line {line}, column 1: " in err
    for _ in range(2):
        assert upkeep.refresh(force, wall_clock()).rules is force.rules
    assert [("policy-rejected", {"file": "VN.cedar", "line": line})] == events
    assert "REFUSED" in member("status")[1]
    path.write_bytes(good + b"\n")
    assert 0 == member("policy", "propose")[0]
    assert json.loads(member("status", "--json")[1])["policy"]["refused"] is None
    assert "proposed, not activated" in member("status")[1]


def test_what_was_written_into_the_database_does_not_decide(member, upkeep, events):
    """A bad file that is made to be in force there is not taken over, nor is one swapped."""
    force = upkeep.start(wall_clock())
    bad = PolicyFiles(b"permit (principal, action, resource);", b"entity Nation;")
    policy_store.keep(upkeep.connection, bad)
    policy_store.put_in_force(upkeep.connection, bad.digests)
    for _ in range(2):
        assert upkeep.refresh(force, wall_clock()).rules is force.rules
    assert ["policy-rejected"] == [name for name, _ in events]
    # Octets that are not those of their digest: the node decides as before, and keeps up the rest.
    swapped = PolicyFiles(b"// another", b"// schema")
    policy_store.keep(upkeep.connection, swapped)
    upkeep.connection.execute("UPDATE policy_file SET octets = x'00' WHERE length(octets) = 10")
    policy_store.put_in_force(upkeep.connection, swapped.digests)
    for _ in range(2):
        assert upkeep.refresh(force, wall_clock()).rules is force.rules
    assert ["policy-rejected"] * 2 == [name for name, _ in events]
    # Nor does a node start by such a file.
    digests = Digests(force.rules.digest, force.rules.schema_digest)
    upkeep.connection.execute(
        "UPDATE policy_file SET octets = x'00' WHERE digest = ?", (digests.policy,)
    )
    policy_store.put_in_force(upkeep.connection, digests)
    with pytest.raises(StorageError):
        Upkeep(upkeep.home, upkeep.connection, octets(3)).start(wall_clock())


def test_status_says_where_the_file_is_not_what_is_in_force(member, upkeep):
    """Edited, unreadable, not taken over: each in its words, and nothing while they are one."""
    upkeep.start(wall_clock())

    def problem():
        return json.loads(member("status", "--json")[1])["policy"]["problem"]

    assert "" == problem()
    path = member.policies / "VN.cedar"
    path.write_bytes(path.read_bytes() + b"\n")
    assert "is not in force" in problem()
    assert "THE FILE ON THE DISK is not in force" in member("status")[1]
    path.chmod(0o666)
    assert "others may write it" in problem()
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
    force = upkeep.start(wall_clock())
    digest = activate(member)
    with busy(), pytest.raises(sqlite3.OperationalError):
        upkeep.refresh(force, wall_clock())
    assert digest == upkeep.refresh(force, wall_clock()).rules.digest


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
