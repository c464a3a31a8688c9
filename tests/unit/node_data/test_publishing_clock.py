"""Clocks: a publication is always due, never in the past, and never later than was promised."""

import pytest
from fedquery_node.config import DatasetSettings
from fedquery_node.publishing_clock import DAY_MS, MINUTE_MS, Clock, clock_of, next_due_ms
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import ConfigError

MIDNIGHT_MS = 20_800 * DAY_MS

clocks = st.one_of(
    st.integers(15, 24 * 60).map(
        lambda every: DatasetSettings(kind="phone", publish_every_min=every)
    ),
    st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=6).map(
        lambda at: DatasetSettings(
            kind="phone", publish_at=tuple(f"{one // 60:02}:{one % 60:02}" for one in at)
        )
    ),
)


@given(clocks, st.integers(MIDNIGHT_MS, MIDNIGHT_MS + 3 * DAY_MS))
def test_the_next_publication_is_later_and_within_the_longest_gap(
    settings: DatasetSettings, published_ms: int
) -> None:
    """What is promised is when the clock has it published, and a day away at most."""
    clock = clock_of(settings)
    assert clock is not None
    due_ms = clock.next_after(published_ms)
    assert published_ms < due_ms <= published_ms + clock.longest_ms <= published_ms + DAY_MS
    assert due_ms == next_due_ms(settings, published_ms)


@given(clocks, st.integers(MIDNIGHT_MS, MIDNIGHT_MS + DAY_MS))
def test_times_of_the_day_are_kept_day_by_day(settings: DatasetSettings, first_ms: int) -> None:
    """A clock that is followed neither drifts nor skips: a day has as many as it names."""
    clock = clock_of(settings)
    assert clock is not None
    if clock.every_ms:
        return
    at_ms = clock.next_after(first_ms)
    seen = [at_ms]
    for _ in range(3 * len(clock.times_ms)):
        at_ms = clock.next_after(at_ms)
        seen.append(at_ms)
    assert {one % DAY_MS for one in seen} == set(clock.times_ms)
    assert 3 * DAY_MS == seen[-1] - seen[0]


def test_a_hot_list_promises_a_quarter_of_an_hour() -> None:
    """And one at night promises the next night, however late in the day it is published."""
    hot = DatasetSettings(kind="phone", publish_every_min=15)
    assert MIDNIGHT_MS + 15 * MINUTE_MS == next_due_ms(hot, MIDNIGHT_MS)
    nightly = DatasetSettings(kind="phone", publish_at=("02:30",))
    half_past_two_ms = MIDNIGHT_MS + 150 * MINUTE_MS
    assert half_past_two_ms == next_due_ms(nightly, MIDNIGHT_MS)
    assert half_past_two_ms + DAY_MS == next_due_ms(nightly, half_past_two_ms)
    assert half_past_two_ms + DAY_MS == next_due_ms(nightly, MIDNIGHT_MS + DAY_MS // 2)


def test_without_a_clock_a_day_is_promised_or_what_is_set() -> None:
    """A promise may be longer than the clock: then one publication may fail."""
    by_hand = DatasetSettings(kind="phone")
    assert clock_of(by_hand) is None
    assert MIDNIGHT_MS + DAY_MS == next_due_ms(by_hand, MIDNIGHT_MS)
    patient = DatasetSettings(kind="phone", publish_every_min=15, next_due_min=60)
    assert MIDNIGHT_MS + 60 * MINUTE_MS == next_due_ms(patient, MIDNIGHT_MS)


@pytest.mark.parametrize(
    "settings",
    [
        DatasetSettings(kind="phone", publish_every_min=15, publish_at=("02:30",)),
        DatasetSettings(kind="phone", publish_every_min=60, next_due_min=59),
        # From six in the evening to two in the morning there are eight hours.
        DatasetSettings(kind="phone", publish_at=("02:00", "18:00"), next_due_min=15 * 60),
    ],
)
def test_a_promise_that_the_clock_breaks_is_refused(settings: DatasetSettings) -> None:
    """Nor is one of two clocks guessed."""
    with pytest.raises(ConfigError):
        clock_of(settings)
    with pytest.raises(ConfigError):
        next_due_ms(settings, MIDNIGHT_MS)


def test_the_longest_gap_goes_over_midnight() -> None:
    """Two times an hour apart leave twenty-three hours."""
    assert 23 * 60 * MINUTE_MS == Clock(times_ms=(0, 60 * MINUTE_MS)).longest_ms
    assert DAY_MS == Clock(times_ms=(5,)).longest_ms
