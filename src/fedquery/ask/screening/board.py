"""What is known of each form, dataset by dataset, and the outcomes that follow from it.

A board has one octet for each form and the number of the question that answered it. An outcome of
an identifier is made when it is asked for, from its forms, as a lookup would make it.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.ask.outcome import (
    RULES_DIFFER,
    WORDS,
    Outcome,
    Word,
    beside_alarm,
    beside_unanswered,
    of_others,
    rules_differ,
)
from fedquery.ask.screening.listed import Listed, Subject
from fedquery.ask.screening.questions import Came, Said

# What a form is in a dataset. Answered ones are `ABSENT` to `EXACT`; the others are still to be
# asked, are evaluated and not searched yet, or have no spelling that both sides share.
NOT_ASKED: Final = 0
ABSENT: Final = 1
WEAK: Final = 2
EXACT: Final = 3
UNSEARCHED: Final = 4
LOST: Final = 5
_FOUND: Final = frozenset({WEAK, EXACT})
_ANSWERED: Final = _FOUND | {ABSENT}
_NOT_ASKED_WHY: Final = "not-asked"


@dataclass(slots=True)
class DatasetBoard:
    """What is known of the forms in one dataset.

    Attributes:
        nation: the nation.
        dataset: the dataset.
        kind: its kind.
        states: for each form what it is.
        by: for each answered form the number of its question.
        asks: how many forms it is asked in all.
        answered: how many of them are answered.
        hits: how many of them were found.
        stopped: what the rest came to, where nothing more is asked.
    """

    nation: str
    dataset: str
    kind: str
    states: bytearray = field(repr=False)
    by: "array[int]" = field(repr=False)
    asks: int = 0
    answered: int = 0
    hits: int = 0
    stopped: Outcome | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Name it by nation and dataset."""
        return self.nation, self.dataset

    @staticmethod
    def empty(nation: str, dataset: str, kind: str, forms: int) -> "DatasetBoard":
        """Make the board of a dataset of which nothing is known."""
        return DatasetBoard(
            nation, dataset, kind, bytearray(forms), array("I", bytes(4)) * max(1, forms)
        )

    def take(self, number: int, came: Came) -> None:
        """Take what a question came to."""
        states, by = self.states, self.by
        count, first = len(came.forms), came.forms[0] if came.forms else 0
        if came.forms == array("I", range(first, first + count)) and _ANSWERED.isdisjoint(
            states[first : first + count]
        ):
            # As most questions are: forms one after the other, none of them answered before. Other
            # threads read meanwhile: what has a state has its question.
            by[first : first + count] = array("I", (number,)) * count
            states[first : first + count] = came.states
            self.answered += count
            self.hits += count - came.states.count(ABSENT)
            return
        for form, state in zip(came.forms, came.states, strict=True):
            if states[form] not in _ANSWERED:
                by[form] = number
                states[form] = state
                self.answered += 1
                self.hits += state != ABSENT


