"""How many questions were answered: what policies see as questionsToday and questionsThisCase.

Counted in the transaction that charges the question's elements and logs it, so that the count is
exact however many ask at once. A claim is no question, and a refused question is not counted.
"""

import sqlite3
from dataclasses import dataclass

from fedquery_node.quota import DAY_MS, Payer


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions that were answered.

    Attributes:
        today: of the agency since midnight, UTC.
        this_case: of the agency in the case.
    """

    today: int
    this_case: int


def count(connection: sqlite3.Connection, payer: Payer, at_ms: int) -> Asked:
    """Read both counters of whom a question is charged to."""
    return Asked(
        _read(connection, "day", payer.agency, _day(at_ms)),
        _read(connection, "case", payer.case_name, 0),
    )


def add(connection: sqlite3.Connection, payer: Payer, at_ms: int) -> None:
    """Count one more on both, in the caller's transaction; a day that is over begins anew."""
    for scope, name, start_ms in (
        ("day", payer.agency, _day(at_ms)),
        ("case", payer.case_name, 0),
    ):
        connection.execute(
            "INSERT INTO asked VALUES (?, ?, ?, 1) ON CONFLICT (scope, name) DO UPDATE SET"
            " questions = 1 + iif(start_ms = excluded.start_ms, questions, 0),"
            " start_ms = excluded.start_ms",
            (scope, name, start_ms),
        )


def _read(connection: sqlite3.Connection, scope: str, name: str, start_ms: int) -> int:
    row = connection.execute(
        "SELECT questions FROM asked WHERE scope = ? AND name = ? AND start_ms = ?",
        (scope, name, start_ms),
    ).fetchone()
    return int(row[0]) if row else 0


def _day(at_ms: int) -> int:
    return at_ms - at_ms % DAY_MS
