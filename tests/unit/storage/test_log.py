import os
import signal
import sqlite3

import pytest
from unit.tlog import rfc6962

from fedquery.errors import ConfigError, ConsistencyError, StorageError
from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore
from fedquery.storage.log_check import verify
from fedquery.storage.log_export import export
from fedquery.tlog.bundle import decode_bundle
from fedquery.tlog.checkpoint import open_checkpoint
from fedquery.tlog.note import Signer
from fedquery.tlog.proofs import verify_consistency, verify_inclusion
from fedquery.tlog.tile import Tile, parse_bundle_path
from fedquery.tlog.tile_hashes import TileHashes
from fedquery.tlog.tree import range_root

_ORIGIN = "fedquery.log/example/VN"
_SIGNER = Signer(_ORIGIN, b"\x01" * 32)
_KEY = _SIGNER.verifier_key
_ENTRIES = [b"entry %d" % i for i in range(700)]
_LEAVES = [rfc6962.leaf(entry) for entry in _ENTRIES]


def _connect(path) -> sqlite3.Connection:
    return open_database(path, application_id=1, user_version=1, create=True)


@pytest.fixture
def connection(tmp_path):
    """Open an empty database."""
    opened = _connect(tmp_path / "x.db")
    yield opened
    opened.close()


@pytest.fixture
def store(connection):
    """Install a log."""
    made = LogStore(_ORIGIN)
    connection.execute("BEGIN IMMEDIATE")
    made.install(connection)
    connection.execute("COMMIT")
    return made


def _append(store: LogStore, connection: sqlite3.Connection, entries, now_ms: int | None = None):
    connection.execute("BEGIN IMMEDIATE")
    appended = store.append(connection, entries)
    if now_ms is not None:
        store.sign_checkpoint(connection, _SIGNER, now_ms)
    connection.execute("COMMIT")
    return appended


def _sign(store: LogStore, connection: sqlite3.Connection):
    connection.execute("BEGIN IMMEDIATE")
    try:
        return store.sign_checkpoint(connection, _SIGNER, 5)
    finally:
        connection.execute("COMMIT")


def test_the_stored_log_equals_the_naive_reference(store, connection):
    """Entries, leaf hashes, roots and proofs are those of the reference, at every size tried."""
    at = 0
    for count in (1, 0, 254, 1, 1, 300, 143):
        appended = _append(store, connection, _ENTRIES[at : at + count])
        assert (at, tuple(_LEAVES[at : at + count])) == appended
        at += count
    assert store.size(connection) == 700
    assert _ENTRIES[250:260] == store.entries(connection, 250, 260)
    for size in (0, 1, 255, 256, 257, 512, 700):
        assert rfc6962.mth(_LEAVES[:size]) == store.root(connection, size)
    root = store.root(connection, 700)
    proof = store.inclusion_proof(connection, 300, 700)
    verify_inclusion(_LEAVES[300], 300, 700, proof, root)
    consistency = store.consistency_proof(connection, 257, 700)
    verify_consistency(257, 700, rfc6962.mth(_LEAVES[:257]), root, consistency)
    assert verify(store, connection) == 700


def test_a_partial_tile_is_read_at_every_width_it_had(store, connection):
    """A tile of an older size is read out of what grew since, and a wider one is not there."""
    _append(store, connection, _ENTRIES[:10])
    assert b"".join(_LEAVES[:4]) == store.read_tile(connection, Tile(0, 0, 4))
    for tile in (Tile(0, 0, 11), Tile(0, 1, 1), Tile(1, 0, 1)):
        with pytest.raises(StorageError):
            store.read_tile(connection, tile)


