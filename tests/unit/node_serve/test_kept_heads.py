"""A node as a witness: what it cosigned stands in its database, and what it refused."""

import contextlib
import sqlite3

import pytest
from fedquery_node import kept_heads, schema
from fedquery_node.config import load_settings
from fedquery_node.kept_heads import MOST_REFUSED
from unit.tlog.test_witness import LOG, ORIGIN, TIME_S, WITNESS, entries_of, head, log_of, request

from fedquery.tlog import add_checkpoint, witness
from fedquery.tlog.add_checkpoint import AddCheckpoint
from fedquery.tlog.checkpoint import open_checkpoint, sign_checkpoint
from fedquery.tlog.note import Signer, sign
from fedquery.tlog.witness import Finding

NODE_TOML = """
nation = "TH"
federation = "mekong"
listen = "127.0.0.1:0"
policies = "policies"
"""


@pytest.fixture
def connection(tmp_path):
    """Make an empty database of a node."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    schema.create(tmp_path, load_settings(tmp_path))
    with contextlib.closing(schema.connect(tmp_path)) as opened:
        yield opened


def decide(connection, asked, key=LOG.verifier_key, now_ms=TIME_S * 1000):
    """Decide on a request in a transaction of its own."""
    checkpoint = witness.require_signed(asked, {ORIGIN: key})
    connection.execute("BEGIN IMMEDIATE")
    decided = kept_heads.decide(connection, WITNESS, asked, checkpoint, key, now_ms=now_ms)
    connection.execute("COMMIT")
    return decided


def kept(connection, key=LOG.verifier_key):
    """Give the size that is kept, with both signatures verified; None for nothing."""
    note = kept_heads.newest_note(connection, key)
    if not note:
        return None
    opened = open_checkpoint(note, key, [WITNESS.verifier_key], quorum=1)
    assert 2 == note.rsplit(b"\n\n", 1)[1].count(b"\n")
    return opened.checkpoint.size


def test_what_is_cosigned_is_kept_with_both_signatures(connection):
    """Before the line is given; lines of others are left out."""
    log = log_of(entries_of(9))
    assert kept(connection) is None
    with_others = request(log, 0, 5)
    other = sign(head(log, 5).format(), [LOG, Signer("x", bytes(32))])
    assert decide(connection, AddCheckpoint(0, with_others.proof, other)).line
    assert 5 == kept(connection)
    decided = decide(connection, request(log, 5))
    assert (
        add_checkpoint.read_cosignature(head(log), decided.line, WITNESS.verifier_key)
        == decided.line
    )
    assert 9 == kept(connection)
    assert [(ORIGIN, 9, TIME_S * 1000)] == kept_heads.heads(connection)
    # The same again says a newer time.
    decide(connection, request(log, 9), now_ms=TIME_S * 1000 + 5000)
    assert [(ORIGIN, 9, TIME_S * 1000 + 5000)] == kept_heads.heads(connection)


def test_a_conflict_alone_leaves_nothing(connection):
    """A submitter that does not know what is kept is no evidence against the log."""
    log = log_of(entries_of(9))
    decide(connection, request(log, 0, 5))
    decided = decide(connection, request(log, 0, 9))
    assert (b"", 409, b"5\n") == (decided.line, decided.refusal.status, decided.refusal.body)
    assert ([], 5) == (kept_heads.refused(connection), kept(connection))


def test_a_fork_is_refused_and_kept(connection):
    """Both sides of it, so that anybody can verify it; and what was cosigned stays."""
    log, fork = log_of(entries_of(9)), log_of(entries_of(4, 8))
    decide(connection, request(log, 0, 7))
    asked = request(fork, 7)
    assert 422 == decide(connection, asked).refusal.status
    # Shown again, it is the same one.
    decide(connection, asked)
    (one,) = kept_heads.refused(connection)
    assert (ORIGIN, Finding.FORK, 12) == (one.origin, one.finding, one.size)
    again = AddCheckpoint.parse(one.request)
    before = open_checkpoint(one.kept_note, LOG.verifier_key).checkpoint
    after = open_checkpoint(again.note, LOG.verifier_key).checkpoint
    roots = witness.consistency_roots(before.size, after.size, before.root, again.proof)
    assert after.root == roots[1]
    assert before.root != roots[0]
    assert 7 == kept(connection)
    assert decide(connection, request(log, 7)).line


def test_a_log_that_went_back_is_kept_as_a_sign(connection):
    """A smaller checkpoint than the one that is kept, under any old size."""
    log = log_of(entries_of(9))
    decide(connection, request(log, 0))
    assert 409 == decide(connection, request(log, 0, 7)).refusal.status
    assert [(Finding.OLDER, 7)] == [
        (one.finding, one.size) for one in kept_heads.refused(connection)
    ]


def test_evidence_does_not_fill_the_disk_and_a_fork_is_never_pushed_out(connection):
    """The newest of what proves nothing, the first of what does."""
    log, fork = log_of(entries_of(400)), log_of(entries_of(4, 8))
    decide(connection, request(log, 0))
    same_size = sign_checkpoint(head(log_of(entries_of(3, 397))), LOG)
    assert 422 == decide(connection, AddCheckpoint(400, (), same_size)).refusal.status
    for size in range(1, MOST_REFUSED + 10):
        decide(connection, request(log, 0, size))
    decide(connection, request(fork, 0))
    kinds = [one.finding for one in kept_heads.refused(connection)]
    assert (1, MOST_REFUSED) == (kinds.count(Finding.FORK), kinds.count(Finding.OLDER))
    older = [one.size for one in kept_heads.refused(connection) if one.finding is Finding.OLDER]
    # The fork's own checkpoint, of 12 entries and another root, is one of the older ones.
    assert 12 == older[-1]
    assert MOST_REFUSED + 9 == older[-2]


def test_a_log_with_a_new_key_begins_anew(connection):
    """The member list has named it; what was cosigned of the old key is not forgotten."""
    log, fresh = log_of(entries_of(9)), log_of(entries_of(0, 3))
    decide(connection, request(log, 0))
    new = Signer(ORIGIN, bytes(range(9, 41)))
    decided = decide(connection, request(fresh, 0, signer=new), key=new.verifier_key)
    assert decided.line
    assert (9, 3) == (kept(connection), kept(connection, new.verifier_key))


def test_the_database_itself_does_not_go_back(connection):
    """A mistake of our own programs cannot make a witness forget, or take another root."""
    decide(connection, request(log_of(entries_of(9)), 0))
    for statement in (
        "UPDATE witnessed_head SET size = 8",
        "UPDATE witnessed_head SET root = zeroblob(32)",
        "UPDATE witnessed_head SET origin = 'x'",
        "DELETE FROM witnessed_head",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    assert 9 == kept(connection)
