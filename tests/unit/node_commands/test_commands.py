"""The operator's commands: what they make, what they refuse, what they never print."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fedquery_node import schema
from fedquery_node.config import load_settings
from fedquery_node.opening import PUBLISH_LOCK

from fedquery.cli.demo import processes
from fedquery.identifiers import vectors, vectors_digest
from fedquery.storage.database import DirectoryLock

POLICIES = Path(__file__).parents[3] / "policies"
HEADER = "identifier,reference,release_to\n"
PHONE = "+84855501990"
THREE = HEADER + f"{PHONE},R1,*\n+84855501991,R2,*\n+84855501992,R3,*\n"


def serve(home):
    """Serve in a process of its own, which hardens itself."""
    return processes.run("fedquery_node", "--home", str(home), "serve")


def file_of(directory, text, name="rows.csv"):
    """Write a file to import."""
    (directory / "import").mkdir(exist_ok=True)
    path = directory / "import" / name
    path.write_text(text, encoding="utf-8")
    return path


def records(home):
    """Count the records."""
    connection = schema.connect(home)
    try:
        return connection.execute("SELECT count(*) FROM record").fetchone()[0]
    finally:
        connection.close()


def test_a_home_is_private_and_made_once(node):
    """Keys 0600 in directories 0700; a second init changes nothing."""
    for path in (node.home, node.home / "keys", node.home / "seeds"):
        assert 0o700 == path.stat().st_mode & 0o777
    for path in (*(node.home / "keys").glob("*.key"), node.home / "tls" / "node.key"):
        assert 0o600 == path.stat().st_mode & 0o777
    assert "VN" == load_settings(node.home).nation
    again = node("init", "--nation", "VN", "--federation", "m", "--address", "127.0.0.1:1",
                 "--policies", POLICIES)  # fmt: skip
    assert 78 == again[0]


def test_a_list_without_its_quorum_is_not_installed(node):
    """And nothing of it stays."""
    node.sign("TH")
    code, _, err = node("members", node.listed, "--roots", node.roots)
    assert 7 == code
    assert "too few" in err
    # Whoever keeps a node asks nobody.
    assert "asking" not in err
    assert not (node.home / "federation.note").exists()


def test_other_roots_do_not_replace_the_pinned_ones(member, tmp_path):
    """They are changed by hand only."""
    other = tmp_path / "other"
    other.write_bytes(member.roots.read_bytes().replace(b"quorum 2", b"quorum 1"))
    code, _, err = member("members", member.listed, "--roots", other)
    assert (78, True) == (code, "pinned" in err)


def test_import_and_publish(member, tmp_path):
    """Rows in, a version out, and a status that says so."""
    path = file_of(tmp_path, HEADER + f"{PHONE},R1,*\n+84 855 501 991,R2,TH\n")
    code, out, _ = member("import", "phones", path, "--json")
    assert (0, 2) == (code, json.loads(out)["imported"])
    code, out, _ = member("publish", "--json")
    (published,) = json.loads(out)
    assert (0, "phones", 1, 2) == (
        code,
        published["dataset"],
        published["version"],
        published["rows"],
    )
    code, out, _ = member("status", "--verify", "--json")
    found = json.loads(out)
    assert (0, False, True) == (code, found["serving"], found["log"]["verified"])
    assert 1 == found["datasets"][0]["versions"][0]["version"]
    assert 0 == member("status")[0]


def test_status_says_that_rules_differ(member, tmp_path, monkeypatch):
    """After a new release, until the whole dataset is imported anew; the words say what to do."""
    path = file_of(tmp_path, HEADER + f"{PHONE},R1,*\n")
    assert 0 == member("import", "phones", path)[0]
    assert "RULES DIFFER" not in member("status")[1]
    monkeypatch.setattr(vectors, "digest", lambda _kind: bytes(32))
    assert "RULES DIFFER: its rows are kept by other spelling rules" in member("status")[1]
    code, _, err = member("import", "phones", path)
    assert (65, True) == (code, "--replace" in err)
    assert 0 == member("publish")[0]
    before = json.loads(member("status", "--json")[1])["datasets"][0]
    assert vectors_digest("phone").hex() != before["versions"][0]["rules"]
    assert 0 == member("import", "phones", path, "--replace", "--yes")[0]
    assert 0 == member("publish")[0]
    after = json.loads(member("status", "--json")[1])["datasets"][0]
    assert "" == after["rules"]
    assert "00" * 32 == after["versions"][0]["rules"]


BAD = {
    "no row": HEADER,
    "no header": f"{PHONE},R1,*\n",
    "a wrong column": f"identifier,file,release_to\n{PHONE},R1,*\n",
    "no identifier": HEADER + "hello,R1,*\n",
    "nobody to release to": HEADER + f"{PHONE},R1,\n",
    "a stranger to release to": HEADER + f"{PHONE},R1,XX\n",
    "a reference twice": HEADER + f"{PHONE},R1,*\n+84855501991,R1,*\n",
    "an open quote": HEADER + f'"{PHONE},R1,*\n',
    "a NUL": HEADER + f"{PHONE}\0,R1,*\n",
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_imports_nothing(member, tmp_path, what):
    """It ends with 65, and nothing of the file is on the terminal."""
    code, out, err = member("import", "phones", file_of(tmp_path, BAD[what]))
    assert 65 == code
    assert 0 == records(member.home)
    assert "855501" not in out + err
    assert "hello" not in out + err


def test_bad_rows_are_passed_over_only_as_far_as_is_said(member, tmp_path):
    """Each by its line and reason."""
    path = file_of(tmp_path, HEADER + f"{PHONE},R1,*\nhello,R2,*\nworld,R3,*\n")
    assert 65 == member("import", "phones", path, "--skip-bad", "1")[0]
    assert 0 == records(member.home)
    code, out, _ = member("import", "phones", path, "--skip-bad", "2")
    assert (0, 1) == (code, records(member.home))
    assert "on line 3, 4" in out


def test_a_dry_run_imports_nothing(member, tmp_path):
    """It says what would be imported."""
    path = file_of(tmp_path, HEADER + f"{PHONE},R1,*\n")
    code, out, _ = member("import", "phones", path, "--dry-run")
    assert (0, 0) == (code, records(member.home))
    assert "1 fit" in out


def test_an_import_that_is_killed_leaves_nothing(member, tmp_path):
    """All or nothing, also for a power cut."""
    rows = "".join(f"+8491{n:07},R{n},*\n" for n in range(150_000))
    path = file_of(tmp_path, HEADER + rows)
    command = [sys.executable, "-m", "fedquery_node", "--home", str(member.home), "import"]
    process = subprocess.Popen([*command, "phones", str(path)])
    wal = member.home / "node.db-wal"
    until_s = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until_s:
        # Enough of it is written, and it is not committed.
        if wal.exists() and wal.stat().st_size > 1_000_000:
            break
    os.kill(process.pid, signal.SIGKILL)
    assert -signal.SIGKILL == process.wait()
    assert 0 == records(member.home)


def references_to(monkeypatch, text):
    """Give references on standard input, which is no terminal."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_records_are_withdrawn_and_the_next_publication_leaves_them_out(
    member, tmp_path, monkeypatch
):
    """By references from a file or standard input; the report names lines only."""
    assert 0 == member("import", "phones", file_of(tmp_path, THREE))[0]
    code, out, err = member("withdraw", "--dataset", "phones", file_of(tmp_path, "R1\nSECRET\n"))
    assert (65, 3) == (code, records(member.home))
    assert "reference-unknown  on line 2" in out
    assert "SECRET" not in out + err
    references_to(monkeypatch, "R1\n\nR9\nR2\n")
    code, out, _ = member("withdraw", "--dataset", "phones", "--skip-unknown", "--json")
    expected = {"withdrawn": 2, "refused": {"reference-unknown": [3]}}
    assert (0, expected, 1) == (code, json.loads(out), records(member.home))
    assert 1 == json.loads(member("publish", "--json")[1])[0]["rows"]
    assert 78 == member("withdraw", "--dataset", "nothing", file_of(tmp_path, "R3\n"))[0]
    assert 65 == member("withdraw", "--dataset", "phones", tmp_path / "nowhere")[0]


