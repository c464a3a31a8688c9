"""Claim a hit: show its token, and get what the holder's policy releases."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from fedquery.ask import asker_log, concluding, quota_told, receipts
from fedquery.ask.asker_log import Asked, Came, Looked
from fedquery.ask.clock import ClockError
from fedquery.ask.sealing import Sealed, seal_claim
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.store import Hit
from fedquery.errors import EncodingError, InputError, PeerError, ProofError, StorageError
from fedquery.psi.question import Claim
from fedquery.storage.transaction import transaction
from fedquery.transport.claim_reply import Summary
from fedquery.transport.head import AnswerHead, QuotaLeft
from fedquery.transport.query_outcome import Answered, NotAnswered

ClaimWord: TypeAlias = Literal["released", "contact us", "refused", "unavailable"]
_RECEIPT_LENGTH = 12
_DOWN = "coordinator-down"
_NOT_TOLD = Looked("", "")


class UnansweredError(PeerError):
    """A claim was sent and no coordinator brought its answer: the holder may know of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOutcome:
    """What a claim came to.

    Attributes:
        claim_id: the claim.
        nation: the holder.
        dataset: the dataset.
        word: what it came to.
        why: a slug, where nothing was released.
        reasons: public texts of the nation's policy.
        policy_ids: the ids of the rules that decided.
        reference: the holder's file reference.
        contact: the id of whom to write to.
        contact_text: how that contact is reached, from the nation's manifest.
        category: the category of the record.
        updated_ms: when the record was last changed.
        summary: at the level `summary` only.
        receipt: the name of the receipt; "" where nothing was answered, or it could not be kept.
        retry_after_s: seconds after which asking again can help, or 0.
        alarm: a proof, a signature or a key is false: stop, keep the receipt.
        kept: whether the receipt, and what came of the claim in the log, are on the disk.
    """

    claim_id: str
    nation: str
    dataset: str
    word: ClaimWord
    why: str = ""
    reasons: tuple[str, ...] = ()
    policy_ids: tuple[str, ...] = ()
    reference: str = field(default="", repr=False)
    contact: str = ""
    contact_text: str = ""
    category: str = field(default="", repr=False)
    updated_ms: int | None = None
    summary: Summary | None = field(default=None, repr=False)
    receipt: str = ""
    retry_after_s: int = 0
    alarm: bool = False
    kept: bool = True


async def claim_hit(
    session: Session,
    hit: Hit,
    level: Literal["reference", "summary"],
    deadline_ms: int,
    random: Callable[[int], bytes],
    *,
    looked: Looked = _NOT_TOLD,
) -> ClaimOutcome:
    """Send one claim and open its answer.

    Args:
        session: the open session.
        hit: the hit, with what the holder is told of the case today.
        level: how much is asked for.
        deadline_ms: how long the node has.
        random: the random source.
        looked: who claims and for which case, where it is known, for the auditor alone.

    Raises:
        InputError: if the time in which the hit could be claimed is over.
        PeerError: if no coordinator answers; an `UnansweredError` where the claim was sent.
    """
    if session.clock() >= hit.until_ms:
        raise InputError(
            "the time in which this hit could be claimed is over",
            do="Look the identifier up again, and claim the new hit.",
        )
    await session.freshen()
    nothing = ClaimOutcome(
        claim_id=hit.claim_id, nation=hit.nation, dataset=hit.dataset, word="unavailable"
    )
    trusted = session.state(hit.nation)
    if isinstance(trusted, Distrusted):
        return replace(nothing, why=trusted.why, alarm=trusted.alarm)
    if hit.dataset not in trusted.datasets:
        return replace(nothing, why="no-such-dataset")
    claim = Claim(
        dataset=hit.dataset,
        version=hit.version,
        tag=hit.tag,
        claim_token=hit.token,
        level=level,
        statement=hit.statement,
    )
    sealed = seal_claim(session.home, trusted, claim, now_ms=session.clock(), random=random)
    asked = Asked(
        sealed=sealed,
        asking="claim",
        version=hit.version,
        level=level,
        statement=hit.statement,
        looked=looked,
        follows=hit.request_digest,
    )
    with transaction(session.connection):
        # The claim leaves after this is committed.
        asker_log.write_asked(session.connection, session.home, [asked], random)
    try:
        answer = await _sent(session, sealed, deadline_ms)
    except (ProofError, EncodingError) as error:
        nothing = replace(nothing, why=concluding.why_of(error), alarm=True)
        return _concluded(session, sealed, nothing)
    except PeerError as error:
        _concluded(session, sealed, replace(nothing, why=_DOWN))
        # A connection that broke may have carried it before.
        raise UnansweredError(error.what, why=error.why) from None
    if isinstance(answer, NotAnswered):
        return _concluded(session, sealed, replace(nothing, why=answer.why))
    outcome, left = await _answered(session, sealed, nothing, answer.envelope, random)
    if left is not None:
        with contextlib.suppress(sqlite3.OperationalError), transaction(session.connection):
            quota_told.keep(session.connection, hit.nation, hit.statement.case.pseudonym, left)
    return outcome


