"""A question in brief: what was asked and how many answers were alike, without the answers.

Pages that tell of many questions need no more, and a hundred of them with all that came would be
megabytes to open. Whoever has one cannot take it for a question to which nothing came.
"""

from dataclasses import dataclass, field

from fedquery.desk.asked_identifier import AskedIdentifier
from fedquery.desk.tally import State, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefQuestion:
    """A question that is kept, in brief.

    Attributes:
        question_id: its id.
        case_id: the case.
        account_id: who asked.
        asked_ms: when.
        asked: the identifiers, by place.
        nations: whom it was put to.
        purpose: what it was asked for.
        state: whether outcomes still come, all came, or it ended before.
        tally: of each shape, how many identifiers and nations.
    """

    question_id: str
    case_id: str
    account_id: str
    asked_ms: int
    asked: tuple[AskedIdentifier, ...] = field(repr=False)
    nations: tuple[str, ...]
    purpose: str
    state: State
    tally: Tally

    @property
    def hits(self) -> int:
        """Count what a nation had, once for each identifier; possible hits among them."""
        return self.tally.get("hit", 0) + self.tally.get("possible", 0)
