"""`fedquery policy check`: places, words and exit codes; nothing that is no file is waited for."""

import builtins
import json
import os
import shutil
from pathlib import Path

import pytest

from fedquery.cli.__main__ import main
from fedquery.cli.policy import command

SHIPPED = Path(__file__).parents[3] / "policies"


@pytest.fixture
def policies(tmp_path):
    """Copy the schema and one file."""
    for name in ("schema.cedarschema", "TH.cedar"):
        shutil.copy(SHIPPED / name, tmp_path)
    return tmp_path


def test_the_shipped_files_are_good(capsys):
    """Each of the six is named, and nothing is wrong."""
    assert 0 == main(["policy", "check", str(SHIPPED)])
    assert 6 == capsys.readouterr().out.count("nothing wrong")


def test_complaints_have_places_that_an_editor_understands(policies, capsys):
    """FILE:LINE:COLUMN, one complaint a line, exit code 78."""
    file = policies / "TH.cedar"
    file.write_text(file.read_text().replace("signedBy", "singedBy").replace("prosecutor", "x"))
    assert 78 == main(["policy", "check", str(file)])
    lines = capsys.readouterr().out.splitlines()
    assert f"{file}:20:21: there is no attribute called `singedBy`; did you mean signedBy?" in lines
    assert all(line.startswith(f"{file}:") for line in lines)


def test_json_says_the_same(policies, capsys):
    """A program reads place, words and what was meant."""
    file = policies / "TH.cedar"
    file.write_text(file.read_text().replace("signedBy", "singedBy"))
    assert 78 == main(["policy", "check", str(file), "--json"])
    (found,) = json.loads(capsys.readouterr().out)
    assert ("TH", "") == (found["nation"], found["refused"])
    assert {"line": 20, "column": 21, "what": "there is no attribute called `singedBy`"} | {
        "meant": "signedBy"
    } in found["complaints"]


def test_one_bad_file_spoils_the_rest(policies, capsys):
    """The good one is still called good, and the exit code speaks of all."""
    (policies / "VN.cedar").write_text("permit")
    assert 78 == main(["policy", "check", str(policies)])
    out = capsys.readouterr().out
    assert "TH.cedar: 7 policies, nothing wrong" in out
    assert "VN.cedar:1:1: unexpected end of input" in out


def test_a_pipe_is_not_waited_for(policies, capsys):
    """A pipe that nobody writes to would hold the program for ever."""
    (policies / "TH.cedar").unlink()
    os.mkfifo(policies / "TH.cedar")
    assert 65 == main(["policy", "check", str(policies / "TH.cedar")])
    assert "is not a regular file" in capsys.readouterr().err


def test_a_directory_called_like_a_file_is_looked_into(policies, capsys):
    """It holds no policy, and is said to."""
    (policies / "LA.cedar").mkdir()
    assert 65 == main(["policy", "check", str(policies / "LA.cedar")])
    assert "there is no policy file" in capsys.readouterr().err


def test_a_device_is_no_file(policies, capsys):
    """What never ends is not read."""
    (policies / "LA.cedar").symlink_to("/dev/zero")
    assert 65 == main(["policy", "check", str(policies / "LA.cedar")])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["missing/TH.cedar"], 66),
        (["thailand.cedar"], 65),
        (["--nation", "th", "TH.cedar"], 65),
        (["--schema", "missing", "TH.cedar"], 66),
    ],
)
def test_what_cannot_be_read_has_its_own_exit_code(arguments, code, policies, monkeypatch):
    """A missing file is 66; a name or a nation that says nothing is 65."""
    shutil.copy(policies / "TH.cedar", policies / "thailand.cedar")
    monkeypatch.chdir(policies)
    assert code == main(["policy", "check", *arguments])


def test_a_file_of_another_name_is_read_under_a_nation(policies, monkeypatch, capsys):
    """A draft may be called as one likes."""
    (policies / "TH.cedar").rename(policies / "draft.txt")
    monkeypatch.chdir(policies)
    assert 0 == main(["policy", "check", "--nation", "TH", "draft.txt"])
    assert "draft.txt: 7 policies, nothing wrong" in capsys.readouterr().out


def test_without_the_engine_the_extra_is_named(monkeypatch, capsys):
    """Who installed fedquery for asking reads what to add."""
    monkeypatch.setattr(command, "find_spec", lambda _name: None)
    assert 78 == main(["policy", "check"])
    assert "fedquery[policy]" in capsys.readouterr().err


def test_the_help_needs_no_engine(monkeypatch, capsys):
    """Which commands there are can be read without it."""
    opened = builtins.__import__

    def refuse(name, *arguments, **more):
        assert not name.startswith("cedarpy")
        return opened(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert 0 == main(["policy", "--help"])
    assert "check" in capsys.readouterr().out
