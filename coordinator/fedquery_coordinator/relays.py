"""Relays in the log and in the table of request ids: durable before anything is passed on."""

import contextlib
import hmac
import sqlite3
from pathlib import Path

from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.errors import InputError
from fedquery_coordinator.envelopes import Query
from fedquery_coordinator.home import CoordinatorHome


class ReusedError(InputError):
    """A request id was used before, with other octets."""

    slug = "id-reused"
    default_do = "Draw a new request id for each question."


def log_relays(
    connection: sqlite3.Connection, home: CoordinatorHome, query: Query, now_ms: int
) -> None:
    """Log that envelopes are passed on, in the writer's transaction.

    Raises:
        ReusedError: if a request id was used with other octets.
        StorageError: if the log cannot be written; then nothing may be passed on.
    """
    entries = []
    for nation, envelope in query.envelopes.items():
        fields = envelope.header.fields
        row = connection.execute(
            "SELECT digest FROM seen WHERE agency = ? AND request_id = ?",
            (query.agency, fields.request_id),
        ).fetchone()
        if row is not None and not hmac.compare_digest(row[0], envelope.digest):
            raise ReusedError("a request id was used before, with other octets")
        if row is None:
            connection.execute(
                "INSERT INTO seen VALUES (?, ?, ?, ?)",
                (query.agency, fields.request_id, envelope.digest, fields.expires_ms),
            )
        # The same octets again are passed on again, and that is a relay too.
        entries.append(
            RelayEntry(
                request_digest=envelope.digest,
                from_agency=query.agency,
                to_nation=nation,
                size_class=fields.size_class,
                received_ms=now_ms,
            ).encode()
        )
    home.log.append(connection, entries)


def log_outcomes(
    connection: sqlite3.Connection,
    home: CoordinatorHome,
    outcomes: list[tuple[bytes, str]],
    now_ms: int,
) -> None:
    """Log what became of envelopes, in the writer's transaction.

    Args:
        connection: inside the transaction.
        home: the data directory.
        outcomes: digest and `answered`, or why there was no answer.
        now_ms: the time.
    """
    home.log.append(
        connection,
        [
            RelayedEntry(request_digest=digest, outcome=outcome, replied_ms=now_ms).encode()
            for digest, outcome in outcomes
        ],
    )


def forget_expired(connection: sqlite3.Connection, now_ms: int) -> None:
    """Forget the request ids of envelopes that would be refused as expired."""
    connection.execute("DELETE FROM seen WHERE expires_ms <= ?", (now_ms,))


def record(directory: Path | None, digest: bytes, direction: str, octets: bytes) -> None:
    """Write what was relayed as it was, where the operator asked for it.

    Args:
        directory: where to, or None for nowhere.
        digest: the digest of the request envelope.
        direction: `request` or `answer`.
        octets: the envelope.
    """
    if directory is None:
        return
    # The record is for a later look; that it cannot be written must not cost an answer.
    with contextlib.suppress(OSError):
        (directory / f"{digest.hex()}.{direction}").write_bytes(octets)
