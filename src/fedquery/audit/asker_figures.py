"""What is counted in an asker's log: questions and claims, what came of them, and how soon."""

from dataclasses import dataclass
from typing import Final

from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.counting import within
from fedquery.audit.month import Month
from fedquery.audit.reading import AnyEntry
from fedquery.audit.statistics import AnswerTimes
from fedquery.audit.suppression import THRESHOLD, least
from fedquery.audit.tally import OUTCOME, Population, Tally

HIT: Final = "hit"
NO_HIT: Final = "no hit"
NOT_CONCLUDED: Final = "not concluded"
"""The outcome of what was asked and of which the log says no more."""

# The 95th percentile of fewer is the longest time of one question.
_P95_FROM: Final = 20
_WAYS: Final = ("holder", "purpose")
_WITHOUT_ANSWER: Final = frozenset({"unavailable", NOT_CONCLUDED})
_WHY: Final = (("reason", "refused"), ("reason unavailable", "unavailable"))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is kept of a question or claim until the end, when its last conclusion is known."""

    entry: AskedEntry
    outcome: str = NOT_CONCLUDED
    reason: str = ""
    took_ms: int = 0


class AskerFigures:
    """Count the entries of an asker's log, one after the other.

    Args:
        month: the month that is counted, or None for all of the log.
    """

    def __init__(self, month: Month | None) -> None:
        self._month = month
        self._asked: dict[bytes, _Asked] = {}

    def add(self, index: int, entry: AnyEntry) -> None:
        """Count an entry, if it is one of those that are counted.

        Args:
            index: its place in the log.
            entry: the entry.
        """
        del index
        if isinstance(entry, AskedEntry) and within(self._month, entry.asked_ms):
            self._asked[entry.request_digest] = _Asked(entry)
        elif isinstance(entry, ConcludedEntry) and entry.request_digest in self._asked:
            # The same octets may be sent again; the last conclusion is what they came to.
            asked = self._asked[entry.request_digest].entry
            took_ms = max(0, entry.replied_ms - asked.asked_ms)
            told = _Asked(asked, _outcome_of(entry), entry.reason, took_ms)
            self._asked[entry.request_digest] = told

    def populations(self) -> tuple[Population, ...]:
        """Write what may be printed of the entries that were added."""
        questions = Tally("questions", _WAYS, (("size", ""), *_WHY))
        claims = Tally("claims", _WAYS, _WHY)
        for one in self._asked.values():
            asked = one.entry
            reason = (one.reason,)
            (questions if asked.asking == "question" else claims).add(
                one.outcome,
                {
                    "holder": (asked.nation, f"{asked.nation}/{asked.dataset}"),
                    "purpose": (asked.purpose, ""),
                },
                {
                    "size": (f"{asked.size_class}",),
                    "reason": reason,
                    "reason unavailable": reason,
                },
            )
        return questions.tabulated(), claims.tabulated()

    def times(self, questions: Population) -> AnswerTimes:
        """Say how long answers to questions took, refusals among them.

        Args:
            questions: what is printed of them. Whether a time is printed depends on that alone, or
                it would say of hidden numbers how large they are.
        """
        outcomes = questions.table(OUTCOME)
        rows = outcomes.rows if outcomes is not None else ()
        at_least = sum(least(row.total) for row in rows if row.name not in _WITHOUT_ANSWER)
        took = sorted(
            one.took_ms
            for one in self._asked.values()
            if one.entry.asking == "question" and one.outcome not in _WITHOUT_ANSWER
        )
        return AnswerTimes(
            _nearest_rank(took, 50) if at_least >= THRESHOLD else None,
            _nearest_rank(took, 95) if at_least >= _P95_FROM else None,
        )


def _outcome_of(entry: ConcludedEntry) -> str:
    if entry.outcome != "answered":
        return entry.outcome
    return HIT if entry.hits else NO_HIT


def _nearest_rank(ascending: list[int], percent: int) -> int:
    return ascending[(len(ascending) * percent + 99) // 100 - 1]
