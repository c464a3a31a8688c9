"""Moments, ages and numbers are what officials of each nation write."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.desk.dates import Dates, zone_of
from fedquery.desk.language import LANGUAGES

MOMENT_MS = 1_795_646_775_432  # 2026-11-25T22:46:15.432Z: the next day in all six nations
TAGS = sorted(LANGUAGES)
MOMENTS = st.integers(0, 4_102_444_800_000)  # to 2100


@pytest.mark.parametrize(
    ("tag", "nation", "expected"),
    [
        ("en", "TH", "26 Nov 2026, 05:46 (UTC+07:00)"),
        ("zh", "CN", "2026年11月26日 06:46 (UTC+08:00)"),
        ("th", "TH", "26 พ.ย. พ.ศ. 2569 05:46 (UTC+07:00)"),
        ("vi", "VN", "26/11/2026 05:46 (UTC+07:00)"),
        ("lo", "LA", "26 ພ.ຈ. 2026, 05:46 (UTC+07:00)"),
        ("km", "KH", "26 វិច្ឆិកា 2026, 05:46 (UTC+07:00)"),
        ("my", "MM", "2026 နိုဝင်ဘာ 26 05:16 (UTC+06:30)"),
        ("en", "XX", "25 Nov 2026, 22:46 (UTC)"),
    ],
)
def test_a_moment_is_told_in_full(tag, nation, expected):
    """Day, time and distance from UTC stand together."""
    assert expected == Dates(tag, zone_of(nation)).moment(MOMENT_MS)


def test_a_clock_behind_utc_has_a_minus():
    """The sign of the distance is that of ISO 8601."""
    behind = dt.timezone(-dt.timedelta(hours=3, minutes=30))
    assert "25 Nov 2026, 19:16 (UTC-03:30)" == Dates("en", behind).moment(MOMENT_MS)


def test_a_leap_day_stays_one_in_the_thai_calendar():
    """Only the year is counted otherwise: 2571 would not be a leap year by itself."""
    assert "29 ก.พ. พ.ศ. 2571" == Dates("th", dt.UTC).day(dt.date(2028, 2, 29))


@given(MOMENTS, st.sampled_from(TAGS), st.sampled_from(["CN", "MM", "TH", "XX"]))
def test_the_same_day_is_meant_in_each_language(moment_ms, tag, nation):
    """Day and year are those of the moment by the nation's clock, in Latin digits."""
    dates = Dates(tag, zone_of(nation))
    there = dt.datetime.fromtimestamp(moment_ms / 1000, zone_of(nation))
    day = dates.day(moment_ms)
    assert dates.day(there.date()) == day
    numbers = {int(number) for number in re.findall("[0-9]+", day)}
    assert {there.day, there.year + (543 if tag == "th" else 0)} <= numbers
    assert f"{there.hour:02}:{there.minute:02}" == dates.clock(moment_ms)
    digits = [one for one in dates.moment(moment_ms) if one.isdecimal()]
    assert all(one.isascii() for one in digits)


@given(MOMENTS)
def test_what_programs_read_is_the_second(moment_ms):
    """The moment for programs is UTC, to the second."""
    written = Dates("th", zone_of("TH")).iso(moment_ms)
    assert moment_ms // 1000 == dt.datetime.fromisoformat(written).timestamp()


@pytest.mark.parametrize(
    ("past_s", "expected"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (119, "1 minute"),
        (3_600 * 2 - 1, "1 hour"),
        (86_400 - 1, "23 hours"),
        (86_400, "1 day"),
        (86_400 * 45, "45 days"),
    ],
)
def test_an_age_is_never_rounded_up(past_s, expected):
    """Data is said to be as old as it is in whole units, never in weeks or months."""
    dates = Dates("en", dt.UTC)
    assert expected == dates.age(MOMENT_MS, MOMENT_MS + past_s * 1000)


@pytest.mark.parametrize("tag", TAGS)
def test_ages_have_words_in_each_language(tag):
    """Each unit has a name in the language's own letters, and the number stands in it."""
    dates = Dates(tag, dt.UTC)
    for past_ms, number in ((7_000, "7"), (7 * 60_000, "7"), (9 * 3_600_000, "9"), (10**9, "11")):
        age = dates.age(0, past_ms)
        assert number in age
        assert tag in {"en", "vi"} or not age.isascii()


@pytest.mark.parametrize(
    ("tag", "expected"), [("en", "1,234,567"), ("vi", "1.234.567"), ("my", "1,234,567")]
)
def test_numbers_have_the_separators_of_the_language(tag, expected):
    """Thousands are parted as people there do; digits are Latin."""
    assert expected == Dates(tag, dt.UTC).number(1_234_567)
