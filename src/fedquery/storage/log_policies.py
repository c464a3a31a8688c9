"""The policy files and schemas that a log names, by their digests, as an export carries them."""

import hashlib
import sqlite3
from collections.abc import Iterable
from typing import Final

from fedquery.audit.node import PolicyEntry
from fedquery.errors import EncodingError, StorageError

POLICY: Final = ".cedar"
SCHEMA: Final = ".cedarschema"
DIRECTORY: Final = "policies"
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
        found[f"{entry.policy_digest.hex()}{POLICY}"] = entry.policy_digest
        found[f"{entry.schema_digest.hex()}{SCHEMA}"] = entry.schema_digest
    return found


def read_policy(connection: sqlite3.Connection, digest: bytes) -> bytes | None:
    """Read a file out of a node's database; None where there is no such file, or no such table.

    Raises:
        StorageError: if what lies under the digest has another one.
    """
    if not connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'policy_file'"
    ).fetchone():
        return None
    row = connection.execute(
        "SELECT octets FROM policy_file WHERE digest = ?", (digest,)
    ).fetchone()
    if row is None:
        return None
    if hashlib.sha256(row[0]).digest() != digest:
        raise StorageError(
            "a policy file in the database is not the one of its digest",
            do="Restore the database from a backup.",
        )
    return bytes(row[0])
