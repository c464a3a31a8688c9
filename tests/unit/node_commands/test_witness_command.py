"""What a node has witnessed is shown to its operator, with the evidence as files."""

import contextlib
import json

from fedquery_node import kept_heads, schema
from unit.federation import conftest as world

from fedquery.federation.names import node_log_origin
from fedquery.tlog.add_checkpoint import AddCheckpoint
from fedquery.tlog.witness import require_signed

ORIGIN = node_log_origin("mekong", "TH")
KEY = world.log_signer("TH").verifier_key


def show(home, *logs):
    """Show a node's witness logs of TH, one after the other."""
    with contextlib.closing(schema.connect(home)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for old, log in logs:
            asked = AddCheckpoint(old, (), log.checkpoint())
            checkpoint = require_signed(asked, {ORIGIN: KEY})
            kept_heads.decide(
                connection, world.cosigner("VN"), asked, checkpoint, KEY, now_ms=7_000
            )
        connection.execute("COMMIT")


def log_of(*entries):
    """Make a log of TH."""
    log = world.Log("TH")
    log.add(*entries)
    return log


def test_a_node_that_has_witnessed_nothing_says_so(node):
    """Its own key stands there, so that others can compare it."""
    code, out, _ = node("witness")
    assert (0, 1) == (code, out.count("\n"))
    assert "fedquery/VN/witness+" in out


def test_what_was_cosigned_and_refused_is_named(node, tmp_path):
    """A fork in capitals; the evidence is two files for each, and goes into a new directory."""
    kept, fork = log_of(b"a", b"b"), log_of(b"a", b"x")
    show(node.home, (0, kept), (2, fork), (0, log_of(b"a")))
    code, out, _ = node("witness", "--out", tmp_path / "evidence")
    assert 0 == code
    words = [line.split()[:2] for line in out.splitlines()[1:]]
    assert [["cosigned", ORIGIN], ["FORK", ORIGIN], ["refused", ORIGIN]] == words
    files = sorted(path.name for path in (tmp_path / "evidence").iterdir())
    assert ["001-fork.kept", "001-fork.request", "002-older.kept", "002-older.request"] == files
    assert kept.checkpoint() in (tmp_path / "evidence" / "001-fork.kept").read_bytes()
    assert fork.checkpoint() in (tmp_path / "evidence" / "001-fork.request").read_bytes()
    found = json.loads(node("witness", "--json")[1])
    assert ["fork", "older"] == [one["finding"] for one in found["refused"]]
    code, _, err = node("witness", "--out", tmp_path / "evidence")
    assert (78, True) == (code, "does not exist" in err)
    assert "FORKS SEEN 1" in node("status")[1]
