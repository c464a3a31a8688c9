"""When an address was used: the hour or the day by UTC, out of the ways in which logs write it.

A time without its zone is refused: the same clock time is seven or eight hours apart between the
six nations and UTC, and a record under a wrong hour is never found.
"""

import re
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers.reasons import Reason, refuse

_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})"
_CLOCK = r"(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,9})?)?)?"
_ZONE = r"(?: ?(?P<zone>z|utc|gmt|[+-]\d\d(?::?\d\d)?))?"
_FORMS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # RFC 3339 and its looser relatives, down to the day.
        rf"(?P<year>\d{{4}})[-/](?P<month>\d\d)[-/](?P<day>\d\d)(?:[t ]{_CLOCK}{_ZONE})?",
        # Web servers' common log format.
        rf"\[?(?P<day>\d\d)/{_MONTH}/(?P<year>\d{{4}}):{_CLOCK}{_ZONE}\]?",
        # RFC 5322, as in the headers of mails.
        rf"(?:[a-z]{{3}} )?(?P<day>\d\d?) {_MONTH} (?P<year>\d{{4}})(?: {_CLOCK}{_ZONE})?",
    )
)
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MAX_OFFSET_MINUTES = 14 * 60
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Moment:
    """An hour or a day by UTC.

    Attributes:
        day: as `2026-11-25`.
        hour: 0 to 23, or None where only the day is known.
    """

    day: str
    hour: int | None

    def __str__(self) -> str:
        """Write it as `2026-11-25T13Z` or `2026-11-25`."""
        return self.day if self.hour is None else f"{self.day}T{self.hour:02}Z"


def _days_in(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)  # noqa: PLR2004 - the Gregorian rule
    return _MONTH_DAYS[month - 1] + leap


def _next_day(year: int, month: int, day: int) -> tuple[int, int, int]:
    if day < _days_in(year, month):
        return year, month, day + 1
    return (year, month + 1, 1) if month < len(_MONTHS) else (year + 1, 1, 1)


def _day_before(year: int, month: int, day: int) -> tuple[int, int, int]:
    if day > 1:
        return year, month, day - 1
    year, month = (year, month - 1) if month > 1 else (year - 1, len(_MONTHS))
    return year, month, _days_in(year, month)


def _offset_minutes(zone: str) -> int:
    """Read how far a zone is ahead of UTC, in minutes."""
    if zone[0] not in "+-":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:] if len(zone) > 3 else 0)  # noqa: PLR2004 - a sign and two digits
    total = hours * 60 + minutes
    if minutes > 59 or total > _MAX_OFFSET_MINUTES:  # noqa: PLR2004 - minutes of an hour
        raise refuse(Reason.TIME)
    return -total if zone[0] == "-" else total


def _date(found: re.Match[str]) -> tuple[int, int, int]:
    # A pattern has the one group or the other.
    written = "month" if "month" in found.re.groupindex else "name"
    fields = found.group("year", written, "day")
    year, day = int(fields[0]), int(fields[2])
    month = int(fields[1]) if written == "month" else _MONTHS.index(fields[1]) + 1
    # Years of the Buddhist era are refused here, instead of being taken for another day.
    if not _FIRST_YEAR <= year <= _LAST_YEAR or not 1 <= month <= len(_MONTHS):
        raise refuse(Reason.TIME)
    if not 1 <= day <= _days_in(year, month):
        raise refuse(Reason.TIME)
    return year, month, day


def _day(date: tuple[int, int, int]) -> str:
    year, month, day = date
    return f"{year:04}-{month:02}-{day:02}"


def _match(lower: str) -> re.Match[str]:
    for form in _FORMS:
        found = form.fullmatch(lower)
        if found is not None:
            return found
    raise refuse(Reason.TIME)


def moment(text: str) -> Moment:
    """Read a time, with its zone, or a day.

    Args:
        text: cleaned, its words set apart by single spaces and without commas.

    Raises:
        IdentifierError: if it is no time of the years 1990 to 2099, or lacks its zone.
    """
    found = _match(text.lower())
    date = _date(found)
    clock = found.group("hour", "minute", "second")
    if clock[0] is None:
        return Moment(_day(date), None)
    hour, minute, second = int(clock[0]), int(clock[1] or 0), int(clock[2] or 0)
    # RFC 3339 5.6: 60 is a leap second.
    if hour > 23 or minute > 59 or second > 60:  # noqa: PLR2004 - a clock
        raise refuse(Reason.TIME)
    if found["zone"] is None:
        raise refuse(Reason.NO_ZONE)
    minutes = hour * 60 + minute - _offset_minutes(found["zone"])
    if minutes < 0:
        date = _day_before(*date)
    elif minutes >= _DAY_MINUTES:
        date = _next_day(*date)
    return Moment(_day(date), minutes % _DAY_MINUTES // 60)
