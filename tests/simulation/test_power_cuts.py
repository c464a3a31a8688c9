"""Power cuts at every operation of the disk: what was told others is there, or nothing was told."""

import itertools
import random
from collections.abc import Iterator

import pytest
from simulation import node
from simulation.disk import Disk, Fate, Image, Operation, Platter, cut_short, cuts, kept, lost, torn
from simulation.node import BrokenPromiseError, Said, examine

from fedquery.errors import ConfigError, FedqueryError
from fedquery.storage import database, details


def _fates(seed: int) -> dict[str, Fate]:
    """Give what may become of what was not synced; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # repeatable cuts
    return {
        "lost": lost,
        "kept": kept,
        "torn": torn(chance),
        "torn otherwise": torn(chance),
        "cut short": cut_short(chance),
    }


def _moments(
    record: list[Operation], first: int, before: Image | None = None
) -> Iterator[tuple[int, Platter]]:
    """Go through the moments at which the disk is not as it was before."""
    for number, platter in cuts(record, before):
        if number >= first and (number == len(record) or record[number].kind != "read"):
            yield number, platter


def _images(
    record: list[Operation], said: Said, before: Image | None = None
) -> Iterator[tuple[int, str, Image]]:
    """Give what may be found after each cut, without what was looked at already."""
    seen = set()
    for number, platter in _moments(record, said.made, before):
        told = sum(at <= number for at, *_ in (*said.entries, *said.notes))
        told += sum(at <= number for at in said.erased)
        for name, fate in _fates(number).items():
            image = platter.image(fate)
            key = (told, *sorted((file, hash(octets)) for file, octets in image.items()))
            if key not in seen:
                seen.add(key)
                yield number, name, image


def _broken(home, record: list[Operation], said: Said) -> Iterator[str]:
    """Name the fates of the cuts after which something is not as it was told."""
    for number, name, image in _images(record, said):
        try:
            examine(home, image, said, number)
        except (BrokenPromiseError, FedqueryError):
            yield name


@pytest.fixture
def home(tmp_path):
    """Make a directory with an empty database file; its content is on the simulated disk."""
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def setting(monkeypatch):
    """Open databases with another setting for one test."""

    def change(name, value, reads):
        settings = [
            (one, value, reads) if one == name else (one, *rest) for one, *rest in database._PRAGMAS
        ]
        monkeypatch.setattr(database, "_PRAGMAS", tuple(settings))

    return change


def test_nothing_that_was_told_is_lost_in_a_power_cut(home):
    """Whichever operation is cut, and whatever becomes of what was not synced, all promises hold.

    Acknowledged entries are at their places, the log verifies, quota and details are those of the
    entries, handed-out checkpoints are of the log that is found, and the log goes on from there.
    Details were erased with their entry or not at all; once it was said, no octet of them is left.
    """
    disk = Disk()
    said = node.run(home, disk)
    done = [operation for operation in disk.record[said.made :] if operation.kind != "read"]
    # The run is not an idle one: SQLite copied its log, began it anew, and made and deleted it.
    copied = [o for o in done if o.kind == "sync" and o.name.endswith("node.db")]
    assert len(copied) >= 4
    assert {"make", "write", "truncate", "sync", "sync directory", "delete"} == {
        operation.kind for operation in done
    }
    assert (10, 6, 0) == (len(said.entries), len(said.notes), said.refused)
    looked = 0
    for number, name, image in _images(disk.record, said):
        looked += 1
        assert examine(home, image, said, number) >= node.BEFORE, (number, name)
    assert looked > 2 * len(done)
    # At the end, all of it is there, and the entry of the erasure.
    assert node.BEFORE + 11 == examine(home, Disk(image).platter.image(lost), said, number)


def test_a_database_that_is_being_made_is_whole_or_refused(home):
    """A cut while the database is made leaves one that is refused, or one with all its entries."""
    disk = Disk()
    made = node.Node(home, disk)
    made.create()
    found = set()
    for number, platter in itertools.islice(_moments(disk.record, 0), 0, None, 3):
        image = platter.image(_fates(number)["cut short"])
        try:
            found.add(examine(home, image, Said(), number))
        except ConfigError:
            # No database of ours: `init` had not finished, and is run again.
            found.add(None)
        except node.UnfinishedError:
            found.add(None)
    assert {None, 0, node.BEFORE} == found


def test_the_twin_without_a_sync_for_each_commit_loses_what_it_told(home, setting):
    """Known-bad: with synchronous=NORMAL, the same harness finds acknowledged entries missing."""
    setting("synchronous", "normal", 1)
    disk = Disk()
    said = node.run(home, disk)
    broken = _broken(home, disk.record, said)
    assert all(name in broken for name in ("lost", "torn"))


def test_the_twin_on_a_disk_that_lies_loses_what_it_told(home):
    """Known-bad: where a sync does nothing, acknowledged entries are missing."""
    disk = Disk()
    said = node.run(home, disk)
    lying = [
        Operation("read", o.name) if o.kind == "sync" and o.name.endswith("-wal") else o
        for o in disk.record
    ]
    assert "lost" in _broken(home, lying, said)


def test_the_twin_that_hands_a_checkpoint_out_before_its_commit_is_caught(home, monkeypatch):
    """Known-bad: a checkpoint that was told before it was durable is ahead of the log."""

    def signed(self, writer):
        def tell_at_once(connection):
            _, note = node.LOG.sign_checkpoint(connection, node.SIGNER, node.NOW_MS)
            self.said.notes.append((len(self.disk.record), note))

        with node._together(writer):
            asked = writer.submit(lambda c: node.ask(c, b"in the same commit"))
            writer.submit(tell_at_once)
        asked.result()

    monkeypatch.setattr(node.Node, "signed", signed)
    disk = Disk()
    said = node.run(home, disk)
    assert any(_broken(home, disk.record, said))


def test_the_twin_that_charges_in_another_transaction_is_caught(home, monkeypatch):
    """Known-bad: where quota and entry are two transactions, a cut leaves one of them."""

    def asked(self, writer, *entries):
        for entry in entries:
            writer.submit(
                lambda c: node.quota.charge(c, node.QUOTA, node.PAYER, 1, node.NOW_MS)
            ).result()
            self._acknowledge(entry, writer.submit(lambda c, e=entry: node.log_entry(c, e)))

    monkeypatch.setattr(node.Node, "asked", asked)
    disk = Disk()
    said = node.run(home, disk)
    assert "kept" in _broken(home, disk.record, said)


def _erased(home) -> tuple[list[Operation], Image, Said]:
    """Erase details that stand in SQLite's log still, because the power went before."""
    disk = Disk()
    node.Node(home, disk).create()
    image = disk.platter.image(lost)
    assert any(name.endswith("-wal") and node.DETAIL in octets for name, octets in image.items())
    erasing = node.Node(home, Disk(image))
    erasing.erased()
    return erasing.disk.record, image, erasing.said


def test_what_was_erased_does_not_come_back_with_an_old_log(home):
    """Once it was said, no loss of power brings an erased detail back.

    SQLite cuts its log to nothing and does not sync that.
    """
    record, before, said = _erased(home)
    looked = 0
    for number, _, image in _images(record, said, before):
        looked += 1
        assert examine(home, image, said, number) >= node.BEFORE
    assert looked > len(record)


def test_the_twin_that_only_cuts_the_log_is_caught(home, monkeypatch):
    """Known-bad: SQLite's own TRUNCATE is undone by a cut, and the details are there again."""

    def clear_journal(connection):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    monkeypatch.setattr(details, "clear_journal", clear_journal)
    record, image, said = _erased(home)
    *_, (number, platter) = cuts(record, image)
    with pytest.raises(BrokenPromiseError):
        examine(home, platter.image(lost), said, number)


def test_the_twin_that_does_not_overwrite_what_it_deletes_is_caught(home, setting):
    """Known-bad: without secure_delete, erased details are found in the file."""
    setting("secure_delete", "off", 0)
    disk = Disk()
    said = node.run(home, disk)
    # Cuts before the erasure break nothing, and need not be looked at again.
    said.made = said.erased[0]
    assert any(_broken(home, disk.record, said))
