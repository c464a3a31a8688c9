"""The member list in a data directory: verified at each reading, replaced by a newer one only.

roots.txt          the nations' pinned root keys; made once, then changed by hand only
federation.note    the signed list in force
"""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import read_pinned
from fedquery.config.whole_file import replace_file
from fedquery.errors import (
    ConfigError,
    EncodingError,
    EquivocationError,
    RollbackError,
    SignatureError,
)
from fedquery.federation import member_list
from fedquery.federation.members import Federation
from fedquery.federation.roots import Roots, list_digest, open_federation

ROOTS: Final = "roots.txt"
NOTE: Final = "federation.note"
_REMEMBERED: Final = "members"
_NUMBER_LENGTH: Final = 8
_ROOTS_CAP: Final = 64 * 1024
_NOTE_CAP: Final = member_list.CAP + 64 * 512


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest list that this party has accepted, so that no older one is.

    Args:
        number: its number; 0 before the first.
        digest: `roots.list_digest` of it, or None before the first.
    """

    number: int = 0
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A member list that was verified.

    Args:
        federation: the members.
        note: the signed note.
        digest: its digest without signatures.
    """

    federation: Federation
    note: bytes = field(repr=False)
    digest: bytes

    @property
    def seen(self) -> Seen:
        """Give what to remember of it."""
        return Seen(self.federation.number, self.digest)


def seen_of(connection: sqlite3.Connection) -> Seen:
    """Read from a database's table `remembered` which list was accepted last."""
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (_REMEMBERED,)
    ).fetchone()
    if row is None:
        return Seen()
    return Seen(int.from_bytes(row[0][:_NUMBER_LENGTH], "big"), row[0][_NUMBER_LENGTH:])


def remember(connection: sqlite3.Connection, listed: Listed) -> None:
    """Write into a database's table `remembered` which list was accepted."""
    value = listed.federation.number.to_bytes(_NUMBER_LENGTH, "big") + listed.digest
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_REMEMBERED, value))


def verify_members(note: bytes, roots: bytes, now_ms: int, seen: Seen) -> Listed:
    """Verify a member list against pinned root keys and what was seen before.

    Raises:
        EncodingError, SignatureError, RollbackError, EquivocationError, ConfigError: as
            `roots.open_federation`.
    """
    federation = open_federation(note, Roots.parse(roots), now_ms, seen.number, seen.digest)
    return Listed(federation, note, list_digest(note))


def read_members(home: Path, now_ms: int, seen: Seen) -> Listed:
    """Read and verify the member list of a data directory.

    Raises:
        ConfigError: if a file is missing or damaged: it was whole when it was installed.
        RollbackError, EquivocationError: as `verify_members`.
    """
    note, roots = _read_note(home / NOTE), _read_roots(home / ROOTS)
    try:
        return verify_members(note, roots, now_ms, seen)
    except (RollbackError, EquivocationError):
        raise
    except (EncodingError, SignatureError) as error:
        raise ConfigError(
            f"{home / NOTE}: is not a list that {ROOTS} beside it trusts: {error.what}",
            do="Install the member list again with `members FILE`.",
        ) from None


def write_members(
    home: Path,
    note: bytes,
    roots: bytes | None,
    now_ms: int,
    seen: Seen,
    *,
    fits: Callable[[Federation], None],
) -> Listed:
    """Verify a member list and put it in force in a data directory.

    Args:
        home: the data directory.
        note: the signed list.
        roots: the pinned root keys, the first time; the same again is allowed.
        now_ms: the time.
        seen: the newest list that was accepted here.
        fits: raises ConfigError if the list is not one for this directory. It is asked before
            anything is replaced: nations that sign two federations with one root key have signed
            the list of the other one too, and it must not take the place of this one.

    Raises:
        ConfigError: if other root keys are pinned already, or none; or as `fits`.
        EncodingError, SignatureError, RollbackError, EquivocationError: as `verify_members`.
    """
    if roots is None:
        roots = _read_roots(home / ROOTS)
    elif (home / ROOTS).exists() and _read_roots(home / ROOTS) != roots:
        raise ConfigError(
            f"{home / ROOTS}: other root keys are pinned",
            do="Pinned keys are changed by hand, after they were compared with their nations.",
        )
    listed = verify_members(note, roots, now_ms, seen)
    fits(listed.federation)
    # The keys first: a list without them is refused, keys without a list are only not enough.
    for name, octets in ((ROOTS, roots), (NOTE, note)):
        replace_file(home / name, octets)
    return listed


def _read_roots(path: Path) -> bytes:
    # Whoever can write it names the members.
    try:
        return read_pinned(path, _ROOTS_CAP)
    except FileNotFoundError:
        raise _missing(path) from None


def _read_note(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            octets = file.read(_NOTE_CAP + 1)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise ConfigError(f"{path}: {os.strerror(error.errno or 0)}") from None
    if len(octets) > _NOTE_CAP:
        raise ConfigError(f"{path}: larger than {_NOTE_CAP} bytes")
    return octets


def _missing(path: Path) -> ConfigError:
    return ConfigError(
        f"{path}: is missing", do="Install the member list with `members FILE --roots FILE`."
    )
