"""The state of a node's log, as its operator wants to see it: how long, cosigned, contradicted."""

import sqlite3

from fedquery.encoding.canonical_json import Json
from fedquery.errors import FedqueryError
from fedquery.federation.member_file import read_members, seen_of
from fedquery.federation.witnesses import policy_of
from fedquery.storage import log_fork
from fedquery.tlog.witness import Finding
from fedquery_node import kept_heads, manifests
from fedquery_node.home import NodeHome


def gather_log(
    home: NodeHome, connection: sqlite3.Connection, now_ms: int, *, verified: bool
) -> dict[str, Json]:
    """Read the state of the log.

    Args:
        home: the data directory.
        connection: reads one snapshot.
        now_ms: the time.
        verified: whether it was verified against itself just now.
    """
    latest = home.log.latest_checkpoint(connection)
    return {
        "origin": home.log.origin,
        "size": home.log.size(connection),
        "checkpoint_size": latest[0].size if latest else 0,
        "checkpoint_root": latest[0].root.hex() if latest else "",
        "verified": verified,
        "cosigned_size": _cosigned_size(home, connection, now_ms),
        "forked": _forked(home, connection),
        "forks_seen": sum(one.finding is Finding.FORK for one in kept_heads.refused(connection)),
    }


def render_log(log: dict[str, Json]) -> list[str]:
    """Write it for a person."""
    verified = ", verified against itself" if log["verified"] else ""
    lines = [
        f"log        {log['size']} entries, {log['checkpoint_size']} in a checkpoint{verified}",
        f"root       {log['checkpoint_root']}",
        f"witnesses  a majority has cosigned {log['cosigned_size']} entries",
    ]
    if log["forked"]:
        lines.append(f"LOG FORKED {log['forked']}")
    if log["forks_seen"]:
        lines.append(f"FORKS SEEN {log['forks_seen']}, of other logs: `fedquery-node witness`")
    return lines


def _cosigned_size(home: NodeHome, connection: sqlite3.Connection, now_ms: int) -> int:
    """Say how much a majority has seen: by the keys of now, as askers count."""
    try:
        listed = read_members(home.path, now_ms, seen_of(connection))
        trust = policy_of(listed.federation, home.log.origin)
    except (FedqueryError, ValueError):
        # The list is out of use, which `members` says. Nobody counts then.
        return 0
    # Alone, a nation has no witnesses, and nothing was cosigned.
    return manifests.witnessed_size(connection, home, trust) if trust.needed else 0


def _forked(home: NodeHome, connection: sqlite3.Connection) -> str:
    try:
        log_fork.require_one_history(home.path, connection)
    except log_fork.LogForkedError as error:
        return error.what
    return ""
