"""What was granted above the ordinary quota, and what is left of it.

A grant is for one agency and one dataset, for one of its cases or for any, until a day. It pays for
whole questions for which the ordinary quota has no room, by one conditional statement in the
transaction that decides and logs them, so that never more is used than was granted.
"""

import sqlite3
from dataclasses import dataclass, field
from typing import Final

from fedquery.errors import InputError
from fedquery.transport.head import MAX_GRANTS, GrantLeft
from fedquery_node.quota import Payer

PROPOSED: Final = "proposed"
APPROVED: Final = "approved"
REVOKED: Final = "revoked"

TABLE: Final = """CREATE TABLE granted (
        number INTEGER PRIMARY KEY,
        leaf_hash BLOB NOT NULL,
        agency TEXT NOT NULL,
        dataset TEXT NOT NULL,
        pseudonym TEXT NOT NULL,
        elements INTEGER NOT NULL,
        until_ms INTEGER NOT NULL,
        proposed_ms INTEGER NOT NULL,
        used INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND elements),
        state TEXT NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'revoked')),
        approved_by TEXT NOT NULL DEFAULT ''
    ) STRICT"""
_FIELDS: Final = (
    "number, leaf_hash, agency, dataset, pseudonym, elements, until_ms, proposed_ms, used, state,"
    " approved_by"
)
# Whose grants fit a question: a case's own, and those for any case of the agency.
_FITS: Final = (
    "state = 'approved' AND agency = :agency AND pseudonym IN ('', :pseudonym)"
    " AND until_ms > :at_ms"
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it stands.

    Attributes:
        number: the place of its proposal in the node's log.
        leaf_hash: the hash of that entry, 32 octets.
        agency: to whom.
        dataset: for which dataset.
        pseudonym: for which of its cases; "" for any.
        elements: how many in all, by size class.
        until_ms: until when.
        proposed_ms: when it was proposed.
        used: how many elements it has paid for.
        state: "proposed", "approved" or "revoked".
        approved_by: names and key ids of the operators, joined by commas.
    """

    number: int
    leaf_hash: bytes
    agency: str
    dataset: str
    pseudonym: str = field(repr=False)
    elements: int
    until_ms: int
    proposed_ms: int
    used: int = 0
    state: str = PROPOSED
    approved_by: str = ""

    def holds_at(self, now_ms: int) -> bool:
        """Tell whether it can pay for something at a time."""
        return self.state == APPROVED and now_ms < self.until_ms and self.used < self.elements


def charge(
    connection: sqlite3.Connection, payer: Payer, dataset: str, elements: int, at_ms: int
) -> int | None:
    """Let a grant pay for a question, the one that ends first of those with room for it.

    Args:
        connection: inside a transaction that writes.
        payer: whom the question is charged to.
        dataset: what it is about.
        elements: the size class, 1 or more.
        at_ms: the time of the counters (`quota.steady_ms`), so that a clock that steps back opens
            no grant again that has ended.

    Returns:
        The number of the grant; None where none has room, and nothing was charged.
    """
    if elements < 1:
        raise ValueError("a question has elements")
    row = connection.execute(
        "UPDATE granted SET used = used + :elements WHERE number = (SELECT number FROM granted"  # noqa: S608  fixed texts
        f" WHERE {_FITS} AND dataset = :dataset AND used + :elements <= elements"
        " ORDER BY until_ms, number LIMIT 1) RETURNING number",
        {**_asking(payer, at_ms), "dataset": dataset, "elements": elements},
    ).fetchone()
    return None if row is None else int(row[0])


def left(
    connection: sqlite3.Connection, payer: Payer, dataset: str, at_ms: int
) -> tuple[GrantLeft, ...]:
    """Say what is left of the grants that fit a question.

    Args:
        connection: the node's database.
        payer: whom the question is charged to.
        dataset: the dataset whose grants are told first, where not all can be.
        at_ms: the time of the counters.

    Returns:
        At most `MAX_GRANTS`, the first to end first.
    """
    rows = connection.execute(
        "SELECT number, dataset, elements - used, until_ms, pseudonym != '' FROM granted"  # noqa: S608  fixed texts
        f" WHERE {_FITS} AND used < elements"
        " ORDER BY dataset = :dataset DESC, until_ms, number LIMIT :most",
        {**_asking(payer, at_ms), "dataset": dataset, "most": MAX_GRANTS},
    )
    found = [
        GrantLeft(number, of, rest, until_ms, bool(one)) for number, of, rest, until_ms, one in rows
    ]
    return tuple(sorted(found, key=lambda grant: grant.order))


def add(connection: sqlite3.Connection, grant: Grant) -> None:
    """Keep a grant that was proposed, in the transaction that logs it."""
    connection.execute(
        "INSERT INTO granted (number, leaf_hash, agency, dataset, pseudonym, elements, until_ms,"
        " proposed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            grant.number,
            grant.leaf_hash,
            grant.agency,
            grant.dataset,
            grant.pseudonym,
            grant.elements,
            grant.until_ms,
            grant.proposed_ms,
        ),
    )


def put(connection: sqlite3.Connection, number: int, state: str, approved_by: str = "") -> None:
    """Put a grant in another state, in the transaction that logs it."""
    connection.execute(
        "UPDATE granted SET state = ?1, approved_by = iif(?2 = '', approved_by, ?2)"
        " WHERE number = ?3",
        (state, approved_by, number),
    )


def find(connection: sqlite3.Connection, number: int) -> Grant:
    """Read a grant.

    Raises:
        InputError: if there is none of this number.
    """
    row = connection.execute(
        f"SELECT {_FIELDS} FROM granted WHERE number = ?",  # noqa: S608  fixed texts
        (number,),
    ).fetchone()
    if row is None:
        raise InputError(
            "there is no grant of this number", do="`fedquery-node grant list --all` has them all."
        )
    return Grant(*row)


def listed(
    connection: sqlite3.Connection, now_ms: int, *, ended: bool = False
) -> tuple[Grant, ...]:
    """List the grants that hold or are proposed, by number; with `ended` also the others."""
    rows = connection.execute(f"SELECT {_FIELDS} FROM granted ORDER BY number")  # noqa: S608  fixed texts
    found = tuple(Grant(*row) for row in rows)
    if ended:
        return found
    return tuple(
        one
        for one in found
        if one.holds_at(now_ms) or (one.state == PROPOSED and now_ms < one.until_ms)
    )


def _asking(payer: Payer, at_ms: int) -> dict[str, str | int]:
    return {"agency": payer.agency, "pseudonym": payer.case, "at_ms": at_ms}
