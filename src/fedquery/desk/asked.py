"""A question of the desk as values: what was asked, for which case, and what came of it."""

from dataclasses import dataclass, field

from fedquery.ask.outcome import NationOutcome, Outcome, fold
from fedquery.desk.asked_identifier import AskedIdentifier
from fedquery.desk.brief_question import BriefQuestion
from fedquery.desk.facts import Facts
from fedquery.desk.tally import State, Tally, tally_of

__all__ = ["AskedIdentifier", "KeptQuestion", "NewQuestion", "State"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    """A question that is to be asked.

    Attributes:
        question_id: its id, which the page drew on which it is asked.
        case_id: the case.
        account_id: who asks.
        asked: the identifiers, by place.
        nations: whom it is put to.
        facts: what it goes out with.
    """

    question_id: str
    case_id: str
    account_id: str
    asked: tuple[AskedIdentifier, ...] = field(repr=False)
    nations: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptQuestion:
    """A question that is kept.

    Attributes:
        question_id: its id.
        case_id: the case.
        account_id: who asked.
        asked_ms: when.
        asked: the identifiers, by place.
        nations: whom it was put to.
        facts: what it went out with.
        state: whether outcomes still come, all came, or it ended before.
        lookup_id: the id of the lookup; "" unless all came.
        why: where it ended, the slug of why nothing was asked; "" where that is unknown.
        kept: whether the receipts of all answers are on the disk.
        receipts: the names of all receipts of its answers; an outcome names one of its own.
        is_written: whether what it came to is; otherwise it lies in the memory of this process.
        outcomes: what came so far.
    """

    question_id: str
    case_id: str
    account_id: str
    asked_ms: int
    asked: tuple[AskedIdentifier, ...] = field(repr=False)
    nations: tuple[str, ...]
    facts: Facts
    state: State
    lookup_id: str = ""
    why: str = ""
    kept: bool = True
    receipts: tuple[str, ...] = ()
    is_written: bool = True
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)

    def folded(self) -> tuple[NationOutcome, ...]:
        """Fold the outcomes: one for each identifier and nation that has answered."""
        return fold(self.outcomes)

    @property
    def tally(self) -> Tally:
        """Count the outcomes by their shapes."""
        return tally_of(self.state, len(self.asked), self.nations, self.outcomes)

    def in_brief(self) -> BriefQuestion:
        """Give it without its outcomes."""
        return BriefQuestion(
            question_id=self.question_id,
            case_id=self.case_id,
            account_id=self.account_id,
            asked_ms=self.asked_ms,
            asked=self.asked,
            nations=self.nations,
            purpose=self.facts.purpose,
            state=self.state,
            tally=self.tally,
        )

    @property
    def new(self) -> NewQuestion:
        """Give what was to be asked."""
        return NewQuestion(
            question_id=self.question_id,
            case_id=self.case_id,
            account_id=self.account_id,
            asked=self.asked,
            nations=self.nations,
            facts=self.facts,
        )
