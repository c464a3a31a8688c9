"""Member lists by command: drafts, cards, quorums, and nothing in force without signatures."""

import json

import pytest

from fedquery.cli.__main__ import main


@pytest.fixture
def run(tmp_path, capsys):
    """Run commands in a directory, and give code, output and errors."""

    def call(*arguments):
        words = [str(tmp_path / one[1:]) if one.startswith("@") else one for one in arguments]
        code = main(["federation", *words])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def listed(run):
    """Make a list of three nations that two must sign."""
    for nation in ("TH", "VN", "LA"):
        assert 0 == run("key", nation, "--out", "@keys")[0]
    assert 0 == run("init", "@list", "--name", "mekong", "--training")[0]
    cards = [f"@keys/{nation}.card.json" for nation in ("TH", "VN", "LA")]
    assert 0 == run("enrol", "@list", *cards, "--yes")[0]
    assert 0 == run("quorum", "@list", "2")[0]
    assert 0 == run("roots", "@list", "--quorum", "2", "--out", "@roots")[0]
    return "@list"


def verdict(run, listed):
    """Ask whether a list is in force."""
    code, out, _ = run("show", listed, "--roots", "@roots", "--json")
    assert 0 == code
    return json.loads(out)


def test_a_quorum_puts_a_list_in_force(run, listed):
    """One of two does not."""
    assert 0 == run("sign", listed, "--key", "@keys/TH.root.key")[0]
    assert verdict(run, listed)["verdict"].startswith("not in force")
    assert 0 == run("sign", listed, "--key", "@keys/VN.root.key")[0]
    assert verdict(run, listed)["verdict"].startswith("in force")


def test_a_change_drops_the_signatures(run, listed):
    """They were given for other members, and the number goes up."""
    for nation in ("TH", "VN"):
        run("sign", listed, "--key", f"@keys/{nation}.root.key")
    assert 0 == run("remove", listed, "LA")[0]
    found = verdict(run, listed)
    assert ([], 2) == (found["signed_by"], found["number"])
    assert 0 == run("renew", listed, "--days", "3")[0]


def test_a_stranger_cannot_sign(run, listed):
    """Its key is nobody's root key."""
    run("key", "MM", "--out", "@keys")
    code, _, err = run("sign", listed, "--key", "@keys/MM.root.key")
    assert 65 == code
    assert "not the root key" in err


def test_a_changed_card_is_refused(run, listed, tmp_path):
    """Its signature is the key's that it introduces."""
    path = tmp_path / "keys" / "VN.card.json"
    path.write_bytes(path.read_bytes().replace(b'"VN"', b'"KH"'))
    assert run("enrol", listed, "@keys/VN.card.json", "--yes")[0] in {7, 65}


def test_nothing_is_enrolled_without_a_yes(run, listed, monkeypatch):
    """The fingerprints have to be compared first."""
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _prompt: "n")
    run("key", "KH", "--out", "@keys")
    code, out, _ = run("enrol", listed, "@keys/KH.card.json")
    assert 130 == code
    assert "nation KH" in out
    assert "KH" not in verdict(run, listed)["nations"]


def test_keys_are_private_and_never_overwritten(run, listed, tmp_path):
    """A second key of one name is refused."""
    path = tmp_path / "keys" / "TH.root.key"
    assert 0o600 == path.stat().st_mode & 0o777
    assert 78 == run("key", "TH", "--out", "@keys")[0]


def test_a_list_is_not_begun_twice(run, listed):
    """A draft is not lost to a slip."""
    assert 78 == run("init", listed, "--name", "mekong")[0]
