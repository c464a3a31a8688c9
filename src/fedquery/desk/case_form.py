"""The facts of a case as a person types them: each is checked, and a fault is said beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

from fedquery.ask.case import has_identifier
from fedquery.cases.card import (
    DAY_AHEAD_MS,
    MAX_OFFENCE,
    MAX_PENALTY_YEARS,
    PERSON_ROLES,
    is_printable,
)
from fedquery.cases.case_file import CaseFile
from fedquery.desk.facts import Facts
from fedquery.desk.language import N_
from fedquery.psi.question import AIMS, MAX_JUSTIFICATION, PURPOSES

MOST_NUMBER: Final = 200
_BUDDHIST_FROM: Final = 2400
_EARLIEST: Final = 1900
_DIGITS: Final = N_("It has digits as an identifier has. Say it in words, such as a law's.")

PURPOSE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fraud": N_("fraud"),
        "trafficking": N_("trafficking"),
        "money laundering": N_("money laundering"),
        "missing person": N_("missing person"),
        "threat to life": N_("threat to life"),
    }
)
ROLE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "suspect": N_("suspect"),
        "convicted": N_("convicted person"),
        "victim": N_("victim"),
        "missing": N_("person who is missing"),
        "remains": N_("human remains"),
        "none": N_("nobody that is known"),
    }
)
AIM_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "identify": N_("to find out who it is"),
        "known": N_("to learn more of a known person"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFields:
    """The fields, as they were typed.

    Attributes:
        number: the agency's own number of the case.
        purpose: one of `PURPOSES`.
        penalty: the highest penalty in years.
        opened: the day on which it was opened, YYYY-MM-DD.
        offence: the offence in words.
        domestic: whether it does not cross a border.
        sensitive: whether holders may learn nothing of the identifiers.
        role: whom the identifiers may belong to.
        aim: what for.
        justification: why it is needed.
    """

    number: str = field(default="", repr=False)
    purpose: str = ""
    penalty: str = ""
    opened: str = ""
    offence: str = field(default="", repr=False)
    domestic: bool = False
    sensitive: bool = False
    role: str = "suspect"
    aim: str = "identify"
    justification: str = field(default="", repr=False)


def faults_of(fields: CaseFields, now_ms: int) -> dict[str, str]:
    """Say what is wrong, by field; nothing where the facts can be asked with.

    Args:
        fields: what was typed.
        now_ms: the time.
    """
    checks = {
        "number": _number(fields.number.strip()),
        "purpose": "" if fields.purpose in PURPOSES else N_("Choose what it is for."),
        "penalty": _penalty(fields.penalty.strip()),
        "opened": _opened(fields.opened.strip(), now_ms),
        "offence": _said(fields.offence, MAX_OFFENCE),
        "role": "" if fields.role in PERSON_ROLES else N_("Choose one of the list."),
        "aim": "" if fields.aim in AIMS else N_("Choose one of the list."),
        "justification": _said(fields.justification, MAX_JUSTIFICATION),
    }
    return {name: fault for name, fault in checks.items() if fault}


def facts_of(fields: CaseFields, file: CaseFile | None = None) -> Facts:
    """Give the facts of fields in which `faults_of` found no fault.

    Args:
        fields: what was typed, `with_card` where there is one.
        file: the file of the opened case, or None.

    Raises:
        InputError, ValueError: if there is one.
    """
    day = date.fromisoformat(fields.opened.strip())
    opened = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Facts(
        purpose=fields.purpose,
        offence=fields.offence.strip(),
        maximum_penalty_years=int(fields.penalty),
        # A card says a moment, of which a form has the day alone.
        opened_ms=file.facts.opened_ms if file else int(opened.timestamp() * 1000),
        transnational=not fields.domestic,
        sensitive=fields.sensitive,
        person_role=fields.role,
        aim=fields.aim,
        justification=fields.justification.strip(),
    )


def fields_of(facts: Facts) -> CaseFields:
    """Write facts that are kept into the fields in which they are typed."""
    return CaseFields(
        purpose=facts.purpose,
        penalty=str(facts.maximum_penalty_years),
        opened=datetime.fromtimestamp(facts.opened_ms / 1000, UTC).date().isoformat(),
        offence=facts.offence,
        domestic=not facts.transnational,
        sensitive=facts.sensitive,
        role=facts.person_role,
        aim=facts.aim,
        justification=facts.justification,
    )


def with_card(fields: CaseFields, file: CaseFile) -> CaseFields:
    """Take the facts of a case's signed cards: nothing else goes out under its number.

    Args:
        fields: what was typed.
        file: the file of the opened case.
    """
    card = file.facts
    return replace(
        fields,
        purpose=fields.purpose or file.purpose,
        penalty=str(card.maximum_penalty_years),
        opened=datetime.fromtimestamp(card.opened_ms / 1000, UTC).date().isoformat(),
        offence=card.offence,
        domestic=not card.transnational,
        sensitive=fields.sensitive or file.sensitive,
        role=card.person_role,
    )


def _number(text: str) -> str:
    if not text:
        return N_("Write the number of the case.")
    if len(text) > MOST_NUMBER or not text.isprintable():
        return N_("A case number has up to 200 characters, in one line.")
    return ""


def _penalty(text: str) -> str:
    if text.isascii() and text.isdecimal() and int(text[:4]) <= MAX_PENALTY_YEARS:
        return ""
    return N_("Write the years as a number from 0 to 99. 99 stands for life.")


def _opened(text: str, now_ms: int) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return N_("Write the day as 2026-11-25.")
    if day.year >= _BUDDHIST_FROM:
        return N_("Write the year as 2026, not as 2569.")
    if day.year < _EARLIEST:
        return N_("Write the day as 2026-11-25.")
    latest = datetime.fromtimestamp((now_ms + DAY_AHEAD_MS) / 1000, UTC).date()
    return N_("The day is in the future.") if day > latest else ""


def _said(text: str, most: int) -> str:
    if len(text) > most:
        return N_("This is too long.")
    if not is_printable(text):
        return N_("Write it in one line.")
    # Every nation that is asked reads it: an identifier in it would be handed over in the clear.
    return _DIGITS if has_identifier(text) else ""
