"""Sign somebody in: a name, a password and a code, looked at together and refused with one text.

The work is the same for a name that nobody has: its password is compared with one that nobody
knows, and its code with one of a secret that was made up.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from fedquery.desk import (
    accounts,
    known_browsers,
    lockout,
    one_time_codes,
    passwords,
    sessions,
)
from fedquery.desk.accounts import Account
from fedquery.desk.refusals import LoginFailedError, LoginWaitError
from fedquery.desk.service import Desk
from fedquery.storage.transaction import transaction

# Each takes 64 MiB and four threads while it is compared.
_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the cookies of somebody who signed in are to hold.

    Attributes:
        token: the one of the session.
        browser: the one by which the browser is known.
    """

    token: str = field(repr=False)
    browser: str = field(repr=False)


@dataclass(slots=True)
class SigningIn:
    """Signs people in, a few at a time.

    Attributes:
        desk: the desk.
    """

    desk: Desk
    _decoy: str = field(init=False, repr=False)
    _room: asyncio.Semaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make up a password for names that nobody has."""
        self._decoy = passwords.hashed(self.desk.hasher, self.desk.random(16).hex())
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def sign_in(
        self, name: str, password: str, code: str, address: str, *, browser: str = ""
    ) -> SignedIn:
        """Begin a session.

        Args:
            name: the name of the account, as it was typed.
            password: the password.
            code: the code of the authenticator.
            address: from where.
            browser: what the browser's own cookie holds; "" for none.

        Returns:
            what its cookies are to hold.

        Raises:
            LoginWaitError: if there were too many tries; nothing was looked at.
            LoginFailedError: if one of the three is wrong, or the account is disabled.
        """
        desk, subjects = self.desk, self._subjects(name, address, browser)
        account, step = await self._looked_at(name, password, code, subjects)
        now_ms = desk.clock()
        with transaction(desk.connection):
            if not accounts.use_step(desk.connection, account.account_id, step):
                raise LoginFailedError
            lockout.forget(desk.connection, subjects)
            sessions.sweep(desk.connection, now_ms)
            known = known_browsers.remember(
                desk.connection,
                desk.store.key,
                browser,
                account.account_id,
                now_ms=now_ms,
                random=desk.random,
            )
            token = sessions.begin(desk.connection, account, address, now_ms, desk.random)
        return SignedIn(token, known)

    async def prove(
        self, name: str, password: str, code: str, address: str, *, browser: str = ""
    ) -> Account:
        """Have somebody who is signed in prove who they are, before they change what proves it.

        Whoever sits down at an open page tries as often as at the page to sign in, and no more.

        Args:
            name: the name of the account that is signed in.
            password: the password, as it was typed.
            code: the code of the authenticator; it is used up.
            address: from where.
            browser: as `sign_in`.

        Raises:
            LoginWaitError, LoginFailedError: as `sign_in`.
        """
        desk, subjects = self.desk, self._subjects(name, address, browser)
        account, step = await self._looked_at(name, password, code, subjects)
        with transaction(desk.connection):
            if not accounts.use_step(desk.connection, account.account_id, step):
                raise LoginFailedError
            lockout.forget(desk.connection, subjects)
        return account

    async def hashed(self, password: str) -> str:
        """Hash a password that was chosen; other pages are served meanwhile."""
        async with self._room:
            return await asyncio.to_thread(passwords.hashed, self.desk.hasher, password)

    def _subjects(self, name: str, address: str, browser: str) -> tuple[bytes, ...]:
        """Say for what a try counts: the account and the address, or a browser that it knows."""
        key, connection = self.desk.store.key, self.desk.connection
        account = accounts.find(connection, name) if browser else None
        if account is not None:
            mark = known_browsers.mark_of(key, browser)
            if known_browsers.knows(connection, mark, account.account_id, self.desk.clock()):
                tried = f"{mark.hex()} {account.account_id}"
                return (lockout.subject(key, "browser", tried),)
        return (
            lockout.subject(key, "account", accounts.folded(name)),
            lockout.subject(key, "address", lockout.network_of(address)),
        )

    async def _looked_at(
        self, name: str, password: str, code: str, subjects: tuple[bytes, ...]
    ) -> tuple[Account, int]:
        """Look at the three together, and give the account and the step of its code."""
        desk = self.desk
        wait_ms = lockout.begin_try(desk.connection, subjects, desk.clock())
        if wait_ms > 0:
            raise LoginWaitError(-(-wait_ms // 1000))
        account = accounts.find(desk.connection, name)
        kept = account.password if account is not None else self._decoy
        async with self._room:
            right = await asyncio.to_thread(passwords.fits, desk.hasher, kept, password)
        # Read again: it may have been disabled or reset while the password was compared.
        same = accounts.find(desk.connection, name)
        secret = (
            accounts.code_secret(desk.store.key, same)
            if same is not None
            else bytes(one_time_codes.SECRET_LENGTH)
        )
        step = one_time_codes.matching_step(secret, code, desk.clock())
        if same is None or not right or step is None or same.password != kept or not same.enabled:
            raise LoginFailedError
        return same, step
