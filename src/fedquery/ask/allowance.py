"""What a nation lets an agency ask, as far as it is known, and what a list would take of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fedquery.transport.head import NO_LIMIT, QuotaLeft


@dataclass(frozen=True, slots=True)
class Window:
    """One ceiling.

    Attributes:
        name: what it counts: "hour", "day", "year" or "case".
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
        left: elements of the list that may still be asked, grants included.
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
        grants: beside the ceilings, elements left of grants, by dataset.
    """

    windows: tuple[Window, ...]
    grants: tuple[tuple[str, int], ...] = ()

    @staticmethod
    def of(left: QuotaLeft, datasets: Collection[str]) -> "Allowance":
        """Read what a nation has told.

        Args:
            left: its word, or what follows from it by now.
            datasets: those that are to be asked.
        """
        found = (
            Window("hour", left.hour, left.hour_ends_ms or None),
            Window("day", left.day, left.day_ends_ms or None),
            Window("year", left.year, left.year_ends_ms or None),
            Window("case", left.case),
        )
        grants = ((dataset, left.granted(dataset)) for dataset in sorted(datasets))
        return Allowance(
            tuple(one for one in found if one.left != NO_LIMIT),
            tuple((dataset, elements) for dataset, elements in grants if elements),
        )

    @property
    def granted(self) -> int:
        """Count what is left of all grants."""
        return sum(elements for _, elements in self.grants)

    def exceeded_by(self, elements: Mapping[str, int]) -> tuple[Exceeded, ...]:
        """Name the ceilings that a list does not fit under; none where it does.

        Where some of its datasets have grants and others none, the nation must be asked about the
        latter first for it to fit: what the ordinary quota has room for is not paid by a grant.

        Args:
            elements: by dataset.
        """
        needs = sum(elements.values())
        granted = dict(self.grants)
        paid = sum(min(count, granted.get(name, 0)) for name, count in elements.items())
        return tuple(
            Exceeded(one.name, needs, one.left + paid, one.renews_ms)
            for one in self.windows
            if needs > one.left + paid
        )

    def exceeded_at(self, needs: int, short: int) -> tuple[Exceeded, ...]:
        """Name the lowest ceiling, where all of a list could be paid but not in its order.

        Args:
            needs: elements that the list takes.
            short: elements of it that nothing pays for when their turn comes.
        """
        lowest = min(self.windows, key=lambda one: one.left)
        return (Exceeded(lowest.name, needs, needs - short, lowest.renews_ms),)
