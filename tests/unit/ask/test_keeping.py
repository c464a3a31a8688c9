"""A receipt is on the disk whole, or not at all."""

import errno
import os
from types import SimpleNamespace

import pytest

from fedquery.ask import receipts
from fedquery.errors import StorageError

OCTETS = b"x" * 100_000
RECEIPT = SimpleNamespace(encode=lambda: OCTETS)


def full(*_arguments):
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, "no room")


def test_a_receipt_is_kept_whole(tmp_path):
    """Private, and nothing beside it."""
    name = receipts.keep(tmp_path, "ab" * 12, RECEIPT)
    assert OCTETS == (tmp_path / name).read_bytes()
    assert 0o600 == (tmp_path / name).stat().st_mode & 0o777
    assert [name] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("call", ["open", "fdopen"])
def test_on_a_full_disk_nothing_is_left(tmp_path, monkeypatch, call):
    """An empty receipt would pass for one that was changed."""
    monkeypatch.setattr(os, call, full)
    with pytest.raises(StorageError, match="No space left"):
        receipts.keep(tmp_path, "ab" * 12, RECEIPT)
    assert [] == list(tmp_path.iterdir())


def test_receipts_are_made_durable_with_their_directory(tmp_path, monkeypatch):
    """Each file and, for their names, the directory reaches the disk; a failure is said."""
    names = [receipts.keep(tmp_path, letter * 24, RECEIPT) for letter in "ab"]
    synced, fsync = [], os.fsync

    def watched(descriptor):
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    receipts.make_durable(tmp_path, names)
    paths = [tmp_path / names[0], tmp_path / names[1], tmp_path]
    assert [path.stat().st_ino for path in paths] == synced
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        receipts.make_durable(tmp_path, names)
