"""The rules in force: read from what was activated, and from nowhere else."""

import os
import sqlite3
from pathlib import Path

from fedquery.errors import ConfigError
from fedquery.policy.complaint import PolicyError
from fedquery.policy.load import load_rules
from fedquery.policy.rules import Rules
from fedquery.policy.source import MAX_BYTES, SCHEMA_FILE, policy_file
from fedquery_node import policy_store
from fedquery_node.home import NodeHome
from fedquery_node.policy_store import Digests, PolicyFiles


def activated(connection: sqlite3.Connection) -> Digests:
    """Say what is in force.

    Raises:
        ConfigError: if nothing was ever activated.
    """
    digests = policy_store.in_force(connection)
    if digests is None:
        raise ConfigError(
            "no policy is in force, so there is nothing to decide by",
            do="Run `fedquery-node policy propose`, and then `fedquery-node policy activate`.",
        )
    return digests


def load(connection: sqlite3.Connection, home: NodeHome, digests: Digests) -> Rules:
    """Parse, validate and compile files that are kept; the parser runs in a process of its own.

    Raises:
        PolicyError: if they cannot be taken, as when another engine is installed since.
        StorageError: if they are not what their digests say.
    """
    files = policy_store.read_files(connection, digests)
    return load_rules(files.policy, files.schema, home.nation)


def path_of(home: NodeHome) -> Path:
    """Say where the policy file of this nation is edited."""
    return home.settings.policies / policy_file(home.nation)


def read_proposed(file: Path, schema: Path | None) -> PolicyFiles:
    """Read files from a directory that people edit.

    Args:
        file: the policy file.
        schema: the schema; None for the one beside it.

    Raises:
        PolicyError: if one cannot be read, or may be written by others.
    """
    return PolicyFiles(_read(file), _read(schema or file.parent / SCHEMA_FILE))


def difference(connection: sqlite3.Connection, home: NodeHome) -> str:
    """Say how the files in the directory differ from what is in force; empty where they do not."""
    try:
        if read_proposed(path_of(home), None).digests == policy_store.in_force(connection):
            return ""
    except PolicyError as error:
        return f"cannot be read: {error.what}"
    return "is not in force; `fedquery-node policy propose` it, or put the old one back"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o002:
                raise PolicyError.of_file(str(path), "others may write it", do=f"chmod o-w {path}")
            octets = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError.of_file(str(path), os.strerror(error.errno or 0)) from None
    if len(octets) > MAX_BYTES:
        raise PolicyError.of_file(str(path), f"larger than {MAX_BYTES} bytes")
    return octets
