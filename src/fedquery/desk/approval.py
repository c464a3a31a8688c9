"""A long question as a value: what is to be asked, who decides, and what was decided."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from fedquery.ask.second_person import LASTS_MS
from fedquery.desk.asked import NewQuestion
from fedquery.desk.language import N_
from fedquery.errors import InputError

State: TypeAlias = Literal["waiting", "approved", "declined", "asked"]
Decision: TypeAlias = Literal["approved", "declined"]


class ApprovalError(InputError):
    """A long question cannot be decided on, or asked, as it was tried.

    Args:
        what: what is wrong.
        do: what to do about it.
    """

    slug = "approval"
    default_do = N_("Look at the page of the question again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A long question, and what was decided of it.

    Attributes:
        approval_id: its id.
        question_id: the id under which it is asked.
        case_id: the case.
        account_id: who wants to ask.
        wanted_ms: since when.
        state: what was decided, and whether it was asked.
        decided_by: the account that decided; "" before.
        decided_ms: when; 0 before.
        question: what is to be asked; None once it was asked.
        reason: why it was decided so; "" before.
    """

    approval_id: str
    question_id: str
    case_id: str
    account_id: str
    wanted_ms: int
    state: State
    decided_by: str
    decided_ms: int
    question: NewQuestion | None = field(repr=False)
    reason: str = field(repr=False)

    def has_lapsed(self, now_ms: int) -> bool:
        """Tell whether its approval is too old to be used."""
        return self.state == "approved" and now_ms - self.decided_ms > LASTS_MS


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a supervisor decides.

    Attributes:
        decision: what.
        reason: why, 1 to 1,000 characters.
    """

    decision: Decision
    reason: str = field(repr=False)
