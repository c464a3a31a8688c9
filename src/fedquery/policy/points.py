"""Points among choices, in an order that soon shows what matters, and the situation of each."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fedquery.policy.choices import COUNTERS, DAY_MS, NOW_MS, Choice
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used

_ALIKE = 4
_LAST = 1_000
# The golden ratio scatters a walk best (Knuth, TAOCP 3, 6.4).
_GOLDEN = 0.618_033_988_749_895

Point = Mapping[str, Any]


def points(choices: Sequence[Choice], most: int) -> Iterator[Point]:
    """Walk over all combinations, each once: first those of like places, then scattered.

    Args:
        choices: what is varied.
        most: how many points are given at most.
    """
    total = count(choices)
    stride = max(1, round(total * _GOLDEN))
    while math.gcd(stride, total) != 1:
        stride += 1
    scattered = (number * stride % total for number in range(total))
    # What each looked-at thing needs stands at its first values, or at its last: the greatest.
    alike = [_index(choices, at) for at in (*range(_ALIKE), _LAST)]
    tried: set[int] = set()
    for index in itertools.chain(alike, scattered):
        if len(tried) == most:
            return
        if index not in tried:
            tried.add(index)
            yield _point(choices, index)


def _index(choices: Sequence[Choice], place: int) -> int:
    index = 0
    for choice in reversed(choices):
        index = index * len(choice.values) + min(place, len(choice.values) - 1)
    return index


def _point(choices: Sequence[Choice], index: int) -> Point:
    point: dict[str, Any] = {}
    for choice in choices:
        index, place = divmod(index, len(choice.values))
        point[choice.name] = choice.values[place]
    return point


def count(choices: Sequence[Choice]) -> int:
    """Count all combinations."""
    return math.prod(len(choice.values) for choice in choices)


def extremes(choices: Sequence[Choice], point: Point) -> Iterator[Point]:
    """Give a point with each number, and with all numbers, as great as they can be."""
    greatest = {choice.name: choice.most for choice in choices if choice.most is not None}
    for name, most in greatest.items():
        yield {**point, name: most}
    if greatest:
        yield {**point, **greatest}


def situation_at(point: Point, holder: str, others: Sequence[str], *, claim: bool) -> Situation:
    """Make the situation of a point.

    Args:
        point: what was chosen; all else is ordinary.
        holder: the nation that is asked.
        others: the nations that may ask.
        claim: whether a record is claimed, whose handling code is then known.
    """
    agency = point.get("agency") or ""
    nation = agency[:2] or point.get("nation") or next(n for n in others if n != holder)
    dataset = point.get("dataset") or f"{holder}/records"
    used = {own: point[name] for name, own in COUNTERS.items() if name in point}
    return Situation(
        asker=Asker(
            agency or f"{nation}/agency",
            nation,
            point.get("sort", "police"),
            point.get("teams", frozenset()),
        ),
        dataset=Dataset(
            holder,
            dataset.partition("/")[2],
            point.get("kind", "phone"),
            point.get("sensitive", False),
        ),
        case=CaseCard(
            point.get("pseudonym", "C-1"),
            point.get("maximumPenaltyYears", 5),
            point.get("transnational", True),
            point.get("opened", NOW_MS - DAY_MS),
            point.get("signedBy", frozenset()),
        ),
        purpose=point.get("purpose", "fraud"),
        person_role=point.get("personRole", "suspect"),
        aim=point.get("aim", "identify"),
        elements=point.get("elements", 0 if claim else 1),
        used=Used(**used),
        now_ms=point.get("now", NOW_MS),
        handling=point.get("handling", "open") if claim else None,
    )
