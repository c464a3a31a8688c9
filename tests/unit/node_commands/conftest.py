"""A node of VN in a federation of two, made by its own commands in this process."""

import shutil
from pathlib import Path

import pytest
from fedquery_node.__main__ import main

from fedquery.cli.__main__ import main as fedquery

POLICIES = Path(__file__).parents[3] / "policies"


@pytest.fixture
def node(tmp_path, capsys):
    """Make a node of VN in a federation of two, and give what runs its commands."""
    home = tmp_path / "node.db-home"
    # A copy, so that a test may change a policy.
    policies = shutil.copytree(POLICIES, tmp_path / "policies")

    def run(*arguments):
        code = main(["--home", str(home), *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    run.home, run.policies = home, policies
    made = run(
        "init", "--nation", "VN", "--federation", "mekong", "--address", "127.0.0.1:7001",
        "--policies", policies, "--dataset", "phones=phone",
    )  # fmt: skip
    assert 0 == made[0], made
    keys, listed, roots = tmp_path / "keys", tmp_path / "list", tmp_path / "roots"
    for nation in ("TH", "VN"):
        fedquery(["federation", "key", nation, "--out", str(keys)])
    fedquery(["federation", "init", str(listed), "--name", "mekong", "--training"])
    cards = [keys / "TH.card.json", keys / "VN.card.json", home / "card.json"]
    fedquery(["federation", "enrol", str(listed), *map(str, cards), "--yes"])
    fedquery(["federation", "quorum", str(listed), "2"])
    fedquery(["federation", "roots", str(listed), "--quorum", "2", "--out", str(roots)])
    run.listed, run.roots = listed, roots
    run.sign = lambda nation: fedquery(
        ["federation", "sign", str(listed), "--key", str(keys / f"{nation}.root.key")]
    )
    capsys.readouterr()
    return run


@pytest.fixture
def member(node):
    """Put the signed member list in force."""
    node.sign("TH")
    node.sign("VN")
    code, out, _ = node("members", node.listed, "--roots", node.roots)
    assert (0, "member list 1 of mekong is in force\n") == (code, out.splitlines(True)[-1])
    assert 0 == node("policy", "propose")[0]
    assert 0 == node("policy", "activate")[0]
    return node
