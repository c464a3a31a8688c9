"""What nations said that this agency may still ask, kept from their last answers."""

import json
import sqlite3

from fedquery.ask.allowance import Allowance
from fedquery.transport.head import QuotaLeft


def keep(
    connection: sqlite3.Connection, nation: str, pseudonym: str, left: QuotaLeft, now_ms: int
) -> None:
    """Keep what a nation said with an answer, in the caller's transaction.

    Args:
        connection: the asker's database.
        nation: the nation.
        pseudonym: the case's name towards it.
        left: its word.
        now_ms: when it said it.
    """
    value = json.dumps([left.hour, left.day, left.year, left.case, now_ms]).encode()
    connection.execute(
        "INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_key(nation, pseudonym), value)
    )


def allowance(
    connection: sqlite3.Connection, nation: str, pseudonym: str, now_ms: int
) -> Allowance | None:
    """Say what a nation lets this agency ask in a case, as far as its last answer still holds.

    Args:
        connection: the asker's database.
        nation: the nation.
        pseudonym: the case's name towards it.
        now_ms: the time.
    """
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (_key(nation, pseudonym),)
    ).fetchone()
    if row is None:
        return None
    hour, day, year, case, said_ms = json.loads(row[0])
    return Allowance.of(QuotaLeft(hour, day, year, case), said_ms).at(now_ms)


def _key(nation: str, pseudonym: str) -> str:
    return f"left {nation} {pseudonym}"
