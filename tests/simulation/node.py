"""A node's database on a simulated disk: questions are logged and charged, checkpoints handed out.

The tables, the quota, the log, the writer and the settings of the connection are the node's own.
"""

import re
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fedquery_node import quota, schema
from fedquery_node.config import Quota, WindowQuota
from simulation import connection
from simulation.disk import Disk, Image, Operation
from simulation.vfs import SimulatedVfs

from fedquery.audit.detail import Detail
from fedquery.errors import StorageError
from fedquery.storage import database, details, log_check
from fedquery.storage.auditor_acts import erase_due
from fedquery.storage.writer import Writer
from fedquery.tlog.checkpoint import open_checkpoint
from fedquery.tlog.note import Signer

SETTINGS: Any = SimpleNamespace(federation="simulated", nation="VN")
LOG = schema.log_of(SETTINGS)
SIGNER = Signer(LOG.origin, b"\x01" * 32)
PAYER = quota.Payer("TH/cyber-police", "TH", "case")
# A ceiling that this run does not meet.
QUOTA = Quota(agency=WindowQuota(hour=10**6, day=10**6, year=10**6))
NOW_MS = 1_700_000_000_000
# The run passes the edge of a tile.
BEFORE = 250
# What every detail has in it; how many of them are due when the run erases, and how they begin.
DETAIL = b"a detail of a case, "
DUE = 200
_DUE_DETAIL = re.compile(DETAIL + rb"before [01]")
SOON_MS, LATER_MS = NOW_MS + 10, NOW_MS + 10**10


@dataclass
class Said:
    """What a node told others, and when: after how many operations of the disk.

    Attributes:
        entries: (when, place, entry) of each acknowledged question.
        notes: (when, checkpoint) of each checkpoint that was handed out.
        erased: when it was said that what is due is erased.
        refused: how many changes were refused.
        made: after how many operations the database was whole.
    """

    entries: list[tuple[int, int, bytes]] = field(default_factory=list)
    notes: list[tuple[int, bytes]] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    refused: int = 0
    made: int = 0


class Node:
    """A node's database, with the process that writes it.

    Args:
        home: a directory; the database in it is an empty file, its content is on the disk.
        disk: the disk.
        said: what this node, and whoever it was before a restart, told others.
    """

    def __init__(self, home: Path, disk: Disk, said: Said | None = None) -> None:
        self.home = home
        self.disk = disk
        self.said = Said() if said is None else said
        self._vfs = SimulatedVfs(disk)

    @property
    def path(self) -> str:
        """Name the database on the disk."""
        return str(schema.database_path(self.home).absolute())

    def create(self) -> None:
        """Make the database with some entries, as `fedquery-node init` and a first day do."""
        self.disk.do(Operation("make", self.path))
        with self._on_disk():
            schema.create(self.home, SETTINGS)
            opened = schema.connect(self.home)
            opened.execute("BEGIN IMMEDIATE")
            for number in range(BEFORE):
                ask(opened, b"before %03d" % number)
            opened.execute("COMMIT")
            opened.close()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Open the database and run its writer for a block."""
        with self._on_disk():
            opened = schema.connect(self.home)
            writer = Writer(opened)
            try:
                yield writer
            finally:
                writer.close()

    def asked(self, writer: Writer, *entries: bytes) -> None:
        """Log and charge questions in one commit, and acknowledge those that stand."""
        with _together(writer):
            futures = [
                (entry, writer.submit(lambda c, entry=entry: ask(c, entry))) for entry in entries
            ]
        for entry, future in futures:
            self._acknowledge(entry, future)

    def _acknowledge(self, entry: bytes, future: Future[int]) -> None:
        try:
            place = future.result()
        except StorageError:
            self.said.refused += 1
        else:
            self.said.entries.append((len(self.disk.record), place, entry))

    def signed(self, writer: Writer) -> None:
        """Sign a checkpoint and hand it out."""
        try:
            _, note = writer.submit(lambda c: LOG.sign_checkpoint(c, SIGNER, NOW_MS)).result()
        except StorageError:
            self.said.refused += 1
        else:
            self.said.notes.append((len(self.disk.record), note))

    def erased(self) -> None:
        """Erase the details that are due, as the auditor's command does, and say so."""
        with self._on_disk(), closing(schema.connect(self.home)) as opened:
            directory: Any = SimpleNamespace(connection=opened, log=LOG)
            try:
                erase_due(directory, SOON_MS)
            except sqlite3.Error:
                self.said.refused += 1
                return
        self.said.erased.append(len(self.disk.record))

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        kept = database.sqlite3
        database.sqlite3 = connection.module(self._vfs)
        try:
            yield
        finally:
            database.sqlite3 = kept