@dataclass(slots=True)
class Board:
    """What is known of a list, of all nations.

    Attributes:
        listed: the list.
        datasets: by nation and dataset.
        unasked: nations that cannot be asked, and what is said of them.
        said: by the number of a question, what its outcomes share.
    """

    listed: Listed
    datasets: dict[str, dict[str, DatasetBoard]] = field(default_factory=dict)
    unasked: dict[str, Outcome] = field(default_factory=dict)
    said: dict[int, Said] = field(default_factory=dict)
    # By the number of a question and what a form is: makes the outcomes that differ by place alone.
    _told: dict[tuple[int, int], Callable[[int, str], Outcome]] = field(default_factory=dict)

    @property
    def nations(self) -> list[str]:
        """List the nations, in the order in which they are asked."""
        return list(self.datasets)

    def take(self, nation: str, dataset: str, number: int, came: Came) -> None:
        """Take what a question came to."""
        self.said[number] = came.said
        for state in _ANSWERED:
            self._told.pop((number, state), None)
        self.datasets[nation][dataset].take(number, came)

    def is_known(self, nation: str, subject: Subject) -> bool:
        """Tell whether nothing more is awaited of a nation on an identifier."""
        if nation in self.unasked:
            return True
        return all(
            board.stopped is not None
            or all(
                board.states[form] not in {NOT_ASKED, UNSEARCHED}
                for form in subject.forms
                if self.listed.kind_of(form) == board.kind
            )
            for board in self.datasets[nation].values()
        )

    def of_nation(self, nation: str, subject: Subject) -> list[Outcome]:
        """Say what a nation said of an identifier: one outcome for each of its datasets."""
        kind = self.listed.kind_of(subject.forms[0])
        unasked = self.unasked.get(nation)
        if unasked is not None:
            return [replace(unasked, place=subject.place, kind=kind)]
        boards = self.datasets[nation].values()
        found = []
        if kind not in [board.kind for board in boards]:
            found.append(
                Outcome(
                    place=subject.place,
                    nation=nation,
                    dataset="",
                    kind=kind,
                    word="unavailable",
                    why="no-such-dataset",
                )
            )
        several = len(self.listed.kinds) > 1
        for board in boards:
            forms = subject.forms
            if several:
                forms = tuple(form for form in forms if self.listed.kind_of(form) == board.kind)
            if forms:
                found.append(self._of_dataset(board, subject.place, forms))
        return found

    def outcomes(self, subject: Subject) -> tuple[Outcome, ...]:
        """Say what all nations said of an identifier."""
        found: list[Outcome] = []
        for nation in self.datasets:
            found += self.of_nation(nation, subject)
        return tuple(found)

    def outcomes_of(self, subjects: Sequence[Subject]) -> list[tuple[Outcome, ...]]:
        """Say what all nations said of identifiers: of each what `outcomes` says, by columns."""
        if len(self.listed.kinds) > 1 or not self.datasets:
            return list(map(self.outcomes, subjects))
        columns = []
        for nation, boards in self.datasets.items():
            unasked = self.unasked.get(nation)
            if unasked is not None:
                tell = of_others(replace(unasked, kind=self.listed.kinds[0]))
                columns.append([tell(place, unasked.claim_id) for place, _ in subjects])
            elif boards:
                # Each of them is of the kind of the list.
                columns += [self._column(board, subjects) for board in boards.values()]
            else:
                return list(map(self.outcomes, subjects))
        return list(zip(*columns, strict=True))

    def _column(self, board: DatasetBoard, subjects: Sequence[Subject]) -> list[Outcome]:
        states = board.states
        return [
            self._of_answered(board, place, forms[0])
            if len(forms) == 1 and states[forms[0]] in _ANSWERED
            else self._of_dataset(board, place, forms)
            for place, forms in subjects
        ]

    def _of_dataset(self, board: DatasetBoard, place: int, forms: Sequence[int]) -> Outcome:
        states = board.states
        # A hit of the exact form comes first, then a possible hit; else the worst counts.
        form = min(forms, key=lambda one: self._rank(board, one)) if len(forms) > 1 else forms[0]
        found, is_hit = self._of_form(board, place, form), states[form] in _FOUND
        if board.stopped is not None and board.stopped.alarm:
            waiting = [one for one in forms if states[one] not in _ANSWERED and states[one] != LOST]
            if waiting:
                alarm = replace(board.stopped, place=place)
                return beside_alarm(found, alarm) if is_hit else alarm
        if LOST in [states[one] for one in forms]:
            # protocol.md 1: other spelling rules could miss what is there. They hide no hit of
            # another form, which was asked for another identifier or before the rules changed.
            return replace(found, why=RULES_DIFFER) if is_hit else rules_differ(found)
        if states[form] == WEAK:
            others = [one for one in forms if states[one] not in _ANSWERED]
            return (
                beside_unanswered(found, self._of_form(board, place, others[0]))
                if others
                else found
            )
        return found

    def _rank(self, board: DatasetBoard, form: int) -> tuple[int, bool]:
        state = board.states[form]
        if state in _FOUND:
            return WORDS.index("hit"), state == WEAK
        if state == ABSENT:
            return WORDS.index("stale" if self.said[board.by[form]].late else "no hit"), False
        word: Word = board.stopped.word if board.stopped is not None else "unavailable"
        return WORDS.index(word), False

    def _of_form(self, board: DatasetBoard, place: int, form: int) -> Outcome:
        if board.states[form] in _ANSWERED:
            return self._of_answered(board, place, form)
        if board.stopped is not None:
            return replace(board.stopped, place=place)
        return _plain(board, place, "unavailable", _NOT_ASKED_WHY)

    def _of_answered(self, board: DatasetBoard, place: int, form: int) -> Outcome:
        state, number = board.states[form], board.by[form]
        tell = self._told.get((number, state))
        if tell is None:
            said = self.said[number].outcome(
                *board.name, board.kind, found=state != ABSENT, weak=state == WEAK
            )
            tell = self._told[number, state] = of_others(said)
        if state == ABSENT:
            return tell(place, "")
        return tell(place, claim_id(self.listed.job.job_id, number, form))


def claim_id(job_id: str, question: int, form: int) -> str:
    """Name a hit of a screening, for `claim`."""
    return f"{job_id}-{question}-{form}"


def _plain(board: DatasetBoard, place: int, word: Word, why: str) -> Outcome:
    return Outcome(
        place=place,
        nation=board.nation,
        dataset=board.dataset,
        kind=board.kind,
        word=word,
        why=why,
    )
