"""This node as a witness: the newest head that it cosigned of each log, and what it refused.

Whether a head may follow another one is `fedquery.tlog.witness`'s to say. Here it is read, decided
and kept in one transaction, so that no two requests are decided by one kept head.
"""

import sqlite3
from dataclasses import dataclass, field
from typing import Final

from fedquery.tlog.add_checkpoint import NOTE_CAP, AddCheckpoint
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import VerifierKey, open_note, signature_line
from fedquery.tlog.witness import Finding, NotCosignedError, cosign, nothing_of, require_extension

# One fork proves as much as many; of what proves nothing by itself the newest are of use.
MOST_REFUSED: Final = 64

TABLES: Final = (
    # A log whose key was replaced by the member list begins anew, as it does at askers.
    """CREATE TABLE witnessed_head (
        origin TEXT NOT NULL,
        log_key BLOB NOT NULL CHECK (length(log_key) = 32),
        size INTEGER NOT NULL CHECK (size >= 0),
        root BLOB NOT NULL CHECK (length(root) = 32),
        note BLOB NOT NULL,
        cosigned_ms INTEGER NOT NULL,
        PRIMARY KEY (origin, log_key)
    ) STRICT""",
    """CREATE TRIGGER witnessed_head_update BEFORE UPDATE ON witnessed_head
        WHEN NEW.origin <> OLD.origin OR NEW.log_key <> OLD.log_key OR NEW.size < OLD.size
        OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
        BEGIN SELECT raise(ABORT, 'a witness does not go back'); END""",
    """CREATE TRIGGER witnessed_head_delete BEFORE DELETE ON witnessed_head
        BEGIN SELECT raise(ABORT, 'a witness does not forget'); END""",
    """CREATE TABLE refused_checkpoint (
        id INTEGER PRIMARY KEY,
        origin TEXT NOT NULL,
        finding TEXT NOT NULL CHECK (finding IN ('older', 'unproven', 'fork')),
        size INTEGER NOT NULL,
        root BLOB NOT NULL,
        request BLOB NOT NULL,
        kept_note BLOB NOT NULL,
        seen_ms INTEGER NOT NULL,
        UNIQUE (origin, finding, size, root)
    ) STRICT""",
)


@dataclass(frozen=True, slots=True)
class Decided:
    """What this witness decided on a request.

    Attributes:
        line: its cosignature, kept before it is given; b"" where it was refused.
        refusal: why it was refused, or None.
        news: whether what was refused says something of its log that was not kept before.
    """

    line: bytes
    refusal: NotCosignedError | None = None
    news: bool = False


@dataclass(frozen=True, slots=True)
class RefusedCheckpoint:
    """A checkpoint that a log has signed and that this witness did not cosign.

    Attributes:
        origin: the log.
        finding: what it says of the log.
        size: the size of the refused checkpoint.
        request: the request, with the proof and the checkpoint.
        kept_note: what this witness had cosigned before, signed by the log and by this witness.
        seen_ms: when it came.
    """

    origin: str
    finding: Finding
    size: int
    request: bytes = field(repr=False)
    kept_note: bytes = field(repr=False)
    seen_ms: int


def decide(
    connection: sqlite3.Connection,
    cosigner: Cosigner,
    request: AddCheckpoint,
    checkpoint: Checkpoint,
    log_key: VerifierKey,
    *,
    now_ms: int,
) -> Decided:
    """Decide on a request, and keep what follows, in the caller's transaction.

    Args:
        connection: inside a transaction that writes.
        cosigner: the witness key of this node.
        request: the request.
        checkpoint: what `witness.require_signed` gave for it.
        log_key: the key of that log.
        now_ms: the time.
    """
    kept, kept_note = _kept(connection, log_key)
    try:
        require_extension(request, checkpoint, kept)
    except NotCosignedError as refusal:
        news = False
        if refusal.finding is not Finding.NOTHING:
            news = _keep_refused(
                connection,
                request,
                checkpoint,
                refusal.finding,
                kept_note=kept_note,
                now_ms=now_ms,
            )
        return Decided(b"", refusal, news)
    line = cosign(checkpoint, cosigner, now_ms // 1000)
    note = _signed_by_the_log(request.note, log_key) + line
    connection.execute(
        "INSERT INTO witnessed_head VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin, log_key)"
        " DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note,"
        " cosigned_ms = excluded.cosigned_ms",
        (log_key.name, log_key.public_key, checkpoint.size, checkpoint.root, note, now_ms),
    )
    return Decided(line)


def newest_note(connection: sqlite3.Connection, log_key: VerifierKey) -> bytes:
    """Give what was cosigned last of a log, signed by the log and by this witness; b"" for none."""
    return _kept(connection, log_key)[1]


def heads(connection: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """List what was cosigned last of each log and key: origin, size, when in ms."""
    return connection.execute(
        "SELECT origin, size, cosigned_ms FROM witnessed_head ORDER BY origin, cosigned_ms"
    ).fetchall()


def refused(connection: sqlite3.Connection) -> list[RefusedCheckpoint]:
    """List what was refused and kept, in the order in which it came."""
    rows = connection.execute(
        "SELECT origin, finding, size, request, kept_note, seen_ms FROM refused_checkpoint"
        " ORDER BY id"
    )
    return [RefusedCheckpoint(origin, Finding(finding), *rest) for origin, finding, *rest in rows]


def _kept(connection: sqlite3.Connection, log_key: VerifierKey) -> tuple[Checkpoint, bytes]:
    row = connection.execute(
        "SELECT size, root, note FROM witnessed_head WHERE origin = ? AND log_key = ?",
        (log_key.name, log_key.public_key),
    ).fetchone()
    if row is None:
        return nothing_of(log_key.name), b""
    return Checkpoint(log_key.name, row[0], row[1]), row[2]


def _signed_by_the_log(note: bytes, log_key: VerifierKey) -> bytes:
    """Leave out the lines that others have put below a checkpoint."""
    opened = open_note(note, [log_key], NOTE_CAP)
    (own,) = opened.signatures
    return opened.body + b"\n" + signature_line(own.name, own.key_id, own.signature)


def _keep_refused(
    connection: sqlite3.Connection,
    request: AddCheckpoint,
    checkpoint: Checkpoint,
    finding: Finding,
    *,
    kept_note: bytes,
    now_ms: int,
) -> bool:
    """Keep what was refused, once; say whether it was not there.

    A coordinator that submits it again, as each does every few seconds, pushes nothing out.
    """
    known = connection.execute(
        "SELECT 1 FROM refused_checkpoint"
        " WHERE origin = ? AND finding = ? AND size = ? AND root = ?",
        (checkpoint.origin, finding, checkpoint.size, checkpoint.root),
    ).fetchone()
    if known is not None:
        return False
    # The log has signed each of them, so nobody else can fill the disk; but a log might. A fork is
    # never pushed out by others, and least by what proves nothing.
    origin = checkpoint.origin
    (count,) = connection.execute(
        "SELECT count(*) FROM refused_checkpoint WHERE origin = ? AND finding = ?",
        (origin, finding),
    ).fetchone()
    if count >= MOST_REFUSED:
        if finding is Finding.FORK:
            return False
        connection.execute(
            "DELETE FROM refused_checkpoint WHERE id = (SELECT min(id) FROM refused_checkpoint"
            " WHERE origin = ? AND finding = ?)",
            (origin, finding),
        )
    connection.execute(
        "INSERT INTO refused_checkpoint VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
        (
            origin,
            finding,
            checkpoint.size,
            checkpoint.root,
            request.format(),
            kept_note,
            now_ms,
        ),
    )
    return True
