"""How often somebody may try to sign in: five times, then after ever longer waits.

Counted for the name that is tried and for the address that tries, each by itself, and kept over a
restart. A try counts before it is looked at, so that many at once are no way around it.
"""

import hmac
import ipaddress
import sqlite3
from typing import Final

from fedquery.storage.transaction import transaction

FREE_TRIES: Final = 5
FIRST_WAIT_MS: Final = 30_000
LONGEST_WAIT_MS: Final = 15 * 60_000
# Who did not try for so long begins anew.
FORGOTTEN_MS: Final = 24 * 3600_000
_LONGEST_DOUBLING: Final = 16


def subject(key: bytes, sort: str, name: str) -> bytes:
    """Give the mark under which tries are counted; it does not tell what was typed.

    Args:
        key: the desk's key.
        sort: `account` or `address`.
        name: the name, in the form in which it is looked up, or the address.
    """
    return hmac.digest(key, f"fedquery/desk/try/v1\0{sort}\0{name}".encode(), "sha256")


def network_of(address: str) -> str:
    """Give what tries are counted for: an IPv4 address, or the /64 of an IPv6 one.

    A single machine has all addresses of its /64 (RFC 7421, 4.5).
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004 -- the version of IPv4
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))


def wait_after(tries: int) -> int:
    """Say how long to wait after so many failed tries, in ms."""
    if tries < FREE_TRIES:
        return 0
    doublings = min(tries - FREE_TRIES, _LONGEST_DOUBLING)
    return min(FIRST_WAIT_MS << doublings, LONGEST_WAIT_MS)


def begin_try(connection: sqlite3.Connection, subjects: tuple[bytes, ...], now_ms: int) -> int:
    """Count a try, unless one of the subjects has to wait.

    Args:
        connection: the open desk.db.
        subjects: the marks of the account and of the address.
        now_ms: the time.

    Returns:
        how long to wait yet, in ms; 0 where the try was counted and may go on.
    """
    with transaction(connection):
        connection.execute("DELETE FROM sign_in_try WHERE last_ms < ?", (now_ms - FORGOTTEN_MS,))
        left_ms = max(_left_ms(connection, one, now_ms) for one in subjects)
        if left_ms > 0:
            return left_ms
        connection.executemany(
            "INSERT INTO sign_in_try VALUES (?, 1, ?) ON CONFLICT (subject)"
            " DO UPDATE SET tries = tries + 1, last_ms = excluded.last_ms",
            [(one, now_ms) for one in subjects],
        )
    return 0


def forget(connection: sqlite3.Connection, subjects: tuple[bytes, ...]) -> None:
    """Begin to count anew, in the caller's transaction, after a try that was right."""
    connection.executemany(
        "DELETE FROM sign_in_try WHERE subject = ?", [(one,) for one in subjects]
    )


def _left_ms(connection: sqlite3.Connection, one: bytes, now_ms: int) -> int:
    row = connection.execute(
        "SELECT tries, last_ms FROM sign_in_try WHERE subject = ?", (one,)
    ).fetchone()
    if row is None:
        return 0
    tries, last_ms = row
    # A clock that was set back must not lock anybody out for longer than the wait.
    return int(max(0, min(last_ms, now_ms) + wait_after(tries) - now_ms))
