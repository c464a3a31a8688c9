"""Write a log as a directory of plain files (c2sp.org/tlog-tiles), for an auditor's own tools."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from fedquery.config.unfinished import unfinished_directory
from fedquery.errors import NotMadeError, StorageError
from fedquery.storage import log_cosignatures, log_policies
from fedquery.storage.log import LogStore
from fedquery.storage.snapshot import snapshot
from fedquery.tlog.bundle import encode_bundle
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.tile import TILE_WIDTH, bundle_path, tiles_of


def _nobody(done: int) -> None:
    """Tell nobody how far it is."""


def export(
    store: LogStore,
    connection: sqlite3.Connection,
    directory: Path,
    at: Callable[[int], None] = _nobody,
    *,
    newest: bool = False,
) -> Checkpoint:
    """Write tiles, entry bundles, a checkpoint and policy files into a new directory.

    The checkpoint is the newest that witnesses have cosigned, or the newest where none is. It is
    whole or not there: it gets its name when everything is written. Entries say who asks whom: the
    directory is for its owner alone.

    Args:
        store: the log.
        connection: reads one snapshot, also while others write.
        directory: does not exist yet; its parent does.
        at: is told how many entries are written.
        newest: whether it is the newest checkpoint even where no witness has cosigned it yet.

    Returns:
        The checkpoint.

    Raises:
        NotMadeError: if the directory exists.
        StorageError: if nothing was signed yet, or the disk does not take it.
    """
    with snapshot(connection):
        cosigned = None if newest else log_cosignatures.best(connection)
        latest = cosigned or store.latest_checkpoint(connection)
        if latest is None:
            raise StorageError("the log has no checkpoint yet", do="Sign one first.")
        checkpoint, note = latest
        if directory.exists() or directory.is_symlink():
            raise NotMadeError("the export directory exists", do="Name a new one.")
        try:
            # Beside its final place, so that the last step is one rename.
            with unfinished_directory(directory.parent) as partial:
                policies = _export_tree(store, connection, partial, checkpoint.size, at)
                _export_policies(connection, partial, policies)
                _write(partial / "checkpoint", note)
                partial.rename(directory)
        except OSError:
            raise StorageError(
                "the export cannot be written; nothing of it is left",
                do="Check the directory it is to stand in, and the space on its disk.",
            ) from None
    return checkpoint


def _export_tree(
    store: LogStore,
    connection: sqlite3.Connection,
    directory: Path,
    size: int,
    at: Callable[[int], None],
) -> dict[str, bytes]:
    policies: dict[str, bytes] = {}
    for tile in tiles_of(size):
        _write(directory / tile.path(), store.read_tile(connection, tile))
        if tile.level == 0:
            first = tile.index * TILE_WIDTH
            entries = store.entries(connection, first, first + tile.width)
            _write(directory / bundle_path(tile.index, tile.width), encode_bundle(entries))
            policies.update(log_policies.named_in(entries))
            at(first + tile.width)
    return policies


def _export_policies(
    connection: sqlite3.Connection, directory: Path, policies: dict[str, bytes]
) -> None:
    for name, digest in policies.items():
        octets = log_policies.find(connection, digest)
        if octets is not None:
            log_policies.require_digest(octets, digest, name)
            _write(directory / log_policies.DIRECTORY / name, octets)


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