def test_an_append_that_is_rolled_back_leaves_no_trace(store, connection):
    """Entry, tiles and checkpoint are one transaction with their caller's rows."""
    _append(store, connection, _ENTRIES[:5], now_ms=1)
    connection.execute("BEGIN IMMEDIATE")
    store.append(connection, _ENTRIES[5:300])
    store.sign_checkpoint(connection, _SIGNER, 2)
    connection.execute("ROLLBACK")
    latest = store.latest_checkpoint(connection)
    assert latest is not None
    assert (store.size(connection), latest[0].size, verify(store, connection, _KEY)) == (5, 5, 5)


def test_a_log_changes_inside_a_transaction_only(store, connection):
    """Appending or signing in autocommit mode is a programming error."""
    with pytest.raises(ValueError, match="transaction"):
        store.append(connection, [b"x"])
    with pytest.raises(ValueError, match="transaction"):
        store.sign_checkpoint(connection, _SIGNER, 1)


def test_checkpoints_are_signed_and_consistent(store, connection):
    """Each checkpoint opens under the log's key and begins with the one before."""
    assert store.latest_checkpoint(connection) is None
    signed = [_sign(store, connection)]
    for lo, hi in ((0, 1), (1, 256), (256, 700)):
        _append(store, connection, _ENTRIES[lo:hi])
        signed.append(_sign(store, connection))
    assert [checkpoint.size for checkpoint, _ in signed] == [0, 1, 256, 700]
    for checkpoint, note in signed:
        assert checkpoint == open_checkpoint(note, _KEY).checkpoint
        assert rfc6962.mth(_LEAVES[: checkpoint.size]) == checkpoint.root
    assert signed[-1] == store.latest_checkpoint(connection)
    assert verify(store, connection, _KEY) == 700


def test_nothing_new_gives_the_same_checkpoint(store, connection):
    """Signing twice at one size gives one note, also for the empty log."""
    assert _sign(store, connection) == _sign(store, connection)
    _append(store, connection, _ENTRIES[:3])
    assert _sign(store, connection) == _sign(store, connection)
    assert connection.execute("SELECT count(*) FROM log_checkpoint").fetchone() == (2,)


def _unlock(connection: sqlite3.Connection, table: str) -> None:
    """Take the triggers of a table away, as somebody who can write the file does."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,)
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def test_two_inconsistent_checkpoints_are_never_signed(store, connection):
    """Where tiles below the signed head were changed, signing stops."""
    _append(store, connection, _ENTRIES[:300], now_ms=1)
    _unlock(connection, "log_tile")
    tile = bytearray(store.read_tile(connection, Tile(0, 0)))
    tile[100] ^= 1
    connection.execute(
        "UPDATE log_tile SET hashes = ? WHERE level = 0 AND position = 0", (bytes(tile),)
    )
    connection.execute("UPDATE log_tile SET hashes = zeroblob(32) WHERE level = 1")
    _append(store, connection, [b"x"])
    with pytest.raises(ConsistencyError):
        _sign(store, connection)


def test_a_log_that_lost_entries_is_not_signed(store, connection):
    """A log that is shorter than what was signed does not sign again."""
    _append(store, connection, _ENTRIES[:10], now_ms=1)
    _unlock(connection, "log_entry")
    connection.execute("DELETE FROM log_entry WHERE position >= 5")
    with pytest.raises(ConsistencyError):
        _sign(store, connection)


def test_the_head_is_compared_as_it_is_swapped(store, connection, monkeypatch):
    """If the head moved between comparing and signing, nothing is signed."""
    _append(store, connection, _ENTRIES[:10], now_ms=1)
    _append(store, connection, _ENTRIES[10:20])
    proof = store.consistency_proof

    def prove_while_another_signs(c, old, new):
        c.execute("UPDATE log_head SET size = 19, root = zeroblob(32)")
        return proof(c, old, new)

    monkeypatch.setattr(store, "consistency_proof", prove_while_another_signs)
    with pytest.raises(ConsistencyError, match="meanwhile"):
        _sign(store, connection)


def test_only_the_log_signs(store, connection):
    """A key of another name does not sign this log's checkpoint."""
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(ValueError, match="log itself"):
        store.sign_checkpoint(connection, Signer("fedquery.log/example/TH", bytes(32)), 1)
    connection.execute("ROLLBACK")


