"""What a node keeps of each request while its octets can be opened: enough to answer them alike.

Who replays an old request, as a relay can, gets it refused and adds nothing to the log.
"""

import sqlite3
from dataclasses import dataclass, field

from fedquery.transport.answer import HEAD_LENGTH, decode_head, encode_head
from fedquery.transport.head import AnswerHead
from fedquery_node.admit import Admitted


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a request.

    Attributes:
        digest: the digest of its octets.
        head: the head of its answer.
        granted: whether elements were evaluated.
        version: with which version.
        tries: how often it was answered again.
    """

    digest: bytes
    head: AnswerHead = field(repr=False)
    granted: bool
    version: int
    tries: int


def find(connection: sqlite3.Connection, admitted: Admitted) -> Kept | None:
    """Find what is kept of the request id of an agency."""
    row = connection.execute(
        "SELECT digest, head, granted, version, tries FROM request"
        " WHERE agency = ? AND request_id = ?",
        _key(admitted),
    ).fetchone()
    if row is None:
        return None
    digest, octets, granted, version, tries = row
    head, _ = decode_head(octets.ljust(HEAD_LENGTH, b"\0"))
    return Kept(digest, head, bool(granted), version, tries)


def keep(
    connection: sqlite3.Connection, admitted: Admitted, head: AnswerHead, *, granted: bool
) -> None:
    """Keep a request that was judged, in the caller's transaction."""
    asked = admitted.asked
    connection.execute(
        "INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            *_key(admitted),
            admitted.opened.digest,
            # Most of a head is the zeros that give it one length.
            encode_head(head).rstrip(b"\0"),
            int(granted),
            asked.dataset if asked is not None else "",
            asked.version if asked is not None else 0,
            admitted.opens_until_ms,
        ),
    )


def tried(connection: sqlite3.Connection, admitted: Admitted) -> None:
    """Count one more answer to the same octets, in the caller's transaction."""
    connection.execute(
        "UPDATE request SET tries = tries + 1 WHERE agency = ? AND request_id = ?", _key(admitted)
    )


def forget_expired(connection: sqlite3.Connection, now_ms: int) -> int:
    """Forget the requests that no key opens any more.

    Returns:
        how many.
    """
    return connection.execute("DELETE FROM request WHERE expires_ms <= ?", (now_ms,)).rowcount


def _key(admitted: Admitted) -> tuple[str, bytes]:
    fields = admitted.opened.header.fields
    return fields.agency, fields.request_id
