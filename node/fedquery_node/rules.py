"""The policy file in force: read, loaded and logged; a bad one never comes into force."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from fedquery.audit.node import PolicyEntry
from fedquery.errors import ConfigError
from fedquery.policy import cedar
from fedquery.policy.load import load_rules
from fedquery.policy.rules import Rules
from fedquery_node.home import NodeHome

SCHEMA = "schema.cedarschema"
_CAP = 200_000
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


def read_files(home: NodeHome) -> PolicyFiles:
    """Read the policy file of this nation and the schema.

    Raises:
        ConfigError: if one cannot be read, or may be written by others.
    """
    directory = home.settings.policies
    return PolicyFiles(_read(directory / f"{home.nation}.cedar"), _read(directory / SCHEMA))


def load(home: NodeHome, files: PolicyFiles) -> Rules:
    """Parse, validate and compile the files; the parser runs in a process of its own.

    Raises:
        ConfigError: if they cannot be taken, with line and column where one is to blame.
    """
    return load_rules(files.policy, files.schema, home.nation)


def log_in_force(connection: sqlite3.Connection, home: NodeHome, rules: Rules, now_ms: int) -> None:
    """Log and checkpoint the rules if others were in force before, in the caller's transaction."""
    value = rules.digest + rules.schema_digest
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (_REMEMBERED,)
    ).fetchone()
    if row is not None and row[0] == value:
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


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o002:
                raise ConfigError(f"{path}: others may write it", do=f"chmod o-w {path}")
            octets = file.read(_CAP + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {os.strerror(error.errno or 0)}") from None
    if len(octets) > _CAP:
        raise ConfigError(f"{path}: larger than {_CAP} bytes")
    return octets
