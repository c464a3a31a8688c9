"""Homes of agencies and coordinators: made whole, and not used while others may enter them."""

import pytest
from fedquery_coordinator.__main__ import main as coordinator

from fedquery.cli.__main__ import main as fedquery

AGENCY = ["init", "--agency", "TH/police-1", "--sort", "police", "--federation", "mekong"]
HUB = ["init", "--name", "hub", "--federation", "mekong", "--url", "https://127.0.0.1:8443"]


@pytest.mark.parametrize(
    ("program", "init", "place"),
    [
        *((fedquery, AGENCY, place) for place in (".", "keys", "receipts")),
        *((coordinator, HUB, place) for place in (".", "keys", "tls")),
    ],
)
def test_a_home_that_others_enter_is_not_used(tmp_path, capsys, program, init, place):
    """The directory is named with the command that mends it."""
    home = tmp_path / "home"
    assert 0 == program(["--home", str(home), *init])
    assert "others may enter" not in _complaint(program, home, capsys)
    (home / place).chmod(0o755)
    complaint = _complaint(program, home, capsys)
    assert f"do: chmod 0700 {home / place}" in complaint


def test_the_key_of_a_coordinators_authority_is_its_own(tmp_path, capsys):
    """It is used by hand only, and looked at all the same."""
    home = tmp_path / "home"
    assert 0 == coordinator(["--home", str(home), *HUB])
    (home / "tls" / "ca.key").chmod(0o640)
    assert f"do: chmod 0600 {home / 'tls' / 'ca.key'}" in _complaint(coordinator, home, capsys)
    (home / "tls" / "ca.key").unlink()
    assert "ca.key" not in _complaint(coordinator, home, capsys)


def _complaint(program, home, capsys):
    """Say what a command that opens the home says; it has no member list yet."""
    note = home / "card.json"
    assert 0 != program(["--home", str(home), "members", str(note)])
    return capsys.readouterr().err
