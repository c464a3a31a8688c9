"""What an asker keeps of its lookups: what they came to, and what can be claimed of them."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from fedquery.ask.outcome import Lookup, Outcome, Witnesses
from fedquery.cases.signed import SignedCard
from fedquery.errors import NotFoundError
from fedquery.psi.question import Statement

# What a statement says beside its card.
_SAID = ("purpose", "person_role", "aim", "officer_mark", "justification")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What is needed to claim a hit.

    Attributes:
        claim_id: its id, 16 hexadecimal digits.
        lookup_id: the lookup that found it.
        nation: the holder.
        dataset: the dataset.
        version: the version.
        tag: the tag, 8 octets.
        token: the claim token, 16 octets.
        statement: what the holder was told of the case.
        request_digest: SHA-256 of the request envelope of the question.
        until_ms: until when it can be claimed.
    """

    claim_id: str
    lookup_id: str
    nation: str
    dataset: str
    version: int
    tag: bytes = field(repr=False)
    token: bytes = field(repr=False)
    statement: Statement
    request_digest: bytes = field(repr=False)
    until_ms: int


def begin_lookup(connection: sqlite3.Connection, lookup: Lookup, officer_mark: str) -> None:
    """Keep that a lookup is under way, with what stands of it if it is never finished.

    Args:
        connection: the asker's database.
        lookup: the lookup.
        officer_mark: the mark of whoever asks, "" for nobody who is named.
    """
    connection.execute(
        "INSERT INTO lookup VALUES (?, ?, 0, ?, ?)",
        (lookup.lookup_id, lookup.asked_ms, dump_outcomes(lookup.outcomes), officer_mark),
    )


def finish_lookup(connection: sqlite3.Connection, lookup: Lookup, hits: Iterable[Hit]) -> None:
    """Keep what a lookup came to, and what can be claimed of it, in the caller's transaction."""
    connection.execute(
        "UPDATE lookup SET finished = 1, outcomes = ? WHERE lookup_id = ?",
        (dump_outcomes(lookup.outcomes), lookup.lookup_id),
    )
    connection.executemany(
        "INSERT INTO hit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                hit.claim_id,
                hit.lookup_id,
                hit.nation,
                hit.dataset,
                hit.version,
                hit.tag,
                hit.token,
                dump_statement(hit.statement),
                hit.request_digest,
                hit.until_ms,
            )
            for hit in hits
        ],
    )


def read_lookup(
    connection: sqlite3.Connection, lookup_id: str, officer_mark: str | None = None
) -> tuple[Lookup, bool]:
    """Read a lookup, and whether it was finished.

    Args:
        connection: the asker's database.
        lookup_id: its id.
        officer_mark: who must have asked it, or None.

    Raises:
        NotFoundError: if there is none of this id, or another officer asked it.
    """
    row = connection.execute(
        "SELECT asked_ms, finished, outcomes, officer_mark FROM lookup WHERE lookup_id = ?",
        (lookup_id,),
    ).fetchone()
    if row is None or (officer_mark is not None and row[3] != officer_mark):
        raise NotFoundError(
            "there is no lookup of this id", do="List them with `fedquery receipts`."
        )
    return Lookup(lookup_id, row[0], load_outcomes(row[2])), bool(row[1])


def recent(connection: sqlite3.Connection, most: int) -> list[tuple[Lookup, bool]]:
    """Read the newest lookups, the newest first."""
    rows = connection.execute(
        "SELECT lookup_id, asked_ms, finished, outcomes FROM lookup ORDER BY asked_ms DESC LIMIT ?",
        (most,),
    ).fetchall()
    return [(Lookup(row[0], row[1], load_outcomes(row[3])), bool(row[2])) for row in rows]


def find_hit(connection: sqlite3.Connection, claim_id: str) -> Hit:
    """Read what is needed to claim a hit.

    Raises:
        NotFoundError: if there is none of this id.
    """
    row = connection.execute(
        "SELECT lookup_id, nation, dataset, version, tag, token, statement, request_digest,"
        " until_ms FROM hit WHERE claim_id = ?",
        (claim_id,),
    ).fetchone()
    if row is None:
        raise no_such_hit()
    return Hit(
        claim_id=claim_id,
        lookup_id=row[0],
        nation=row[1],
        dataset=row[2],
        version=row[3],
        tag=row[4],
        token=row[5],
        statement=load_statement(row[6]),
        request_digest=row[7],
        until_ms=row[8],
    )


def no_such_hit() -> NotFoundError:
    """Make the error of a hit that is not there, or is another officer's: one text for both."""
    return NotFoundError("there is no hit of this id")


def forget_hits(connection: sqlite3.Connection, now_ms: int) -> None:
    """Forget the hits that cannot be claimed any more, with what holders were told of the case."""
    connection.execute("DELETE FROM hit WHERE until_ms <= ?", (now_ms,))


def forget_lookups(connection: sqlite3.Connection, lookup_ids: Iterable[str]) -> None:
    """Forget lookups with their hits, which can be claimed no more, in the caller's transaction."""
    ids = [(one,) for one in lookup_ids]
    connection.executemany("DELETE FROM hit WHERE lookup_id = ?", ids)
    connection.executemany("DELETE FROM lookup WHERE lookup_id = ?", ids)


def dump_statement(statement: Statement) -> bytes:
    """Write what a holder was told of a case."""
    said = {name: getattr(statement, name) for name in _SAID}
    return json.dumps({**said, "card": statement.card.note.decode()}).encode()


def load_statement(octets: bytes) -> Statement:
    """Read what `dump_statement` wrote."""
    said = json.loads(octets)
    card = SignedCard.read(said.pop("card").encode())
    return Statement(card=card, **said)


def dump_outcomes(outcomes: Iterable[Outcome]) -> str:
    """Write outcomes as JSON."""
    return json.dumps([asdict(outcome) for outcome in outcomes])


def load_outcomes(text: str) -> tuple[Outcome, ...]:
    """Read what `dump_outcomes` wrote."""
    return tuple(
        Outcome(
            **{
                **item,
                "reasons": tuple(item["reasons"]),
                "policy_ids": tuple(item["policy_ids"]),
                "witnesses": item["witnesses"] and Witnesses(**item["witnesses"]),
            }
        )
        for item in json.loads(text)
    )
