"""From an answer envelope to outcomes: opened, checked in full, and only then put into a word."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.agreeing import beside_lost
from fedquery.ask.clock import ClockError
from fedquery.ask.outcome import OVERDUE, Outcome, Witnesses, Word
from fedquery.ask.planning import Form
from fedquery.ask.sealing import Sealed, SealedQuestion
from fedquery.ask.store import Hit
from fedquery.errors import EncodingError, ProofError, PublicationError
from fedquery.psi.answer import decode_body, require_empty_body
from fedquery.psi.asker import Finding
from fedquery.psi.prefix import slot_count
from fedquery.psi.publication import Publication
from fedquery.seal.answer import open_answer
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.seal.signing import VerifyKey
from fedquery.transport.answer import decode_head
from fedquery.transport.head import AnswerHead

# protocol.md 4: a publication may be late by this much.
OVERDUE_SLACK_MS: Final = 300_000
# What a node says of itself or of the octets, rather than of whether it may answer.
_NOT_ANSWERED: Final = frozenset(
    {
        "bad-point",
        "busy",
        "duplicate-point",
        "epoch-unknown",
        "expired",
        "id-reused",
        "internal",
        "message-malformed",
        "not-ready",
        "too-many-tries",
    }
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer that was opened, its signature and its binding to the request verified.

    Attributes:
        head: its head.
        body: its body, still to be decoded.
    """

    head: AnswerHead = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What one answer came to.

    Attributes:
        outcomes: one for each identifier.
        hits: what can be claimed.
        buckets: buckets to hold, verified.
    """

    outcomes: tuple[Outcome, ...]
    hits: tuple[Hit, ...] = ()
    buckets: Mapping[int, bytes] = field(default_factory=dict, repr=False)


def open_sealed(sealed: Sealed, answer: bytes, now_ms: int) -> Opened:
    """Open an answer envelope.

    Args:
        sealed: the request.
        answer: the answer envelope.
        now_ms: the time.

    Raises:
        ProofError: if the nation did not sign it, it is to another request, or was changed.
        EncodingError: if it does not parse, or a refusal or claim says something beside its head.
        ClockError: if the node's time is more than 120 s from ours.
    """
    key = VerifyKey.decode(sealed.trusted.node.signing_public)
    opened = open_answer(sealed.context, answer, key)
    if abs(opened.header.answered_ms - now_ms) > CLOCK_SLACK_MS:
        raise ClockError("a node's clock and this machine's differ by more than 120 s")
    head, body = decode_head(opened.message)
    if head.refusal is not None or head.claim is not None:
        require_empty_body(body)
    return Opened(head, body)


def conclude(
    question: SealedQuestion,
    opened: Opened,
    *,
    lookup_id: str,
    receipt: str,
    now_ms: int,
    random: Callable[[int], bytes],
) -> Conclusion:
    """Check an answer and say what it means for each identifier.

    Args:
        question: the question.
        opened: its answer.
        lookup_id: the lookup that it belongs to.
        receipt: the name of the receipt that was kept.
        now_ms: the time.
        random: the random source, for ids of claims.

    Raises:
        ProofError: if one of the eight checks fails.
        EncodingError: if the body does not parse.
    """
    head = opened.head
    if head.refusal is not None:
        places = sorted({form.place for form in question.forms})
        publication = question.asking.terms.publication
        witnesses = question.sealed.trusted.witnesses
        said = refused(head, publication, places, receipt, witnesses)
        return Conclusion(beside_lost(question.forms, said))
    publication = question.asking.terms.publication
    if head.opening is None or head.version != publication.version:
        raise PublicationError("the answer is from another version than was asked")
    asking, bits = question.asking, publication.prefix_bits
    slots = slot_count(asking.size_class, asking.prefix_len, bits, asking.columns)
    body = decode_body(opened.body, asking.size_class, slots, publication.capacity, bits)
    # Checks 4 to 8 of protocol.md 4.
    concluded = asking.conclude(head.opening, body)
    found = {finding.input: finding for finding in concluded.findings}
    late = now_ms > publication.next_due_ms + OVERDUE_SLACK_MS
    outcomes: list[Outcome] = []
    hits: list[Hit] = []
    for place in sorted({form.place for form in question.forms}):
        forms = [form for form in question.forms if form.place == place]
        present = [form for form in forms if found[form.octets].present]
        # The exact form, where it is there.
        chosen = max(present, key=lambda form: form.exact, default=None)
        claim_id = random(8).hex() if chosen is not None else ""
        if chosen is not None:
            hits.append(_hit(question, found[chosen.octets], claim_id, lookup_id))
        word, why = _word(chosen, late=late)
        outcomes.append(
            Outcome(
                place=place,
                nation=publication.nation,
                dataset=publication.dataset,
                kind=publication.kind,
                word=word,
                why=why,
                policy_ids=head.decision.policy_ids,
                weak=chosen is not None and not chosen.exact,
                overdue=late and chosen is not None,
                as_of_ms=publication.published_ms,
                version=publication.version,
                receipt=receipt,
                claim_id=claim_id,
                witnesses=question.sealed.trusted.witnesses,
            )
        )
    return Conclusion(beside_lost(question.forms, outcomes), tuple(hits), concluded.buckets)


def failed(
    question: SealedQuestion, why: str, *, alarm: bool = False, receipt: str = ""
) -> tuple[Outcome, ...]:
    """Say that a question was not answered, for each of its identifiers."""
    publication = question.asking.terms.publication
    said = (
        Outcome(
            place=place,
            nation=publication.nation,
            dataset=publication.dataset,
            kind=publication.kind,
            word="unavailable",
            why=why,
            receipt=receipt,
            alarm=alarm,
            witnesses=question.sealed.trusted.witnesses,
        )
        for place in sorted({form.place for form in question.forms})
    )
    return beside_lost(question.forms, said)


def why_of(error: ProofError | EncodingError) -> str:
    """Name what is wrong with an answer that failed a check."""
    return error.slug if isinstance(error, ProofError) else "off-protocol"


def _word(chosen: Form | None, *, late: bool) -> tuple[Word, str]:
    if chosen is not None:
        return "hit", OVERDUE if late else ""
    # A publication past its time shows what was in it, and not what was not.
    return ("stale", OVERDUE) if late else ("no hit", "")


def refused(
    head: AnswerHead,
    publication: Publication,
    places: Iterable[int],
    receipt: str,
    witnesses: Witnesses,
) -> tuple[Outcome, ...]:
    """Say that a nation refused a question, for each of its identifiers.

    Args:
        head: the head of the answer; without a refusal there is nothing to say.
        publication: what was asked about.
        places: those of the identifiers.
        receipt: the name of the receipt that was kept.
        witnesses: who has seen the log.
    """
    refusal = head.refusal
    if refusal is None:
        return ()
    word: Word = "unavailable" if refusal.slug in _NOT_ANSWERED else "refused"
    reasons = head.decision.reasons or ((refusal.text,) if refusal.text else ())
    return tuple(
        Outcome(
            place=place,
            nation=publication.nation,
            dataset=publication.dataset,
            kind=publication.kind,
            word=word,
            why=refusal.slug,
            reasons=reasons,
            policy_ids=head.decision.policy_ids,
            receipt=receipt,
            retry_after_s=refusal.retry_after_s,
            witnesses=witnesses,
        )
        for place in places
    )


def _hit(question: SealedQuestion, finding: Finding, claim_id: str, lookup_id: str) -> Hit:
    publication = question.asking.terms.publication
    return Hit(
        claim_id=claim_id,
        lookup_id=lookup_id,
        nation=publication.nation,
        dataset=publication.dataset,
        version=publication.version,
        tag=finding.tag,
        token=finding.claim_token,
        statement=question.statement,
        request_digest=question.sealed.context.request_digest,
        until_ms=publication.published_ms + publication.claim_window_ms,
    )
