"""What datasets said of an identifier, for whoever looks if a hit still stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fedquery.ask.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Answered:
    """What one dataset said of an identifier, and in which question.

    Attributes:
        question_id: the question.
        asked_ms: when it was asked.
        outcome: what was said; its place is that of the identifier in its own question.
        case_id: the case of the question.
    """

    question_id: str
    asked_ms: int
    outcome: Outcome = field(repr=False)
    case_id: str


# By the encoded form of an identifier, all that was said of it.
Later: TypeAlias = Mapping[str, Iterable[Answered]]
