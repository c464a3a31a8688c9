"""The policy file in force: read, loaded and logged; a bad one never comes into force."""

import hashlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from fedquery.audit.node import PolicyEntry
from fedquery.policy import cedar
from fedquery.policy.complaint import PolicyError
from fedquery.policy.load import load_rules
from fedquery.policy.rules import Rules
from fedquery.policy.source import SCHEMA_FILE, policy_file
from fedquery_node.home import NodeHome

_CAP = 200_000
_DIGEST = 32
_REMEMBERED = "policy"


@dataclass(frozen=True, slots=True)
class PolicyFiles:
    """The octets of the two files.

    Attributes:
        policy: the nation's file.
        schema: the schema that all nations share.
    """

    policy: bytes
    schema: bytes


def paths(home: NodeHome) -> tuple[Path, Path]:
    """Say where the policy file of this nation and the schema are."""
    directory = home.settings.policies
    return directory / policy_file(home.nation), directory / SCHEMA_FILE


def read_files(home: NodeHome) -> PolicyFiles:
    """Read the policy file of this nation and the schema.

    Raises:
        PolicyError: if one cannot be read, or may be written by others.
    """
    return PolicyFiles(*map(_read, paths(home)))


def load(home: NodeHome, files: PolicyFiles) -> Rules:
    """Parse, validate and compile the files; the parser runs in a process of its own.

    Raises:
        PolicyError: if they cannot be taken, with the file, and line and column where one is to
            blame.
    """
    try:
        return load_rules(files.policy, files.schema, home.nation)
    except PolicyError as error:
        path = home.settings.policies / error.name
        raise PolicyError(str(path), error.complaint) from None


def difference(connection: sqlite3.Connection, home: NodeHome) -> str:
    """Say how the files on the disk differ from the rules in force; empty where they do not.

    Raises:
        StorageError: if the database fails.
    """
    try:
        files = read_files(home)
        if _remembered(connection) != digests(files):
            load(home, files)
            return "is not taken into force yet"
    except PolicyError as error:
        return f"cannot be taken: {error.what}"
    return ""


def digests(files: PolicyFiles) -> bytes:
    """Give what is remembered of the files in force: the digests of both, 64 octets."""
    return hashlib.sha256(files.policy).digest() + hashlib.sha256(files.schema).digest()


def log_in_force(connection: sqlite3.Connection, home: NodeHome, rules: Rules, now_ms: int) -> None:
    """Log and checkpoint the rules if others were in force before, in the caller's transaction."""
    value = rules.digest + rules.schema_digest
    if _remembered(connection) == value:
        return
    entry = PolicyEntry(
        nation=home.nation,
        policy_digest=rules.digest,
        schema_digest=rules.schema_digest,
        engine=cedar.ENGINE,
        loaded_ms=now_ms,
    )
    home.log.append(connection, [entry.encode()])
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_REMEMBERED, value))
    home.log.sign_checkpoint(connection, home.log_signer, now_ms)


def digest_in_force(connection: sqlite3.Connection) -> bytes:
    """Give the digest of the policy file that came into force last; empty before the first."""
    return _remembered(connection)[:_DIGEST]


def _remembered(connection: sqlite3.Connection) -> bytes:
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (_REMEMBERED,)
    ).fetchone()
    return bytes(row[0]) if row else b""


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o002:
                raise PolicyError.of_file(str(path), "others may write it", do=f"chmod o-w {path}")
            octets = file.read(_CAP + 1)
    except OSError as error:
        raise PolicyError.of_file(str(path), os.strerror(error.errno or 0)) from None
    if len(octets) > _CAP:
        raise PolicyError.of_file(str(path), f"larger than {_CAP} bytes")
    return octets
