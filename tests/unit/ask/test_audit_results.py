"""Results of audits in the home of an agency: private, never replaced, read strictly."""

import os
import stat

import pytest

from fedquery.ask import audit_results
from fedquery.ask.audit_results import DIRECTORY, MOST
from fedquery.audit.kept_result import KeptResult
from fedquery.audit.verified import Faulty
from fedquery.errors import ConfigError, InputError, NotMadeError

FAULT = Faulty(file="tile/0/000", index=3, what="is another entry")


@pytest.fixture
def home(tmp_path):
    """Make what is a home by its settings."""
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    (path / "fedquery.toml").touch()
    return path


def keep(home, name, at_ms=1):
    """Keep a result."""
    audit_results.require_room(home, name)
    return audit_results.keep(home, name, KeptResult(FAULT, at_ms))


def test_a_result_is_private_and_found_again(home):
    """Only its owner reads it; the newest is first, by what it says itself."""
    path = keep(home, "2026-11-verify", at_ms=7)
    keep(home, "older", at_ms=3)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
    first, second = audit_results.listed(home)
    assert ("2026-11-verify", KeptResult(FAULT, 7)) == (first.name, first.kept)
    assert "older" == second.name
    assert len({first.address, second.address, ""}) == 3


def test_a_result_takes_no_other_ones_place(home):
    """Neither before the work nor after it: one that found something stays."""
    keep(home, "november")
    with pytest.raises(NotMadeError):
        audit_results.require_room(home, "november")
    with pytest.raises(NotMadeError):
        audit_results.keep(home, "november", KeptResult(FAULT, 9))
    (kept,) = audit_results.listed(home)
    assert 1 == kept.kept.at_ms


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", "A", "-a", "x" * 61, "a.json", "0812345678", "08-1234-5678", "a b"]
)
def test_a_name_is_plain_and_no_identifier(home, name):
    """It stands on a command line and in a directory."""
    with pytest.raises(InputError):
        audit_results.require_room(home, name)


def test_elsewhere_than_in_a_home_nothing_is_kept(tmp_path):
    """Before an hour of work was spent."""
    with pytest.raises(ConfigError, match="no home of an agency"):
        audit_results.require_room(tmp_path, "november")


def test_what_cannot_be_read_is_listed_as_such(home):
    """A file that others could have written, a link, and what is no result."""
    keep(home, "good")
    directory = home / DIRECTORY
    (directory / "open.json").write_bytes(KeptResult(FAULT, 1).encode())
    (directory / "open.json").chmod(0o644)
    (directory / "other.json").write_text("{}")
    (directory / "other.json").chmod(0o600)
    (directory / "linked.json").symlink_to(directory / "good.json")
    (directory / "note.txt").write_text("no result")
    found = {one.name: one.kept is not None for one in audit_results.listed(home)}
    assert {"good": True, "open": False, "other": False, "linked": False} == found


def test_a_home_without_results(home):
    """Has none."""
    assert () == audit_results.listed(home)


def test_the_newest_files_are_read_alone(home):
    """A directory of years makes no page slow."""
    for place in range(MOST + 3):
        path = keep(home, f"result-{place}", at_ms=place)
        os.utime(path, ns=(place, place))
    found = audit_results.listed(home)
    assert [f"result-{place}" for place in reversed(range(3, MOST + 3))] == [
        one.name for one in found
    ]
