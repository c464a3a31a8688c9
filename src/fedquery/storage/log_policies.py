"""The policy files and schemas that a log names, by their digests, as an export carries them."""

import hashlib
import re
import sqlite3
from collections.abc import Iterable
from typing import Final

from fedquery.audit.node import PolicyEntry
from fedquery.errors import EncodingError, LogFaultError

POLICY: Final = ".cedar"
SCHEMA: Final = ".cedarschema"
DIRECTORY: Final = "policies"
NAME: Final = re.compile(rf"{DIRECTORY}/[0-9a-f]{{64}}(?:{POLICY}|{SCHEMA})", re.ASCII)
# As much as a node takes in.
CAP: Final = 1024 * 1024
# Canonical JSON writes it in this one way; that it is the entry's own type is decided by decoding.
_MARK: Final = b'"type":"policy"'


def named_in(entries: Iterable[bytes]) -> dict[str, bytes]:
    """Name the files of entries that say that a policy was proposed or activated.

    Returns:
        The file's name, SHA-256 in hexadecimal with its suffix, and the digest.
    """
    found: dict[str, bytes] = {}
    for octets in entries:
        if _MARK not in octets:
            continue
        try:
            entry = PolicyEntry.decode(octets)
        except EncodingError:
            # Another type whose text has the mark; what is wrong with entries, `verify` says.
            continue
        found.update(named_by(entry))
    return found


def named_by(entry: PolicyEntry) -> dict[str, bytes]:
    """Name the two files of one entry, as `named_in` does."""
    return {
        f"{entry.policy_digest.hex()}{POLICY}": entry.policy_digest,
        f"{entry.schema_digest.hex()}{SCHEMA}": entry.schema_digest,
    }


def find(connection: sqlite3.Connection, digest: bytes) -> bytes | None:
    """Find a file in a node's database, whatever it holds.

    Returns:
        What lies under the digest; None where nothing does, or the database is not a node's.
    """
    if not connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'policy_file'"
    ).fetchone():
        return None
    row = connection.execute(
        "SELECT octets FROM policy_file WHERE digest = ?", (digest,)
    ).fetchone()
    return None if row is None else bytes(row[0])


def require_digest(octets: bytes, digest: bytes, file: str) -> None:
    """Require that a file is the one that its name says.

    Args:
        octets: the file.
        digest: the SHA-256 that it must have.
        file: its name, for the error.

    Raises:
        LogFaultError: if it is another one: nobody is to replay decisions by another rule.
    """
    if hashlib.sha256(octets).digest() != digest:
        raise LogFaultError("is not the policy file of its digest", file=file)
