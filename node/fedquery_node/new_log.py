"""Begin a new log in a data directory whose log went back or forked: an operator's way out.

The old log cannot be mended: its key has signed what it does not hold. So it is set aside whole,
with its keys and the evidence, and an empty log begins under new keys, which the other nations have
to enrol. Records, quotas and blocks stay. What must stand in a log before it is used (publications,
keys to seal to, the policy, grants, rosters, teams) is to be put in force anew.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import destroy, make_private_directory
from fedquery.errors import ConfigError, InputError
from fedquery.federation import member_list
from fedquery.federation.cards import fingerprint, write_card
from fedquery.federation.member_file import NOTE, REMEMBERED
from fedquery.federation.members import NodeEntry
from fedquery.storage import log_fork, log_schema
from fedquery.storage.database import DirectoryLock
from fedquery.storage.transaction import transaction
from fedquery.tlog.note import split_note
from fedquery_node import forgetting
from fedquery_node.home import NodeHome
from fedquery_node.init import CARD
from fedquery_node.keystore import SEED_LENGTH
from fedquery_node.opening import PUBLISH_LOCK, opened
from fedquery_node.serve import LOCK

SET_ASIDE: Final = "set-aside"
_KEYS: Final = ("log", "witness")
# What points into the old log, or was told to be in it.
_OF_THE_OLD_LOG: Final = (
    "publication",
    "view",
    "request",
    "detail",
    "legal_hold",
    "review",
    "proposal",
    "granted",
    "kem_key",
)


def begin_new_log(
    path: Path, *, without_evidence: bool, random: Callable[[int], bytes], now_ms: int
) -> tuple[Path, str]:
    """Set the log of a stopped node aside and begin an empty one under new keys.

    It may be interrupted anywhere and begun again: until the end the node does not start, or where
    there was no evidence, not before its new log has begun; then it ends what was interrupted.

    Args:
        path: the data directory.
        without_evidence: do it also where no evidence is kept that the log went back.
        random: the random source, for keys.
        now_ms: the time.

    Returns:
        Where the old log lies, and the fingerprint of the new card.

    Raises:
        BusyError: if the node serves, imports or publishes.
        ConfigError, StorageError: if the directory cannot be used.
        InputError: if no evidence is kept and it was not asked for without.
    """
    with (
        DirectoryLock(path, LOCK),
        DirectoryLock(path, PUBLISH_LOCK),
        opened(path, even_forked=True) as (home, connection),
    ):
        _require_evidence(path, connection, without_evidence=without_evidence)
        entry = _entry(home)
        aside = _set_aside(home, connection, now_ms)
        _renew_keys(home, entry, random)
        _begin(home, connection)
        forgetting.finish(connection, path, home.keys)
        with contextlib.suppress(FileNotFoundError):
            # In the end, so that whatever happens before leaves a node that does not start.
            (path / log_fork.DIRECTORY).rename(aside / log_fork.DIRECTORY)
    return aside, fingerprint(_with_keys(entry, home))


def _require_evidence(
    path: Path, connection: sqlite3.Connection, *, without_evidence: bool
) -> None:
    try:
        log_fork.require_one_history(path, connection)
    except log_fork.LogForkedError:
        return
    if not without_evidence:
        raise InputError(
            "nothing says that this log went back or forked, so it is not set aside",
            do="Where you know that it is behind, as after a restore: --without-evidence.",
        )


def _entry(home: NodeHome) -> NodeEntry:
    """Read the entry of this node out of the member list, whatever its age."""
    try:
        body, _ = split_note((home.path / NOTE).read_bytes(), member_list.CAP * 2)
        return member_list.parse(body).nodes[home.nation]
    except (OSError, InputError, KeyError):
        raise ConfigError(
            f"{home.path / NOTE}: does not name this node",
            do="Put back the member list that named it; the new card takes the address from it.",
        ) from None


def _set_aside(home: NodeHome, connection: sqlite3.Connection, now_ms: int) -> Path:
    """Copy database and keys; nothing of the old log is changed before the copy is durable."""
    moment = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%S.%f")
    make_private_directory(home.path / SET_ASIDE)
    aside = home.path / SET_ASIDE / moment
    make_private_directory(aside)
    make_private_directory(aside / "keys")
    target = aside / "node.db"
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with contextlib.closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
    for name in _KEYS:
        _copy(home.path / "keys" / f"{name}.key", aside / "keys" / f"{name}.key")
    for name in ("node.toml", NOTE, CARD):
        with contextlib.suppress(FileNotFoundError):
            _copy(home.path / name, aside / name)
    for file in (target, aside / "keys", aside, home.path / SET_ASIDE):
        _sync(file)
    return aside


def _renew_keys(home: NodeHome, entry: NodeEntry, random: Callable[[int], bytes]) -> None:
    """Put new keys in the place of the old ones, and write the card that introduces them.

    With new keys the old log does not verify, so that a node which is started before the new one
    begins ends with that, and signs nothing.
    """
    keys = home.path / "keys"
    for name in _KEYS:
        destroy(keys / f"{name}.next.key")
        home.keys.create(f"{name}.next", random(SEED_LENGTH))
    for name in _KEYS:
        (keys / f"{name}.next.key").replace(keys / f"{name}.key")
    _sync(keys)
    (home.path / CARD).write_bytes(write_card(_with_keys(entry, home), home.signing_key))


def _with_keys(entry: NodeEntry, home: NodeHome) -> NodeEntry:
    return replace(
        entry,
        log_vkey=home.keys.log_signer(home.log.origin).verifier_key,
        witness_vkey=home.keys.cosigner(home.nation).verifier_key,
    )


def _begin(home: NodeHome, connection: sqlite3.Connection) -> None:
    with transaction(connection):
        for table in _OF_THE_OLD_LOG:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name from the list above
        # A member list of a lower number is refused as before.
        connection.execute("DELETE FROM remembered WHERE key <> ?", (REMEMBERED,))
        forgetting.note(connection)
        log_schema.drop(connection)
        home.log.install(connection)


def _copy(source: Path, target: Path) -> None:
    octets = source.read_bytes()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
