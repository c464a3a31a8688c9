"""`fedquery audit export`: the log of a database as plain files, whole or not at all."""

import hashlib
import json
import sqlite3

import pytest
from click.testing import CliRunner

from fedquery.audit.node import PolicyEntry
from fedquery.audit.relay import RelayedEntry
from fedquery.cli.commands import cli
from fedquery.errors import ConfigError, FedqueryError, InputError, LogFaultError, StorageError
from fedquery.storage import log_cosignatures
from fedquery.storage.log import LogStore
from fedquery.storage.log_source import open_log
from fedquery.tlog.note import NoteSignature, Signer
from fedquery.tlog.tile import Tile

ORIGIN = "fedquery.log/example/TH"
POLICY = b"permit (principal, action, resource);"
SCHEMA = b"entity Agency;"


def digest(octets):
    """Hash a file as the log names it."""
    return hashlib.sha256(octets).digest()


@pytest.fixture
def home(tmp_path):
    """Make a data directory with a log of 300 entries, the last of them unsigned."""
    path = tmp_path / "home"
    path.mkdir()
    store = LogStore(ORIGIN)
    connection = sqlite3.connect(path / "node.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN")
    store.install(connection)
    connection.execute("CREATE TABLE policy_file (digest BLOB PRIMARY KEY, octets BLOB) STRICT")
    for octets in (POLICY, SCHEMA, b"was never logged"):
        connection.execute("INSERT INTO policy_file VALUES (?, ?)", (digest(octets), octets))
    proposed = PolicyEntry(
        act="proposed",
        nation="TH",
        policy_digest=digest(POLICY),
        schema_digest=digest(SCHEMA),
        engine="cedarpy",
        at_ms=1,
    )
    others = [
        RelayedEntry(request_digest=bytes(32), outcome="answered", replied_ms=i).encode()
        for i in range(298)
    ]
    store.append(connection, [proposed.encode(), *others])
    store.sign_checkpoint(connection, Signer(ORIGIN, bytes(32)), 1)
    store.append(connection, [b"not signed yet"])
    connection.execute("COMMIT")
    yield path
    connection.close()


