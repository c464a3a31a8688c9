"""How far a screening is and what it came to, from what is known: counted, and as it comes."""

from collections import Counter
from collections.abc import Iterator, Mapping

from fedquery.ask.outcome import Outcome, Word, fold
from fedquery.ask.screening.board import ABSENT, EXACT, WEAK, Board, DatasetBoard
from fedquery.ask.screening.reading import PART
from fedquery.ask.screening.values import NationProgress, NationSummary, Progress, Summary
from fedquery.transport.head import QuotaLeft


def progress_of(board: Board, elements: Mapping[str, int], waits: Mapping[str, int]) -> Progress:
    """Say how far a screening is.

    Args:
        board: what is known.
        elements: by nation, elements that were sent in this run.
        waits: by nation, until when it is waited for, or 0.
    """
    found = []
    for nation, boards in board.datasets.items():
        unasked = board.unasked.get(nation)
        stopped = [one.stopped.why for one in boards.values() if one.stopped is not None]
        found.append(
            NationProgress(
                nation=nation,
                forms=sum(one.asks for one in boards.values()),
                answered=sum(one.answered for one in boards.values()),
                hits=sum(one.hits for one in boards.values()),
                elements=elements.get(nation, 0),
                why=unasked.why if unasked is not None else next(iter(stopped), ""),
                waiting_until_ms=waits.get(nation, 0),
            )
        )
    return Progress(job_id=board.listed.job.job_id, nations=tuple(found))


def summary_of(
    board: Board, elements: Mapping[str, int], left: Mapping[str, QuotaLeft], *, kept: bool
) -> Summary:
    """Say what a screening came to.

    Args:
        board: what is known.
        elements: by nation, elements that were sent in this run.
        left: by nation, what it lets this agency ask further.
        kept: whether the receipts of all answers are on the disk.
    """
    nations = []
    for nation in board.nations:
        words, weak = counted(board, nation)
        stopped = [one.stopped for one in board.datasets[nation].values()]
        nations.append(
            NationSummary(
                nation=nation,
                words=dict(words),
                weak=weak,
                elements=elements.get(nation, 0),
                left=left.get(nation),
                alarm=any(one is not None and one.alarm for one in stopped),
            )
        )
    return Summary(
        job_id=board.listed.job.job_id,
        identifiers=board.listed.places,
        distinct=board.listed.subjects,
        nations=tuple(nations),
        kept=kept,
    )


def counted(board: Board, nation: str) -> tuple[Counter[Word], int]:
    """Count the identifiers by the word of a nation, and the hits that are possible ones."""
    words: Counter[Word] = Counter()
    boards = board.datasets[nation]
    if _is_plain(board, boards):
        (one,) = boards.values()
        words.update({"hit": one.states.count(EXACT), "no hit": one.states.count(ABSENT)})
        return +words, 0
    weak = 0
    for word, is_weak in _words(board, nation):
        words[word] += 1
        weak += is_weak
    return words, weak


def _words(board: Board, nation: str) -> Iterator[tuple[Word, bool]]:
    """Give for each identifier the word of a nation, and whether a hit is a possible one."""
    for subject in board.listed.each_subject():
        (folded,) = fold(board.of_nation(nation, subject))
        hits = [one for one in folded.outcomes if one.word == "hit"]
        yield folded.word, bool(hits) and all(one.weak for one in hits)


def _is_plain(board: Board, boards: Mapping[str, DatasetBoard]) -> bool:
    """Tell whether each identifier is what its own form is, by one dataset, in time.

    As many forms as identifiers are their own ones, but one can be a less exact form of another
    one as well: found, it is a possible hit of both.
    """
    listed = board.listed
    plain = listed.subjects == listed.forms and len(listed.kinds) == 1
    if not plain or len(boards) != 1 or any(said.late for said in board.said.values()):
        return False
    (one,) = boards.values()
    return one.answered == listed.forms and WEAK not in one.states


class Ready:
    """Gives the outcomes of one nation in the order of the list, as far as they are known.

    Args:
        board: what is known.
        nation: the nation.
    """

    def __init__(self, board: Board, nation: str) -> None:
        self._board = board
        self._nation = nation
        self._subjects = board.listed.each_subject()
        self._next = next(self._subjects, None)

    def take(self, *, all_of_it: bool) -> list[Outcome]:
        """Take the next outcomes; none where nothing more is known."""
        found: list[Outcome] = []
        while self._next is not None and len(found) < PART:
            if not all_of_it and not self._board.is_known(self._nation, self._next):
                break
            found += self._board.of_nation(self._nation, self._next)
            self._next = next(self._subjects, None)
        return found
