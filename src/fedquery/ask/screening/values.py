"""What a screening costs, how far it is and what it came to, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from fedquery.ask.allowance import Allowance, Exceeded
from fedquery.ask.outcome import Outcome, Word
from fedquery.errors import QuotaError
from fedquery.identifiers import Identifier
from fedquery.transport.head import QuotaLeft

State: TypeAlias = Literal["reading", "ready", "under way", "finished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetCost:
    """What a screening asks of one dataset.

    Attributes:
        dataset: its name.
        kind: its kind.
        version: the version that would be asked.
        forms: different forms that are still to be asked.
        kept: those that are answered already, by this screening or an earlier one of the same case
            and version.
        classes: size class and number of questions.
        whole_view: whether all buckets of the version are fetched, so that none is told.
        octets_up: octets of the requests.
        octets_down: octets of the answers.
        bits_told: how many bits of bucket numbers the nation learns.
    """

    dataset: str
    kind: str
    version: int
    forms: int
    kept: int
    classes: tuple[tuple[int, int], ...]
    whole_view: bool
    octets_up: int
    octets_down: int
    bits_told: int

    @property
    def elements(self) -> int:
        """Count the elements that are charged."""
        return sum(size_class * questions for size_class, questions in self.classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class NationCost:
    """What a screening asks of one nation.

    Attributes:
        nation: the nation.
        why: "" or a slug: why it cannot be asked now.
        datasets: of each of its datasets.
        allowance: what it lets this agency ask, as far as that is known.
        exceeded: the ceilings that the list does not fit under.
    """

    nation: str
    why: str = ""
    datasets: tuple[DatasetCost, ...] = ()
    allowance: Allowance | None = None
    exceeded: tuple[Exceeded, ...] = ()

    @property
    def elements(self) -> int:
        """Count the elements that are charged."""
        return sum(one.elements for one in self.datasets)

    @property
    def octets(self) -> int:
        """Count the octets both ways."""
        return sum(one.octets_up + one.octets_down for one in self.datasets)

    @property
    def bits_told(self) -> int:
        """Count the bits of bucket numbers that it learns."""
        return sum(one.bits_told for one in self.datasets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a screening costs, before anything of it is sent.

    Attributes:
        identifiers: how many the list has.
        distinct: how many different ones.
        nations: of each nation.
    """

    identifiers: int
    distinct: int
    nations: tuple[NationCost, ...]

    @property
    def elements(self) -> int:
        """Count the elements that are charged, by all nations."""
        return sum(one.elements for one in self.nations)

    @property
    def octets(self) -> int:
        """Count the octets both ways, of all nations."""
        return sum(one.octets for one in self.nations)

    @property
    def exceeding(self) -> tuple[NationCost, ...]:
        """List the nations whose ceilings the list does not fit under."""
        return tuple(one for one in self.nations if one.exceeded)


class ListRefusedError(QuotaError):
    """A list does not fit under a nation's ceilings; nothing was asked.

    Attributes:
        cost: the numbers.
    """

    slug = "list-exceeds-quota"
    default_do = (
        "Ask for fewer, wait until the quota renews, or ask the holder for a grant. A grant that it"
        " gave meanwhile is told with the next lookup in the case."
    )

    def __init__(self, cost: Cost) -> None:
        super().__init__("the list needs more elements than a nation allows")
        self.cost = cost


@dataclass(frozen=True, slots=True, kw_only=True)
class NationProgress:
    """How far one nation is.

    Attributes:
        nation: the nation.
        forms: different forms that its datasets are asked in all.
        answered: those that are answered.
        hits: those that were found, possible hits included.
        elements: elements that were sent in this run.
        why: "" or a slug: what stopped it.
        waiting_until_ms: until when it waits to send something again, or 0.
    """

    nation: str
    forms: int
    answered: int
    hits: int
    elements: int
    why: str = ""
    waiting_until_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a screening is.

    Attributes:
        job_id: its id.
        nations: of each nation that can be asked.
    """

    job_id: str
    nations: tuple[NationProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What there is to say of one place of the list.

    Attributes:
        place: the place, from 0.
        identifier: what stands there.
        outcomes: one for each nation and dataset.
    """

    place: int
    identifier: Identifier = field(repr=False)
    outcomes: tuple[Outcome, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NationSummary:
    """What one nation came to.

    Attributes:
        nation: the nation.
        words: different identifiers by the word for them, all datasets together.
        weak: those among the hits that are possible hits only.
        elements: elements of the questions that it was sent in this screening.
        left: what it lets this agency ask further, by its last answer.
        alarm: whether something that it answered is false.
    """

    nation: str
    words: Mapping[Word, int]
    weak: int = 0
    elements: int = 0
    left: QuotaLeft | None = None
    alarm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a screening came to.

    Attributes:
        job_id: its id.
        identifiers: how many the list has.
        distinct: how many different ones.
        nations: of each nation.
        kept: whether the receipts of all answers are on the disk.
    """

    job_id: str
    identifiers: int
    distinct: int
    nations: tuple[NationSummary, ...]
    kept: bool = True

    @property
    def finished(self) -> bool:
        """Say whether every nation has answered on every identifier, and nothing was false."""
        return all(
            not one.alarm and set(one.words) <= {"hit", "no hit", "stale"} for one in self.nations
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScreening:
    """A screening that is kept in a home.

    Attributes:
        job_id: its id.
        created_ms: when it was begun.
        state: how far it is.
        identifiers: how many the list has; 0 while it is read.
        distinct: how many different ones.
        case_number: the agency's number of the case.
        purpose: what it is asked for.
        nations: whom it asks.
        officer: who asks; "" for nobody who is named.
        at_desk: whether it is of the desk.
    """

    job_id: str
    created_ms: int
    state: State
    identifiers: int
    distinct: int
    case_number: str = field(repr=False)
    purpose: str
    nations: tuple[str, ...]
    officer: str = field(repr=False)
    at_desk: bool = False
