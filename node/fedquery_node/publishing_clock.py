"""When a dataset is published: every so many minutes, or at times of the day; and what is promised.

Publications follow the clock whether rows have changed or not. One that came only with a change
would tell everybody who reads the log when somebody was put on a list.
"""

from dataclasses import dataclass
from typing import Final

from fedquery.errors import ConfigError
from fedquery_node.config import DatasetSettings

MINUTE_MS: Final = 60_000
DAY_MS: Final = 24 * 60 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Clock:
    """When a dataset is published.

    Attributes:
        every_ms: how long after a publication the next one is due; 0 where times of day say it.
        times_ms: times of the day, UTC, in ms after midnight, ascending.
    """

    every_ms: int = 0
    times_ms: tuple[int, ...] = ()

    def next_after(self, published_ms: int) -> int:
        """Say when the publication after one is due, in ms since 1970."""
        if self.every_ms:
            return published_ms + self.every_ms
        midnight_ms = published_ms - published_ms % DAY_MS
        later = (midnight_ms + at_ms for at_ms in self.times_ms)
        tomorrow_ms = midnight_ms + DAY_MS + self.times_ms[0]
        return next((due_ms for due_ms in later if due_ms > published_ms), tomorrow_ms)

    @property
    def longest_ms(self) -> int:
        """Give the longest time from one publication to the next."""
        if self.every_ms:
            return self.every_ms
        following = (*self.times_ms[1:], self.times_ms[0] + DAY_MS)
        return max(after - at for at, after in zip(self.times_ms, following, strict=True))


def clock_of(settings: DatasetSettings) -> Clock | None:
    """Read the clock of a dataset.

    Returns:
        The clock; None where it is published by hand.

    Raises:
        ConfigError: if there are two clocks, or the promise is shorter than the clock.
    """
    if settings.publish_every_min is None and not settings.publish_at:
        return None
    if settings.publish_every_min is not None and settings.publish_at:
        raise ConfigError("a dataset has publish_every_min and publish_at", do="Keep one of them.")
    clock = Clock(
        (settings.publish_every_min or 0) * MINUTE_MS,
        tuple(sorted({_ms_of(text) for text in settings.publish_at})),
    )
    promised_min = settings.next_due_min
    if promised_min is not None and promised_min * MINUTE_MS < clock.longest_ms:
        raise ConfigError(
            "a dataset promises its next publication sooner than its clock has it published",
            do="Make next_due_min as long as the clock, or leave it out: the clock is promised.",
        )
    return clock


def next_due_ms(settings: DatasetSettings, published_ms: int) -> int:
    """Say until when the publication after one is promised, a day later at most.

    Raises:
        ConfigError: as `clock_of`.
    """
    clock = clock_of(settings)
    if settings.next_due_min is not None:
        return published_ms + settings.next_due_min * MINUTE_MS
    return published_ms + DAY_MS if clock is None else clock.next_after(published_ms)


def _ms_of(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return (60 * int(hours) + int(minutes)) * MINUTE_MS
