"""How many rows each agency has claimed today: what policies see as rowsShownToday."""

import sqlite3

DAY_MS = 86_400_000


def count(connection: sqlite3.Connection, agency: str, at_ms: int) -> int:
    """Count the rows that an agency has claimed since midnight, UTC."""
    row = connection.execute(
        "SELECT rows FROM shown WHERE agency = ? AND day_ms = ?", (agency, _day(at_ms))
    ).fetchone()
    return int(row[0]) if row else 0


def add(connection: sqlite3.Connection, agency: str, at_ms: int) -> None:
    """Count one more, in the caller's transaction; days before are forgotten."""
    connection.execute("DELETE FROM shown WHERE agency = ? AND day_ms < ?", (agency, _day(at_ms)))
    connection.execute(
        "INSERT INTO shown VALUES (?, ?, 1)"
        " ON CONFLICT (agency, day_ms) DO UPDATE SET rows = rows + 1",
        (agency, _day(at_ms)),
    )


def _day(at_ms: int) -> int:
    return at_ms - at_ms % DAY_MS