@contextmanager
def _together(writer: Writer) -> Iterator[None]:
    """Let the changes of a block wait for one another, so that one commit takes them."""
    go = threading.Event()
    writer.submit(lambda _connection: go.wait())
    try:
        yield
    finally:
        go.set()


def ask(opened: Any, entry: bytes) -> int:
    """Charge a question and log it, in one transaction; give its place."""
    quota.charge(opened, QUOTA, PAYER, 1, NOW_MS)
    return log_entry(opened, entry)


def log_entry(opened: Any, entry: bytes) -> int:
    """Log an entry with an erasable detail; give its place."""
    place, (leaf,) = LOG.append(opened, [entry])
    kept = [Detail("case", leaf, DETAIL + entry)]
    details.insert(opened, place, kept, SOON_MS if place < DUE else LATER_MS)
    return place


def run(home: Path, disk: Disk) -> Said:
    """Make a database, ask, sign, ask several at once, stop, erase, and ask after a restart."""
    node = Node(home, disk)
    node.create()
    node.said.made = len(disk.record)
    carry_on(node, erasing=True)
    return node.said


def carry_on(node: Node, *, erasing: bool = False) -> None:
    """Ask and sign in two lives of the process; between them, erase what is due, if wanted."""
    number = iter(range(1000))
    with node.writing() as writer:
        node.signed(writer)
        for length in (20, 400, 9_000):
            node.asked(writer, b"%d " % next(number) + b"x" * length)
            node.signed(writer)
        node.asked(writer, *(b"%d together" % next(number) for _ in range(5)))
        node.signed(writer)
        node.asked(writer, b"%d " % next(number))
    if erasing:
        node.erased()
    with node.writing() as writer:
        node.asked(writer, b"%d after a restart" % next(number))
        node.signed(writer)


class UnfinishedError(AssertionError):
    """The database has no tables yet."""


class BrokenPromiseError(AssertionError):
    """What was found after a fault is not what was told."""


def examine(home: Path, image: Image, said: Said, when: int) -> int:
    """Recover from an image, and require everything that had been told until then.

    Args:
        home: where the node's directory is.
        image: what was found on the disk.
        said: what the node had told others in the whole run.
        when: the number of operations after which the power went.

    Returns:
        The number of entries found.

    Raises:
        UnfinishedError: if the database has no tables yet.
        BrokenPromiseError: if something that was told is not there.
        FedqueryError: if the database or the log does not verify.
    """
    entries = [(place, entry) for at, place, entry in said.entries if at <= when]
    notes = [note for at, note in said.notes if at <= when]
    if any(at <= when for at in said.erased):
        # What was said to be erased is nowhere on the disk.
        _require(_DUE_DETAIL.search(octets) is None for octets in image.values())
    node = Node(home, Disk(image))
    if node.path not in image and not entries and not notes:
        return 0
    with node._on_disk():
        opened = schema.connect(home)
        try:
            if not opened.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                raise UnfinishedError
            size = log_check.verify(LOG, opened, SIGNER.verifier_key)
            _require(place < size for place, _ in entries)
            _require(LOG.entries(opened, place, place + 1) == [entry] for place, entry in entries)
            _require(_extends(opened, note) for note in notes)
            _require_whole(opened, size, erased=any(at <= when for at in said.erased))
            # And it goes on from there, consistently with what was signed.
            opened.execute("BEGIN IMMEDIATE")
            ask(opened, b"after the recovery")
            LOG.sign_checkpoint(opened, SIGNER, NOW_MS)
            opened.execute("COMMIT")
        finally:
            opened.close()
    return size


def _require_whole(opened: Any, size: int, *, erased: bool) -> None:
    """Require that no half of a transaction is there: neither of a question nor of an erasure."""
    logged = LOG.entries(opened, 0, size)
    erasures = sum(b'"type":"erasure"' in entry for entry in logged)
    questions = size - erasures
    used = quota.used(opened, PAYER, NOW_MS)
    _require([(used.hour, used.day, used.year, used.case, used.nation_day) == (questions,) * 5])
    # The erasure and its entry, or neither.
    due = opened.execute("SELECT count(*) FROM detail WHERE log_index < ?", (DUE,)).fetchone()[0]
    rest = opened.execute("SELECT count(*) FROM detail WHERE log_index >= ?", (DUE,)).fetchone()[0]
    _require([due == (0 if erasures else min(DUE, questions)), erasures == 1 or not erased])
    _require([rest == max(0, questions - DUE)])


def _extends(opened: Any, note: bytes) -> bool:
    """Say whether the recovered log has the tree that was handed out."""
    checkpoint = open_checkpoint(note, SIGNER.verifier_key).checkpoint
    if checkpoint.size > LOG.size(opened):
        return False
    return LOG.root(opened, checkpoint.size) == checkpoint.root


def _require(promises: Iterator[bool] | list[bool]) -> None:
    if not all(promises):
        raise BrokenPromiseError
