"""What a claim came to, in the language of the visitor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from fedquery.ask.claiming import ClaimOutcome, ClaimWord
from fedquery.desk.claims import KeptClaim
from fedquery.desk.language import N_
from fedquery.desk.outcome_words import LEAD
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do

_WORDS: Final[Mapping[ClaimWord, str]] = MappingProxyType(
    {
        "released": N_("released"),
        "contact us": N_("contact the holder"),
        "refused": N_("refused"),
        "unavailable": N_("unavailable"),
    }
)
_UNKNOWN: Final = N_("not known")
_NOT_SENT: Final = N_("not sent")
_MAY_KNOW: Final = N_(
    "No answer is kept: it is still under way, or the desk stopped. The holder may know of it."
)
_STOP: Final = N_("Stop. What was shown is false. Keep the receipt, and tell the operator.")
_UNKEPT: Final = N_(
    "The disk could not be written, and not all of this is kept. Copy what is shown."
)
_WHY: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "claim-unknown": (
            N_("No record fits this claim any more: it was withdrawn, or the time is over."),
            N_("Ask again, and claim the new hit."),
        ),
        "invalid-input": (
            N_("The time to claim this hit is over, or its case is closed."),
            N_("Ask again, and claim the new hit."),
        ),
    }
)
REFERENCE: Final = N_("Reference")
CATEGORY: Final = N_("Category")
CHANGED: Final = N_("Last changed")
CONTACT: Final = N_("Contact")
SUMMARY: Final = N_("Summary")
SEEN: Final = N_("Seen")


@dataclass(frozen=True, slots=True)
class ClaimSaid:
    """A claim, told.

    Attributes:
        claim: the claim.
        word: what it came to.
        facts: what the holder released: labels and values.
        sentences: what it means, and what to do.
        reasons: the public texts of the holder's policy.
        rules: the rules that decided.
        alarm: whether something that was shown is false.
    """

    claim: KeptClaim
    word: str
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    sentences: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    alarm: bool = False


def claim_word(claim: KeptClaim, voice: Voice) -> str:
    """Name what a claim came to."""
    if claim.outcome is not None:
        return voice.say(_WORDS[claim.outcome.word])
    return voice.say(_NOT_SENT if claim.why else _UNKNOWN)


def claim_said(claim: KeptClaim, holder: str, voice: Voice) -> ClaimSaid:
    """Tell what a claim came to.

    Args:
        claim: the claim.
        holder: the name of the nation that holds the record.
        voice: of the visitor.
    """
    say, outcome = voice.say, claim.outcome
    if outcome is None:
        if claim.why:
            what, do = _why(claim.why)
            return ClaimSaid(claim, claim_word(claim, voice), sentences=(say(what), say(do)))
        return ClaimSaid(claim, claim_word(claim, voice), sentences=(say(_MAY_KNOW),))
    return ClaimSaid(
        claim,
        claim_word(claim, voice),
        facts=_facts(outcome, voice),
        sentences=_sentences(outcome, holder, voice),
        reasons=outcome.reasons,
        rules=outcome.policy_ids,
        alarm=outcome.alarm,
    )


def _why(slug: str) -> tuple[str, str]:
    return _WHY.get(slug) or why_and_what_to_do(slug)


def _sentences(outcome: ClaimOutcome, holder: str, voice: Voice) -> tuple[str, ...]:
    say = voice.say
    said = []
    if outcome.alarm:
        said.append(say(_STOP))
    elif outcome.why:
        said += map(say, _why(outcome.why))
    elif outcome.word in {"released", "contact us"}:
        said.append(say(LEAD, desk=holder))
    if not outcome.kept:
        said.append(say(_UNKEPT))
    return tuple(said)


def _facts(outcome: ClaimOutcome, voice: Voice) -> tuple[tuple[str, str], ...]:
    say, summary = voice.say, outcome.summary
    changed = "" if outcome.updated_ms is None else voice.moment(outcome.updated_ms)
    contact = ": ".join(filter(None, (outcome.contact, outcome.contact_text)))
    found = [
        (say(REFERENCE), outcome.reference),
        (say(CATEGORY), outcome.category),
        (say(CHANGED), changed),
        (say(CONTACT), contact),
    ]
    if summary is not None:
        found.append((say(SUMMARY), summary.text))
        seen = f"{voice.moment(summary.first_seen_ms)} / {voice.moment(summary.last_seen_ms)}"
        found.append((say(SEEN), seen))
    return tuple((label, value) for label, value in found if value)
