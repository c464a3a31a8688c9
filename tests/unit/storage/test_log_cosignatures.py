"""Cosignatures are kept beside the checkpoints that they are of, and nowhere else."""

import contextlib

import pytest

from fedquery.errors import StorageError
from fedquery.storage import log_cosignatures
from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore
from fedquery.storage.log_check import verify
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint
from fedquery.tlog.cosignature import Cosigner, cosigned_at_s
from fedquery.tlog.note import Signer, open_note, sign

_ORIGIN = "fedquery.log/example/VN"
_SIGNER = Signer(_ORIGIN, b"\x01" * 32)
_WITNESSES = {n: Cosigner(f"fedquery/{n}/witness", n.encode() * 16) for n in ("KH", "LA", "TH")}
_KEYS = [one.verifier_key for one in _WITNESSES.values()]


@pytest.fixture
def connection(tmp_path):
    """Open a database with a log of three checkpoints: of sizes 1, 2 and 3."""
    path = tmp_path / "x.db"
    opened = open_database(path, application_id=1, user_version=1, create=True)
    with contextlib.closing(opened) as made:
        made.execute("BEGIN IMMEDIATE")
        STORE.install(made)
        for entry in (b"a", b"b", b"c"):
            STORE.append(made, [entry])
            STORE.sign_checkpoint(made, _SIGNER, 5)
        made.execute("COMMIT")
        yield made


STORE = LogStore(_ORIGIN)


def lines(checkpoint, *nations, time_s=7):
    """Verify cosignatures of a checkpoint."""
    signers = [_WITNESSES[nation].at(time_s) for nation in nations]
    return open_note(sign(checkpoint.format(), signers), _KEYS, 10_000).signatures


def at(connection, size):
    """Give the checkpoint of a size."""
    return Checkpoint(_ORIGIN, size, STORE.root(connection, size))


def add(connection, size, *nations, **options):
    """Keep cosignatures in a transaction of their own."""
    checkpoint = at(connection, size)
    connection.execute("BEGIN IMMEDIATE")
    added = log_cosignatures.add(connection, checkpoint, lines(checkpoint, *nations, **options))
    connection.execute("COMMIT")
    return added


def opened(found):
    """Give size and cosigners of what was found, each line verified."""
    if found is None:
        return None
    checkpoint, note = found
    one = open_checkpoint(note, _SIGNER.verifier_key, _KEYS)
    assert checkpoint == one.checkpoint
    return checkpoint.size, sorted(one.note.names - {_ORIGIN})


def newest(connection, **options):
    """Give the first of those that were cosigned, or none."""
    return next(log_cosignatures.cosigned(connection, **options), None)


def test_the_newest_with_enough_lines_is_found(connection):
    """By how many keys is asked for; without cosignatures there is none."""
    assert newest(connection) is None
    assert 2 == add(connection, 1, "KH", "LA")
    assert 1 == add(connection, 2, "KH")
    assert (2, ["fedquery/KH/witness"]) == opened(newest(connection))
    two = (1, ["fedquery/KH/witness", "fedquery/LA/witness"])
    assert two == opened(newest(connection, at_least=2))
    assert newest(connection, at_least=3) is None
    assert [2, 1] == [one.size for one, _ in log_cosignatures.cosigned(connection)]


def test_lines_of_keys_that_were_replaced_are_passed_over(connection):
    """They are not even read: a log has years of them the day after a key was replaced."""
    add(connection, 1, "KH", "LA")
    add(connection, 3, "KH", "TH")

    def found(*nations, at_least=1):
        keys = [_WITNESSES[nation].verifier_key for nation in nations]
        some = log_cosignatures.cosigned(connection, at_least=at_least, by=keys)
        return [checkpoint.size for checkpoint, _ in some]

    assert [[3, 1], [1], [3]] == [found("KH"), found("LA"), found("TH")]
    assert [[1], [], []] == [found("KH", "LA", at_least=2), found("LA", "TH", at_least=2), found()]
    renewed = Cosigner("fedquery/KH/witness", bytes(32)).verifier_key
    assert [] == list(log_cosignatures.cosigned(connection, by=[renewed]))


def test_a_key_counts_once_and_its_first_line_stays(connection):
    """What was cosigned again, as for another coordinator, is not one more."""
    assert (1, 1) == (add(connection, 3, "KH"), add(connection, 3, "KH", "TH"))
    assert 0 == add(connection, 3, "KH", time_s=99)
    note = log_cosignatures.with_lines(connection, 3)
    found = open_checkpoint(note, _SIGNER.verifier_key, _KEYS, quorum=2).note
    times = {cosigned_at_s(line) for line in found.by_name("fedquery/KH/witness")}
    assert {7} == times


def test_a_checkpoint_of_another_history_gets_no_line(connection):
    """Also where its size was signed, with another root; and not outside a transaction."""
    for strange in (Checkpoint(_ORIGIN, 2, bytes(32)), Checkpoint(_ORIGIN, 9, bytes(32))):
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="not signed"):
            log_cosignatures.add(connection, strange, lines(strange, "KH"))
        connection.execute("ROLLBACK")
    with pytest.raises(ValueError, match="transaction"):
        log_cosignatures.add(connection, at(connection, 1), ())
    with pytest.raises(StorageError, match="no checkpoint"):
        log_cosignatures.with_lines(connection, 9)


def test_the_log_itself_is_as_it_was(connection):
    """Its own checkpoints have their one signature, and the log verifies."""
    before = STORE.latest_checkpoint(connection)
    add(connection, 3, "KH", "LA", "TH")
    assert before == STORE.latest_checkpoint(connection)
    assert 3 == verify(STORE, connection, _SIGNER.verifier_key)
