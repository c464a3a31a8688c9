"""The key of the nation's auditor in an agency's home: auditor.pub, one line of text."""

import hashlib
import sqlite3
from pathlib import Path
from typing import Final

from fedquery.audit.form import MAX_INTEGER
from fedquery.audit.node import KeyEntry
from fedquery.config.keyfile import read_pinned
from fedquery.config.whole_file import replace_file
from fedquery.errors import ConfigError, EncodingError, InputError
from fedquery.seal.auditor import AuditorKey
from fedquery.storage.log import LogStore
from fedquery.storage.transaction import transaction

AUDITOR: Final = "auditor.pub"
CAP: Final = 4_096


def read_auditor(home: Path, nation: str) -> AuditorKey | None:
    """Read the auditor's key of a home, or give none where there is none.

    Raises:
        ConfigError: if it is no such key, is another nation's, or others may write it: whoever
            swaps it reads what officers look up.
    """
    path = home / AUDITOR
    try:
        key = AuditorKey.parse(read_pinned(path, CAP))
    except FileNotFoundError:
        return None
    except EncodingError:
        raise ConfigError(
            f"{path}: is no auditor's key", do="Install it again: `fedquery audit install FILE`."
        ) from None
    if key.nation != nation:
        raise ConfigError(f"{path}: is another nation's auditor's key")
    return key


def fingerprint(key: AuditorKey) -> str:
    """Give what two people compare by a call: 16 octets of a hash, in groups."""
    digest = hashlib.sha256(key.key.public).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def install_auditor(
    home: Path,
    nation: str,
    key: AuditorKey,
    log: LogStore,
    connection: sqlite3.Connection,
    *,
    now_ms: int,
) -> None:
    """Put an auditor's key into a home, in the place of an older one, and log it before.

    What was sealed to an older key stays sealed to that one.

    Args:
        home: the agency's home.
        nation: its nation.
        key: the key.
        log: the agency's log.
        connection: the database of the home.
        now_ms: the time.

    Raises:
        InputError: if it is another nation's.
        ConfigError: if the file cannot be written.
    """
    if key.nation != nation:
        raise InputError(
            "this is another nation's auditor's key",
            do=f"Take the one of {nation}: what officers looked up would be sealed to strangers.",
        )
    entry = KeyEntry(
        use="auditor",
        nation=nation,
        key_id=key.key_id,
        public_digest=hashlib.sha256(key.key.public).digest(),
        not_before_ms=now_ms,
        not_after_ms=MAX_INTEGER,
    )
    with transaction(connection):
        log.append(connection, [entry.encode()])
    replace_file(home / AUDITOR, key.format().encode())
