"""Values worth trying for some policies: all that they tell apart.

A policy can tell apart only what it looks at, and a number or a time only at the literals that it
names; so each thing that it looks at takes the values around these literals, and all else stays.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fedquery.policy.literals import Named
from fedquery.policy.situation import MAX_COUNT, MAX_ELEMENTS, MAX_PENALTY_YEARS, MAX_TIME_MS
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

COUNTERS: Final = {
    "elementsThisHour": "elements_this_hour",
    "elementsToday": "elements_today",
    "elementsThisYear": "elements_this_year",
    "elementsThisCase": "elements_this_case",
    "elementsOfNationToday": "elements_of_nation_today",
    "questionsToday": "questions_today",
    "questionsThisCase": "questions_this_case",
    "rowsShownToday": "rows_shown_today",
}


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
    found += [_number(name, MAX_COUNT, named) for name in COUNTERS if name in reads]
    if "elements" in reads:
        found.append(_number("elements", MAX_ELEMENTS, named))
    if "maximumPenaltyYears" in reads:
        found.append(_number("maximumPenaltyYears", MAX_PENALTY_YEARS, named))
    if "now" in reads:
        found.append(Choice("now", tuple(_times(named))))
    if "opened" in reads:
        found.append(Choice("opened", tuple(_openings(named))))
    return tuple(choice for choice in found if len(choice.values) > 1)


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
