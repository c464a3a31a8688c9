"""Browsers in which somebody signed in before: others' failures do not keep them waiting.

Whoever knows the name of an account can try it until it has to wait. So a browser that its person
has signed in with is counted by itself ("device cookies", OWASP): it has five tries of its own, and
those of everybody else are not its. A browser signs nobody in: name, password and code are looked
at as for all others. The token of the cookie lies here as a keyed hash, beside the accounts that it
is known for.
"""

import base64
import hmac
import sqlite3
from collections.abc import Callable
from typing import Final

# Who did not sign in for so long is as unknown as anybody.
KNOWN_MS: Final = 180 * 24 * 3_600_000
_MOST_OF_AN_ACCOUNT: Final = 16
_TOKEN_LENGTH: Final = 32


def mark_of(key: bytes, token: str) -> bytes:
    """Give the mark under which a browser is kept, 32 octets; no way back to its token.

    Args:
        key: the desk's key.
        token: what its cookie holds.
    """
    return hmac.digest(key, b"fedquery/desk/browser/v1\0" + token.encode(), "sha256")


def knows(connection: sqlite3.Connection, mark: bytes, account_id: str, now_ms: int) -> bool:
    """Say whether somebody has signed in with an account in a browser, not too long ago.

    Args:
        connection: the open desk.db.
        mark: the browser.
        account_id: the account.
        now_ms: the time.
    """
    row = connection.execute(
        "SELECT 1 FROM known_browser WHERE mark = ? AND account_id = ? AND seen_ms > ?",
        (mark, account_id, now_ms - KNOWN_MS),
    ).fetchone()
    return row is not None


def remember(
    connection: sqlite3.Connection,
    key: bytes,
    token: str,
    account_id: str,
    *,
    now_ms: int,
    random: Callable[[int], bytes],
) -> str:
    """Remember a browser in which somebody signs in, in the caller's transaction.

    Args:
        connection: the open desk.db.
        key: the desk's key.
        token: what its cookie holds; "" for none.
        account_id: the account.
        now_ms: the time.
        random: the random source.

    Returns:
        the token for its cookie. One that is not known here is not taken over: somebody may have
        planted it.
    """
    connection.execute("DELETE FROM known_browser WHERE seen_ms <= ?", (now_ms - KNOWN_MS,))
    mark = mark_of(key, token)
    row = connection.execute("SELECT 1 FROM known_browser WHERE mark = ?", (mark,)).fetchone()
    if row is None:
        token = base64.urlsafe_b64encode(random(_TOKEN_LENGTH)).rstrip(b"=").decode("ascii")
        mark = mark_of(key, token)
    connection.execute(
        "INSERT INTO known_browser VALUES (?, ?, ?) ON CONFLICT (mark, account_id)"
        " DO UPDATE SET seen_ms = excluded.seen_ms",
        (mark, account_id, now_ms),
    )
    connection.execute(
        "DELETE FROM known_browser WHERE account_id = ?1 AND mark NOT IN (SELECT mark"
        " FROM known_browser WHERE account_id = ?1 ORDER BY seen_ms DESC, mark LIMIT ?2)",
        (account_id, _MOST_OF_AN_ACCOUNT),
    )
    return token


def forget(connection: sqlite3.Connection, account_id: str) -> None:
    """Forget the browsers of an account, in the caller's transaction: whoever else used them."""
    connection.execute("DELETE FROM known_browser WHERE account_id = ?", (account_id,))
