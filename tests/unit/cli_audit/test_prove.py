"""`fedquery audit prove`: an entry with its proof, and what verifies one without the log."""

import json
import os
import shutil
from dataclasses import replace

import pytest

from fedquery.cli.__main__ import main
from fedquery.storage.log_reading import read_log
from fedquery.tlog.proof_file import ProofFile
from fedquery.tlog.tree import leaf_hash


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run a command in an empty directory; give its code and its outputs."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        code = main(["audit", "prove", *map(str, words)])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.parametrize("form", ["new", "home"])
@pytest.mark.parametrize("place", [0, 255, 256, -1])
def test_any_entry_is_proved_and_verified_offline(run, real, tmp_path, form, place):
    """The first, the last, and those at the edges of a tile; both files are for their owner."""
    leaves = list(read_log(real.new))
    number = place % len(leaves)
    assert 0 == run(getattr(real, form), number)[0]
    proof, entry = tmp_path / f"entry-{number}.tlog-proof", tmp_path / f"entry-{number}.json"
    assert leaves[number] == entry.read_bytes()
    assert {0o600} == {path.stat().st_mode & 0o777 for path in (proof, entry)}
    check = ("--check", proof, "--entry", entry)
    code, out, _ = run(*check, "--members", real.members, "--json")
    found = json.loads(out)
    assert (0, number, len(leaves)) == (code, found["index"], found["size"])
    assert "fedquery.log/mekong/VN" in run(*check, "--key", real.key.format())[1]


def test_proof_and_entry_are_on_the_disk_when_the_command_ends(run, real, tmp_path, monkeypatch):
    """They are for a court: a power cut afterwards leaves no empty file."""
    flushed, flush = [], os.fsync

    def noted(descriptor):
        flushed.append(os.fstat(descriptor).st_ino)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    assert 0 == run(real.new, 3)[0]
    for name in ("entry-3.tlog-proof", "entry-3.json"):
        assert (tmp_path / name).stat().st_ino in flushed


def test_what_was_not_looked_at_is_said(run, real, tmp_path):
    """By a key alone no witness is asked for; and of what a file holds beside, nobody vouches."""
    run(real.new, 3)
    file, entry = tmp_path / "entry-3.tlog-proof", tmp_path / "entry-3.json"
    check = ("--check", file, "--entry", entry)
    out = run(*check, "--key", real.key.format())[1]
    assert (1, True) == (out.count("not looked at"), "witnesses   not looked at" in out)
    file.write_bytes(replace(ProofFile.parse(file.read_bytes()), extra=b"guilty").format())
    code, out, _ = run(*check, "--members", real.members)
    assert (0, 1, False) == (code, out.count("not looked at"), "guilty" in out)


def test_what_is_false_is_refused(run, real, tmp_path, stranger):
    """Another entry, another place, another key, a bit of the proof; each with its own code."""
    for number in (3, 4):
        assert 0 == run(real.new, number)[0]
    check = ("--check", "entry-3.tlog-proof", "--entry")
    key = ("--key", real.key.format())
    assert 0 == run(*check, "entry-3.json", *key)[0]
    assert 8 == run(*check, "entry-4.json", *key)[0]
    other = stranger(real.key.name).verifier_key.format()
    assert 7 == run(*check, "entry-3.json", "--key", other)[0]
    path = tmp_path / "entry-3.tlog-proof"
    proof = ProofFile.parse(path.read_bytes())
    for changed in (
        ProofFile(4, proof.proof, proof.checkpoint),
        ProofFile(3, proof.proof[:-1], proof.checkpoint),
        ProofFile(3, (leaf_hash(b"x"), *proof.proof[1:]), proof.checkpoint),
    ):
        path.write_bytes(changed.format())
        assert 8 == run(*check, "entry-3.json", *key)[0]
    for octets in (b"", b"\0" * 50, proof.format()[:-1], proof.format() + b"\n"):
        path.write_bytes(octets)
        code, _, err = run(*check, "entry-3.json", *key)
        assert (65, True) == (code, "entry-3.tlog-proof" in err)


def test_nothing_is_overwritten_and_nothing_half_written(run, real, tmp_path):
    """Where one of the two files is there already, neither is made."""
    (tmp_path / "entry-3.tlog-proof").write_bytes(b"mine")
    assert 73 == run(real.new, 3)[0]
    assert ["entry-3.tlog-proof"] == [path.name for path in tmp_path.iterdir()]
    assert 0 == run(real.new, 3, "--out", tmp_path / "other.tlog-proof")[0]
    assert 73 == run(real.new, 3, "--out", tmp_path / "other.proof")[0]
    assert not (tmp_path / "other.proof").exists()


def test_a_number_that_the_log_has_not_signed_is_refused(run, real, tmp_path):
    """It says how many there are; nothing is written."""
    code, _, err = run(real.new, 1_000_000)
    assert (65, True) == (code, "from 0 on" in err)
    assert [] == list(tmp_path.iterdir())


def test_a_log_that_does_not_fit_proves_nothing(run, real, tmp_path):
    """An entry that was changed is not put into a court file."""
    shutil.copytree(real.new, tmp_path / "log")
    bundle = tmp_path / "log/tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b"phones", b"bhones", 1))
    place = next(i for i, leaf in enumerate(read_log(real.new)) if b"phones" in leaf)
    code, _, err = run(tmp_path / "log", place)
    assert (8, True) == (code, f"entry {place}: the log does not prove it" in err)
    assert ["log"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--check", "x.tlog-proof"),
        ("LOG", "--check", "x.tlog-proof", "--entry", "x.json"),
        ("--check", "x.tlog-proof", "--entry", "x.json"),
    ],
    ids=["nothing", "no entry", "a log too", "no key"],
)
def test_a_command_line_that_means_nothing_is_refused(run, real, tmp_path, words):
    """Exit code 2, before anything is read or written."""
    assert 0 == run(real.new, 3, "--out", tmp_path / "x.tlog-proof")[0]
    assert 2 == run(*(real.new if word == "LOG" else word for word in words))[0]
