"""A list of the desk as values: what is to be asked, how far it is, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from fedquery.desk.facts import Facts
from fedquery.desk.language import N_
from fedquery.errors import InputError
from fedquery.policy.vocabulary import BREAK_GLASS

State: TypeAlias = Literal["ready", "waiting", "approved", "declined", "asking", "stopped", "ended"]
Sort: TypeAlias = Literal["approval", "review"]
Finding: TypeAlias = Literal["approved", "declined", "justified", "not justified"]
# Nothing was sent in these states, unless before an approval ended (`KeptList.is_unasked`).
UNASKED: Final = frozenset[State]({"ready", "waiting", "approved", "declined"})
# Why a list stopped that nobody has stopped: the desk ended meanwhile.
INTERRUPTED: Final = "interrupted"
BY_OFFICER: Final = "by-officer"
CASE_CLOSED: Final = "case-closed"


class ListError(InputError):
    """A list cannot be asked, stopped or judged as it was tried.

    Args:
        what: what is wrong.
        do: what to do about it.
    """

    slug = "list"
    default_do = N_("Look at the page of the list again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewList:
    """A list that is to be kept.

    Attributes:
        list_id: its id, which is that of its screening.
        case_id: the case.
        account_id: who asks.
        facts: what it goes out with.
        nations: whom it is put to.
        places: how many identifiers it has.
        distinct: how many different ones.
        unread: how many lines could not be read.
        kinds: how many of each kind, the most frequent first.
        digest: names exactly this list, case and nations (`list_digest`), 32 octets.
    """

    list_id: str
    case_id: str
    account_id: str
    facts: Facts
    nations: tuple[str, ...]
    places: int
    distinct: int
    unread: int
    kinds: tuple[tuple[str, int], ...]
    digest: bytes

    @property
    def is_urgent(self) -> bool:
        """Whether it is asked under a threat to life."""
        return self.facts.purpose == BREAK_GLASS


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a second person found of a list.

    Attributes:
        account_id: who.
        at_ms: when.
        finding: what.
        reason: why, in their words.
    """

    account_id: str
    at_ms: int
    finding: Finding
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList:
    """A list that is kept.

    Attributes:
        new: what is to be asked.
        begun_ms: when it was read.
        state: how far it is.
        asked_ms: when it was first asked; 0 before.
        why: where it stopped, the slug of why; "" otherwise.
        ended: the approvals by which it was asked and that have ended, the oldest first.
    """

    new: NewList
    begun_ms: int
    state: State
    asked_ms: int
    why: str
    ended: tuple[Verdict, ...] = ()

    @property
    def is_unasked(self) -> bool:
        """Whether nothing of it was ever sent: what was asked may wait for a decision again."""
        return self.state in UNASKED and not self.asked_ms

    @property
    def list_id(self) -> str:
        """Give its id."""
        return self.new.list_id

    @property
    def case_id(self) -> str:
        """Give the case."""
        return self.new.case_id

    @property
    def account_id(self) -> str:
        """Give who asks."""
        return self.new.account_id


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a second person finds.

    Attributes:
        finding: what.
        reason: why, 1 to 1,000 characters.
    """

    finding: Finding
    reason: str = field(repr=False)