def test_a_whole_dataset_is_agreed_to_before(member, tmp_path, monkeypatch):
    """Where nobody can be asked nothing happens without --yes; a dry run only says."""
    assert 0 == member("import", "phones", file_of(tmp_path, THREE))[0]
    path = file_of(tmp_path, HEADER + f"{PHONE},R1,TH\n+84855501991,R2,*\n+84855501993,R4,*\n")
    assert 2 == member("import", "phones", path, "--replace", "--skip-bad", "1")[0]
    references_to(monkeypatch, "y\n")
    code, _, err = member("import", "phones", path, "--replace")
    assert (2, 3) == (code, records(member.home))
    assert "1 added, 1 changed, 1 withdrawn" in err
    code, out, _ = member("import", "phones", path, "--replace", "--dry-run", "--json")
    assert (0, 1, 3) == (code, json.loads(out)["withdrawn"], records(member.home))
    code, out, _ = member("import", "phones", path, "--replace", "--yes", "--json")
    assert (0, 1, 1) == (code, json.loads(out)["withdrawn"], json.loads(out)["added"])
    assert 65 == member("withdraw", "--dataset", "phones", file_of(tmp_path, "R3\n"))[0]


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, 2), ("n\n", 130, 3)])
def test_a_person_is_asked(member, monkeypatch, answer, code, left):
    """On a terminal, after the counts; no is no."""
    directory = member.home.parent
    assert 0 == member("import", "phones", file_of(directory, THREE))[0]
    path = file_of(directory, "".join(THREE.splitlines(True)[:3]))
    references_to(monkeypatch, answer)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert code == member("import", "phones", path, "--replace")[0]
    assert left == records(member.home)


