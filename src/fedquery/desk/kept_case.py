"""A case of the desk as values: one that is to be begun, one that is kept, and what is wrong."""

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from fedquery.ask.case import check_number
from fedquery.desk.facts import Facts
from fedquery.desk.language import N_
from fedquery.errors import InputError

State: TypeAlias = Literal["open", "closed"]
MOST_TITLE: Final = 120


class CaseError(InputError):
    """A case cannot be begun, found or used as it was asked.

    Args:
        what: what is wrong.
        do: what to do about it.
        field: the field of a form that it is about.
    """

    slug = "case"
    default_do = N_("Choose another case, or ask its owner or a supervisor to add you to it.")

    def __init__(self, what: str, *, do: str = "", field: str = "number") -> None:
        super().__init__(what, do=do)
        self.field = field


def check_case_number(number: str) -> None:
    """Check an agency's own number of a case.

    Raises:
        CaseError: if it is empty, too long or does not print.
    """
    try:
        check_number(number)
    except InputError:
        wrong = N_("Write the number of the case in one line of up to 200 characters.")
        raise CaseError(wrong) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that is to be begun.

    Attributes:
        number: the agency's own number of it, 1 to 200 printable characters.
        title: a few words by which officers know it, up to 120 characters.
        facts: what its questions go out with, or None before the first.
    """

    number: str = field(repr=False)
    title: str = field(default="", repr=False)
    facts: Facts | None = None

    def __post_init__(self) -> None:
        """Check number and title.

        Raises:
            InputError: with what is out of form.
        """
        check_case_number(self.number)
        if len(self.title) > MOST_TITLE or not self.title.isprintable():
            raise CaseError(
                N_("Write the title in one line of up to 120 characters."), field="title"
            )


@dataclass(frozen=True, slots=True)
class Said:
    """What an agency says of a case of its own.

    Attributes:
        title: a few words by which officers know it.
        facts: what its questions go out with, or None before the first.
    """

    title: str = field(repr=False)
    facts: Facts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    """A case that is kept.

    Attributes:
        case_id: its id.
        number: the agency's own number of it.
        title: a few words by which officers know it.
        owner: the account that began it.
        members: the accounts that act in it, the owner among them, ascending.
        state: "open", or "closed" for ever.
        begun_ms: when it was begun.
        last_ms: when something was last done in it.
        facts: what its last question went out with, or None before the first.
    """

    case_id: str
    number: str = field(repr=False)
    title: str = field(repr=False)
    owner: str
    members: tuple[str, ...]
    state: State
    begun_ms: int
    last_ms: int
    facts: Facts | None
