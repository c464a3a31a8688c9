"""The facts of a case in words, and in which of them two states of a case differ: pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from fedquery.cases.case_file import CaseFile
from fedquery.desk.case_form import AIM_NAMES, PURPOSE_NAMES, ROLE_NAMES
from fedquery.desk.facts import Facts
from fedquery.desk.kept_case import Said
from fedquery.desk.language import N_
from fedquery.desk.voice import Voice

Day = Callable[[date], str]

_TITLE: Final = N_("Title")
_PURPOSE: Final = N_("Purpose")
_OFFENCE: Final = N_("Offence")
_PENALTY: Final = N_("Highest penalty in years")
_LIFE: Final = N_("for life")
_OPENED: Final = N_("Opened")
_CROSSES: Final = N_("Crosses a border")
_SENSITIVE: Final = N_("Sensitive")
_PERSON: Final = N_("Whom identifiers may belong to")
_AIM: Final = N_("Aim")
_WHY: Final = N_("Why it is needed")
_YES: Final = N_("yes")
_NO: Final = N_("no")
_FOR_LIFE: Final = 99
# What a card says of a case; the rest goes out with each question.
ON_CARDS: Final = (
    "offence",
    "maximum_penalty_years",
    "opened_ms",
    "transnational",
    "person_role",
)
_LABELS: Final = {
    "offence": _OFFENCE,
    "maximum_penalty_years": _PENALTY,
    "opened_ms": _OPENED,
    "transnational": _CROSSES,
    "person_role": _PERSON,
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that a case says otherwise than before.

    Attributes:
        label: what it is.
        before: what it said; "" for nothing.
        after: what it says; "" for nothing.
    """

    label: str
    before: str = field(repr=False)
    after: str = field(repr=False)


def told(facts: Facts | None, voice: Voice, day: Day) -> tuple[tuple[str, str], ...]:
    """Tell facts: labels and values, those that are empty among them.

    Args:
        facts: the facts; None where none are kept.
        voice: of the visitor.
        day: writes a day as the visitor does.
    """
    if facts is None:
        return ()
    say, years = voice.say, facts.maximum_penalty_years
    opened = datetime.fromtimestamp(facts.opened_ms / 1000, UTC).date()
    return (
        (say(_PURPOSE), say(PURPOSE_NAMES.get(facts.purpose, facts.purpose))),
        (say(_OFFENCE), facts.offence),
        (say(_PENALTY), say(_LIFE) if years == _FOR_LIFE else voice.number(years)),
        (say(_OPENED), day(opened)),
        (say(_CROSSES), say(_YES if facts.transnational else _NO)),
        (say(_SENSITIVE), say(_YES if facts.sensitive else _NO)),
        (say(_PERSON), say(ROLE_NAMES.get(facts.person_role, facts.person_role))),
        (say(_AIM), say(AIM_NAMES.get(facts.aim, facts.aim))),
        (say(_WHY), facts.justification),
    )


def told_whole(facts: Facts, voice: Voice, day: Day) -> list[tuple[str, str]]:
    """Tell all that goes out, to whoever approves it: labels and values, without empty ones.

    Args:
        facts: what it goes out with.
        voice: of the visitor.
        day: writes a day as the visitor does.
    """
    return [(label, value) for label, value in told(facts, voice, day) if value]


def differing(before: Facts, after: Facts, voice: Voice, day: Day) -> list[str]:
    """Name the facts in which a case says otherwise than what was made in it goes out with.

    Args:
        before: what it goes out with.
        after: what the case says by now.
        voice: of the visitor.
        day: writes a day as the visitor does.
    """
    return [one.label for one in changed(Said("", before), Said("", after), voice, day)]


def changed(before: Said, after: Said, voice: Voice, day: Day) -> tuple[Changed, ...]:
    """Tell in what two states of a case differ.

    Args:
        before: what it said.
        after: what it says.
        voice: of the visitor.
        day: writes a day as the visitor does.
    """
    old, new = dict(told(before.facts, voice, day)), dict(told(after.facts, voice, day))
    title = voice.say(_TITLE)
    old[title], new[title] = before.title, after.title
    return tuple(
        Changed(label, old.get(label, ""), new.get(label, ""))
        for label in dict.fromkeys((title, *new, *old))
        if old.get(label, "") != new.get(label, "")
    )


def old_on_cards(facts: Facts | None, file: CaseFile, voice: Voice) -> tuple[str, ...]:
    """Name what the cards of a case say otherwise than the case does by now.

    Args:
        facts: of the case; None where none are kept.
        file: the file of the opened case.
        voice: of the visitor.
    """
    if facts is None:
        return ()
    return tuple(
        voice.say(_LABELS[name])
        for name in ON_CARDS
        if getattr(facts, name) != getattr(file.facts, name)
    )