async def _answered(
    session: Session,
    sealed: Sealed,
    nothing: ClaimOutcome,
    answer: bytes,
    random: Callable[[int], bytes],
) -> tuple[ClaimOutcome, QuotaLeft | None]:
    # An answer is not dropped for its receipt: without a name, there is none.
    kept = replace(nothing, kept=False)
    with contextlib.suppress(StorageError):
        name = random(_RECEIPT_LENGTH).hex()
        name = receipts.keep(session.home.receipts, name, sealed.receipt(answer))
        await asyncio.to_thread(receipts.make_durable, session.home.receipts, [name])
        kept = replace(nothing, receipt=name)
    try:
        opened = concluding.open_sealed(sealed, answer, session.clock())
    except (ProofError, EncodingError) as error:
        kept = replace(kept, why=concluding.why_of(error), alarm=True)
        return _concluded(session, sealed, kept, answer), None
    except ClockError as error:
        _concluded(session, sealed, replace(kept, why=error.slug), answer)
        raise
    outcome = _outcome(kept, opened.head, sealed.trusted.manifest.contact.get)
    concluded = _concluded(session, sealed, outcome, answer, opened.head)
    return concluded, opened.head.quota_left


def _concluded(
    session: Session,
    sealed: Sealed,
    outcome: ClaimOutcome,
    answer: bytes = b"",
    head: AnswerHead | None = None,
) -> ClaimOutcome:
    """Log what came of a claim; the nation has logged it, so it is shown all the same."""
    entry = asker_log.concluded(
        sealed, Came(outcome.word, outcome.why), session.clock(), answer=answer, head=head
    )
    try:
        with transaction(session.connection):
            asker_log.write_concluded(session.connection, session.home, [entry])
    except (sqlite3.OperationalError, StorageError):
        return replace(outcome, kept=False)
    return outcome


async def _sent(session: Session, sealed: Sealed, deadline_ms: int) -> Answered | NotAnswered:
    envelopes = {sealed.nation: sealed.envelope}
    async with contextlib.aclosing(session.coordinators.query(envelopes, deadline_ms)) as outcomes:
        async for outcome in outcomes:
            return outcome
    raise PeerError("no coordinator carried the claim", why=_DOWN)


def _outcome(
    kept: ClaimOutcome, head: AnswerHead, contact_of: Callable[[str], str | None]
) -> ClaimOutcome:
    decided = replace(kept, reasons=head.decision.reasons, policy_ids=head.decision.policy_ids)
    if head.refusal is not None:
        return replace(
            decided,
            word="refused",
            why=head.refusal.slug,
            reasons=decided.reasons or (head.refusal.text,),
            retry_after_s=head.refusal.retry_after_s,
        )
    reply = head.claim
    if reply is None:
        return replace(decided, why="off-protocol", alarm=True)
    return replace(
        decided,
        word="contact us" if reply.contact_us else "released",
        reference=reply.reference,
        contact=reply.contact_id,
        contact_text=contact_of(reply.contact_id) or "",
        category=reply.category,
        updated_ms=reply.updated_ms or None,
        summary=reply.summary,
    )