def test_a_database_holds_the_log_of_one_origin(store, connection):
    """Installing again changes nothing; installing another origin is refused."""
    store.install(connection)
    with pytest.raises(ConfigError):
        LogStore("fedquery.log/example/TH").install(connection)
    with pytest.raises(StorageError):
        LogStore("fedquery.log/example/TH").head(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET data = x'00' WHERE position = 0",
        "DELETE FROM log_entry WHERE position = 9",
        "INSERT OR REPLACE INTO log_entry VALUES (3, x'00')",
        "INSERT INTO log_entry VALUES (11, x'00')",
        "INSERT INTO log_entry VALUES (-1, x'00')",
        "UPDATE log_tile SET hashes = zeroblob(320)",
        "UPDATE log_tile SET hashes = substr(hashes, 1, 32)",
        "UPDATE log_tile SET position = 7",
        "INSERT OR REPLACE INTO log_tile VALUES (0, 0, zeroblob(320))",
        "DELETE FROM log_tile",
        "UPDATE log_checkpoint SET note = x'00'",
        "DELETE FROM log_checkpoint",
        "INSERT INTO log_checkpoint VALUES (9, 1, x'00')",
        "INSERT OR REPLACE INTO log_checkpoint VALUES (10, 1, x'00')",
        "UPDATE log_head SET root = zeroblob(32)",
        "UPDATE log_head SET size = 9",
        "UPDATE log_head SET size = 11, origin = 'x'",
        "DELETE FROM log_head",
        "INSERT OR REPLACE INTO log_head VALUES (1, 'x', 11, zeroblob(32))",
    ],
)
def test_the_tables_are_append_only(store, connection, statement):
    """No statement changes or removes what was logged."""
    _append(store, connection, _ENTRIES[:10], now_ms=1)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    assert verify(store, connection, _KEY) == 10


@pytest.mark.parametrize("position", [0, 255, 256, 511, 699])
def test_a_flipped_entry_is_found(store, connection, position):
    """The check names the first entry whose bytes are not those that were logged."""
    _append(store, connection, _ENTRIES, now_ms=1)
    _unlock(connection, "log_entry")
    connection.execute("UPDATE log_entry SET data = x'00' WHERE position = ?", (position,))
    with pytest.raises(ConsistencyError, match=f"entry {position} on"):
        verify(store, connection, _KEY)


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("log_entry", "DELETE FROM log_entry WHERE position = 5"),
        ("log_entry", "DELETE FROM log_entry WHERE position = 699"),
        ("log_tile", "DELETE FROM log_tile WHERE level = 1"),
        ("log_tile", "UPDATE log_tile SET hashes = zeroblob(64) WHERE level = 1"),
        ("log_tile", "INSERT INTO log_tile VALUES (2, 0, zeroblob(32))"),
        ("log_checkpoint", "UPDATE log_checkpoint SET note = x'00'"),
        ("log_checkpoint", "DELETE FROM log_checkpoint"),
        ("log_head", "UPDATE log_head SET root = zeroblob(32)"),
    ],
)
def test_a_damaged_log_is_found(store, connection, table, statement):
    """Missing entries, changed or surplus tiles and changed checkpoints are all found."""
    _append(store, connection, _ENTRIES, now_ms=1)
    _unlock(connection, table)
    connection.execute(statement)
    with pytest.raises((ConsistencyError, StorageError)):
        verify(store, connection)


def test_a_rewritten_log_does_not_fit_its_checkpoint(store, connection, tmp_path):
    """Entries and tiles that fit each other, but are not what was signed, are found."""
    _append(store, connection, _ENTRIES[:10], now_ms=1)
    note = store.latest_checkpoint(connection)[1]
    other = _connect(tmp_path / "other.db")
    other.execute("BEGIN IMMEDIATE")
    store.install(other)
    store.append(other, [b"other"] * 10)
    other.execute("INSERT INTO log_checkpoint VALUES (10, 1, ?)", (note,))
    other.execute("COMMIT")
    with pytest.raises(ConsistencyError, match="size 10"):
        verify(store, other, _KEY)
    other.close()


