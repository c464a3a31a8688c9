"""How the words of the schema are said in plain English.

Whatever has no entry here has no words, and is shown as it is written in the file.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from fedquery.policy.literals import duration_ms

NATIONS: Final = {
    "CN": "China",
    "KH": "Cambodia",
    "LA": "Lao PDR",
    "MM": "Myanmar",
    "TH": "Thailand",
    "VN": "Vietnam",
}
SORTS: Final = {
    "police": "a police agency",
    "fiu": "a financial intelligence unit",
    "prosecution": "a prosecution office",
    "regulator": "a regulator",
}
ROLES: Final = {
    "officer": "an officer",
    "supervisor": "a supervisor",
    "prosecutor": "a prosecutor",
    "judge": "a judge",
}
PERSONS: Final = {
    "suspect": "a suspect",
    "convicted": "a convicted person",
    "victim": "a victim",
    "missing": "a missing person",
    "remains": "a dead person to be identified",
    "none": "nobody of the case",
}
AIMS: Final = {
    "identify": "to identify an unknown person",
    "known": "to learn more of a known person",
}
ACTIONS: Final = {
    "hit": "a hit",
    "reference": "the reference",
    "summary": "a summary",
    "follow up": "to send a follow-up request",
    "watch": "to leave a question standing",
    "alert": "to be told when a standing question becomes a hit",
    "snapshot": "to keep a sealed copy of the index",
}
DEEDS: Final = {
    "up to hit": "learn a hit",
    "up to reference": "learn a hit and the reference",
    "up to summary": "learn a hit, the reference and a summary",
    "any answer": "learn anything",
    "more than hit": "learn more than a hit",
    "more than reference": "learn more than a hit and the reference",
    "follow up": "send a follow-up request about a record",
    "watch": "leave a question standing",
    "alert": "be told when a standing question becomes a hit, in a record",
    "snapshot": "keep a sealed copy of the index",
}
# Numbers that the context holds, and the unit that follows a literal beside them.
NUMBERS: Final = {
    "context.elements": ("the number of identifiers in this question", ""),
    "context.case.maximumPenaltyYears": ("the maximum penalty for the offence", " years"),
    "context.used.elementsThisHour": (
        "the number of identifiers that the agency asked this hour",
        "",
    ),
    "context.used.elementsToday": ("the number of identifiers that the agency asked today", ""),
    "context.used.elementsThisYear": (
        "the number of identifiers that the agency asked this year",
        "",
    ),
    "context.used.elementsThisCase": (
        "the number of identifiers that the agency asked in this case",
        "",
    ),
    "context.used.elementsOfNationToday": (
        "the number of identifiers that all agencies of its nation asked today",
        "",
    ),
    "context.used.questionsToday": (
        "the number of questions of the agency that were answered today",
        "",
    ),
    "context.used.questionsThisCase": (
        "the number of questions of the agency that were answered in this case",
        "",
    ),
    "context.used.rowsShownToday": (
        "the number of records that were shown to the agency today",
        "",
    ),
}
TIMES: Final = {"context.now": "now", "context.case.opened": "the opening of the case"}
TEXTS: Final = {"context.case.pseudonym": "the name that the case has towards the holder"}
# A fact that is so, and that is not so.
FACTS: Final = {
    "context.case.transnational": (
        "the case concerns more than one nation",
        "the case concerns one nation only",
    ),
    "resource.sensitive": ("the dataset is sensitive", "the dataset is not sensitive"),
}
RECORD: Final = ("a record is being claimed", "no record is being claimed")

_DAY_MS: Final = 86_400_000
_FURTHEST_ZONE_MIN: Final = 14 * 60
_UNITS: Final = (
    (_DAY_MS, "day"),
    (3_600_000, "hour"),
    (60_000, "minute"),
    (1_000, "second"),
    (1, "millisecond"),
)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class UnwordedError(Exception):
    """An expression has no words of its own."""


def listed(items: Sequence[str], last: str) -> str:
    """Join items as a sentence does: "a, b or c"."""
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def nations(names: Sequence[str]) -> str:
    """Say the names of nations."""
    return listed([NATIONS.get(name, name) for name in names], "or")


def teams(names: Sequence[str]) -> str:
    """Say the names of joint teams."""
    return listed([f"“{name}”" for name in names], "or")


def number(value: int) -> str:
    """Write a number with its thousands apart."""
    return f"{value:,}"


def duration(text: str) -> str:
    """Say a literal duration: "90 days", "1 hour and 30 minutes"."""
    rest = abs(duration_ms(text))
    parts = []
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{number(count)} {unit}{'s' if count > 1 else ''}")
    said = listed(parts, "and") if parts else "no time"
    return f"minus {said}" if text.startswith("-") else said


def clock(text: str) -> str | None:
    """Say a literal duration as a time of day; None where no day has that time."""
    rest = duration_ms(text)
    if not 0 <= rest < _DAY_MS or rest % 1000:
        return None
    hours, rest = divmod(rest // 1000, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def offset(text: str) -> str | None:
    """Say a literal duration as a time zone: "UTC+7"; None where there is no such zone."""
    minutes, rest = divmod(duration_ms(text), 60_000)
    return None if rest or abs(minutes) > _FURTHEST_ZONE_MIN else zone(minutes)


def zone(minutes: int) -> str:
    """Say a time zone by its minutes ahead of UTC."""
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def moment(text: str) -> str:
    """Say a literal point in time, in the time zone in which it is written."""
    said = dt.datetime.fromisoformat(text)
    said = said if said.tzinfo else said.replace(tzinfo=dt.UTC)
    day = f"{said.day} {_MONTHS[said.month - 1]} {said.year}"
    time = said.strftime("%H:%M:%S") if said.second or said.microsecond else said.strftime("%H:%M")
    if said.microsecond:
        time += f".{said.microsecond // 1000:03}"
    minutes = (said.utcoffset() or dt.timedelta()) // dt.timedelta(minutes=1)
    return f"{day}, {time} {zone(minutes)}"
