"""Questions that were answered: counted by day and by case, and by nobody else's name."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fedquery_node import schema
from fedquery_node.asked import Asked, add, count
from fedquery_node.config import load_settings
from fedquery_node.quota import DAY_MS, Payer

NOW_MS = 1_800_003_000_000
PAYER = Payer("TH/cyber-police", "TH", "case-1")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Give an empty database of a node."""
    (tmp_path / "node.toml").write_text(
        'nation = "VN"\nfederation = "example"\nlisten = "127.0.0.1:0"\npolicies = "policies"\n'
    )
    schema.create(tmp_path, load_settings(tmp_path))
    opened = schema.connect(tmp_path)
    yield opened
    opened.close()


def test_both_counters_count(connection: sqlite3.Connection) -> None:
    """Each question counts once for its agency's day and once for its case."""
    assert Asked(0, 0) == count(connection, PAYER, NOW_MS)
    for _ in range(3):
        add(connection, PAYER, NOW_MS)
    assert Asked(3, 3) == count(connection, PAYER, NOW_MS)


def test_a_new_day_begins_at_nothing_and_a_case_goes_on(connection: sqlite3.Connection) -> None:
    """Midnight ends the day's count and not the case's."""
    add(connection, PAYER, NOW_MS)
    assert Asked(0, 1) == count(connection, PAYER, NOW_MS + DAY_MS)
    add(connection, PAYER, NOW_MS + DAY_MS)
    assert Asked(1, 2) == count(connection, PAYER, NOW_MS + DAY_MS)


def test_others_are_counted_apart(connection: sqlite3.Connection) -> None:
    """Another case shares the day only, another agency nothing, whatever its case is called."""
    add(connection, PAYER, NOW_MS)
    assert Asked(1, 0) == count(connection, Payer("TH/cyber-police", "TH", "case-2"), NOW_MS)
    assert Asked(0, 0) == count(connection, Payer("TH/fiu", "TH", "case-1"), NOW_MS)


def test_a_rollback_takes_the_count_back(connection: sqlite3.Connection) -> None:
    """What is not durable was not counted."""
    connection.execute("BEGIN IMMEDIATE")
    add(connection, PAYER, NOW_MS)
    connection.execute("ROLLBACK")
    assert Asked(0, 0) == count(connection, PAYER, NOW_MS)
