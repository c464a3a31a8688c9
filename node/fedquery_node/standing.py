"""What the operator says of agencies and datasets; in force at the next question."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from fedquery.errors import ConfigError, InputError
from fedquery.federation.names import check_agency
from fedquery_node.opening import opened

_WHY_CAP = 200


def block(path: Path, agency: str, why: str, now_ms: int) -> None:
    """Block an agency.

    Raises:
        InputError: if this is not the name of an agency, or the reason is too long.
    """
    check_agency(agency)
    _check_why(why)
    _write(path, "INSERT OR REPLACE INTO block VALUES (?, ?, ?)", (agency, now_ms, why))


def unblock(path: Path, agency: str) -> None:
    """Take a block back.

    Raises:
        InputError: if the agency was not blocked.
    """
    if not _write(path, "DELETE FROM block WHERE agency = ?", (check_agency(agency),)):
        raise InputError("this agency was not blocked")


def suspend(path: Path, dataset: str, why: str, now_ms: int) -> None:
    """Suspend a dataset.

    Raises:
        ConfigError: if node.toml names no such dataset.
    """
    _check_why(why)
    _write(
        path,
        "INSERT OR REPLACE INTO suspension VALUES (?, ?, ?)",
        (dataset, now_ms, why),
        lambda datasets: _require_dataset(dataset, datasets),
    )


def resume(path: Path, dataset: str) -> None:
    """Take a suspension back.

    Raises:
        InputError: if the dataset was not suspended.
    """
    if not _write(path, "DELETE FROM suspension WHERE dataset = ?", (dataset,)):
        raise InputError("this dataset was not suspended")


def _check_why(why: str) -> None:
    if not 0 < len(why) <= _WHY_CAP or not why.isprintable():
        raise InputError(f"a reason is one line of 1 to {_WHY_CAP} characters")


def _require_dataset(dataset: str, datasets: frozenset[str]) -> None:
    if dataset not in datasets:
        raise ConfigError("node.toml names no such dataset")


def _write(
    path: Path,
    statement: str,
    values: tuple[str | int, ...],
    check: Callable[[frozenset[str]], None] = lambda _datasets: None,
) -> int:
    # A brake does not wait for a look through all records.
    with opened(path, checked=False) as (home, connection):
        check(frozenset(home.settings.datasets))
        return _committed(connection, statement, values)


def _committed(
    connection: sqlite3.Connection, statement: str, values: tuple[str | int, ...]
) -> int:
    # In autocommit mode one statement is one transaction.
    return connection.execute(statement, values).rowcount
