"""Who pays for a question: the ordinary quota, or else a grant; and what the asker has left then.

A question is paid whole by one of them, in the transaction that decides and logs it.
"""

import sqlite3

from fedquery.transport.head import QuotaLeft
from fedquery_node import grants, quota
from fedquery_node.config import Quota
from fedquery_node.quota import Payer, SpentError


def charge(
    connection: sqlite3.Connection,
    ceilings: Quota,
    payer: Payer,
    dataset: str,
    *,
    elements: int,
    now_ms: int,
) -> int | None:
    """Charge a question once, or nothing.

    Args:
        connection: inside a transaction that writes.
        ceilings: the ordinary quota.
        payer: whom to charge.
        dataset: what is asked about.
        elements: the size class, 1 or more.
        now_ms: the time.

    Returns:
        The number of the grant that has paid; None where the ordinary quota has.

    Raises:
        SpentError: if neither has room; nothing was charged.
    """
    connection.execute("SAVEPOINT charge")
    try:
        quota.charge(connection, ceilings, payer, elements, now_ms)
    except SpentError:
        connection.execute("ROLLBACK TO charge")
        # What the ordinary quota pays takes nothing from a grant, and the other way round.
        at_ms = quota.steady_ms(connection, now_ms)
        grant = grants.charge(connection, payer, dataset, elements, at_ms)
        if grant is None:
            raise
        quota.advance(connection, now_ms)
        return grant
    finally:
        connection.execute("RELEASE charge")
    return None


def left(
    connection: sqlite3.Connection, ceilings: Quota, payer: Payer, dataset: str, now_ms: int
) -> QuotaLeft:
    """Say what may still be asked, and when more may be.

    Args:
        connection: the node's database, in the transaction of the question.
        ceilings: the ordinary quota.
        payer: who asks.
        dataset: what is asked about.
        now_ms: the time.
    """
    at_ms = quota.steady_ms(connection, now_ms)
    room = quota.room(connection, ceilings, payer, at_ms)
    hour, day, year = room.windows
    return QuotaLeft(
        hour=hour.elements,
        day=day.elements,
        year=year.elements,
        case=room.case,
        hour_ends_ms=hour.ends_ms,
        day_ends_ms=day.ends_ms,
        year_ends_ms=year.ends_ms,
        grants=grants.left(connection, payer, dataset, at_ms),
    )
