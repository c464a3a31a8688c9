"""Passwords and one-time codes that the person of an account changes by themselves.

New codes count only once one of them was typed: a picture that was not scanned locks nobody out.
Until then their secret lies in the memory of this process, for the session that wants them.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fedquery.desk import accounts, known_browsers, one_time_codes, sessions
from fedquery.desk.accounts import Account
from fedquery.desk.refusals import LoginFailedError
from fedquery.desk.service import Desk
from fedquery.storage.transaction import transaction

_Begun: TypeAlias = tuple[str, bytes]
# To scan a picture and to type a code.
LIFE_MS: Final = 10 * 60_000
_TRIES: Final = 5


@dataclass(slots=True)
class _Wanted:
    account: Account
    secret: bytes = field(repr=False)
    since_ms: int
    tries: int = 0


@dataclass(slots=True)
class NewCodes:
    """The codes that wait for their first one to be typed, one set for each session.

    Attributes:
        clock: the time in ms.
    """

    clock: Callable[[], int]
    _wanted: dict[bytes, _Wanted] = field(default_factory=dict, init=False, repr=False)

    def begin(self, session: bytes, account: Account, secret: bytes) -> None:
        """Keep new codes in the place of those that the session wanted before.

        Args:
            session: the hash of the session's token.
            account: whose codes.
            secret: their secret.
        """
        now_ms = self.clock()
        self._wanted = {
            key: one for key, one in self._wanted.items() if now_ms - one.since_ms <= LIFE_MS
        }
        self._wanted[session] = _Wanted(account, secret, now_ms)

    def is_waiting(self, session: bytes) -> bool:
        """Tell whether a session has new codes of which one may be typed."""
        one = self._wanted.get(session)
        return one is not None and self.clock() - one.since_ms <= LIFE_MS

    def take(self, session: bytes, code: str) -> tuple[Account, bytes, int] | None:
        """Look at the first code of new codes; None where it is not one of them.

        Args:
            session: the hash of the session's token.
            code: what was typed.

        Returns:
            the account, the secret, and the step of the code; they wait no more.
        """
        one = self._wanted.get(session)
        if one is None or not self.is_waiting(session):
            return None
        step = one_time_codes.matching_step(one.secret, code, self.clock())
        one.tries += 1
        if step is not None or one.tries >= _TRIES:
            del self._wanted[session]
        return None if step is None else (one.account, one.secret, step)


def change_password(desk: Desk, account: Account, password_hash: str, address: str) -> _Begun:
    """Keep another password, end all sessions of the account, and begin one.

    Args:
        desk: the desk.
        account: the account, as it was when its person proved who they are.
        password_hash: the hash of the new password.
        address: from where.

    Returns:
        the token for the cookie of the session, and the hash by which it is kept.

    Raises:
        LoginFailedError: if the account was disabled or reset meanwhile.
    """
    with transaction(desk.connection):
        _require_same(desk.connection, account)
        desk.connection.execute(
            "UPDATE account SET password = ? WHERE account_id = ?",
            (password_hash, account.account_id),
        )
        return _begin_anew(desk, account, address)


def change_codes(desk: Desk, account: Account, secret: bytes, step: int, address: str) -> _Begun:
    """Keep another secret of codes, end all sessions of the account, and begin one.

    Args:
        desk: the desk.
        account: the account, as it was when its person proved who they are.
        secret: the secret of the new codes.
        step: of the code of them that was typed: it is used up.
        address: from where.

    Returns:
        as `change_password`.

    Raises:
        LoginFailedError: if the account was disabled or reset meanwhile.
    """
    sealed = accounts.seal_secret(desk.store.key, account.account_id, secret, desk.random)
    with transaction(desk.connection):
        _require_same(desk.connection, account)
        desk.connection.execute(
            "UPDATE account SET code_secret = ?, last_step = ? WHERE account_id = ?",
            (sealed, step, account.account_id),
        )
        return _begin_anew(desk, account, address)


def _begin_anew(desk: Desk, account: Account, address: str) -> _Begun:
    # Who else has signed in with it is none whom others' failures must not keep waiting.
    known_browsers.forget(desk.connection, account.account_id)
    return sessions.begin_anew(desk.connection, account, address, desk.clock(), desk.random)


def _require_same(connection: sqlite3.Connection, account: Account) -> None:
    found = accounts.read(connection, account.account_id)
    before = (account.password, account.code_secret)
    if found is None or not found.enabled or (found.password, found.code_secret) != before:
        raise LoginFailedError
