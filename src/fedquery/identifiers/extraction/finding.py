"""What was found in a text."""

from dataclasses import dataclass
from enum import StrEnum

from fedquery.identifiers.identifier import Parsed


class Certainty(StrEnum):
    """How sure a reading is; in doubt a person decides."""

    # The text says what it is, by a check digit, its form or a word beside it.
    CERTAIN = "certain"
    # Nothing else fits as well, but what it is stands nowhere.
    LIKELY = "likely"
    # It may be this, something else, or nothing.
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Finding:
    """One identifier in a text.

    Attributes:
        start: the index of its first character in the text.
        end: the index behind its last character.
        parsed: its best reading.
        certainty: how sure that reading is.
        alternatives: its other readings, best first.
        scheme: of a payment code its scheme, as `PromptPay`, or `payment code`; otherwise "".
    """

    start: int
    end: int
    parsed: Parsed
    certainty: Certainty
    alternatives: tuple[Parsed, ...] = ()
    scheme: str = ""

    @property
    def kind(self) -> str:
        """The kind of its best reading."""
        return self.parsed.identifier.kind
