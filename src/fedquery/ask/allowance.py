"""What a nation lets an agency ask, as far as it is known, and what a list would take of it."""

from dataclasses import dataclass

from fedquery.transport.head import NO_LIMIT, QuotaLeft

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Window:
    """One ceiling.

    Attributes:
        name: what it counts, such as "hour", "day", "year" or "case".
        left: elements that may still be asked.
        renews_ms: when it begins anew, milliseconds since 1970; None where that is never, or not
            known.
    """

    name: str
    left: int
    renews_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A ceiling that a list does not fit under.

    Attributes:
        window: its name.
        needs: elements that the list takes.
        left: elements that may still be asked, grants included.
        renews_ms: when it begins anew, or None.
    """

    window: str
    needs: int
    left: int
    renews_ms: int | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may still be asked of one nation in one case.

    Attributes:
        windows: the ceilings that are known.
        granted: elements left of grants that fit, beside the ceilings.
    """

    windows: tuple[Window, ...]
    granted: int = 0

    @staticmethod
    def of(left: QuotaLeft, now_ms: int) -> "Allowance":
        """Read what a nation said with its last answer.

        Args:
            left: its word.
            now_ms: when it said it.
        """
        hour_ms = now_ms - now_ms % HOUR_MS + HOUR_MS
        day_ms = now_ms - now_ms % DAY_MS + DAY_MS
        found = (
            Window("hour", left.hour, hour_ms),
            Window("day", left.day, day_ms),
            Window("year", left.year),
            Window("case", left.case),
        )
        return Allowance(tuple(one for one in found if one.left != NO_LIMIT))

    def at(self, now_ms: int) -> "Allowance":
        """Give what of it still holds: a window that has begun anew says nothing."""
        kept = tuple(one for one in self.windows if one.renews_ms is None or one.renews_ms > now_ms)
        return Allowance(kept, self.granted)

    def exceeded_by(self, elements: int) -> tuple[Exceeded, ...]:
        """Name the ceilings that so many elements do not fit under; none where they do."""
        return tuple(
            Exceeded(one.name, elements, one.left + self.granted, one.renews_ms)
            for one in self.windows
            if elements > one.left + self.granted
        )
