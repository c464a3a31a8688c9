"""A log that went back is set aside whole, and an empty one begins under new keys."""

import contextlib
import shutil

import pytest
from fedquery_node import kept_heads, leftovers, new_log, schema, standing
from fedquery_node.home import open_home
from unit.federation import conftest as world
from unit.psi.holding import octets

from fedquery.cli.__main__ import main as fedquery
from fedquery.config.service import wall_clock
from fedquery.errors import BusyError, ConfigError, SignatureError
from fedquery.federation.cards import read_card
from fedquery.federation.names import node_log_origin
from fedquery.storage import log_check, log_fork
from fedquery.storage.database import DirectoryLock
from fedquery.tlog.add_checkpoint import AddCheckpoint
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.witness import require_signed


@pytest.fixture
def published(member, tmp_path):
    """Import and publish, and block an agency."""
    path = tmp_path / "import" / "rows.csv"
    path.parent.mkdir()
    path.write_text("identifier,reference,release_to\n+84855501990,R1,*\n")
    assert 0 == member("import", "phones", path)[0]
    assert 0 == member("publish")[0]
    standing.block(member.home, "TH/cyber-police", "a test", wall_clock())
    return member


def fork(home):
    """Show the log a checkpoint of its own that it does not hold."""
    node = open_home(home)
    shown = sign_checkpoint(Checkpoint(node.log.origin, 999, bytes(32)), node.log_signer)
    with contextlib.closing(schema.connect(home)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        log_fork.keep_evidence(home, connection, shown, b"own", 5)
        connection.execute("COMMIT")


def verified(home, keys):
    """Verify the log of a directory under the keys of another, and give its size."""
    log, key = open_home(keys).log, open_home(keys).log_signer.verifier_key
    with contextlib.closing(schema.connect(home)) as connection:
        return log_check.verify(log, connection, key)


def test_only_a_log_that_went_back_is_set_aside(published):
    """By mistake it would cost a nation its place with all others."""
    code, _, err = published("new-log")
    assert (65, True) == (code, "--without-evidence" in err)
    assert not (published.home / new_log.SET_ASIDE).exists()


def test_a_node_that_serves_is_left_alone(published):
    """It would sign on with the old key."""
    fork(published.home)
    with DirectoryLock(published.home, new_log.LOCK):
        assert 75 == published("new-log")[0]


def test_the_old_log_is_whole_and_the_new_one_is_empty(published, tmp_path):
    """With its keys and the evidence; records and blocks stay, what it published does not."""
    home = published.home
    before = shutil.copytree(home, tmp_path / "before")
    size = verified(home, home)
    with contextlib.closing(schema.connect(home)) as connection:
        seen = witness_of_vn(connection)
    fork(home)
    code, out, err = published("new-log")
    assert 0 == code, err
    (aside,) = (home / new_log.SET_ASIDE).iterdir()
    assert size == verified(aside, before)
    for name in ("log", "witness"):
        old = (before / "keys" / f"{name}.key").read_bytes()
        assert old == (aside / "keys" / f"{name}.key").read_bytes()
        assert old != (home / "keys" / f"{name}.key").read_bytes()
    assert b"own" == (aside / log_fork.DIRECTORY / log_fork.OWN).read_bytes()
    assert not (home / log_fork.DIRECTORY).exists()
    assert {0o700} == {path.stat().st_mode & 0o777 for path in (aside, aside / "keys")}

    assert 0 == verified(home, home)
    with contextlib.closing(schema.connect(home)) as connection:
        log_fork.require_one_history(home, connection)
        assert {0} == {rows(connection, table) for table in new_log._OF_THE_OLD_LOG}
        assert (1, 1) == (rows(connection, "record"), rows(connection, "block"))
        # What it has cosigned of others is not forgotten with it.
        assert seen == kept_heads.heads(connection)
    assert [] == [*(home / "keys" / "kem").glob("*.key"), *(home / "seeds").glob("*/*.seed")]
    card = read_card((home / "card.json").read_bytes())
    assert open_home(home).log_signer.verifier_key == card.log_vkey
    assert open_home(home).cosigner.verifier_key == card.witness_vkey
    assert card.address == read_card((before / "card.json").read_bytes()).address
    assert out.count("\n") == 5


def rows(connection, table):
    """Count the rows of a table."""
    query = f"SELECT count(*) FROM {table}"  # noqa: S608 -- a name that stands in this file
    return connection.execute(query).fetchone()[0]


def witness_of_vn(connection):
    """Have this node cosign something, and give what it keeps of that."""
    log = world.Log("TH")
    log.add(b"x")
    asked = AddCheckpoint(0, (), log.checkpoint())
    key = world.log_signer("TH").verifier_key
    checkpoint = require_signed(asked, {node_log_origin("mekong", "TH"): key})
    connection.execute("BEGIN IMMEDIATE")
    kept_heads.decide(connection, world.cosigner("VN"), asked, checkpoint, key, now_ms=7_000)
    connection.execute("COMMIT")
    return kept_heads.heads(connection)


def test_it_serves_again_once_its_keys_are_enrolled(published):
    """Not before: its checkpoints would be refused by everybody."""
    fork(published.home)
    assert 0 == published("new-log")[0]
    code, _, err = published("publish")
    assert (78, True) == (code, "another log or witness key" in err)
    card = str(published.home / "card.json")
    fedquery(["federation", "enrol", str(published.listed), card, "--yes"])
    published.sign("TH")
    published.sign("VN")
    for command in (
        ("members", published.listed),
        ("policy", "propose"),
        ("policy", "activate"),
        ("publish",),
    ):
        code, _, err = published(*command)
        assert 0 == code, err
    assert verified(published.home, published.home) > 0


@pytest.mark.parametrize("step", ["_set_aside", "_renew_keys", "_begin", "forgetting.finish"])
@pytest.mark.parametrize("after", [False, True])
def test_it_may_be_cut_short_anywhere(published, monkeypatch, tmp_path, step, after):
    """Then the node does not start, nothing of the old log is lost, and it can be begun again."""
    before = shutil.copytree(published.home, tmp_path / "before")
    size = verified(before, before)
    fork(published.home)
    module, _, name = step.rpartition(".")
    place = getattr(new_log, module) if module else new_log
    whole = getattr(place, name)

    def cut(*arguments):
        if after:
            whole(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place, name, cut)
        with pytest.raises(KeyboardInterrupt):
            begin(published.home)
    with (
        contextlib.closing(schema.connect(published.home)) as connection,
        pytest.raises(log_fork.LogForkedError),
    ):
        log_fork.require_one_history(published.home, connection)
    begin(published.home)
    assert 0 == verified(published.home, published.home)
    sizes = set()
    for aside in (published.home / new_log.SET_ASIDE).iterdir():
        with contextlib.suppress(SignatureError, ConfigError):
            sizes.add(verified(aside, before))
    assert size in sizes


def begin(home):
    """Begin a new log in this process."""
    now_ms = begin.now_ms = getattr(begin, "now_ms", wall_clock()) + 1
    return new_log.begin_new_log(home, without_evidence=False, random=octets(now_ms), now_ms=now_ms)


def test_without_evidence_it_has_to_be_asked_for(published):
    """As after a restore that is known to be behind, before anything was served."""
    assert 0 == published("new-log", "--without-evidence")[0]
    assert 0 == verified(published.home, published.home)


def test_two_at_once_exclude_each_other(published):
    """The second one would set the first one's half-made log aside."""
    fork(published.home)
    with DirectoryLock(published.home, new_log.PUBLISH_LOCK), pytest.raises(BusyError):
        begin(published.home)


def test_what_a_kill_left_of_it_the_next_start_ends(published, monkeypatch):
    """Without evidence nothing keeps the node from starting: old seeds must not stay until then."""
    home = published.home
    keys = open_home(home).keys
    assert (1,) == keys.seeds_of("phones")
    keys.create_kem(bytes(32))

    def cut(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(new_log.forgetting, "finish", cut)
        with pytest.raises(KeyboardInterrupt):
            new_log.begin_new_log(home, without_evidence=True, random=octets(7), now_ms=7)
    assert read_card((home / "card.json").read_bytes()).log_vkey == (
        open_home(home).log_signer.verifier_key
    )
    assert (1,) == keys.seeds_of("phones")
    with contextlib.closing(schema.connect(home)) as connection:
        # Of a key that the new log names nothing is destroyed.
        key = keys.create_kem(bytes(31) + b"1")
        connection.execute("INSERT INTO kem_key VALUES (?, x'', 0, 0, x'', 0, NULL)", (key.key_id,))
        leftovers.remove_leftovers_at_start(connection, home, keys)
        assert () == leftovers.remove_leftovers(connection, home, keys)
    assert () == keys.seeds_of("phones")
    assert [] == [*(home / "index").glob("*/*")]
    assert [f"{key.key_id.hex()}.key"] == [one.name for one in (home / "keys" / "kem").iterdir()]
