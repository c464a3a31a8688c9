"""The simulated disk does what it says, and the adapter does what the module sqlite3 does."""

import random
import sqlite3
from contextlib import closing, nullcontext

import pytest
from fedquery_node import schema
from hypothesis import given, settings
from hypothesis import strategies as st
from simulation import connection, node
from simulation.disk import SECTOR, Disk, Operation, cut_short, cuts, kept, lost, torn
from simulation.vfs import SimulatedVfs

_WRITES = st.builds(
    Operation,
    st.just("write"),
    st.just("a"),
    st.integers(0, 2_000),
    st.binary(min_size=1, max_size=1_500),
)
_CHANGES = _WRITES | st.builds(Operation, st.just("truncate"), st.just("a"), st.integers(0, 2_000))
_OPERATIONS = st.lists(_CHANGES | st.just(Operation("sync", "a")), max_size=12)
_MADE = [Operation("make", "a"), Operation("sync directory", "")]


def _done(operations) -> Disk:
    disk = Disk()
    for operation in (*_MADE, *operations):
        disk.do(operation)
    return disk


@settings(deadline=None)
@given(_OPERATIONS)
def test_what_was_synced_is_there_and_what_is_kept_is_what_was_seen(operations):
    """Lost is the state at the last sync; kept is what the process reads."""
    disk = _done(operations)
    assert {"a": disk.read("a", 0, disk.size("a"))} == disk.platter.image(kept)
    last = max((at for at, o in enumerate(operations, 1) if o.kind == "sync"), default=0)
    assert _done(operations[:last]).platter.image(kept) == disk.platter.image(lost)


@settings(deadline=None)
@given(st.lists(_WRITES, max_size=8), st.integers())
def test_a_torn_write_leaves_each_sector_old_or_new(writes, seed):
    """Nothing is found in a sector that was not once written there."""
    disk = _done([*writes[:2], Operation("sync", "a"), *writes[2:]])
    for fate in (torn(random.Random(seed)), cut_short(random.Random(seed))):  # noqa: S311  # repeatable cuts
        found = disk.platter.image(fate)["a"]
        assert len(found) <= disk.size("a")
        for at, octet in enumerate(found):
            ever = {0, *(w.octets[at - w.offset] for w in writes if _covers(w, at))}
            assert octet in ever
    # Where nothing is torn apart, a sector is what one write made it.
    single = _done([Operation("write", "a", 100, bytes([7]) * 3 * SECTOR)])
    for piece in single.platter.image(torn(random.Random(seed)))["a"][100:].split(b"\x00"):  # noqa: S311  # repeatable
        assert piece in {b"", b"\x07" * len(piece)}


def _covers(write: Operation, at: int) -> bool:
    return write.offset <= at < write.offset + len(write.octets)


def test_names_are_durable_with_their_directory():
    """A file that was made or taken away is so after a cut once the directory was synced."""
    disk = Disk({"old": b"x"})
    disk.do(Operation("make", "new"))
    disk.do(Operation("delete", "old"))
    assert ({"old": b"x"}, {"new": b""}) == (disk.platter.image(lost), disk.platter.image(kept))
    disk.do(Operation("sync directory", ""))
    assert {"new": b""} == disk.platter.image(lost)
    # A name that is given anew is another file: the old one may come back as it was.
    disk.do(Operation("write", "new", 0, b"y"))
    disk.do(Operation("sync", "new"))
    disk.do(Operation("delete", "new"))
    disk.do(Operation("make", "new"))
    assert ({"new": b"y"}, {"new": b""}) == (disk.platter.image(lost), disk.platter.image(kept))


def test_a_cut_is_before_in_or_after_each_operation():
    """An operation on its way may be found or not; the process has heard of none of it."""
    record = [*_MADE, Operation("write", "a", 0, b"1"), Operation("sync", "a")]
    found = [(number, platter.image(lost), platter.image(kept)) for number, platter in cuts(record)]
    one, none = {"a": b"1"}, {"a": b""}
    assert [
        (0, {}, {}),
        (0, {}, none),
        (1, {}, none),
        (2, none, none),
        (2, none, one),
        (3, none, one),
        (4, one, one),
    ] == found


def test_two_runs_ask_the_same_of_the_disk(tmp_path):
    """Only the salts of SQLite's log differ, so that a fault is found again by its number."""
    disks = [Disk(), Disk()]
    for disk in disks:
        node.run(tmp_path, disk)
    first, second = ([(o.kind, o.name, o.offset) for o in disk.record] for disk in disks)
    assert first == second


class _RealNode(node.Node):
    """The same node over the module sqlite3, on a real disk."""

    def _on_disk(self):
        return nullcontext()


def test_the_adapter_writes_what_the_module_sqlite3_writes(tmp_path):
    """The same run over sqlite3 and over APSW ends with the same rows in every table."""
    rows = []
    for kind in (node.Node, _RealNode):
        home = tmp_path / kind.__name__
        home.mkdir(mode=0o700)
        running = kind(home, Disk())
        running.create()
        node.carry_on(running, erasing=True)
        assert (10, 6) == (len(running.said.entries), len(running.said.notes))
        with running._on_disk(), closing(schema.connect(home)) as opened:
            names = opened.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
            tables = [name for name, sql in names if sql and sql.startswith("CREATE TABLE")]
            contents = {t: opened.execute(f"SELECT * FROM {t}").fetchall() for t in tables}  # noqa: S608  # our own names
        rows.append((names, contents))
    assert rows[0] == rows[1]
    assert len(rows[0][1]["log_entry"]) == node.BEFORE + 11


def test_the_adapter_raises_what_the_module_sqlite3_raises(tmp_path):
    """A broken constraint and a fault of the disk are sqlite3's errors; rowcount counts changes."""
    disk = Disk()
    disk.do(Operation("make", str(tmp_path / "x")))
    opened = connection.Connection(str(tmp_path / "x"), SimulatedVfs(disk))
    opened.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
    assert 2 == opened.execute("INSERT INTO t VALUES (1), (2)").rowcount
    assert 0 == opened.execute("UPDATE t SET x = 9 WHERE x > ?", (5,)).rowcount
    with pytest.raises(sqlite3.IntegrityError):
        opened.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.OperationalError):
        opened.execute("SELECT * FROM nowhere")
    opened.close()
    with pytest.raises(sqlite3.OperationalError):
        connection.Connection(str(tmp_path / "y"), SimulatedVfs(disk))
