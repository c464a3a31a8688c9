"""Options of a lookup: what is wrong in them is the command line's fault, and told as that."""

import importlib

import pytest

from fedquery.ask.doctor import _nations
from fedquery.ask.session import Distrusted
from fedquery.ask.why import in_words
from fedquery.cli.__main__ import main as fedquery

GOOD = {
    "--case": "2026/117",
    "--purpose": "fraud",
    "--max-penalty": "10",
    "--opened": "2026-01-05",
}


@pytest.fixture(autouse=True)
def not_hardened(monkeypatch):
    """Leave the process of the tests as it is; the command hardens its own for good."""
    module = importlib.import_module("fedquery.cli.lookup")
    monkeypatch.setattr(module, "harden", lambda: None)


def run(tmp_path, **changes):
    """Look up with some options changed; there is no home."""
    options = {**GOOD, **{f"--{name.replace('_', '-')}": value for name, value in changes.items()}}
    given = [part for pair in options.items() if pair[1] is not None for part in pair]
    return fedquery(["--home", str(tmp_path / "none"), "lookup", *given, str(tmp_path / "none")])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"case": None}, "--case"),
        ({"opened": None}, "--opened"),
        ({"opened": "21.11.2026"}, "YYYY-MM-DD"),
        ({"opened": "2999-01-01"}, "in the future"),
        ({"offence": "x" * 81}, "offence"),
        ({"purpose": "curiosity"}, "--purpose"),
    ],
)
def test_a_wrong_option_ends_with_2(tmp_path, capsys, changes, words):
    """Whatever is wrong with it; the same options as a file are a data file."""
    assert 2 == run(tmp_path, **changes)
    assert words in capsys.readouterr().err
    # Right ones get as far as the home, which is missing.
    assert 78 == run(tmp_path)


def test_a_case_file_that_is_wrong_ends_with_65(tmp_path):
    """It is data: the command line was right."""
    path = tmp_path / "case.toml"
    path.write_text('opened = "2999-01-01"\n')
    assert 65 == run(tmp_path, opened=None, case_file=str(path))


@pytest.mark.parametrize("opened", ["20261121", "true", "1e9", "12:00:00", "[2026]"])
def test_a_day_in_a_case_file_is_a_day(tmp_path, capsys, opened):
    """A number would be taken for milliseconds, and 1970 be told to every holder."""
    path = tmp_path / "case.toml"
    path.write_text(f"opened = {opened}\n")
    assert 65 == run(tmp_path, opened=None, case_file=str(path))
    assert "opened" in capsys.readouterr().err
    for good in ("2026-11-21", '"2026-11-21"', "2026-11-21T08:00:00Z"):
        path.write_text(f"opened = {good}\n")
        assert 78 == run(tmp_path, opened=None, case_file=str(path))


def test_doctor_speaks_in_words(session_of):
    """No slug stands where a person reads, except beside the word for an alarm."""
    (check,) = _nations(session_of(Distrusted("manifest-unavailable")))
    assert in_words("manifest-unavailable") == (check.what, check.do)
    assert "-" not in check.what
    (check,) = _nations(session_of(Distrusted("rolled-back", alarm=True)))
    assert "what it showed is false (rolled-back)" == check.what
    assert "Stop asking it" in check.do


@pytest.fixture
def session_of():
    """Give a session whose one nation is in a state."""
    parts = {"clock": lambda _self: 0}
    return lambda state: type("Session", (), {"nations": {"VN": state}, **parts})()
