"""The facts of a case that questions go out with; kept between the questions of a case."""

from dataclasses import asdict, dataclass, field

from fedquery.ask.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a holder is told of a case, and how it is asked; see `fedquery.ask.Case`.

    Attributes:
        purpose: one of `psi.question.PURPOSES`.
        offence: the offence in words, up to 80 characters.
        maximum_penalty_years: 0 to 99; 99 stands for life.
        opened_ms: when the case was opened, milliseconds since 1970.
        transnational: whether the offence crosses a border.
        sensitive: whether holders may learn nothing of the identifiers, not even a few bits.
        person_role: whom identifiers may belong to, one of `cases.card.PERSON_ROLES`.
        aim: to identify a person, or to learn more of a known one.
        justification: why it is needed, up to 400 characters.
    """

    purpose: str
    offence: str = field(default="", repr=False)
    maximum_penalty_years: int
    opened_ms: int
    transnational: bool = True
    sensitive: bool = False
    person_role: str = "suspect"
    aim: str = "identify"
    justification: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Check everything that a holder would refuse.

        Raises:
            InputError: with what is out of range.
        """
        self.case_of("any", "")

    def case_of(self, number: str, officer: str) -> Case:
        """Give the case as it is asked for.

        Args:
            number: the agency's own number of it.
            officer: who asks.

        Raises:
            InputError: if the number is out of form.
        """
        return Case(number=number, officer=officer, **asdict(self))
