"""Homes of agencies and coordinators: made whole, and not used while others may enter them."""

import pytest
from fedquery_coordinator.__main__ import main as coordinator
from fedquery_coordinator.status import render
from fedquery_node.__main__ import main as node

from fedquery.cli.__main__ import main as fedquery

AGENCY = ["init", "--agency", "TH/police-1", "--sort", "police", "--federation", "mekong"]
HUB = ["init", "--name", "hub", "--federation", "mekong", "--url", "https://127.0.0.1:8443"]


NODE = ["init", "--nation", "VN", "--federation", "mekong", "--address", "127.0.0.1:1",
        "--policies", "."]  # fmt: skip


@pytest.mark.parametrize("there", [False, True], ids=["missing", "empty"])
@pytest.mark.parametrize(
    ("program", "init", "words"),
    [
        (node, [*NODE, "--dataset", "phones=telephone"], "kinds are phone, account, wallet"),
        (node, [*NODE, "--dataset", "My Phones=phone"], "small letters, digits or hyphens"),
        (node, [*NODE, "--listen", "nowhere"], "host, colon and port, such as 0.0.0.0:7000"),
        (node, [*NODE[:4], "Mekong!", *NODE[5:]], "letters, digits or hyphens, such as mekong"),
        (node, [*NODE[:2], "vn", *NODE[3:]], "two capital letters, such as VN"),
        (coordinator, [*HUB[:4], "Mekong!", *HUB[5:]], "or hyphens, such as mekong"),
        (coordinator, [*HUB[:-1], "http://hub"], "such as https://hub.example.org:8443"),
        (fedquery, [*AGENCY, "--region", "th"], "two capital letters, such as TH"),
        (fedquery, ["init", "--agency", "TH", *AGENCY[3:]], "such as TH/cyber-police"),
    ],
)
def test_a_home_is_made_whole_or_not_at_all(tmp_path, capsys, program, init, words, there):  # noqa: PLR0917 -- a table of cases
    """What is wrong is said in words, nothing is left, and the corrected command works."""
    home = tmp_path / "home"
    if there:
        home.mkdir(mode=0o700)
    assert 0 != program(["--home", str(home), *init])
    said = capsys.readouterr().err
    assert words in said
    assert "{" not in said
    assert there is home.exists()
    good = {node: NODE, coordinator: HUB, fedquery: AGENCY}[program]
    assert 0 == program(["--home", str(home), *good])


def test_what_was_in_a_directory_is_never_removed(tmp_path):
    """A wrong --home must not cost a person their files."""
    (tmp_path / "kept").write_text("x")
    tmp_path.chmod(0o700)
    for program, init in ((node, NODE), (coordinator, HUB), (fedquery, AGENCY)):
        assert 78 == program(["--home", str(tmp_path), *init])
    assert ["kept"] == [path.name for path in tmp_path.iterdir()]


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


def test_the_state_of_a_coordinator_is_told_in_dates():
    """Milliseconds are for programs."""
    found = {
        "name": "hub", "serving": True, "member_list": 3, "members_until_ms": 1_795_500_000_000,
        "members_problem": "", "log_entries": 5, "checkpoint_size": 4, "checkpoint_root": "ab",
        "log_verified": True,
    }  # fmt: skip
    said = render(found)
    assert "members    list 3, until 2026-11-24 06:00 UTC" in said
    assert "1795500000000" not in said
    assert "it has expired" in render({**found, "members_problem": "it has expired. Renew it."})
