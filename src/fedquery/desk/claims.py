"""The claims that officers made, sealed: each kept before it leaves, and sent once.

A holder learns from a claim which of its records it is about, and logs each. So the id of a claim
is that of its hit and of its turn: whatever pages, tabs and officers send it, the first claim of a
hit is one claim. A claim that was under way when the desk stopped stays: what came of it is
unknown, and the holder may know.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, cast

from fedquery.ask.claiming import ClaimOutcome
from fedquery.ask.outcome import Outcome
from fedquery.desk import acts, cases, questions
from fedquery.desk.access import NotThereError, Reader, may_supervise
from fedquery.desk.acts import Act
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.refusals import IdReusedError
from fedquery.desk.store import ID_OCTETS, DeskStore
from fedquery.storage.transaction import transaction
from fedquery.transport.claim_reply import Summary

Level: TypeAlias = Literal["reference", "summary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """A claim that is to be made.

    Attributes:
        act_id: its id, `id_of` its hit and its turn.
        claim_id: the hit, as its outcome names it.
        account_id: who claims.
        level: how much is asked for.
    """

    act_id: str
    claim_id: str
    account_id: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptClaim:
    """A claim that is kept.

    Attributes:
        act_id: its id.
        claim_id: the hit, as its outcome names it.
        account_id: who claimed.
        claimed_ms: when.
        level: how much was asked for.
        outcome: what it came to; None where that is not known.
        why: the slug of why nothing was sent; "" otherwise.
    """

    act_id: str
    claim_id: str
    account_id: str
    claimed_ms: int
    level: Level
    outcome: ClaimOutcome | None = field(repr=False)
    why: str = ""


def id_of(store: DeskStore, question_id: str, claim_id: str, turn: int) -> str:
    """Name a claim: the same for whoever sends it, 16 hexadecimal digits.

    Args:
        store: the store.
        question_id: the question that found the hit.
        claim_id: the hit, as its outcome names it.
        turn: how many claims of this hit there were before it, from 0.
    """
    # No text that is marked elsewhere has a NUL in it.
    return store.mark(f"claim\0{question_id}\0{claim_id}\0{turn}")[:ID_OCTETS].hex()


def begin(
    store: DeskStore, question: KeptQuestion, new: NewClaim, now_ms: int
) -> tuple[KeptClaim, bool]:
    """Keep a claim before it leaves; whoever calls has read the case to act in it.

    Returns:
        the claim, and whether it is to be sent now: otherwise it was before, by whomever and
        however much they asked for.

    Raises:
        IdReusedError: if a claim of another hit has this id.
    """
    with transaction(store.connection):
        found = _of_question(store, question.question_id)
        kept = next((one for one in found if one.act_id == new.act_id), None)
        if kept is not None:
            if kept.claim_id != new.claim_id:
                raise IdReusedError
            return kept, False
        place = _place(new.act_id, new.claim_id, new.account_id)
        fresh = store.connection.execute(
            "INSERT OR IGNORE INTO claim VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                new.act_id,
                question.question_id,
                new.claim_id,
                new.account_id,
                now_ms,
                new.level,
                store.seal(question.question_id, place, {"outcome": None, "why": ""}),
            ),
        ).rowcount
        if not fresh:
            raise IdReusedError
        act = Act(now_ms, new.account_id, "claimed", new.act_id)
        acts.write(store.connection, question.case_id, act)
    return KeptClaim(**asdict(new), claimed_ms=now_ms, outcome=None), True


def finish(store: DeskStore, question_id: str, claim: KeptClaim, outcome: ClaimOutcome) -> None:
    """Keep what a claim came to."""
    _settle(store, question_id, claim, {"outcome": asdict(outcome), "why": ""})


def end(store: DeskStore, question_id: str, claim: KeptClaim, why: str) -> None:
    """Keep why nothing of a claim was sent.

    Args:
        store: the store.
        question_id: the question whose hit it was for.
        claim: the claim.
        why: the slug of the error.
    """
    _settle(store, question_id, claim, {"outcome": None, "why": why})


def of_question(store: DeskStore, reader: Reader, question_id: str) -> list[KeptClaim]:
    """Read the claims of the hits of a question, the oldest first.

    Raises:
        NotThereError: if there is no question of this id that this person may read.
    """
    questions.read(store, reader, question_id)
    return _of_question(store, question_id)


def of_same_record(
    store: DeskStore, reader: Reader, question: KeptQuestion, hit: Outcome
) -> list[tuple[str, KeptClaim]]:
    """Read the claims of the same identifier in the same version by other questions of the case.

    Args:
        store: the store.
        reader: who reads.
        question: the question that found the hit.
        hit: the hit.

    Returns:
        each with the id of its question, the oldest first.

    Raises:
        NotThereError: if this person may not read the case.
    """
    sought = question.asked[hit.place].encoded
    found = questions.answered_since(store, reader, (question.case_id,), {sought}, 0)
    cell = (hit.nation, hit.dataset, hit.version)
    return [
        (one.question_id, claim)
        for one in found.get(sought, ())
        if one.question_id != question.question_id
        and (one.outcome.nation, one.outcome.dataset, one.outcome.version) == cell
        for claim in _of_question(store, one.question_id)
        if claim.claim_id == one.outcome.claim_id
    ]


def read_any(store: DeskStore, question_id: str) -> list[KeptClaim]:
    """Read the claims of a question to erase it, which nobody looks at."""
    return _of_question(store, question_id)


def some_of_case(
    store: DeskStore, reader: Reader, case_id: str, act_ids: Iterable[str]
) -> dict[str, tuple[str, KeptClaim]]:
    """Read some claims of a case: of each, by its id, the id of the question and the claim.

    Raises:
        NotThereError: if there is no case of this id that this person may read.
    """
    cases.read(store, reader, case_id)
    found = {}
    for act_id in act_ids:
        row = store.connection.execute(
            "SELECT question_id FROM claim JOIN question USING (question_id)"
            " WHERE act_id = ? AND case_id = ?",
            (act_id, case_id),
        ).fetchone()
        if row is not None:
            claims = {one.act_id: one for one in _of_question(store, row[0])}
            found[act_id] = (row[0], claims[act_id])
    return found


def by_account(store: DeskStore, reader: Reader, since_ms: int, until_ms: int) -> dict[str, int]:
    """Count the claims of each account from one moment to before another.

    Raises:
        NotThereError: if this person does not supervise.
    """
    if not may_supervise(reader):
        raise NotThereError
    rows = store.connection.execute(
        "SELECT account_id, count(*) FROM claim WHERE claimed_ms >= ? AND claimed_ms < ?"
        " GROUP BY account_id",
        (since_ms, until_ms),
    ).fetchall()
    return dict(rows)


def _settle(store: DeskStore, question_id: str, claim: KeptClaim, document: dict[str, Any]) -> None:
    place = _place(claim.act_id, claim.claim_id, claim.account_id)
    with transaction(store.connection):
        store.connection.execute(
            "UPDATE claim SET sealed = ? WHERE act_id = ?",
            (store.seal(question_id, place, document), claim.act_id),
        )


def _of_question(store: DeskStore, question_id: str) -> list[KeptClaim]:
    rows = store.connection.execute(
        "SELECT act_id, claim_id, account_id, claimed_ms, level, sealed FROM claim"
        " WHERE question_id = ? ORDER BY claimed_ms, act_id",
        (question_id,),
    ).fetchall()
    return [_kept(row, store.unseal(question_id, _place(*row[:3]), row[5])) for row in rows]


def _kept(row: tuple[Any, ...], said: dict[str, Any]) -> KeptClaim:
    outcome = said["outcome"]
    return KeptClaim(
        act_id=row[0],
        claim_id=row[1],
        account_id=row[2],
        claimed_ms=row[3],
        level=cast("Level", row[4]),
        outcome=None if outcome is None else _outcome(outcome),
        why=said["why"],
    )


def _outcome(said: dict[str, Any]) -> ClaimOutcome:
    summary = said["summary"]
    return ClaimOutcome(
        **{
            **said,
            "reasons": tuple(said["reasons"]),
            "policy_ids": tuple(said["policy_ids"]),
            "summary": None if summary is None else Summary(**summary),
        }
    )


def _place(act_id: str, claim_id: str, account_id: str) -> str:
    return f"claim {act_id} {claim_id} {account_id}"
