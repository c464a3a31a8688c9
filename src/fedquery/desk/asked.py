"""A question of the desk as values: what was asked, for which case, and what came of it."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from fedquery.ask.outcome import NationOutcome, Outcome, fold
from fedquery.desk.facts import Facts
from fedquery.identifiers import Identifier, decode

State: TypeAlias = Literal["asking", "finished", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedIdentifier:
    """An identifier as it was asked; it can be shown when spelling rules are others by then.

    Attributes:
        kind: the name of its kind.
        encoded: the input of the OPRF, as `Identifier.encode` gives it.
        masked: enough to know it again, and too little to ask about it.
        typed: what was typed or pasted for it.
    """

    kind: str
    encoded: str = field(repr=False)
    masked: str = field(repr=False)
    typed: str = field(repr=False)

    @staticmethod
    def of(identifier: Identifier, typed: str) -> "AskedIdentifier":
        """Keep an identifier with what was typed for it."""
        return AskedIdentifier(
            kind=identifier.kind,
            encoded=identifier.encode().decode(),
            masked=identifier.masked(),
            typed=typed,
        )

    @property
    def shown(self) -> str:
        """Give its canonical text, for those who may read the case."""
        return self.encoded.split(":", 2)[2]

    @property
    def identifier(self) -> Identifier:
        """Read the identifier again.

        Raises:
            EncodingError: if the spelling rules of today give it another form.
        """
        return decode(self.encoded.encode())


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
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)

    def folded(self) -> tuple[NationOutcome, ...]:
        """Fold the outcomes: one for each identifier and nation that has answered."""
        return fold(self.outcomes)

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
