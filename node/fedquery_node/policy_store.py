"""The policy files that a node has taken in, the open proposal, and what is in force.

They lie in the node's database under their digests. So what is in force changes in the transaction
that logs it, a backup has every file by which anything was decided, and no edit of a directory
changes a decision.
"""

import hashlib
import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import StorageError

_IN_FORCE: Final = "policy"
_SERVED: Final = "policy served"
_REFUSED: Final = "policy refused"
_REFUSED_CAP: Final = 4_096
_DIGEST: Final = 32


@dataclass(frozen=True, slots=True)
class Digests:
    """Which policy file and which schema.

    Attributes:
        policy: SHA-256 of the policy file, 32 octets.
        schema: SHA-256 of the schema, 32 octets.
    """

    policy: bytes
    schema: bytes


@dataclass(frozen=True, slots=True)
class PolicyFiles:
    """The octets of the two files.

    Attributes:
        policy: the nation's file.
        schema: the schema that all nations share.
    """

    policy: bytes
    schema: bytes

    @property
    def digests(self) -> Digests:
        """Compute the digests of both."""
        return Digests(hashlib.sha256(self.policy).digest(), hashlib.sha256(self.schema).digest())


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was proposed last and refused.

    Attributes:
        file: the name of the file that is to blame.
        line: where; 0 for the whole file.
        what: what is wrong; it may quote the file.
        at_ms: when it was refused.
    """

    file: str
    line: int
    what: str
    at_ms: int


def keep(connection: sqlite3.Connection, files: PolicyFiles) -> None:
    """Keep both files, in the caller's transaction; nothing that is kept ever changes."""
    digests = files.digests
    connection.executemany(
        "INSERT OR IGNORE INTO policy_file VALUES (?, ?)",
        [(digests.policy, files.policy), (digests.schema, files.schema)],
    )


def read_files(connection: sqlite3.Connection, digests: Digests) -> PolicyFiles:
    """Read files that are kept.

    Raises:
        StorageError: if one is missing, or is not what its digest says.
    """
    found = [read_file(connection, digest) for digest in (digests.policy, digests.schema)]
    return PolicyFiles(*found)


def read_file(connection: sqlite3.Connection, digest: bytes) -> bytes:
    """Read one file that is kept.

    Raises:
        StorageError: if it is missing, or is not what its digest says.
    """
    row = connection.execute(
        "SELECT octets FROM policy_file WHERE digest = ?", (digest,)
    ).fetchone()
    # Whoever can write the database must not be able to swap a rule under a digest that is logged.
    if row is None or hashlib.sha256(row[0]).digest() != digest:
        raise StorageError("no policy file of this digest is in the database, or it was changed")
    return bytes(row[0])


def in_force(connection: sqlite3.Connection) -> Digests | None:
    """Say what was activated last; None before the first."""
    return _digests(connection, _IN_FORCE)


def put_in_force(connection: sqlite3.Connection, digests: Digests) -> None:
    """Remember what was activated, in the caller's transaction."""
    _remember(connection, _IN_FORCE, digests.policy + digests.schema)


def served(connection: sqlite3.Connection) -> Digests | None:
    """Say by which files the serving node decides, or did when it last ran."""
    return _digests(connection, _SERVED)


def remember_served(connection: sqlite3.Connection, digests: Digests) -> None:
    """Remember by which files the serving node decides, in the caller's transaction."""
    if served(connection) != digests:
        _remember(connection, _SERVED, digests.policy + digests.schema)


def refused(connection: sqlite3.Connection) -> Refused | None:
    """Give the proposal that was refused, if none was accepted since."""
    octets = _remembered(connection, _REFUSED)
    if not octets:
        return None
    value: Any = canonical_json.load(octets, cap=_REFUSED_CAP, what="refused proposal")
    return Refused(value["file"], value["line"], value["what"], value["at_ms"])


def remember_refused(connection: sqlite3.Connection, one: Refused | None) -> None:
    """Remember that a proposal was refused, or that the last one was not."""
    value: dict[str, Json] = {}
    if one is not None:
        value = {"file": one.file, "line": one.line, "what": one.what, "at_ms": one.at_ms}
    _remember(connection, _REFUSED, canonical_json.dump(value) if one is not None else b"")


def _digests(connection: sqlite3.Connection, key: str) -> Digests | None:
    value = _remembered(connection, key)
    return Digests(value[:_DIGEST], value[_DIGEST:]) if value else None


def _remembered(connection: sqlite3.Connection, key: str) -> bytes:
    row = connection.execute("SELECT value FROM remembered WHERE key = ?", (key,)).fetchone()
    return bytes(row[0]) if row else b""


def _remember(connection: sqlite3.Connection, key: str, value: bytes) -> None:
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (key, value))
