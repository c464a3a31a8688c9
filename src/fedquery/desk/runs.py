"""Runs of neighbouring numbers: a sign that somebody asks through a range and not about people.

Looked for in the questions of all officers together, so that a range which several share is seen.
A run is no proof of anything: an offender's bank or network may give out numbers one by one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from fedquery.desk.asked_identifier import AskedIdentifier
from fedquery.desk.brief_question import BriefQuestion

# Numbers this far from each other are neighbours, and so many of them are a run.
NEAR: Final = 10
FEWEST: Final = 4
# Shorter endings are those of names and addresses, and not numbers that are given out in order.
_ENDING: Final = re.compile(r"(.*?)([0-9]{4,18})", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Numbers of one kind that follow each other closely.

    Attributes:
        first: the lowest.
        last: the highest.
        count: how many of them were asked about.
        questions: the questions that asked about them, the oldest first.
    """

    first: AskedIdentifier = field(repr=False)
    last: AskedIdentifier = field(repr=False)
    count: int
    questions: tuple[BriefQuestion, ...] = field(repr=False)


def runs(asked: Iterable[BriefQuestion]) -> tuple[Run, ...]:
    """Find the runs in questions, the longest first.

    Args:
        asked: the questions, the oldest first.
    """
    series: dict[tuple[str, str, int], dict[int, _Asked]] = {}
    for question in asked:
        for one in question.asked:
            found = _ENDING.fullmatch(one.shown)
            if found is not None:
                # Numbers of other lengths, or with another beginning, are of another range.
                key = (one.kind, found[1], len(found[2]))
                numbers = series.setdefault(key, {})
                numbers.setdefault(int(found[2]), _Asked(one)).questions.append(question)
    found_runs = [run for numbers in series.values() for run in _of_series(numbers)]
    return tuple(sorted(found_runs, key=lambda run: (-run.count, run.first.encoded)))


@dataclass(slots=True)
class _Asked:
    identifier: AskedIdentifier
    questions: list[BriefQuestion] = field(default_factory=list)


def _of_series(numbers: dict[int, _Asked]) -> Iterator[Run]:
    in_order = sorted(numbers)
    run = in_order[:1]
    for lower, higher in pairwise(in_order):
        if higher - lower > NEAR:
            yield from _run(run, numbers)
            run = []
        run.append(higher)
    yield from _run(run, numbers)


def _run(run: list[int], numbers: dict[int, _Asked]) -> Iterator[Run]:
    if len(run) < FEWEST:
        return
    found = {one.question_id: one for number in run for one in numbers[number].questions}
    yield Run(
        first=numbers[run[0]].identifier,
        last=numbers[run[-1]].identifier,
        count=len(run),
        questions=tuple(sorted(found.values(), key=lambda one: (one.asked_ms, one.question_id))),
    )
