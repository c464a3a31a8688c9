"""Answers under the break-glass purpose: on a list until a supervisor has signed them off.

They are put on it in the transaction that decides and logs them, so none can be missing. The list
says who asked which dataset and when, and nothing of whom they asked about.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from fedquery.audit.node import ReviewEntry
from fedquery.errors import InputError, SignatureError
from fedquery.policy.vocabulary import BREAK_GLASS
from fedquery.tlog.note import Signer, VerifierKey, sign
from fedquery_node import signers
from fedquery_node.home import NodeHome

_FIELDS: Final = "log_index, agency, dataset, level, answered_ms, signed_ms, signed_by"


@dataclass(frozen=True, slots=True)
class Review:
    """An answer that is, or was, to be looked at.

    Attributes:
        index: the place of its entry in the node's log.
        agency: who asked.
        dataset: what was asked.
        level: what was granted.
        answered_ms: when.
        signed_ms: when a supervisor signed it off; None while it is open.
        signed_by: with which key; None while it is open.
    """

    index: int
    agency: str
    dataset: str
    level: str
    answered_ms: int
    signed_ms: int | None = None
    signed_by: str | None = None


def note_answer(
    connection: sqlite3.Connection, purpose: str, review: Review, leaf_hash: bytes
) -> None:
    """Put an answer on the list if its purpose is the break-glass one, in the caller's transaction.

    Args:
        connection: inside the transaction that logs the answer.
        purpose: what it was asked for.
        review: the answer.
        leaf_hash: the hash of its log entry, 32 octets.
    """
    if purpose == BREAK_GLASS:
        connection.execute(
            "INSERT INTO review VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL)",
            (
                review.index,
                leaf_hash,
                review.agency,
                review.dataset,
                review.level,
                review.answered_ms,
            ),
        )


def listed(connection: sqlite3.Connection, *, signed: bool = False) -> tuple[Review, ...]:
    """List what is open, the oldest first; with `signed` also what is not."""
    chosen = "" if signed else "WHERE signed_ms IS NULL "
    rows = connection.execute(f"SELECT {_FIELDS} FROM review {chosen}ORDER BY log_index")  # noqa: S608  fixed texts
    return tuple(Review(*row) for row in rows)


def supervisors_of(home: NodeHome) -> tuple[VerifierKey, ...]:
    """Read who may sign reviews off.

    Raises:
        ConfigError: if node.toml names something else.
    """
    chosen = home.settings.review.supervisors
    return signers.read_listed(chosen, "supervisor", home.nation, "review.supervisors")


def sign_off(
    home: NodeHome, connection: sqlite3.Connection, index: int, supervisor: Signer, now_ms: int
) -> None:
    """Sign an answer off, and log that.

    Args:
        home: the data directory.
        connection: its database, inside a transaction.
        index: the place of the answer's entry in the log.
        supervisor: the key of whoever has looked at it.
        now_ms: the time.

    Raises:
        SignatureError: if node.toml does not name the key as a supervisor's.
        InputError: if there is no such answer, or it is signed off already.
    """
    if supervisor.verifier_key not in supervisors_of(home):
        raise SignatureError(
            "this key is not one of review.supervisors in node.toml",
            do="Sign with a key that it names.",
        )
    row = connection.execute(
        "SELECT leaf_hash FROM review WHERE log_index = ? AND signed_ms IS NULL", (index,)
    ).fetchone()
    if row is None:
        raise InputError(
            "no answer of this number waits for a review",
            do="`fedquery-node reviews` lists those that do.",
        )
    leaf_hash = bytes(row[0])
    by = signers.short_name(supervisor.verifier_key)
    # The leaf's hash too: what was looked at cannot be another entry than this one later.
    body = f"fedquery.review/v1 {home.log.origin} {index}\nleaf {leaf_hash.hex()}\n"
    note = sign(body.encode(), [supervisor])
    entry = ReviewEntry(nation=home.nation, index=index, leaf_hash=leaf_hash, by=by, at_ms=now_ms)
    home.log.append(connection, [entry.encode()])
    connection.execute(
        "UPDATE review SET signed_ms = ?, signed_by = ?, note = ? WHERE log_index = ?",
        (now_ms, by, note, index),
    )
