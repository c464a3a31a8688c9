"""Look at a screening that is kept, also while another program runs it; nothing is asked."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from fedquery.ask.home import AskHome
from fedquery.ask.screening.board import EXACT, WEAK, Board
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.kept import facts_of, load_board
from fedquery.ask.screening.listed import Subject
from fedquery.ask.screening.summing import progress_of, summary_of
from fedquery.ask.screening.values import KeptScreening, Progress, Row, Summary

_FOUND: Final = frozenset({WEAK, EXACT})
# Rows that are made together; whoever wants a single one does not wait for many.
_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class Look:
    """A screening as it stood on the disk when it was opened.

    Attributes:
        kept: what it is about and how far it is.
        board: what is known.
    """

    kept: KeptScreening
    board: Board

    @staticmethod
    def open(home: AskHome, job_id: str, random: Callable[[int], bytes]) -> "Look":
        """Read a screening; close what comes back.

        Args:
            home: the home of the agency.
            job_id: its id.
            random: the random source of the screening's file.

        Raises:
            InputError: if there is none of this id, or its list was not read to its end.
            ConfigError, StorageError: if it cannot be used.
        """
        job = Job.open(home, job_id, random, alone=False)
        try:
            return Look(facts_of(job), load_board(job))
        except BaseException:
            job.close()
            raise

    def close(self) -> None:
        """Close its file."""
        self.board.listed.job.close()

    def progress(self) -> Progress:
        """Say how far it is."""
        return progress_of(self.board, {}, {})

    def summary(self) -> Summary:
        """Say what it came to so far; nothing was sent for that."""
        return summary_of(self.board, {}, {}, kept=True)

    def rows(self, start: int = 0) -> Iterator[Row]:
        """Give what there is to say of each place, from one place on."""
        return rows_of(self.board, start)


def found_in(board: Board, numbers: Iterable[int] | None = None) -> Iterator[tuple[int, Row]]:
    """Give the different identifiers of which a nation has a record, at the first place of each.

    Args:
        board: what is known.
        numbers: some of the numbers that this gave, ascending, to read those alone.

    Yields:
        the number of the identifier among the different ones, and what there is to say of it.
    """
    listed = board.listed
    states = [one.states for boards in board.datasets.values() for one in boards.values()]
    holding = [one for one in states if WEAK in one or EXACT in one]
    if numbers is None:
        each: Iterable[tuple[int, Subject]] = enumerate(listed.each_subject()) if holding else ()
    else:
        each = ((number, listed.subject(number)) for number in numbers)
    for number, subject in each:
        if any(one[form] in _FOUND for form in subject.forms for one in holding):
            outcomes = board.outcomes(subject)
            if any(one.word == "hit" for one in outcomes):
                identifier = listed.identifier(subject)
                yield number, Row(place=subject.place, identifier=identifier, outcomes=outcomes)


def rows_of(board: Board, start: int = 0) -> Iterator[Row]:
    """Give what there is to say of each place of a list, in its order.

    Args:
        board: what is known.
        start: the first place, from 0.
    """
    listed = board.listed
    places = itertools.islice(enumerate(listed.each_place()), start, None)
    while some := list(itertools.islice(places, _AT_ONCE)):
        subjects = [listed.subject(number) for _, number in some]
        for at, (place, _) in enumerate(some):
            if subjects[at].place != place:
                subjects[at] = subjects[at]._replace(place=place)
        identifiers = map(listed.identifier, subjects)
        for subject, identifier, outcomes in zip(
            subjects, identifiers, board.outcomes_of(subjects), strict=True
        ):
            yield Row(place=subject.place, identifier=identifier, outcomes=outcomes)
