"""A disk that fails or is full at any operation: what was told is kept, the rest is refused."""

import random

import pytest
from simulation import node
from simulation.disk import Disk, Fault, Image, Operation, cut_short, kept, lost, torn
from simulation.faults import dies_at, fails_at, full_from
from simulation.node import Node, Said, examine

from fedquery.errors import StorageError

_FOR_EVER = 10**9


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Make a directory with an empty database file; its content is on the simulated disk."""
    made = tmp_path_factory.mktemp("simulated") / "home"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture(scope="module")
def image(home):
    """Make a database with some entries."""
    disk = Disk()
    Node(home, disk).create()
    return disk.platter.image(lost)


@pytest.fixture(scope="module")
def whole(home, image):
    """Run without a fault."""
    running = Node(home, Disk(image))
    node.carry_on(running)
    return running


@pytest.fixture(scope="module")
def record(whole):
    """Give what was asked of the disk where nothing failed."""
    return whole.disk.record


def _run(home, image, fault: Fault) -> tuple[Disk, Said, bool]:
    """Run with a fault; say whether the process could open its database each time."""
    disk = Disk(image)
    disk.fault = fault
    running = Node(home, disk)
    opened = True
    try:
        node.carry_on(running)
    except StorageError:
        opened = False
    disk.fault = None
    return disk, running.said, opened


def _examine(home, disk: Disk, said: Said, seed: int) -> None:
    """Look after the process was killed, and after the power went too."""
    chance = random.Random(seed)  # noqa: S311  # repeatable faults
    for fate in (kept, chance.choice((lost, torn(chance), cut_short(chance)))):
        assert examine(home, disk.platter.image(fate), said, len(disk.record)) >= node.BEFORE


def _takes_more(home, disk: Disk, said: Said) -> None:
    """Require that the database takes questions again, once the disk does."""
    again = Node(home, disk, said)
    before = len(said.entries)
    with again.writing() as writer:
        again.asked(writer, b"once more")
        again.signed(writer)
    assert before + 1 == len(said.entries)


def test_one_failing_operation_costs_no_promise(home, image, record):
    """Each operation fails once: its change is refused whole, and the next one is taken."""
    refused = 0
    for number, operation in enumerate(record):
        disk, said, opened = _run(home, image, fails_at(number))
        # Whoever cannot read a database does not serve it; nothing else may keep it from serving.
        assert opened or operation.kind in {"read", "make"}, (number, operation.kind)
        if opened:
            # One commit was refused, of at most five questions; what came after it was taken.
            assert said.refused <= 5, (number, operation.kind)
            assert 16 == len(said.entries) + len(said.notes) + said.refused
        refused += said.refused > 0
        if operation.kind != "read":
            _examine(home, disk, said, number)
            _takes_more(home, disk, said)
    # What writes and syncs the log is more than a third of all.
    assert refused > len(record) / 3


def test_a_refused_change_was_not_kept(home, image, record):
    """Where the process lives on, what it refused is not in its log."""
    for number, operation in enumerate(record):
        if operation.kind == "sync":
            disk, said, _ = _run(home, image, fails_at(number))
            size = examine(home, disk.platter.image(kept), said, len(disk.record))
            assert node.BEFORE + len(said.entries) == size


def test_a_refused_change_may_be_found_after_a_restart_as_a_whole(home, image, record):
    """Where the disk died as it was to confirm a commit, all of the commit is there, or nothing.

    Nobody was told of it, so no promise is broken; whoever was refused may ask again.
    """
    found = set()
    for number, operation in enumerate(record):
        if operation.kind == "sync":
            disk, said, _ = _run(home, image, dies_at(number))
            size = examine(home, disk.platter.image(kept), said, len(disk.record))
            found.add(size - node.BEFORE - len(said.entries))
    # One question, or the five that were asked in one commit.
    assert {0, 1, 5} == found


@pytest.mark.parametrize("count", [20, _FOR_EVER])
def test_a_full_disk_costs_no_promise(home, image, record, count):
    """From each write on that needs room, for a while or for ever: what does not fit is refused."""
    for number in _growing(record, image):
        disk, said, opened = _run(home, image, full_from(number, count))
        # A node that finds no room as it opens its database does not serve.
        assert said.refused > 0 or not opened or _copies(record[number]), number
        _examine(home, disk, said, number)
        _takes_more(home, disk, said)


def _growing(record: list[Operation], image: Image) -> list[int]:
    """Find the writes that make a file longer: a full disk refuses no other."""
    disk, found = Disk(image), []
    for number, operation in enumerate(record):
        end = operation.offset + len(operation.octets)
        if operation.kind == "write" and end > disk.size(operation.name):
            found.append(number)
        disk.do(operation)
    assert len(found) > 40
    return found


def _copies(operation: Operation) -> bool:
    """Tell whether SQLite was copying its log, which it does again later, and nobody waits for."""
    return operation.name.endswith("node.db")


def test_a_disk_that_dies_costs_no_promise(home, image, whole):
    """From each operation on, nothing works: nothing more is acknowledged, and nothing is lost."""
    in_order = [entry for _, _, entry in whole.said.entries]
    told = set()
    for number, operation in enumerate(whole.disk.record):
        if operation.kind == "read":
            continue
        disk, said, _ = _run(home, image, dies_at(number))
        # Who was acknowledged came before whoever was refused.
        assert in_order[: len(said.entries)] == [entry for _, _, entry in said.entries], number
        told.add(len(said.entries))
        _examine(home, disk, said, number)
    # Five were asked in one commit, and stand or fall together.
    assert {0, 1, 2, 3, 8, 9, 10} == told


def test_an_erasure_that_fails_is_whole_or_not_there_and_can_be_done_again(home, image):
    """Each operation of an erasure fails once: said or not, it is whole; the next one is said."""
    whole = Node(home, Disk(image))
    whole.erased()
    refused = 0
    for number in range(len(whole.disk.record)):
        disk = Disk(image)
        disk.fault = fails_at(number)
        erasing = Node(home, disk)
        try:
            erasing.erased()
        except StorageError:
            # The database could not be opened.
            erasing.said.refused += 1
        disk.fault = None
        refused += erasing.said.refused
        _examine(home, disk, erasing.said, number)
        erasing.erased()
        size = examine(home, disk.platter.image(kept), erasing.said, len(disk.record))
        assert node.BEFORE + 1 == size, number
    assert refused > len(whole.disk.record) / 4


def test_the_twin_that_acknowledges_whatever_happens_is_caught(home, image, record, monkeypatch):
    """Known-bad: a node that takes a refusal for a success has told what is not there."""

    def acknowledge(self, entry, future):
        place = node.BEFORE + len(self.said.entries) if future.exception() else future.result()
        self.said.entries.append((0, place, entry))

    monkeypatch.setattr(Node, "_acknowledge", acknowledge)
    caught = 0
    for number, operation in enumerate(record):
        if operation.kind == "sync":
            disk, said, _ = _run(home, image, fails_at(number))
            try:
                examine(home, disk.platter.image(kept), said, len(disk.record))
            except (node.BrokenPromiseError, StorageError):
                caught += 1
    assert caught > 5
