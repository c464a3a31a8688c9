"""Versions that were published and that the database does not know: it is an older copy.

Behind the commit that publishes a version its index is marked as logged. So one that was logged is
told from what a killed publication has left, by files that no copy of a database brings back. It is
kept until the newer database is there again, or somebody says that it never will be.
"""

import sqlite3
from pathlib import Path
from typing import NamedTuple

from fedquery.errors import ConfigError
from fedquery_node.index_files import VersionFiles
from fedquery_node.keystore import KeyStore


class Unknown(NamedTuple):
    """A version of a dataset that the database does not know.

    Attributes:
        dataset: the name of the dataset.
        version: the version.
    """

    dataset: str
    version: int


def mark_known(connection: sqlite3.Connection, path: Path) -> None:
    """Mark the versions that the database knows, where a kill or a full disk came before.

    Raises:
        OSError: if the disk fails.
    """
    last = _last_versions(connection)
    for files, dataset, version in VersionFiles.all_of(path):
        if version <= last.get(dataset, 0) and not files.is_logged:
            files.mark_logged()


def find(connection: sqlite3.Connection, path: Path) -> tuple[Unknown, ...]:
    """Find them, ascending.

    Args:
        connection: the node's database.
        path: the data directory.
    """
    last = _last_versions(connection)
    return tuple(
        sorted(
            Unknown(dataset, version)
            for files, dataset, version in VersionFiles.all_of(path)
            if version > last.get(dataset, 0) and files.is_logged
        )
    )


def require_none(connection: sqlite3.Connection, path: Path, dataset: str) -> None:
    """Require that the database knows each version of a dataset that was published.

    Raises:
        ConfigError: if it does not: the next version would take the place of one that was logged.
    """
    unknown = [one.version for one in find(connection, path) if one.dataset == dataset]
    if unknown:
        raise ConfigError(
            f"version {unknown[0]} of {dataset} was published and is not in this database: it is"
            " an older copy",
            do="Put the newer database back; or see docs/operating.md, What is where, and backups:"
            " fedquery-node forget-versions.",
        )


def forget(connection: sqlite3.Connection, path: Path, keys: KeyStore) -> tuple[Unknown, ...]:
    """Destroy the seeds and indexes of all of them, and seeds that have lost their index.

    Args:
        connection: the node's database.
        path: the data directory, locked for publishing.
        keys: its key files.

    Returns:
        What they were.

    Raises:
        ConfigError: if a seed cannot be destroyed; its index is left too.
    """
    unknown = find(connection, path)
    last = _last_versions(connection)
    for dataset in keys.datasets_with_seeds():
        for version in keys.seeds_of(dataset):
            if version > last.get(dataset, 0):
                keys.destroy_seed(dataset, version)
    for dataset, version in unknown:
        VersionFiles.of(path, dataset, version).remove()
    return unknown


def _last_versions(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(
        connection.execute("SELECT dataset, max(version) FROM publication GROUP BY dataset")
    )
