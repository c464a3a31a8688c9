"""Exit codes of the auditor's commands: whose fault it was, by the table of docs/cli.md."""

import json
import os

import pytest
from support.audit_entries import question, write_home
from unit.federation import conftest as made

from fedquery.cli.__main__ import main
from fedquery.federation import names


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Run a command beside a log, a file that is none, a directory, and a place that is not there.

    In its words LOG, FILE, DIR, NONE (a file that is not there) and NOWHERE (in no directory).
    """
    monkeypatch.chdir(tmp_path)
    origin = names.node_log_origin(made.FEDERATION, "VN")
    home = write_home(tmp_path / "VN", "node", origin, [question()] * 7, made.seed("node VN"))
    (home / "node.db").chmod(0o600)
    (tmp_path / "file").write_text("nothing")
    (tmp_path / "dir").mkdir()
    places = {"LOG": "VN", "FILE": "file", "DIR": "dir", "NONE": "none", "NOWHERE": "none/x"}

    def call(text, *more):
        words = [str(tmp_path / places[one]) if one in places else one for one in text.split()]
        home = ["--home", str(tmp_path / "home")]
        code = main([*home, "audit", *words, *more])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.mark.parametrize(
    "text",
    [
        "verify NONE",
        "verify LOG --members NONE",
        "verify LOG --since NONE",
        "export NONE NEW",
        "stats NONE",
        "stats merge NONE --members FILE",
        "stats merge FILE --members NONE",
        "sample NONE",
        "sample LOG --checkpoint NONE",
        "prove NONE 1",
        "prove --check NONE --entry FILE",
        "replay NONE",
        "replay LOG --policies NONE",
        "reconcile LOG NONE",
        "open NONE 1",
        "open LOG 1 --key NONE",
        "hold NONE 1 --why x",
        "erase NONE --due",
        "install NONE",
    ],
)
def test_what_is_not_there_is_a_missing_file(run, text):
    """Not a wrong option: 66, with its name."""
    code, out, err = run(text)
    assert (66, "") == (code, out)
    assert "none" in err
    problem = json.loads(run(text, "--json")[2])
    assert "none" in problem["title"]


@pytest.mark.parametrize(
    "text",
    [
        "verify LOG --keep NOWHERE",
        "export LOG NOWHERE",
        "export LOG DIR",
        "stats LOG --html NOWHERE",
        "stats merge FILE --members FILE --html NOWHERE",
        "prove LOG 1 --out NOWHERE",
        "prove LOG 1 --out FILE",
    ],
)
def test_what_cannot_be_made_is_said_to_be(run, text):
    """Its place is taken, or there is none: 73, before any work where that can be seen."""
    assert 73 == run(text)[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("verify DIR", 65),
        ("verify FILE", 65),
        ("verify LOG --key FILE", 65),
        ("verify LOG --members FILE", 65),
        ("stats merge FILE --members FILE", 65),
        ("open DIR 1", 65),
        ("install FILE", 78),
        ("collect", 78),
        ("trust", 78),
        ("key --nation xx --out NONE", 2),
        ("key --nation TH --out FILE", 2),
        ("stats LOG --month October", 2),
        ("sample LOG --n 0", 2),
        ("erase LOG", 2),
        ("prove LOG", 2),
    ],
)
def test_whose_fault_it_was(run, text, code):
    """Data that is none 65, a home that is none 78, a word of the command line 2."""
    assert code == run(text)[0]


def test_what_may_not_be_read_is_not_permitted(run, monkeypatch):
    """77, and not a wrong option."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert 77 == run("verify LOG")[0]


def test_acts_of_auditors_are_told_to_programs(run, tmp_path, monkeypatch):
    """What was made, installed and held, as one JSON document on standard output."""
    made_key = run("key --nation TH --out NONE", "--json")
    assert 0 == made_key[0]
    told = json.loads(made_key[1])
    assert {"schema", "nation", "public", "key_id", "fingerprint"} == told.keys()
    assert str(tmp_path / "none" / "TH.auditor.pub") == told["public"]
    agency = ["--agency", "TH/cyber-police", "--sort", "police", "--federation", "mekong"]
    assert 0 == main(["--home", str(tmp_path / "home"), "init", *agency])
    # What `init` says.
    run("trust")
    code, out, err = run(f"install {told['public']} --yes", "--json")
    installed = json.loads(out)
    assert (0, "fedquery/audit-install/v1") == (code, installed["schema"])
    assert installed["fingerprint"] == told["fingerprint"]
    # Whoever compares it by a call reads it beside the result.
    assert told["fingerprint"] in err
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: "n")
    assert (130, "") == run(f"install {told['public']}", "--json")[:2]
