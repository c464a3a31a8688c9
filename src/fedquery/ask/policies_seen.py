"""Which policies each nation has said that it has, and since when, as its signed manifests tell.

It is what the agency has seen of the nation's word: which rules there are, by id, title and level.
Between two manifests a policy may have come and gone; the nation's own log has every one.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import InputError
from fedquery.federation.offer import integer, listed, members
from fedquery.federation.policy_summary import PolicySummary

MOST: Final = 16
"""How many policies of a nation are kept: one that changes often pushes out its own old ones."""
_KEY: Final = "policies seen"
# 200 rules of the longest titles in the widest letters, 16 times over.
_CAP: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PolicySeen:
    """A policy of a nation.

    Attributes:
        since_ms: when the manifest was made that told of it first, by the nation's clock.
        summary: what it told.
    """

    since_ms: int
    summary: PolicySummary


def keep(
    connection: sqlite3.Connection, nation: str, created_ms: int, summary: PolicySummary | None
) -> None:
    """Keep what a manifest tells, in the caller's transaction; nothing where it tells the same.

    Args:
        connection: the asker's database.
        nation: whose manifest it is.
        created_ms: when that was made.
        summary: what it tells of the nation's policy, if anything.
    """
    if summary is None:
        return
    before = seen(connection, nation)
    if before and before[-1].summary == summary:
        return
    value: list[Json] = [
        {"since_ms": one.since_ms, "policy": one.summary.to_json()}
        for one in (*before, PolicySeen(created_ms, summary))[-MOST:]
    ]
    connection.execute(
        "INSERT OR REPLACE INTO remembered VALUES (?, ?)",
        (f"{_KEY} {nation}", canonical_json.dump(value)),
    )


def seen(connection: sqlite3.Connection, nation: str) -> tuple[PolicySeen, ...]:
    """List the policies that a nation has told of, the oldest first.

    Args:
        connection: the asker's database.
        nation: the nation.

    Returns:
        nothing where none was kept, or what was kept cannot be read: nothing rests on it, and a
        question must not fail for it.
    """
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (f"{_KEY} {nation}",)
    ).fetchone()
    if row is None:
        return ()
    try:
        kept = canonical_json.load(bytes(row[0]), cap=_CAP, what="policies seen")
        return tuple(_seen(one) for one in listed(kept, MOST))
    except InputError:
        return ()


def _seen(value: Json) -> PolicySeen:
    since_ms, policy = members(value, "since_ms", "policy")
    return PolicySeen(integer(since_ms), PolicySummary.from_json(policy))
