"""Passwords: which may be chosen, and how they are kept.

They are kept as argon2id with the second recommended parameters of RFC 9106, 4: three passes over
64 MiB in four lanes. Not done here: when a password may be tried (lockout.py).
"""

import unicodedata
from typing import Final, Literal, TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from fedquery.errors import InputError, StorageError

SHORTEST: Final = 12
LONGEST: Final = 256
Fault: TypeAlias = Literal["length", "guessed"]


def recommended_hasher() -> PasswordHasher:
    """Make the hasher of a real desk (RFC 9106, 4: the second recommended option)."""
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def fault_of(password: str, name: str) -> Fault | None:
    """Say what is wrong with a password that somebody chose; None where nothing is.

    Args:
        password: what was chosen.
        name: the name of its account.
    """
    plain = normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        return "length"
    if name.casefold() in plain.casefold() or len(set(plain)) < SHORTEST // 3:
        return "guessed"
    return None


def check_new(password: str, name: str) -> None:
    """Check a password that somebody chose; arguments as for `fault_of`.

    Raises:
        InputError: if it is too short or too long, or is made of the name.
    """
    fault = fault_of(password, name)
    if fault == "length":
        raise InputError(
            f"a password has {SHORTEST} to {LONGEST} characters",
            do="Choose a longer one; four words of a book do.",
        )
    if fault == "guessed":
        raise InputError(
            "a password holds neither the name of its account nor one character again and again",
            do="Choose another one.",
        )


def normal(password: str) -> str:
    """Give the one form of a password (RFC 8265, 4.2: normalised, so that keyboards may differ)."""
    return unicodedata.normalize("NFC", password)


def hashed(hasher: PasswordHasher, password: str) -> str:
    """Hash a password to be kept, with its parameters and a salt of its own."""
    return hasher.hash(normal(password))


def fits(hasher: PasswordHasher, kept: str, password: str) -> bool:
    """Say whether a password is the one that is kept; a slow computation.

    This is the one check here that tells instead of raising: a wrong password is no error before
    the code was looked at as well, and both are refused with one text.

    Raises:
        StorageError: if what is kept is no hash.
    """
    try:
        return hasher.verify(kept, normal(password))
    except VerifyMismatchError:
        return False
    except InvalidHashError:
        raise StorageError("the password of an account cannot be read") from None
