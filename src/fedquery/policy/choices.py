"""Situations worth trying for some policies: every combination of the values that they tell apart.

A policy can tell apart only what it looks at, and a number or a time only at the literals that it
names; so each thing that it looks at takes the values around these literals, and all else stays.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fedquery.policy.literals import Named
from fedquery.policy.situation import (
    MAX_COUNT,
    MAX_ELEMENTS,
    MAX_PENALTY_YEARS,
    MAX_TIME_MS,
    Asker,
    CaseCard,
    Dataset,
    Situation,
    Used,
)
from fedquery.policy.words import Words

NOW_MS: Final = 1_795_478_400_000  # 2026-11-24T00:00:00Z
DAY_MS: Final = 86_400_000
_FAR_MS: Final = NOW_MS + 36_525 * DAY_MS
_WHOLE_MS: Final = {
    "toDays": DAY_MS,
    "toHours": 3_600_000,
    "toMinutes": 60_000,
    "toSeconds": 1_000,
    "toMilliseconds": 1,
}
_MOST_DURATIONS = 8
# Of more names than this only none, all and each are tried.
_MOST_SUBSETS = 4
_ALIKE = 4
_LAST = 1_000
# The golden ratio scatters a walk best (Knuth, TAOCP 3, 6.4).
_GOLDEN = 0.618_033_988_749_895

_COUNTERS: Final = {
    "elementsThisHour": "elements_this_hour",
    "elementsToday": "elements_today",
    "elementsThisYear": "elements_this_year",
    "elementsThisCase": "elements_this_case",
    "elementsOfNationToday": "elements_of_nation_today",
    "questionsToday": "questions_today",
    "questionsThisCase": "questions_this_case",
    "rowsShownToday": "rows_shown_today",
}

Point = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a policy looks at, and the values to try.

    Attributes:
        name: what it is.
        values: at least one.
        most: the greatest value of a number; None for what is no number.
    """

    name: str
    values: tuple[Any, ...]
    most: int | None = None


def choices_for(named: Named, words: Words) -> tuple[Choice, ...]:
    """List what to vary for policies that name this.

    Args:
        named: what the policies name.
        words: the words of the schema.
    """
    reads = named.attributes
    enumerated = words.enumerated
    found = [
        Choice("teams", _subsets(named.ids("Team"))),
        Choice("agency", (*named.ids("Agency"), "")),
        Choice("dataset", (*named.ids("Dataset"), "")),
    ]
    if named.ids("Nation"):
        found.append(Choice("nation", _first(named.ids("Nation"), enumerated["Nation"])))
    found += [
        Choice(attribute, values_of(named.ids(entity), enumerated[entity]))
        for attribute, entity, values_of in _WORDED
        if attribute in reads
    ]
    found += [
        Choice(name, (True, False)) for name in ("sensitive", "transnational") if name in reads
    ]
    if "signedBy" in reads:
        found.append(Choice("signedBy", _subsets(named.ids("Role") or enumerated["Role"])))
    if "pseudonym" in reads:
        found.append(Choice("pseudonym", (*named.texts, "C-1")))
    found += [_number(name, MAX_COUNT, named) for name in _COUNTERS if name in reads]
    if "elements" in reads:
        found.append(_number("elements", MAX_ELEMENTS, named))
    if "maximumPenaltyYears" in reads:
        found.append(_number("maximumPenaltyYears", MAX_PENALTY_YEARS, named))
    if "now" in reads:
        found.append(Choice("now", tuple(_times(named))))
    if "opened" in reads:
        found.append(Choice("opened", tuple(_openings(named))))
    return tuple(choice for choice in found if len(choice.values) > 1)


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
    used = {own: point[name] for name, own in _COUNTERS.items() if name in point}
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


def _first(named: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(name for name in named if name in known), *known)))


def _kinds(named: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Choose kinds: those that are named, and one for all others, which are alike to any policy.

    Only `resource.kind` is of type Kind, so a policy can compare it with nothing but literals.
    There are many kinds; all of them would multiply the points and leave fewer for what matters.
    """
    return _first(named, known)[: len(set(named) & set(known)) + 1]


_WORDED: Final = (
    ("sort", "Sort", _first),
    ("kind", "Kind", _kinds),
    ("purpose", "Purpose", _first),
    ("personRole", "PersonRole", _first),
    ("aim", "Aim", _first),
    ("handling", "Handling", _first),
)


def _subsets(names: Sequence[str]) -> tuple[frozenset[str], ...]:
    if len(names) > _MOST_SUBSETS:
        return (frozenset(), frozenset(names), *(frozenset({name}) for name in names))
    return tuple(
        frozenset(chosen)
        for size in range(len(names) + 1)
        for chosen in itertools.combinations(names, size)
    )


def _within(values: Iterator[int], most: int) -> Iterator[int]:
    return (value for value in dict.fromkeys(values) if 0 <= value <= most)


def _number(name: str, most: int, named: Named) -> Choice:
    around = (literal + step for literal in named.integers for step in (0, 1, -1))
    return Choice(name, tuple(_within(itertools.chain(around, (0, 1, most)), most)), most)


def _durations(named: Named) -> tuple[int, ...]:
    # "more than 90 days" may be written as a number of whole days.
    whole = [
        literal * unit_ms
        for name, unit_ms in _WHOLE_MS.items()
        if name in named.operators
        for literal in (number + step for number in named.integers for step in (0, 1))
    ]
    return tuple(dict.fromkeys((*named.durations_ms, *whole)))[:_MOST_DURATIONS]


def _times(named: Named) -> Iterator[int]:
    durations = _durations(named)
    around = (time + step for time in named.times_ms for step in (0, 1, -1))
    # Times of day, seen through each offset that the policy may add first.
    days = (
        NOW_MS + (clock - offset) % DAY_MS + step
        for clock in durations
        for offset in (0, *durations)
        for step in (0, 1, -1)
    )
    return _within(itertools.chain((NOW_MS,), around, days, (0, _FAR_MS)), MAX_TIME_MS)


def _openings(named: Named) -> Iterator[int]:
    around = (time + step for time in named.times_ms for step in (0, 1, -1))
    ages = (
        NOW_MS + sign * duration + step
        for duration in _durations(named)
        for sign in (-1, 1)
        for step in (0, 1, -1)
    )
    return _within(itertools.chain((NOW_MS - DAY_MS,), ages, around, (0, _FAR_MS)), MAX_TIME_MS)
