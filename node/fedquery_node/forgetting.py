"""Destroy the keys that a log named which was set aside: seeds with their indexes, keys to seal to.

It is noted in the transaction that begins the new log, and struck out behind the last key: whoever
publishes, imports or serves next goes on where a kill left it.
"""

import sqlite3
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import destroy
from fedquery.storage.transaction import transaction
from fedquery_node.index_files import VersionFiles
from fedquery_node.keystore import KeyStore

_KEY: Final = "keys of the old log"


def note(connection: sqlite3.Connection) -> None:
    """Note that keys are to be destroyed, in the caller's transaction."""
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, x'')", (_KEY,))


def finish(connection: sqlite3.Connection, path: Path, keys: KeyStore) -> tuple[int, ...]:
    """Destroy what no log names any more, if that was noted.

    Args:
        connection: the node's database, outside a transaction.
        path: the data directory, locked for publishing.
        keys: its key files.

    Returns:
        The versions whose seeds were destroyed.

    Raises:
        ConfigError: if a key cannot be destroyed; the next call goes on.
        sqlite3.Error, OSError: if the database or the disk fails; as above.
    """
    noted = connection.execute("SELECT 1 FROM remembered WHERE key = ?", (_KEY,)).fetchone()
    if noted is None:
        return ()
    # In a transaction that writes: a node that makes a key just now names it in one.
    with transaction(connection):
        destroyed = _destroy_seeds(connection, path, keys)
        _destroy_kem(connection, path)
        connection.execute("DELETE FROM remembered WHERE key = ?", (_KEY,))
    return destroyed


def _destroy_seeds(connection: sqlite3.Connection, path: Path, keys: KeyStore) -> tuple[int, ...]:
    named = set(connection.execute("SELECT dataset, version FROM publication"))
    destroyed = []
    for dataset in keys.datasets_with_seeds():
        for version in keys.seeds_of(dataset):
            if (dataset, version) not in named:
                keys.destroy_seed(dataset, version)
                destroyed.append(version)
    for files, dataset, version in VersionFiles.all_of(path):
        if (dataset, version) not in named:
            files.remove()
    return tuple(destroyed)


def _destroy_kem(connection: sqlite3.Connection, path: Path) -> None:
    named = {key_id.hex() for (key_id,) in connection.execute("SELECT key_id FROM kem_key")}
    for file in (path / "keys" / "kem").glob("*.key"):
        if file.stem not in named:
            destroy(file)