def run(*arguments):
    """Run the command; give its code and its output."""
    done = CliRunner().invoke(cli, ["audit", "export", *map(str, arguments)], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.return_value, done.stdout


def test_an_export_has_what_was_signed_and_the_policies_it_names(home, tmp_path):
    """Tiles, bundles, checkpoint, and each file under its digest; nothing for others to read."""
    code, out = run(home, tmp_path / "export", "--json")
    assert (0, 299, 2) == (code, json.loads(out)["size"], json.loads(out)["policies"])
    files = {str(p.relative_to(tmp_path / "export")) for p in (tmp_path / "export").rglob("*.*")}
    assert {
        f"policies/{digest(POLICY).hex()}.cedar",
        f"policies/{digest(SCHEMA).hex()}.cedarschema",
        "tile/0/001.p",
        "tile/entries/001.p",
    } == {name for name in files if not name.startswith("tile/1")}
    assert POLICY == (tmp_path / f"export/policies/{digest(POLICY).hex()}.cedar").read_bytes()
    paths = [tmp_path / "export", *(tmp_path / "export").rglob("*")]
    assert {0} == {path.stat().st_mode & 0o077 for path in paths}


def test_an_export_ends_with_what_most_witnesses_have_seen(home, tmp_path):
    """Two have cosigned 299 entries and one has cosigned 300: the quorum is at 299."""
    store, signer = LogStore(ORIGIN), Signer(ORIGIN, bytes(32))
    connection = sqlite3.connect(home / "node.db", isolation_level=None)
    connection.execute("BEGIN")
    for checkpoint, names in (
        (store.latest_checkpoint(connection), ("CN", "LA")),
        (store.sign_checkpoint(connection, signer, 2), ("CN",)),
    ):
        lines = [
            NoteSignature(f"fedquery/{name}/witness", name.encode() * 2, bytes(72))
            for name in names
        ]
        log_cosignatures.add(connection, checkpoint[0], lines)
    connection.execute("COMMIT")
    connection.close()
    found = json.loads(run(home, tmp_path / "export", "--json")[1])
    assert (299, 1) == (found["size"], found["behind"])
    assert "1 more are signed" in run(home, tmp_path / "again")[1]
    found = json.loads(run(home, tmp_path / "newest", "--newest", "--json")[1])
    assert (300, 0) == (found["size"], found["behind"])
    note = (tmp_path / "export/checkpoint").read_bytes()
    assert 3 == note.partition(b"\n\n")[2].count(b"\n")
    with open_log(home) as log:
        assert note == log.cosigned_note() != log.note


@pytest.mark.parametrize("name", ["export", "home", "home/node.db"])
def test_each_form_of_a_log_reads_alike(home, tmp_path, name):
    """The directory, the data directory and the database have the same checkpoint and entries."""
    run(home, tmp_path / "export")
    with open_log(tmp_path / name) as log, open_log(home) as other:
        assert log.note == other.note
        tile = Tile(0, 1, 43)
        assert log.read_bundle(tile) == other.read_bundle(tile)
        assert log.read_tile(tile) == other.read_tile(tile)


def test_an_export_that_fails_leaves_nothing(home, tmp_path, monkeypatch):
    """A disk that takes no more, in the middle: neither the directory nor a part of it is there."""

    def full(path, octets):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("fedquery.storage.log_export._write", full)
    before = set(tmp_path.iterdir())
    with pytest.raises(StorageError):
        run(home, tmp_path / "export")
    assert before == set(tmp_path.iterdir())


def test_an_export_overwrites_nothing(home, tmp_path):
    """What is there stays: a directory, a file, a link that leads nowhere."""
    (tmp_path / "directory").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("directory", "file", "link"):
        with pytest.raises(ConfigError):
            run(home, tmp_path / name)
    assert b"x" == (tmp_path / "file").read_bytes()


def test_a_swapped_policy_is_not_exported(home, tmp_path):
    """A file that is not the one of its digest would have an auditor replay by another rule."""
    connection = sqlite3.connect(home / "node.db")
    connection.execute("UPDATE policy_file SET octets = x'00'")
    connection.commit()
    connection.close()
    with pytest.raises(LogFaultError, match="digest"):
        run(home, tmp_path / "export")


def _other_database(path):
    connection = sqlite3.connect(path / "node.db")
    connection.execute("CREATE TABLE t (x)")
    connection.close()


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: None, "holds no log"),
        (lambda path: (path / "node.db").write_bytes(b"not a database at all" * 50), "not a data"),
        (_other_database, "not a data"),
        (lambda path: [(path / n).touch() for n in ("node.db", "asker.db")], "several"),
        (lambda path: (path / "tile").mkdir(), "no whole export"),
    ],
)
def test_what_is_no_log_is_refused_in_one_sentence(tmp_path, make, what):
    """An empty directory, another file, another database, two, and half an export."""
    (tmp_path / "x").mkdir()
    make(tmp_path / "x")
    with pytest.raises(InputError, match=what), open_log(tmp_path / "x"):
        pass


def test_a_damaged_database_is_an_error_of_the_log(home):
    """Pages that were overwritten: the database is named, and nothing else is raised."""
    connection = sqlite3.connect(home / "node.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    octets = bytearray((home / "node.db").read_bytes())
    for page in range(4096, len(octets), 4096):
        octets[page : page + 4096] = bytes(4096)
    (home / "node.db").write_bytes(octets)
    with pytest.raises((LogFaultError, InputError)) as caught, open_log(home) as log:
        log.read_bundle(Tile(0, 0))
    assert isinstance(caught.value, FedqueryError)
    assert "node.db" in str(caught.value)
