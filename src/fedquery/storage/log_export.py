"""Write a log as a directory of plain files (c2sp.org/tlog-tiles), for an auditor's own tools."""

import os
import sqlite3
from pathlib import Path

from fedquery.errors import ConfigError, StorageError
from fedquery.storage.log import LogStore
from fedquery.storage.snapshot import snapshot
from fedquery.tlog.bundle import encode_bundle
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.tile import TILE_WIDTH, bundle_path, tiles_of


def export(store: LogStore, connection: sqlite3.Connection, directory: Path) -> Checkpoint:
    """Write tiles, entry bundles and the newest checkpoint into a new directory.

    The checkpoint is written last, so that an export that was cut short has none. Entries say who
    asks whom: the directory is for its owner alone.

    Args:
        store: the log.
        connection: reads one snapshot, also while others write.
        directory: does not exist yet; its parent does.

    Returns:
        The checkpoint.

    Raises:
        ConfigError: if the directory exists.
        StorageError: if nothing was signed yet, or the disk does not take it.
    """
    with snapshot(connection):
        latest = store.latest_checkpoint(connection)
        if latest is None:
            raise StorageError("the log has no checkpoint yet", do="Sign one first.")
        checkpoint, note = latest
        try:
            directory.mkdir(mode=0o700)
            _export_tree(store, connection, directory, checkpoint.size)
            _write(directory / "checkpoint", note)
        except FileExistsError:
            raise ConfigError("the export directory exists", do="Name a new one.") from None
        except OSError:
            raise StorageError("the export cannot be written") from None
    return checkpoint


def _export_tree(
    store: LogStore, connection: sqlite3.Connection, directory: Path, size: int
) -> None:
    for tile in tiles_of(size):
        _write(directory / tile.path(), store.read_tile(connection, tile))
        if tile.level == 0:
            first = tile.index * TILE_WIDTH
            entries = store.entries(connection, first, first + tile.width)
            _write(directory / bundle_path(tile.index, tile.width), encode_bundle(entries))


def _make_directory(directory: Path) -> None:
    # The parents that mkdir makes by itself would be readable by others.
    if not directory.exists():
        _make_directory(directory.parent)
        directory.mkdir(mode=0o700)


def _write(path: Path, octets: bytes) -> None:
    _make_directory(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