def test_entries_that_are_not_there_are_an_error(store, connection):
    """A range beyond the log is refused, not cut."""
    _append(store, connection, _ENTRIES[:3])
    with pytest.raises(StorageError):
        store.entries(connection, 1, 4)
    with pytest.raises(ValueError, match="range"):
        store.entries(connection, 2, 1)
    for size in (4, -1):
        with pytest.raises(StorageError):
            store.root(connection, size)


def test_an_export_is_a_whole_log_in_plain_files(store, connection, tmp_path):
    """Tiles, bundles and checkpoint of the export alone give the signed root and every entry."""
    _append(store, connection, _ENTRIES[:600], now_ms=1)
    _append(store, connection, _ENTRIES[600:])
    directory = tmp_path / "export"
    checkpoint = export(store, connection, directory)
    assert checkpoint.size == 600
    assert checkpoint == open_checkpoint((directory / "checkpoint").read_bytes(), _KEY).checkpoint
    hashes = TileHashes(600, lambda tile: (directory / tile.path()).read_bytes())
    assert checkpoint.root == range_root(hashes, 0, 600)
    files = {str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file()}
    assert {
        "checkpoint",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/88",
    } == files
    found: list[bytes] = []
    for name in sorted(name for name in files if "entries" in name):
        found += decode_bundle((directory / name).read_bytes(), parse_bundle_path(name).width)
    assert _ENTRIES[:600] == found
    assert {0} == {p.stat().st_mode & 0o077 for p in [directory, *directory.rglob("*")]}


def test_an_export_overwrites_nothing_and_needs_a_checkpoint(store, connection, tmp_path):
    """An existing directory is refused, and so is a log that signed nothing."""
    with pytest.raises(StorageError):
        export(store, connection, tmp_path / "export")
    _append(store, connection, _ENTRIES[:3], now_ms=1)
    with pytest.raises(ConfigError):
        export(store, connection, tmp_path)
    with pytest.raises(StorageError):
        export(store, connection, tmp_path / "missing" / "export")


def test_what_a_killed_export_has_left_is_removed_by_the_next(store, connection, tmp_path):
    """It says who asks whom; by a real kill, in the middle."""
    _append(store, connection, _ENTRIES[:600], now_ms=1)
    directory = tmp_path / "exports" / "export"
    directory.parent.mkdir()

    def kill(_done: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    process = os.fork()
    if not process:
        try:
            export(store, connection, directory, kill)
        finally:
            os._exit(1)
    assert signal.SIGKILL == os.WTERMSIG(os.waitpid(process, 0)[1])
    (left,) = directory.parent.iterdir()
    assert (".fedquery-unfinished-", 0o700) == (left.name[:21], left.stat().st_mode & 0o777)
    assert any(left.rglob("*"))
    export(store, connection, directory)
    assert [directory] == list(directory.parent.iterdir())


def test_a_check_reads_one_state_while_others_write(store, connection, tmp_path, monkeypatch):
    """What another connection appends in the middle of a check does not disturb it."""
    _append(store, connection, _ENTRIES[:300], now_ms=1)
    other = _connect(tmp_path / "x.db")
    entries = store.entries
    appended: list[int] = []

    def read_while_another_appends(c, lo, hi):
        if not appended:
            appended.append(_append(LogStore(_ORIGIN), other, [b"x"] * 300, now_ms=2)[0])
        return entries(c, lo, hi)

    monkeypatch.setattr(store, "entries", read_while_another_appends)
    assert verify(store, connection, _KEY) == 300
    assert appended == [300]
    monkeypatch.undo()
    assert verify(store, connection, _KEY) == 600
    other.close()
