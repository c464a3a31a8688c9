"""The keys that questions are sealed to: a day each, logged before use, destroyed after it."""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fedquery.audit.node import KeyEntry
from fedquery.seal.kem import KemPrivateKey
from fedquery_node.home import NodeHome

SEED_LENGTH = 32
HOUR_MS = 3_600_000
# protocol.md 5.3: destroyed 300 s after its end.
DESTROYED_AFTER_MS = 300_000
# The next key is there before the last quarter of the life of the one before.
_OVERLAP_SHARE = 4


@dataclass(frozen=True, slots=True)
class KemKey:
    """A key that questions may be sealed to.

    Attributes:
        private: the key.
        not_before_ms: from when it may be used.
        not_after_ms: until when it may be used.
        leaf: its log entry.
        log_index: where that stands.
    """

    private: KemPrivateKey = field(repr=False)
    not_before_ms: int
    not_after_ms: int
    leaf: bytes = field(repr=False)
    log_index: int


def load_keys(connection: sqlite3.Connection, home: NodeHome) -> dict[bytes, KemKey]:
    """Read every key that is not destroyed, by key id.

    A key whose file is gone, as after a restore from a backup, opens nothing any more: it is left
    out, and another is made where none is left.

    Raises:
        ConfigError: if the mode or owner of a key file is wrong.
    """
    rows = connection.execute(
        "SELECT key_id, not_before_ms, not_after_ms, leaf, log_index FROM kem_key"
        " WHERE destroyed_ms IS NULL"
    ).fetchall()
    return {
        key_id: KemKey(home.keys.kem_key(key_id), before, after, leaf, index)
        for key_id, before, after, leaf, index in rows
        if home.keys.has_kem(key_id)
    }


def needs_new_key(keys: Mapping[bytes, KemKey], home: NodeHome, now_ms: int) -> bool:
    """Say whether a new key is due."""
    life_ms = home.settings.kem_life_h * HOUR_MS
    return all(key.not_after_ms - now_ms < life_ms // _OVERLAP_SHARE for key in keys.values())


def create(
    connection: sqlite3.Connection, home: NodeHome, random: Callable[[int], bytes], now_ms: int
) -> None:
    """Make a key, and log and checkpoint it, in the caller's transaction.

    The file is written first: a crash in between leaves a file that nothing names.
    """
    private = home.keys.create_kem(random(SEED_LENGTH))
    not_after_ms = now_ms + home.settings.kem_life_h * HOUR_MS
    entry = KeyEntry(
        nation=home.nation,
        key_id=private.key_id,
        public_digest=hashlib.sha256(private.public).digest(),
        not_before_ms=now_ms,
        not_after_ms=not_after_ms,
    ).encode()
    index, _ = home.log.append(connection, [entry])
    connection.execute(
        "INSERT INTO kem_key VALUES (?, ?, ?, ?, ?, ?, NULL)",
        (private.key_id, private.public, now_ms, not_after_ms, entry, index),
    )
    home.log.sign_checkpoint(connection, home.log_signer, now_ms)


def destroy_ended(connection: sqlite3.Connection, home: NodeHome, now_ms: int) -> int:
    """Destroy the keys whose time is over, in the caller's transaction.

    Returns:
        how many.
    """
    ended = connection.execute(
        "SELECT key_id FROM kem_key WHERE destroyed_ms IS NULL AND not_after_ms + ? <= ?",
        (DESTROYED_AFTER_MS, now_ms),
    ).fetchall()
    for (key_id,) in ended:
        # A crash after this leaves a row without a file; the next call only marks it.
        home.keys.destroy_kem(key_id)
        connection.execute("UPDATE kem_key SET destroyed_ms = ? WHERE key_id = ?", (now_ms, key_id))
    return len(ended)
