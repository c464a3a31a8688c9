"""What each nation has shown, kept so that nothing older or other is believed afterwards.

Of its log there are two heads at most, each with the manifest that it came in. One is the newest
that a quorum of witnesses had seen: it is what is used. The other is the newest that still waits
for witnesses: nothing of it is used, but the log has signed it, and must not show another history
later. All of it holds for one log key, and is forgotten where the quorum enrols another.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from fedquery.ask import policies_seen
from fedquery.ask.versions_seen import forget_oldest, forget_waiting, keep_versions
from fedquery.errors import ConfigError
from fedquery.federation.members import NodeEntry
from fedquery.federation.policy_summary import PolicySummary
from fedquery.psi.publication import Publication
from fedquery.storage.transaction import transaction
from fedquery.tlog.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a nation's log, and the manifest in which it was shown.

    Attributes:
        checkpoint: the head.
        created_ms: when the manifest was made.
        note: the manifest.
    """

    checkpoint: Checkpoint
    created_ms: int
    note: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Before:
    """What a nation has shown before.

    Attributes:
        accepted: the newest head that a quorum of witnesses had seen, or None.
        waiting: a newer one that waits for witnesses, or None.
        new_log: whether the member list has another log key than all of that was for.
    """

    accepted: Head | None = None
    waiting: Head | None = None
    new_log: bool = False


def before(connection: sqlite3.Connection, node: NodeEntry) -> Before:
    """Read what a node has shown before, of the log that it has now.

    Raises:
        ConfigError: if its log has another name than before, and the same key.
    """
    if _has_new_log(connection, node):
        return Before(new_log=True)
    return Before(_head(connection, node, witnessed=1), _head(connection, node, witnessed=0))


def manifests(connection: sqlite3.Connection, nation: str) -> tuple[bytes, ...]:
    """Give the manifests that are kept of a nation, with their signatures."""
    rows = connection.execute(
        "SELECT manifest FROM shown WHERE nation = ? ORDER BY witnessed DESC", (nation,)
    ).fetchall()
    return tuple(bytes(row[0]) for row in rows)


def accept(
    connection: sqlite3.Connection,
    node: NodeEntry,
    head: Head,
    offered: Iterable[Publication],
    policy: PolicySummary | None = None,
) -> None:
    """Keep a manifest that a quorum of witnesses had seen, the versions that it offers, its policy.

    Args:
        connection: the asker's database.
        node: the node's entry in the member list.
        head: the manifest and its checkpoint, which continues the one before.
        offered: its publications.
        policy: what it tells of the nation's policy, if anything.

    Raises:
        RollbackError: if a version is older than one that was accepted.
        EquivocationError: if a version is another than it was.
    """
    with transaction(connection):
        _begin_log(connection, node)
        if _is_behind(connection, node, head):
            return
        publications = tuple(offered)
        keep_versions(connection, publications, witnessed=1)
        forget_oldest(connection, node.nation, {one.dataset for one in publications})
        policies_seen.keep(connection, node.nation, head.created_ms, policy)
        _keep_head(connection, node, head, witnessed=1)
        connection.execute(
            "DELETE FROM shown WHERE nation = ? AND witnessed = 0 AND size <= ?",
            (node.nation, head.checkpoint.size),
        )


def wait(
    connection: sqlite3.Connection, node: NodeEntry, head: Head, offered: Iterable[Publication]
) -> None:
    """Keep a manifest that too few witnesses had seen; nothing of it is used.

    Args:
        connection: the asker's database.
        node: the node's entry in the member list, with the log key that was shown before.
        head: the manifest and its checkpoint, which continues the one that was accepted.
        offered: its publications.

    Raises:
        RollbackError, EquivocationError: as `accept`.
    """
    with transaction(connection):
        # At first sight: should another key be enrolled before anything was accepted, what waits
        # here is not held against it.
        _begin_log(connection, node)
        keep_versions(connection, offered, witnessed=0)
        forget_waiting(connection, node.nation)
        _keep_head(connection, node, head, witnessed=0)


def _head(connection: sqlite3.Connection, node: NodeEntry, *, witnessed: int) -> Head | None:
    row = connection.execute(
        "SELECT origin, size, root, created_ms, manifest FROM shown"
        " WHERE nation = ? AND witnessed = ?",
        (node.nation, witnessed),
    ).fetchone()
    if row is None:
        return None
    if row[0] != node.log_vkey.name:
        raise ConfigError("the log of a nation has another name than before")
    return Head(Checkpoint(*row[:3]), row[3], row[4])


def _is_behind(connection: sqlite3.Connection, node: NodeEntry, head: Head) -> bool:
    """Tell whether another client of this home has accepted a newer one meanwhile."""
    row = connection.execute(
        "SELECT (size, created_ms) > (?, ?) FROM shown WHERE nation = ? AND witnessed = 1",
        (head.checkpoint.size, head.created_ms, node.nation),
    ).fetchone()
    return row is not None and bool(row[0])


def _keep_head(
    connection: sqlite3.Connection, node: NodeEntry, head: Head, *, witnessed: int
) -> None:
    # Never to an older one, whichever of two clients of this home comes last.
    connection.execute(
        "INSERT INTO shown VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT (nation, witnessed) DO UPDATE"
        " SET origin = ?3, size = ?4, root = ?5, created_ms = ?6, manifest = ?7"
        " WHERE (?4, ?6) > (size, created_ms)",
        (
            node.nation,
            witnessed,
            head.checkpoint.origin,
            head.checkpoint.size,
            head.checkpoint.root,
            head.created_ms,
            head.note,
        ),
    )


def _has_new_log(connection: sqlite3.Connection, node: NodeEntry) -> bool:
    """Tell whether the quorum has enrolled another log key for this node than was seen before."""
    known = _log_key(connection, node)
    return bool(known) and known != node.log_vkey.format().encode()


def _begin_log(connection: sqlite3.Connection, node: NodeEntry) -> None:
    """Remember the key of a log; with another one, nothing of the log before it holds.

    Versions begin anew too, under other OPRF keys: a bucket that was kept of the same number would
    be searched for tags that cannot be in it.
    """
    vkey = node.log_vkey.format().encode()
    if _log_key(connection, node) == vkey:
        return
    for table in ("shown", "version_seen", "bucket"):
        connection.execute(f"DELETE FROM {table} WHERE nation = ?", (node.nation,))  # noqa: S608 -- names of this tuple
    connection.execute(
        "INSERT OR REPLACE INTO remembered VALUES (?, ?)", (f"log key {node.nation}", vkey)
    )


def _log_key(connection: sqlite3.Connection, node: NodeEntry) -> bytes:
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (f"log key {node.nation}",)
    ).fetchone()
    return b"" if row is None else bytes(row[0])
