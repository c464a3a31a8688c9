"""Sign somebody in: a name, a password and a code, looked at together and refused with one text.

The work is the same for a name that nobody has: its password is compared with one that nobody
knows, and its code with one of a secret that was made up.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from fedquery.desk import accounts, lockout, one_time_codes, passwords, sessions
from fedquery.desk.refusals import LoginFailedError, LoginWaitError
from fedquery.desk.service import Desk
from fedquery.storage.transaction import transaction

# Each takes 64 MiB and four threads while it is compared.
_AT_ONCE: Final = 2


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

    async def sign_in(self, name: str, password: str, code: str, address: str) -> str:
        """Begin a session.

        Args:
            name: the name of the account, as it was typed.
            password: the password.
            code: the code of the authenticator.
            address: from where.

        Returns:
            the token for the cookie.

        Raises:
            LoginWaitError: if there were too many tries; nothing was looked at.
            LoginFailedError: if one of the three is wrong, or the account is disabled.
        """
        desk = self.desk
        subjects = (
            lockout.subject(desk.store.key, "account", accounts.folded(name)),
            lockout.subject(desk.store.key, "address", lockout.network_of(address)),
        )
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
        now_ms = desk.clock()
        step = one_time_codes.matching_step(secret, code, now_ms)
        if same is None or not right or step is None or same.password != kept or not same.enabled:
            raise LoginFailedError
        with transaction(desk.connection):
            if not accounts.use_step(desk.connection, same.account_id, step):
                raise LoginFailedError
            lockout.forget(desk.connection, subjects)
            sessions.sweep(desk.connection, now_ms)
            return sessions.begin(desk.connection, same, address, now_ms, desk.random)
