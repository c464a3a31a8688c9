"""Accounts of the desk: who may sign in, as what, and what is kept of it.

The secret of the one-time codes is sealed under keys/desk.key with the account's id as its place; a
code can be used once, because the newest step that was used is kept with the account.
"""

import sqlite3
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fedquery.desk import known_browsers, lockout
from fedquery.desk.one_time_codes import SECRET_LENGTH
from fedquery.desk.roles import Role, role_of
from fedquery.errors import InputError
from fedquery.seal.at_rest import KeyAtRest
from fedquery.storage.transaction import transaction

LONGEST_NAME: Final = 64
_ID_LENGTH: Final = 8
_CODES: Final = b"fedquery/desk/one-time-codes/v1"
_COLUMNS: Final = (
    "account_id, name, role, language, password, code_secret, last_step, enabled, created_ms"
)


@dataclass(frozen=True, slots=True)
class Account:
    """One account.

    Attributes:
        account_id: 16 hexadecimal digits.
        name: as whom the officer asks; in the agency's log it is the officer.
        role: officer, supervisor or auditor.
        language: the tag of the language of its pages; empty for the browser's.
        password: the hash of its password.
        code_secret: the sealed secret of its codes.
        last_step: the newest step whose code was used.
        enabled: whether it may sign in.
        created_ms: since when it is there.
    """

    account_id: str
    name: str
    role: Role
    language: str
    password: str = field(repr=False)
    code_secret: bytes = field(repr=False)
    last_step: int
    enabled: bool
    created_ms: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs an account in.

    Attributes:
        password_hash: the hash of its password.
        code_secret: the secret of its codes.
    """

    password_hash: str = field(repr=False)
    code_secret: bytes = field(repr=False)


def folded(name: str) -> str:
    """Give the form of a name by which it is looked up: without case and composition."""
    return unicodedata.normalize("NFKC", name).casefold()


def draw_code_secret(random: Callable[[int], bytes]) -> bytes:
    """Draw the secret of the codes of an account."""
    return random(SECRET_LENGTH)


def check_name(name: str) -> None:
    """Check the name of a new account.

    Raises:
        InputError: if it is not one line of 1 to 64 characters that can be read.
    """
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise InputError("the name of an account is one line of 1 to 64 characters")


def require_free(connection: sqlite3.Connection, name: str) -> None:
    """Check that no account has a name, in any case of its letters.

    Raises:
        InputError: if one has.
    """
    if find(connection, name) is not None:
        raise InputError("there is an account of this name", do="Choose another name.")


def add(
    connection: sqlite3.Connection,
    key: bytes,
    name: str,
    role: Role,
    credentials: Credentials,
    *,
    now_ms: int,
    random: Callable[[int], bytes],
) -> Account:
    """Make an account.

    Args:
        connection: the open desk.db.
        key: the desk's key.
        name: 1 to 64 printable characters, no other account's in any case of its letters.
        role: what it may do.
        credentials: what signs it in.
        now_ms: the time.
        random: the random source.

    Raises:
        InputError: if the name is out of form, or taken.
    """
    check_name(name)
    account_id = random(_ID_LENGTH).hex()
    sealed = seal_secret(key, account_id, credentials.code_secret, random)
    with transaction(connection):
        require_free(connection, name)
        connection.execute(
            "INSERT INTO account VALUES (?, ?, ?, ?, '', ?, ?, 0, 1, ?)",
            (account_id, name, folded(name), role, credentials.password_hash, sealed, now_ms),
        )
    return named(connection, name)


def find(connection: sqlite3.Connection, name: str) -> Account | None:
    """Find the account of a name, whatever the case of its letters."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM account WHERE folded = ?",  # noqa: S608 -- the columns are constants
        (folded(name),),
    ).fetchone()
    return _account(row) if row is not None else None


def named(connection: sqlite3.Connection, name: str) -> Account:
    """Give the account of a name.

    Raises:
        InputError: if there is none.
    """
    account = find(connection, name)
    if account is None:
        raise InputError("there is no account of this name", do="See `fedquery desk account list`.")
    return account


def read(connection: sqlite3.Connection, account_id: str) -> Account | None:
    """Read an account by its id."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM account WHERE account_id = ?",  # noqa: S608 -- the columns are constants
        (account_id,),
    ).fetchone()
    return _account(row) if row is not None else None


def every(connection: sqlite3.Connection) -> list[Account]:
    """List the accounts by their names."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM account ORDER BY folded")  # noqa: S608 -- the columns are constants
    return [_account(row) for row in rows]


def set_enabled(connection: sqlite3.Connection, account: Account, *, enabled: bool) -> None:
    """Let an account sign in, or end it with all its sessions."""
    with transaction(connection):
        connection.execute(
            "UPDATE account SET enabled = ? WHERE account_id = ?", (enabled, account.account_id)
        )
        connection.execute("DELETE FROM session WHERE account_id = ?", (account.account_id,))


def set_language(connection: sqlite3.Connection, account_id: str, language: str) -> None:
    """Keep the language of an account's pages."""
    with transaction(connection):
        connection.execute(
            "UPDATE account SET language = ? WHERE account_id = ?", (language, account_id)
        )


def reset(
    connection: sqlite3.Connection,
    key: bytes,
    account: Account,
    credentials: Credentials,
    random: Callable[[int], bytes],
) -> None:
    """Give an account another password and another secret; end its sessions and its waiting."""
    sealed = seal_secret(key, account.account_id, credentials.code_secret, random)
    with transaction(connection):
        connection.execute(
            "UPDATE account SET password = ?, code_secret = ?, last_step = 0 WHERE account_id = ?",
            (credentials.password_hash, sealed, account.account_id),
        )
        connection.execute("DELETE FROM session WHERE account_id = ?", (account.account_id,))
        lockout.forget(connection, (lockout.subject(key, "account", folded(account.name)),))
        known_browsers.forget(connection, account.account_id)


def code_secret(key: bytes, account: Account) -> bytes:
    """Open the secret of an account's codes.

    Raises:
        SealError: if it was sealed for another account, or under another key.
    """
    return _codes_key(key).open(account.account_id.encode("ascii"), account.code_secret)


def use_step(connection: sqlite3.Connection, account_id: str, step: int) -> bool:
    """Use the code of a step, inside the caller's transaction; False where it was used before."""
    return (
        connection.execute(
            "UPDATE account SET last_step = ? WHERE account_id = ? AND last_step < ?",
            (step, account_id, step),
        ).rowcount
        == 1
    )


def _codes_key(key: bytes) -> KeyAtRest:
    return KeyAtRest.derive(key, _CODES, b"")


def seal_secret(
    key: bytes, account_id: str, secret: bytes, random: Callable[[int], bytes]
) -> bytes:
    """Seal the secret of an account's codes, as `code_secret` opens it."""
    return _codes_key(key).seal(account_id.encode("ascii"), secret, random)


def _account(row: tuple[str, str, str, str, str, bytes, int, int, int]) -> Account:
    account_id, name, role, language, password, secret, last_step, enabled, created_ms = row
    return Account(
        account_id,
        name,
        role_of(role),
        language,
        password,
        secret,
        last_step,
        bool(enabled),
        created_ms,
    )
