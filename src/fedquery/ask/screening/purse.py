"""Who pays for the questions of a list, question by question: pure, as the holder will charge them.

The ordinary quota pays for a question whole, or else the first grant with room for all of it
(protocol.md 8). So a question is never larger than what some one of them has left: where a quota
ends and a grant begins the questions are smaller, and nothing that is left goes unused.
"""

from dataclasses import dataclass, field

from fedquery.seal.size import classes_up_to, smallest_cover
from fedquery.transport.head import NO_LIMIT, QuotaLeft


@dataclass(slots=True)
class Purse:
    """What a nation lets a list ask; it empties as questions are planned.

    Attributes:
        ordinary: elements that the ordinary quota has room for; None where no ceiling is known.
        grants: by dataset, what is left of each grant, in the order in which they pay.
        short: elements that were planned and that nothing pays for.
    """

    ordinary: int | None = None
    grants: dict[str, list[int]] = field(default_factory=dict)
    short: int = 0

    @staticmethod
    def of(left: QuotaLeft | None) -> "Purse":
        """Fill it with what a nation has told; None where it has told nothing."""
        if left is None:
            return Purse()
        windows = [one for one in (left.hour, left.day, left.year, left.case) if one != NO_LIMIT]
        grants: dict[str, list[int]] = {}
        for grant in left.grants:
            grants.setdefault(grant.dataset, []).append(grant.left)
        return Purse(min(windows, default=None), grants)

    def room(self, dataset: str) -> int | None:
        """Say how many elements one question about a dataset may have; None for any number."""
        if self.ordinary is None:
            return None
        return max([self.ordinary, *self.grants.get(dataset, [])])

    def cover(self, dataset: str, elements: int, largest: int) -> list[int]:
        """Split elements into few questions of which each can be paid, and pay them.

        What nothing pays for is split as if there were room for it, and counted as short.

        Args:
            dataset: what they ask about.
            elements: how many, 0 or more.
            largest: the largest size class that may be used.

        Returns:
            Size classes, falling as far as they are paid, whose sum is the number.
        """
        planned: list[int] = []
        for size_class in reversed(classes_up_to(largest)):
            while elements >= size_class and self._pay(dataset, size_class):
                planned.append(size_class)
                elements -= size_class
        if elements:
            self.short += elements
            planned += smallest_cover(elements, largest=largest)
        return planned

    def _pay(self, dataset: str, size_class: int) -> bool:
        if self.ordinary is None:
            return True
        if size_class <= self.ordinary:
            self.ordinary -= size_class
            return True
        grants = self.grants.get(dataset, [])
        for index, left in enumerate(grants):
            if size_class <= left:
                grants[index] -= size_class
                return True
        return False
