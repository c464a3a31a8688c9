"""Sessions: who is signed in. The browser has a token, desk.db its hash.

A session ends after 15 minutes without a page, after 8 hours, when it is ended, and when its
account is disabled or reset, or gets another password or other codes.
"""

import base64
import contextlib
import hashlib
import hmac
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fedquery.desk.accounts import Account
from fedquery.desk.roles import Role, role_of
from fedquery.storage.transaction import transaction

IDLE_MS: Final = 15 * 60_000
LONGEST_MS: Final = 8 * 3600_000
# Written once a minute at most: a page that follows answers asks far more often.
_SEEN_EVERY_MS: Final = 60_000
_TOKEN_LENGTH: Final = 32
_ID_LENGTH: Final = 8
_FIND: Final = (
    "SELECT account_id, name, role, language, session_id, seen_ms"
    " FROM session JOIN account USING (account_id)"
    " WHERE token_hash = ? AND enabled AND seen_ms > ? AND begun_ms > ?"
)
_LIVING: Final = (
    "SELECT token_hash, session_id FROM session JOIN account USING (account_id)"
    " WHERE enabled AND seen_ms > ? AND begun_ms > ?"
)
_LIST: Final = (
    "SELECT session_id, begun_ms, seen_ms, address FROM session"
    " WHERE account_id = ? AND seen_ms > ? AND begun_ms > ? ORDER BY begun_ms DESC, session_id"
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page.

    Attributes:
        account_id: the account.
        name: its name.
        role: its role.
        language: the tag of its language; empty for the browser's.
        session_id: the session, as pages name it.
        session_id_hash: the hash of its token, by which it is kept.
        csrf: what a form of this session has to bring.
    """

    account_id: str
    name: str
    role: Role
    language: str
    session_id: str
    session_id_hash: bytes = field(repr=False)
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session, as its owner sees it.

    Attributes:
        session_id: 16 hexadecimal digits.
        begun_ms: since when.
        seen_ms: when it was last used, to the minute.
        address: from where it was begun.
    """

    session_id: str
    begun_ms: int
    seen_ms: int
    address: str


def begin(
    connection: sqlite3.Connection,
    account: Account,
    address: str,
    now_ms: int,
    random: Callable[[int], bytes],
) -> str:
    """Begin a session, in the caller's transaction, and give the token for its cookie."""
    token = base64.urlsafe_b64encode(random(_TOKEN_LENGTH)).rstrip(b"=").decode("ascii")
    connection.execute(
        "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)",
        (
            _hash(token),
            random(_ID_LENGTH).hex(),
            account.account_id,
            now_ms,
            now_ms,
            address,
        ),
    )
    return token


def begin_anew(
    connection: sqlite3.Connection,
    account: Account,
    address: str,
    now_ms: int,
    random: Callable[[int], bytes],
) -> tuple[str, bytes]:
    """End all sessions of an account and begin one, in the caller's transaction.

    Returns:
        the token for its cookie, and the hash by which it is kept.
    """
    connection.execute("DELETE FROM session WHERE account_id = ?", (account.account_id,))
    token = begin(connection, account, address, now_ms, random)
    return token, _hash(token)


def visitor_of(
    connection: sqlite3.Connection, key: bytes, token: str, now_ms: int, *, used: bool = True
) -> Visitor | None:
    """Say whose session a token is of; None where it is of none that lives.

    Args:
        connection: the open desk.db.
        key: the desk's key, which makes what forms have to bring.
        token: what the cookie holds.
        now_ms: the time.
        used: whether it is used now, and lives on; a page that only looks does not prolong it.
    """
    token_hash = _hash(token)
    row = connection.execute(_FIND, (token_hash, now_ms - IDLE_MS, now_ms - LONGEST_MS)).fetchone()
    if row is None:
        return None
    account_id, name, role, language, session_id, seen_ms = row
    if used and now_ms - seen_ms >= _SEEN_EVERY_MS:
        # On a full disk answers can still be read, until the session ends as if it were idle.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute(
                "UPDATE session SET seen_ms = ? WHERE token_hash = ?", (now_ms, token_hash)
            )
    return Visitor(
        account_id, name, role_of(role), language, session_id, token_hash, csrf_of(key, token)
    )


def csrf_of(key: bytes, token: str) -> str:
    """Make what a form has to bring: bound to the token, and no way back to it."""
    mark = hmac.digest(key, b"fedquery/desk/csrf/v1\0" + token.encode("utf-8"), "sha256")
    return base64.urlsafe_b64encode(mark).rstrip(b"=").decode("ascii")


def of_account(connection: sqlite3.Connection, account_id: str, now_ms: int) -> list[OpenSession]:
    """List the sessions of an account that live, the newest first."""
    rows = connection.execute(_LIST, (account_id, now_ms - IDLE_MS, now_ms - LONGEST_MS))
    return [OpenSession(*row) for row in rows]


def end(connection: sqlite3.Connection, account_id: str, session_id: str) -> bool:
    """End a session of an account; False where it has none of this id."""
    with transaction(connection):
        return (
            connection.execute(
                "DELETE FROM session WHERE account_id = ? AND session_id = ?",
                (account_id, session_id),
            ).rowcount
            == 1
        )


def is_of(connection: sqlite3.Connection, account_id: str, session_id: str) -> bool:
    """Say whether a session is one of an account."""
    row = connection.execute(
        "SELECT 1 FROM session WHERE account_id = ? AND session_id = ?", (account_id, session_id)
    ).fetchone()
    return row is not None


def lives(connection: sqlite3.Connection, session_id: str, now_ms: int) -> bool:
    """Say whether a session lives, and its account may be signed in."""
    row = connection.execute(
        f"{_LIVING} AND session_id = ?",
        (now_ms - IDLE_MS, now_ms - LONGEST_MS, session_id),
    ).fetchone()
    return row is not None


def living(connection: sqlite3.Connection, now_ms: int) -> dict[bytes, str]:
    """List the sessions that live: the hash of each token, and the id of its session."""
    return dict(connection.execute(_LIVING, (now_ms - IDLE_MS, now_ms - LONGEST_MS)).fetchall())


def sweep(connection: sqlite3.Connection, now_ms: int) -> None:
    """Remove sessions that have ended, in the caller's transaction."""
    connection.execute(
        "DELETE FROM session WHERE seen_ms <= ? OR begun_ms <= ?",
        (now_ms - IDLE_MS, now_ms - LONGEST_MS),
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
