"""Remove what a publication that came to nothing has left: its seed first, then its index.

A kill leaves both where it comes before the commit, and so does a commit that fails. What a
publication leaves is of the version after the last one that is logged. Others are not touched, nor
that one if it is marked as logged: the database is an older copy, and what it does not know is
still wanted once the newer one is back (`unknown_versions`).
"""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from fedquery.config import logs
from fedquery.errors import BusyError, StorageError
from fedquery.storage import log_fork
from fedquery.storage.database import DirectoryLock
from fedquery_node import forgetting, unknown_versions
from fedquery_node.index_files import VersionFiles
from fedquery_node.keystore import KeyStore
from fedquery_node.opening import PUBLISH_LOCK

_GIVEN_UP: Final = "given-up-publication"


def remove_leftovers(connection: sqlite3.Connection, path: Path, keys: KeyStore) -> tuple[int, ...]:
    """Remove what publications of all datasets have left, under the lock that they take.

    Args:
        connection: the node's database, outside a transaction.
        path: the data directory, locked for publishing.
        keys: its key files.

    Returns:
        The versions whose seeds were destroyed.

    Raises:
        ConfigError: if a seed cannot be destroyed; its index is left too.
        StorageError: if the database fails; nothing is removed.
        OSError: if the disk fails.
    """
    destroyed = list(forgetting.finish(connection, path, keys))
    unknown_versions.mark_known(connection, path)
    for dataset in sorted({*keys.datasets_with_seeds(), *_indexed(path)}):
        version = _next_version(connection, dataset)
        files = VersionFiles.of(path, dataset, version)
        files.remove_unfinished()
        if files.is_logged:
            continue
        has_seed = version in keys.seeds_of(dataset)
        if has_seed or files.directory.exists():
            _require_given_up(connection, dataset, version)
            keys.destroy_seed(dataset, version)
            files.remove()
            destroyed += [version] * has_seed
    return tuple(destroyed)


def remove_leftovers_at_start(connection: sqlite3.Connection, path: Path, keys: KeyStore) -> None:
    """Remove what was left, and log it, and what is kept.

    Not while somebody publishes, nor where the log went back.

    Args:
        connection: the node's database, outside a transaction.
        path: the data directory.
        keys: its key files.

    Raises:
        ConfigError, StorageError, OSError: as `remove_leftovers`.
    """
    # Whoever publishes or imports just now has done so before. And where the log went back, what
    # this database does not know may be what serves once the newer one is put back.
    with suppress(BusyError, log_fork.LogForkedError), DirectoryLock(path, PUBLISH_LOCK):
        log_fork.require_one_history(path, connection)
        for version in remove_leftovers(connection, path, keys):
            logs.event("seed-destroyed", version=version)
        for dataset, version in unknown_versions.find(connection, path):
            logs.event("version-unknown", dataset=dataset, version=version)


def _indexed(path: Path) -> list[str]:
    return [directory.name for directory in (path / "index").glob("*") if directory.is_dir()]


def _next_version(connection: sqlite3.Connection, dataset: str) -> int:
    (last,) = connection.execute(
        "SELECT coalesce(max(version), 0) FROM publication WHERE dataset = ?", (dataset,)
    ).fetchone()
    return int(last) + 1


def _require_given_up(connection: sqlite3.Connection, dataset: str, version: int) -> None:
    """Have the database not name the version, not after a power cut either.

    Of a commit that failed when it was flushed, all can be on the disk, to be found again after a
    power cut. Where another commit stands in its place, it is not.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        _write_down(connection, dataset, version)
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        _roll_back(connection)
        # A disk that is full is the likeliest reason, and what is left may be what fills it.
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise StorageError("the database failed") from None
    except BaseException:
        _roll_back(connection)
        raise


def _write_down(connection: sqlite3.Connection, dataset: str, version: int) -> None:
    if _next_version(connection, dataset) != version:
        raise StorageError("the version was published meanwhile")
    connection.execute(
        "INSERT OR REPLACE INTO remembered VALUES (?, ?)",
        (_GIVEN_UP, f"{dataset}/{version}".encode()),
    )


def _roll_back(connection: sqlite3.Connection) -> None:
    # Where the disk is full, SQLite may have done so by itself.
    if connection.in_transaction:
        connection.execute("ROLLBACK")
