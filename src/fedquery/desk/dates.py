"""Moments, ages and numbers as the officers of a nation write them.

Names of months and units are those of the Unicode CLDR. Thailand counts years from the Buddha's
death, 543 before the common era, and says so beside the year; the others count as the Gregorian
calendar does. Digits are Latin ones in each language: a number that is read out to a colleague
abroad has to look the same there. A moment always says how far its clock is from UTC.
"""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final, Literal

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

from fedquery.desk.language import LANGUAGES

_BUDDHIST_ERA: Final = 543  # years that the Thai calendar is ahead
_HOUR_MIN: Final = 60
# Each of the six nations has one clock, and none changes it in summer: no table of zones is needed.
_AHEAD_MIN: Final = {"CN": 480, "KH": 420, "LA": 420, "MM": 390, "TH": 420, "VN": 420}
# CLDR's patterns for a day in a line of text. Thai names its era; Vietnamese officials write
# numbers, and the short names of Burmese months are too short to be sure of.
_DAYS: Final = {
    "en": "d MMM y",
    "zh": "y年M月d日",
    "th": "d MMM 'พ.ศ.' ",
    "vi": "dd/MM/y",
    "lo": "d MMM y",
    "km": "d MMM y",
    "my": "y MMMM d",
}
# Weeks and months would round: how old data is counts in days.
_UNITS_S: Final[tuple[tuple[Literal["day", "hour", "minute", "second"], int], ...]] = (
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)
_COMMA: Final = frozenset({"en", "lo", "km"})  # where CLDR parts day and time by one


def zone_of(nation: str) -> dt.tzinfo:
    """Give the clock of a nation.

    Args:
        nation: its code; one that is none of the six has UTC.
    """
    ahead_min = _AHEAD_MIN.get(nation)
    return dt.UTC if ahead_min is None else dt.timezone(dt.timedelta(minutes=ahead_min))


@dataclass(frozen=True, slots=True)
class Dates:
    """How a language writes moments by one clock.

    Attributes:
        tag: the tag of the language.
        zone: the clock; its distance from UTC does not change.
    """

    tag: str
    zone: dt.tzinfo

    def day(self, when: int | dt.date) -> str:
        """Write a day.

        Args:
            when: the day, or a moment in ms since 1970, whose day by this clock is meant.
        """
        day = when if isinstance(when, dt.date) else self._at(when).date()
        written = format_date(day, _DAYS[self.tag], self._locale)
        return f"{written}{day.year + _BUDDHIST_ERA}" if self.tag == "th" else written

    def clock(self, when_ms: int) -> str:
        """Write the time of day of a moment: hours from 0 to 23, and minutes."""
        return self._at(when_ms).strftime("%H:%M")

    def moment(self, when_ms: int) -> str:
        """Write a moment in full: day, time and distance of the clock from UTC.

        Args:
            when_ms: the moment in ms since 1970.
        """
        comma = "," if self.tag in _COMMA else ""
        return f"{self.day(when_ms)}{comma} {self.clock(when_ms)} ({self._distance(when_ms)})"

    def age(self, then_ms: int, now_ms: int) -> str:
        """Write how long ago a moment was, in whole units: never older than it is.

        Args:
            then_ms: the moment in ms since 1970; one to come has no age yet.
            now_ms: the time now.
        """
        past_s = max(0, now_ms - then_ms) // 1000
        unit, size_s = next((one for one in _UNITS_S if past_s >= one[1]), _UNITS_S[-1])
        whole_s = past_s // size_s * size_s
        # No larger unit than this one: an infinite threshold leaves the choice to the granularity.
        return format_timedelta(whole_s, granularity=unit, threshold=math.inf, locale=self._locale)

    def iso(self, when_ms: int) -> str:
        """Write a moment for programs (RFC 3339, UTC), as `<time datetime=...>` takes it."""
        return dt.datetime.fromtimestamp(when_ms // 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def number(self, number: int) -> str:
        """Write a number with the separators of the language."""
        return format_decimal(number, locale=self._locale)

    @property
    def _locale(self) -> str:
        return LANGUAGES[self.tag].locale

    def _at(self, when_ms: int) -> dt.datetime:
        return dt.datetime.fromtimestamp(when_ms / 1000, self.zone)

    def _distance(self, when_ms: int) -> str:
        ahead = self._at(when_ms).utcoffset() or dt.timedelta()
        if not ahead:
            return "UTC"
        hours, minutes = divmod(abs(ahead) // dt.timedelta(minutes=1), _HOUR_MIN)
        return f"UTC{'-' if ahead < dt.timedelta() else '+'}{hours:02}:{minutes:02}"
