"""What was done in a case, as a page tells it: who, when, what, and of questions what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from fedquery.desk.acts import Act, What
from fedquery.desk.brief_question import BriefQuestion
from fedquery.desk.claim_words import claim_word
from fedquery.desk.claims import KeptClaim
from fedquery.desk.facts_words import Changed
from fedquery.desk.language import N_
from fedquery.desk.outcome_words import WORDS, Shape, word_of
from fedquery.desk.voice import Voice

_DONE: Final[Mapping[What, str]] = MappingProxyType(
    {
        "begun": N_("Case begun"),
        "added": N_("Officer added: %(name)s"),
        "removed": N_("Officer taken out: %(name)s"),
        "wanted": N_("Approval wanted for a long question"),
        "approved": N_("Long question approved"),
        "declined": N_("Long question declined"),
        "asked": N_("Question"),
        "reviewed": N_("Question reviewed"),
        "claimed": N_("Claim"),
        "noted": N_("Note"),
        "exported": N_("Exported"),
        "receipt": N_("Receipt or proof downloaded"),
        "letter": N_("Request made"),
        "carried": N_("File to be signed downloaded"),
        "facts": N_("Facts of the case changed"),
        "cards": N_("Cards made"),
        "closed": N_("Case closed"),
        "list-wanted": N_("Approval wanted for a list"),
        "list-approved": N_("List approved"),
        "list-declined": N_("List declined"),
        "list-asked": N_("List asked"),
        "list-resumed": N_("List gone on with"),
        "list-stopped": N_("List stopped"),
        "list-reviewed": N_("List reviewed"),
        "list-exported": N_("List exported"),
        "found": N_("Hit of a list opened"),
    }
)
_APPROVALS: Final = frozenset[What]({"wanted", "approved", "declined"})
_GONE: Final = N_("an account that is gone")


@dataclass(frozen=True, slots=True)
class Count:
    """How many answers were alike.

    Attributes:
        shape: their shape.
        word: the same in words.
        number: how many.
    """

    shape: Shape
    word: str
    number: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline.

    Attributes:
        at_ms: when.
        who: the name of who did it.
        what: what was done.
        came: of a claim, what it came to.
        counts: of a question, what its answers came to.
        text: of a note, what it says.
        changes: of changed facts, what they were and are.
        address: where more of it is shown; "" for nowhere.
    """

    at_ms: int
    who: str
    what: str
    came: str = ""
    counts: tuple[Count, ...] = ()
    text: str = field(default="", repr=False)
    changes: tuple[Changed, ...] = field(default=(), repr=False)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What is kept of a case, read.

    Attributes:
        acts: what was done, the oldest first.
        questions: its questions, by their ids.
        claims: its claims, by their ids, each with the id of its question.
        notes: the texts of its notes, by their ids.
        names: the name of each account, by its id.
        changes: of changes, by their ids, what they changed.
    """

    acts: Sequence[Act]
    questions: Mapping[str, BriefQuestion]
    claims: Mapping[str, tuple[str, KeptClaim]]
    notes: Mapping[str, str] = field(repr=False)
    names: Mapping[str, str]
    changes: Mapping[str, tuple[Changed, ...]] = field(default_factory=dict, repr=False)


def timeline(case: Case, voice: Voice) -> tuple[Entry, ...]:
    """Tell what was done in a case, the newest first.

    Args:
        case: what is kept of it.
        voice: of the visitor.
    """
    return tuple(_entry(case, act, voice) for act in reversed(case.acts))


def _entry(case: Case, act: Act, voice: Voice) -> Entry:
    gone = voice.say(_GONE)
    question, claimed = case.questions.get(act.subject), case.claims.get(act.subject)
    return Entry(
        at_ms=act.at_ms,
        who=case.names.get(act.account_id, gone),
        what=voice.say(_DONE[act.what], name=case.names.get(act.subject, gone)),
        came="" if claimed is None else claim_word(claimed[1], voice),
        counts=counts_of(question, voice) if question and act.what == "asked" else (),
        text=case.notes.get(act.subject, ""),
        changes=case.changes.get(act.subject, ()),
        address=_address(act, case),
    )


def _address(act: Act, case: Case) -> str:
    if act.what in _APPROVALS:
        return f"/desk/approvals/{act.subject}"
    if act.what.startswith("list-"):
        return f"/desk/lists/{act.subject}"
    if act.subject in case.questions:
        return f"/desk/questions/{act.subject}"
    if act.subject in case.claims:
        question_id, claim = case.claims[act.subject]
        return f"/desk/questions/{question_id}/claim/{claim.claim_id}"
    return ""


def counts_of(question: BriefQuestion, voice: Voice) -> tuple[Count, ...]:
    """Say how many answers to a question were alike, one for each identifier and nation."""
    return tuple(
        Count(shape, word_of(shape, voice), voice.number(question.tally[shape]))
        for shape in WORDS
        if shape in question.tally
    )
