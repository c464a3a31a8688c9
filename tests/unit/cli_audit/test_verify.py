"""`fedquery audit verify`: what it says, what it leaves open, and what hostile input does to it."""

import json
import os
import shutil
import sqlite3
from dataclasses import replace

import pytest
from unit.audit.test_sense import ACTIVATED, PROPOSED, QUESTION, UNDECIDED
from unit.cli_audit.conftest import write_log

from fedquery.ask import audit_results
from fedquery.audit.verified import Faulty
from fedquery.cli.__main__ import main
from fedquery.storage.log import LogStore
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer, sign_line, split_note
from fedquery.tlog.trust_lines import Group, NamedLog, Witness
from fedquery.tlog.trust_policy import TrustPolicy

ORIGIN = "fedquery.log/mekong/VN"
SIGNER = Signer(ORIGIN, b"\x03" * 32)
KEY = SIGNER.verifier_key.format()


@pytest.fixture
def run(capsys):
    """Run a command; give its code, its document and what went to standard error."""

    def call(*words):
        code = main(["audit", *map(str, words), "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return call


@pytest.fixture
def small(tmp_path):
    """Write a small log that makes sense."""
    leaves = [PROPOSED.encode(), ACTIVATED.encode(), *[UNDECIDED.encode()] * 5]
    write_log(tmp_path / "log", leaves, SIGNER)
    return tmp_path / "log"


def test_a_real_log_is_verified_by_its_member_list(run, real):
    """Every type of entry that a node writes is in it; nothing is left out but what is named."""
    code, found, _ = run("verify", real.new, "--members", real.members, "--since", real.since)
    assert (0, "verified", ORIGIN) == (code, found["verdict"], found["origin"])
    assert {
        "answer", "claim", "fault", "key", "member", "policy", "publication", "refusal", "review",
        "roster", "team",
    } == set(found["entries"])  # fmt: skip
    assert sum(found["entries"].values()) == found["size"] > 256 > found["since"] > 0
    assert {"cosigned": {}, "missing": [], "needed": 0, "of": 0, "size": found["size"]} == (
        found["witnesses"]
    )
    assert {None, 0} == set(found["remarks"].values())
    assert 3 == len(found["not_checked"])


def test_without_a_key_it_is_said_loudly(run, real, capsys):
    """Exit code 3: nothing is false, and anybody may have written it."""
    code, found, _ = run("verify", real.new, "--keep", real.new.parent / "never")
    assert (3, "signature not verified", None) == (code, found["verdict"], found["witnesses"])
    assert (False, False) == (found["kept"], (real.new.parent / "never").exists())
    assert 3 == main(["audit", "verify", str(real.new)])
    out = capsys.readouterr().out
    assert 2 == out.count("NOT VERIFIED")


@pytest.mark.parametrize("form", ["text", "file"])
def test_a_key_is_text_or_a_file(run, real, tmp_path, form):
    """The key of another log is refused, and a false one finds a fault."""
    vkey = real.key.format()
    (tmp_path / "log.vkey").write_text(f"{vkey}\n")
    named = vkey if form == "text" else tmp_path / "log.vkey"
    assert 0 == run("verify", real.new, "--key", named)[0]
    other = Signer("fedquery.log/mekong/LA", bytes(32)).verifier_key.format()
    assert 65 == run("verify", real.new, "--key", other)[0]
    assert 8 == run("verify", real.new, "--key", KEY)[0]


def test_what_is_given_twice_or_not_at_all_is_refused(run, real, tmp_path):
    """A member list stands alone; a trust policy without the log's line needs its key."""
    assert 2 == run("verify", real.new, "--members", real.members, "--key", KEY)[0]
    (tmp_path / "trust.txt").write_bytes(TrustPolicy((), (), (), "none").format())
    code, _, err = run("verify", real.new, "--trust", tmp_path / "trust.txt")
    assert (65, True) == (code, "no line `log`" in err)
    trust = ("--trust", tmp_path / "trust.txt", "--key", real.key.format())
    assert 0 == run("verify", real.new, *trust)[0]
    (tmp_path / "trust.txt").write_bytes(b"quorum nobody\n")
    code, _, err = run("verify", real.new, "--trust", tmp_path / "trust.txt")
    assert (65, True) == (code, "trust.txt" in err and "line 1" in err)


def cosigned(note, names):
    """Add the lines of some witnesses to a checkpoint."""
    body, _ = split_note(note, 10_000)
    witnesses = [Cosigner(f"fedquery/{name}/witness", name.encode() * 16) for name in names]
    return note + b"".join(sign_line(body, one.at(1_795_000_000)) for one in witnesses)


@pytest.fixture
def trust(tmp_path):
    """Write a trust policy: two of three witnesses."""
    names = ("CN", "LA", "TH")
    witnesses = tuple(
        Witness(name, Cosigner(f"fedquery/{name}/witness", name.encode() * 16).verifier_key)
        for name in names
    )
    policy = TrustPolicy(
        (NamedLog(SIGNER.verifier_key),), witnesses, (Group("three", 2, names),), "three"
    )
    (tmp_path / "trust.txt").write_bytes(policy.format())
    return tmp_path / "trust.txt"


@pytest.mark.parametrize(("names", "code"), [("CN TH", 0), ("CN LA TH", 0), ("LA", 8), ("", 8)])
def test_a_quorum_of_witnesses_is_asked_for(run, small, trust, names, code):
    """Below it, the log does not verify; above it, who is missing is told."""
    path = small / "checkpoint"
    path.write_bytes(cosigned(path.read_bytes(), names.split()))
    got, found, err = run("verify", small, "--trust", trust)
    assert code == got, err
    if code:
        assert ("checkpoint", None) == (found["file"], found["index"])
        assert "no quorum" in found["what"]
    else:
        assert set(names.split()) == set(found["witnesses"]["cosigned"])
        assert {"CN", "LA", "TH"} - set(names.split()) == set(found["witnesses"]["missing"])


def test_the_witness_of_the_log_itself_does_not_count(run, small, tmp_path):
    """A policy names all nations; by its name, one of them is the owner of the log."""
    nation = SIGNER.name.rpartition("/")[2]
    witnesses = tuple(
        Witness(name, Cosigner(f"fedquery/{name}/witness", name.encode() * 16).verifier_key)
        for name in ("CN", "KH", nation)
    )
    group = Group("all-three", 2, tuple(one.name for one in witnesses))
    policy = TrustPolicy((NamedLog(SIGNER.verifier_key),), witnesses, (group,), "all-three")
    (tmp_path / "trust.txt").write_bytes(policy.format())
    path = small / "checkpoint"
    note = path.read_bytes()
    for names, code in (((nation, "CN"), 8), (("CN", "KH"), 0)):
        path.write_bytes(cosigned(note, names))
        assert code == run("verify", small, "--trust", tmp_path / "trust.txt")[0]


def test_commands_that_look_at_no_signature_say_so(run, real, small, capsys):
    """Whoever made a log up would make up decisions and twins that fit."""
    assert 0 == main(["audit", "replay", str(real.new)])
    assert "not looked at: who signed" in capsys.readouterr().out
    hub = small.parent / "hub"
    write_log(hub, [], Signer("fedquery.log/mekong/coordinator/hub", bytes(32)))
    main(["audit", "reconcile", str(real.new), str(hub)])
    assert "not looked at: who signed" in capsys.readouterr().out


def test_the_name_of_a_strangers_log_does_not_move_the_cursor(run, small, capsys):
    """It is told before any signature was looked at, so it is never shown."""
    name = "fedquery.log/\u009b2J\u202emekong/VN"
    path = small / "checkpoint"
    strange = path.read_bytes().replace(ORIGIN.encode(), name.encode(), 1)
    (small.parent / "strange").write_bytes(strange)
    assert 65 == main(["audit", "verify", str(small), "--since", str(small.parent / "strange")])
    path.write_bytes(strange)
    for command in ("verify", "replay", "stats", "sample"):
        assert 8 == main(["audit", command, str(small)])
    assert not {"\u009b", "\u202e"} & set("".join(capsys.readouterr()))


def test_a_database_that_may_not_be_read_is_said_to_be_that(run, real, monkeypatch):
    """Such as on a read-only medium: an auditor is not told that it holds no log."""
    monkeypatch.setattr(sqlite3, "connect", lambda *_, **__: _Unreadable())
    code, _, err = run("verify", real.home)
    assert (74, True) == (code, "cannot be opened to be read" in err)


class _Unreadable:
    """A connection to a file that SQLite cannot open."""

    def execute(self, _statement):
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    def close(self):
        pass


def test_a_false_line_of_a_witness_is_a_fault(run, small, trust):
    """A cosignature of another tree: somebody put it there."""
    path = small / "checkpoint"
    note = path.read_bytes()
    line = cosigned(note.replace(b"\n7\n", b"\n6\n"), ["CN"]).splitlines(keepends=True)[-1]
    path.write_bytes(cosigned(note, ["LA", "TH"]) + line)
    code, found, _ = run("verify", small, "--trust", trust)
    assert (8, "checkpoint") == (code, found["file"])


def test_a_checkpoint_is_kept_once_it_is_verified(run, real, tmp_path):
    """The next time it is what the log has to extend; without a key nothing is kept."""
    kept = tmp_path / "kept"
    assert 3 == run("verify", real.old, "--keep", kept)[0]
    assert not kept.exists()
    trusted = ("--members", real.members, "--keep", kept)
    assert 0 == run("verify", real.old, *trusted)[0]
    assert (real.old / "checkpoint").read_bytes() == kept.read_bytes()
    assert 0 == run("verify", real.new, "--since", kept, *trusted)[0]
    code, found, _ = run("verify", real.old, "--since", kept, *trusted)
    size = int((real.old / "checkpoint").read_bytes().split(b"\n")[1])
    assert (8, "checkpoint", size) == (code, found["file"], found["index"])
    assert "rolled back" in found["what"]
    # What does not verify is not kept.
    assert (real.new / "checkpoint").read_bytes() == kept.read_bytes()


def test_a_kept_checkpoint_of_another_log_is_no_fault_of_this_one(run, real, tmp_path):
    """The auditor has named the wrong file: 65, and the file is named."""
    other = tmp_path / "other"
    write_log(other, [b"x"], Signer("fedquery.log/mekong/LA", bytes(32)))
    code, _, err = run("verify", real.new, "--since", other / "checkpoint")
    assert (65, True) == (code, "fedquery.log/mekong/LA" in err)
    (tmp_path / "garbage").write_bytes(b"\0" * 100)
    code, _, err = run("verify", real.new, "--since", tmp_path / "garbage")
    assert (65, True) == (code, "garbage" in err)


def test_a_data_directory_is_verified_while_it_is_written(run, real, tmp_path):
    """What is behind the newest checkpoint is counted and not looked at; nobody is held up."""
    home = tmp_path / "home"
    home.mkdir()
    connection = sqlite3.connect(real.home / "node.db")
    with sqlite3.connect(home / "node.db") as copy:
        connection.backup(copy)
    copy.close()
    connection.close()
    writing = sqlite3.connect(home / "node.db", isolation_level=None)
    writing.execute("PRAGMA journal_mode = WAL")
    writing.execute("BEGIN IMMEDIATE")
    LogStore(ORIGIN).append(writing, [b"not signed yet"])
    before = run("verify", home, "--members", real.members)[1]
    writing.execute("COMMIT")
    code, found, _ = run("verify", home, "--members", real.members)
    writing.close()
    assert (0, before["size"], before["unsigned"] + 1) == (code, found["size"], found["unsigned"])
    assert run("verify", real.new, "--key", real.key.format())[1]["root"] == found["root"]


UNLOCK = "DROP TRIGGER IF EXISTS {}_update; DROP TRIGGER IF EXISTS {}_delete;"
DAMAGES = {
    "an entry": (
        "log_entry",
        "UPDATE log_entry SET data = x'00' WHERE position = 260",
        "node.db: tile/entries/001",
        260,
    ),
    "an entry that is gone": (
        "log_entry",
        "DELETE FROM log_entry WHERE position = 12",
        "node.db: tile/entries/000",
        12,
    ),
    "a tile": (
        "log_tile",
        "UPDATE log_tile SET hashes = zeroblob(32) WHERE level = 1",
        "node.db: tile/1/000.p/1",
        0,
    ),
    "a tile that is gone": (
        "log_tile",
        "DELETE FROM log_tile WHERE level = 0 AND position = 1",
        "node.db: tile/0/001",
        256,
    ),
    "the head": (
        "log_head",
        "UPDATE log_head SET root = zeroblob(32)",
        "node.db: checkpoint",
        None,
    ),
    "a policy": (
        "log_head",
        "UPDATE policy_file SET octets = x'00'",
        "node.db: ",
        None,
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_database_is_named_with_its_first_bad_entry(run, real, tmp_path, name):
    """Whatever was written over, by whoever can write the file."""
    table, statement, file, index = DAMAGES[name]
    connection = sqlite3.connect(real.home / "node.db")
    with sqlite3.connect(tmp_path / "node.db") as copy:
        connection.backup(copy)
    connection.close()
    copy.executescript(UNLOCK.format(table, table))
    copy.execute(statement)
    copy.commit()
    copy.close()
    code, found, _ = run("verify", tmp_path, "--members", real.members)
    assert (8, index) == (code, found["index"])
    assert found["file"].startswith(file)


def test_every_checkpoint_that_a_database_keeps_is_of_this_log(run, real, tmp_path):
    """One that its own key has signed over another tree is what a fork leaves behind."""
    connection = sqlite3.connect(real.home / "node.db")
    with sqlite3.connect(tmp_path / "node.db") as copy:
        connection.backup(copy)
    connection.close()
    (size,) = copy.execute("SELECT min(size) FROM log_checkpoint WHERE size > 5").fetchone()
    forked = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), real.signer)
    copy.executescript(UNLOCK.format("log_checkpoint", "log_checkpoint"))
    copy.execute("UPDATE log_checkpoint SET note = ? WHERE size = ?", (forked, size))
    copy.commit()
    copy.close()
    code, found, _ = run("verify", tmp_path, "--members", real.members)
    assert (8, "node.db: an older checkpoint") == (code, found["file"])
    assert f"the {size} entries" in found["what"]


def replaced(path, octets):
    """Write a file."""
    path.write_bytes(octets)


def piped(path):
    """Put a pipe in the place of a file: whoever opens it waits for ever."""
    path.unlink()
    os.mkfifo(path)


def linked(path):
    """Put a link to another file in the place of a file."""
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)


def linked_directory(path):
    """Put a link to a directory elsewhere in the place of a directory."""
    path.rename(path.with_name("moved"))
    path.symlink_to(path.with_name("moved"))


def grown(path):
    """Make a file of four gigabytes that takes no room."""
    with path.open("r+b") as file:
        file.truncate(4 * 2**30)


HOSTILE = {
    "pipe for a tile": (piped, "tile/0/000.p/7", "tile/0/000.p/7"),
    "pipe for a bundle": (piped, "tile/entries/000.p/7", "tile/entries/000.p/7"),
    "link for a tile": (linked, "tile/0/000.p/7", "tile/0/000.p/"),
    "link for a bundle": (linked, "tile/entries/000.p/7", "tile/entries/000.p/"),
    "link for a directory": (linked_directory, "tile/entries", "tile/entries"),
    "huge tile": (grown, "tile/0/000.p/7", "tile/0/000.p/7"),
    "huge bundle": (grown, "tile/entries/000.p/7", "tile/entries/000.p/7"),
    "huge checkpoint": (grown, "checkpoint", "checkpoint"),
    "empty bundle": (lambda p: replaced(p, b""), "tile/entries/000.p/7", "tile/entries/000.p/7"),
    "NULs for a bundle": (
        lambda p: replaced(p, bytes(10_000)),
        "tile/entries/000.p/7",
        "tile/entries/000.p/7",
    ),
    "NULs for a checkpoint": (lambda p: replaced(p, bytes(300)), "checkpoint", "checkpoint"),
    "empty checkpoint": (lambda p: replaced(p, b""), "checkpoint", "checkpoint"),
    "foreign checkpoint": (
        lambda p: replaced(p, p.read_bytes().replace(b"fedquery.log", b"elsewhere.io")),
        "checkpoint",
        "checkpoint",
    ),
    "checkpoint of the largest size": (
        lambda p: replaced(p, p.read_bytes().replace(b"\n7\n", b"\n9223372036854775807\n")),
        "checkpoint",
        "tile/",
    ),
    "checkpoint beyond it": (
        lambda p: replaced(p, p.read_bytes().replace(b"\n7\n", b"\n9223372036854775808\n")),
        "checkpoint",
        "checkpoint",
    ),
    "a name that anybody chose": (
        lambda p: replaced(p.with_name("a\x1b[31m\nb"), b"x"),
        "checkpoint",
        "a?[31m?b",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_clear_error(run, small, name):
    """Named, soon, and without following a link, waiting for a pipe or filling memory."""
    bend, path, file = HOSTILE[name]
    bend(small / path)
    before = sorted(small.rglob("*"))
    code, found, err = run("verify", small)
    assert (8, "false") == (code, found["verdict"])
    assert found["file"].startswith(file), found
    assert 1 == len(json.loads(err)["title"].splitlines())
    assert before == sorted(small.rglob("*"))


@pytest.mark.parametrize(
    ("leaf", "what"),
    [
        (QUESTION.encode().replace(b'"v":1', b'"v":2'), "newer form"),
        (b'{"type":"oracle","v":1}', "no log entry that this release knows"),
        (b"\x00" * 40, "not canonical JSON"),
        (b"", "not canonical JSON"),
        (b'{"type":"publication","v":1}', "no log entry that this release knows"),
        (QUESTION.encode() + b" ", "not canonical JSON"),
        (QUESTION.encode(), "never activated"),
    ],
)
def test_an_entry_that_is_none_is_named_by_its_place(run, tmp_path, leaf, what):
    """Though it is signed: a future one, a foreign one, none at all, and one without sense."""
    write_log(tmp_path / "log", [PROPOSED.encode(), leaf], SIGNER)
    code, found, _ = run("verify", tmp_path / "log", "--key", KEY)
    assert (8, "tile/entries/000.p/2", 1) == (code, found["file"], found["index"])
    assert what in found["what"]


def test_the_error_for_people_names_file_and_entry(small, capsys):
    """In one line, with what to do."""
    path = small / "tile/entries/000.p/7"
    path.write_bytes(path.read_bytes().replace(b"phones", b"bhones", 1))
    assert 8 == main(["audit", "verify", str(small), "--key", KEY])
    err = capsys.readouterr().err
    assert "error: tile/entries/000.p/7: entry 2: this is not the entry that was logged" in err
    assert "  do: " in err


def test_an_empty_log_verifies(run, tmp_path):
    """A log that has signed nothing but its beginning."""
    write_log(tmp_path / "log", [], SIGNER)
    code, found, _ = run("verify", tmp_path / "log", "--key", KEY)
    assert (0, 0, {}) == (code, found["size"], found["entries"])


def test_remarks_are_told_and_are_no_fault(run, tmp_path, capsys):
    """A clock that went back by an hour is told with its entry; the log is as good as before."""
    back = replace(UNDECIDED, decided_ms=UNDECIDED.decided_ms - 3_600_000)
    write_log(tmp_path / "log", [UNDECIDED.encode(), back.encode()], SIGNER)
    code, found, _ = run("verify", tmp_path / "log", "--key", KEY)
    assert (0, 1, 3_600_000) == (
        code,
        found["remarks"]["clock_back_at"],
        found["remarks"]["clock_back_ms"],
    )
    main(["audit", "verify", str(tmp_path / "log"), "--key", KEY])
    assert "by up to 3,600 s, first at entry 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("bend", "file"),
    [
        (lambda p: replaced(p / f"{'0' * 64}.cedar", b"x"), "policies/" + "0" * 64 + ".cedar"),
        (lambda p: [replaced(one, b"x") for one in p.iterdir()], "policies/"),
    ],
    ids=["one that the log does not name", "one that is not its digest"],
)
def test_policies_beside_a_log_are_those_that_it_names(run, real, tmp_path, bend, file):
    """Or somebody would replay decisions by other rules."""
    shutil.copytree(real.new, tmp_path / "log")
    bend(tmp_path / "log/policies")
    code, found, _ = run("verify", tmp_path / "log", "--members", real.members)
    assert (8, True) == (code, found["file"].startswith(file))


def test_a_result_is_kept_whatever_it_is(run, real, small, tmp_path, monkeypatch):
    """A log that is verified, one that nobody vouches for, and one that is false."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "fedquery.toml").touch()
    monkeypatch.setenv("FEDQUERY_HOME", str(home))
    assert 0 == run("verify", real.new, "--members", real.members, "--keep-result", "true")[0]
    assert 3 == run("verify", real.new, "--keep-result", "unsigned")[0]
    path = next(one for one in (small / "tile" / "0").rglob("*") if one.is_file())
    path.write_bytes(bytes(path.stat().st_size))
    assert 8 == run("verify", small, "--keep-result", "false")[0]
    found = {one.name: one.kept.result for one in audit_results.listed(home)}
    assert (True, False) == (found["true"].is_signed, found["unsigned"].is_signed)
    assert found["true"].witnesses is not None
    assert isinstance(found["false"], Faulty)
    assert found["false"].file.startswith("tile/0/")
