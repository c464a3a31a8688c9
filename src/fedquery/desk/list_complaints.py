"""What of a list could not be read, and what is to be looked at: by lines and reasons, pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final

from fedquery.ask.lists.lines import NUMBER_CELL, REASONS, Lines
from fedquery.desk import doubts
from fedquery.desk.language import N_
from fedquery.desk.voice import Voice

LINES_NAMED: Final = 20
_SEVERAL: Final = "it may be "
_SEVERAL_SAID: Final = N_("It may be several things. Say of which kind all of them are.")
_CELLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        REASONS["columns"]: N_("The line has more or fewer fields than the first one."),
        REASONS["number-rounded"]: N_(
            "A spreadsheet has thrown digits of this number away. Take it from its source again."
        ),
        REASONS["date-cell"]: N_("The cell is a date."),
        REASONS["cell-error"]: N_("The cell is the error of a formula."),
        REASONS["formula-unsaved"]: N_(
            "The cell is a formula without its result. Open the file, and save it."
        ),
        REASONS["cell-type"]: N_("The cell is neither text nor a number."),
        REASONS["overlong"]: N_("The cell is longer than an identifier can be."),
        REASONS["nul"]: N_("The cell holds a character that no text has."),
        REASONS["empty"]: N_("Nothing stands in the column."),
    }
)
_NUMBER: Final = N_("The cell is a number: zeros at its beginning are gone.")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Lines of which the same is to be said.

    Attributes:
        what: what is wrong, or to be looked at.
        count: how many lines.
        named: the numbers of the first ones; "" where they are not kept.
        has_more: whether there are more than are named.
    """

    what: str
    count: int
    named: str
    has_more: bool = False


def unread_of(lines: Lines, voice: Voice) -> tuple[Complaint, ...]:
    """Say which lines are no identifiers, the most frequent reason first.

    Args:
        lines: where a list stood.
        voice: of the visitor.
    """
    found: dict[str, list[int]] = {}
    for reason, numbers in lines.unread.items():
        found.setdefault(of_reason(reason), []).extend(numbers)
    ordered = sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    return tuple(
        Complaint(
            voice.say(what),
            len(numbers),
            ", ".join(str(one) for one in islice(sorted(numbers), LINES_NAMED)),
            len(numbers) > LINES_NAMED,
        )
        for what, numbers in ordered
    )


def notes_of(lines: Lines, voice: Voice) -> tuple[Complaint, ...]:
    """Say what is to be looked at in what was read."""
    found: dict[str, int] = {}
    for note, count in lines.notes.items():
        what = _NUMBER if note == NUMBER_CELL else doubts.of_notice(note)
        found[what] = found.get(what, 0) + count
    ordered: Iterable[tuple[str, int]] = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Complaint(voice.say(what), count, "") for what, count in ordered)


def of_reason(reason: str) -> str:
    """Give the sentence of a reason, still to be translated."""
    if reason.startswith(_SEVERAL):
        return _SEVERAL_SAID
    return _CELLS.get(reason) or doubts.of_reason(reason)