def test_most_of_a_dataset_is_not_withdrawn_by_a_yes_at_the_prompt(member, tmp_path, monkeypatch):
    """The wrong file is the likelier reason; --yes on the command line says that it is not."""
    assert 0 == member("import", "phones", file_of(tmp_path, THREE))[0]
    path = file_of(tmp_path, HEADER + f"{PHONE},R1,*\n")
    references_to(monkeypatch, "y\n")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    code, _, err = member("import", "phones", path, "--replace")
    assert (65, 3) == (code, records(member.home))
    assert "--yes" in err
    assert 0 == member("import", "phones", path, "--replace", "--yes")[0]
    assert 1 == records(member.home)


def test_two_imports_at_once_are_refused(member, tmp_path):
    """The second is told to try again."""
    path = file_of(tmp_path, HEADER + f"{PHONE},R1,*\n")
    with DirectoryLock(member.home, PUBLISH_LOCK):
        assert 75 == member("import", "phones", path)[0]
        assert 75 == member("publish")[0]
        assert 75 == member("withdraw", "--dataset", "phones", path)[0]


def test_blocks_and_suspensions(member):
    """Shown by status, taken back once."""
    assert 0 == member("block", "TH/cyber-police", "--why", "asked for a whole range")[0]
    assert 0 == member("suspend", "phones", "--why", "being corrected")[0]
    found = json.loads(member("status", "--json")[1])
    assert {"TH/cyber-police": "asked for a whole range"} == found["blocked"]
    assert {"phones": "being corrected"} == found["suspended"]
    assert 0 == member("unblock", "TH/cyber-police")[0]
    assert 0 == member("resume", "phones")[0]
    assert 65 == member("unblock", "TH/cyber-police")[0]
    assert 78 == member("suspend", "nothing", "--why", "x")[0]
    assert 65 == member("block", "somebody", "--why", "x")[0]


def test_a_log_that_was_changed_is_found(member):
    """Status ends with 8."""
    connection = schema.connect(member.home)
    triggers = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for (name,) in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE log_entry SET data = x'00' WHERE position = 0")
    connection.close()
    code, _, err = member("status", "--verify")
    assert (8, True) == (code, "do: Stop serving, keep the data directory as it is" in err)
    # And such a log is not served.
    assert 8 == serve(member.home).code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda home: (home / "keys" / "signing.key").chmod(0o644), 78),
        (lambda home: (home / "node.db").unlink(), 78),
        (lambda home: (home / "node.toml").write_text('nation = "VN"\nlisten_port = 1\n'), 78),
        (lambda home: (home / "federation.note").unlink(), 78),
        (lambda home: home.chmod(0o750), 78),
        (lambda home: (home / "seeds").chmod(0o755), 78),
        (lambda home: (home / "keys" / "kem").chmod(0o711), 78),
        (lambda home: (home / "roots.txt").chmod(0o664), 78),
        (lambda home: (home / "tls" / "ca.key").chmod(0o644), 78),
    ],
    ids=[
        "a key that others can read",
        "no database",
        "an unknown setting",
        "no member list",
        "a home that others enter",
        "seeds that others enter",
        "KEM keys that others enter",
        "roots that others write",
        "the authority's key that others read",
    ],
)
def test_a_wrong_home_does_not_serve(member, change, code):
    """The file is named with what to do, and nothing is made anew silently."""
    change(member.home)
    ended = serve(member.home)
    assert code == ended.code
    assert "do:" in ended.err


def test_a_node_without_an_activated_policy_does_not_serve(node):
    """Nothing in a directory is in force by lying there."""
    node.sign("TH")
    node.sign("VN")
    assert 0 == node("members", node.listed, "--roots", node.roots)[0]
    ended = serve(node.home)
    assert 78 == ended.code
    assert "policy activate" in ended.err
    # A proposal that was not activated is no policy either.
    assert 0 == node("policy", "propose")[0]
    assert 78 == serve(node.home).code


def test_a_missing_database_is_not_made_anew(member):
    """A log is never begun silently."""
    (member.home / "node.db").unlink()
    assert 78 == serve(member.home).code
    assert not (member.home / "node.db").exists()
