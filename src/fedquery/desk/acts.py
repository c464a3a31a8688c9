"""What was done in a case, by whom and when, in the order in which it was done."""

import sqlite3
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

What: TypeAlias = Literal[
    "begun",
    "added",
    "removed",
    "wanted",
    "approved",
    "declined",
    "asked",
    "reviewed",
    "claimed",
    "noted",
    "exported",
    "receipt",
    "carried",
    "letter",
    "facts",
    "cards",
    "closed",
    "list-wanted",
    "list-approved",
    "list-declined",
    "list-asked",
    "list-resumed",
    "list-stopped",
    "list-reviewed",
    "list-exported",
    "found",
]


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a case's history.

    Attributes:
        at_ms: when.
        account_id: who.
        what: what was done.
        subject: the id of the question, list, approval, claim, note, change or account that it
            was done to; "" for none.
    """

    at_ms: int
    account_id: str
    what: What
    subject: str


def write(connection: sqlite3.Connection, case_id: str, act: Act) -> None:
    """Write an act, in the transaction of what was done."""
    connection.execute(
        "INSERT INTO act (case_id, at_ms, account_id, what, subject) VALUES (?, ?, ?, ?, ?)",
        (case_id, act.at_ms, act.account_id, act.what, act.subject),
    )


def read(connection: sqlite3.Connection, case_id: str) -> list[Act]:
    """Read the acts of a case, the oldest first; whoever calls has checked who may."""
    rows = connection.execute(
        "SELECT at_ms, account_id, what, subject FROM act WHERE case_id = ? ORDER BY number",
        (case_id,),
    )
    return [Act(row[0], row[1], cast("What", row[2]), row[3]) for row in rows]
