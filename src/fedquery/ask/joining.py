"""One outcome for each identifier and dataset, joined from what its forms came to."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from fedquery.ask.outcome import Outcome, merge
from fedquery.ask.planning import Form
from fedquery.ask.sealing import SealedQuestion

# Place, nation and dataset.
_Key: TypeAlias = tuple[int, str, str]


@dataclass(slots=True)
class Joining:
    """The outcomes of one lookup.

    Attributes:
        on_outcome: told of each outcome as it comes.
        joined: the outcomes so far, in the order in which they came.
    """

    on_outcome: Callable[[Outcome], None]
    joined: list[Outcome] = field(default_factory=list, init=False)
    # What one dataset said of one identifier, until all of its questions are answered.
    _parts: dict[_Key, list[Outcome]] = field(default_factory=dict, init=False)
    _awaited: Counter[_Key] = field(default_factory=Counter, init=False)

    def expect(self, questions: Iterable[SealedQuestion]) -> None:
        """Wait for an outcome of each of these questions, and of no others."""
        self._awaited = Counter(key for question in questions for key in _keys(question))

    def expect_again(self, replaced: Iterable[SealedQuestion]) -> None:
        """Join what comes next of these questions to what the other forms came to."""
        for question in replaced:
            for key in _keys(question):
                self._awaited[key] = 0

    def say(self, forms: Iterable[Form], outcome: Outcome) -> None:
        """Give one outcome for each identifier that is asked."""
        self.give(replace(outcome, place=place) for place in sorted({form.place for form in forms}))

    def give(self, outcomes: Iterable[Outcome]) -> None:
        """Take outcomes of single forms, and tell of those that are whole with them."""
        for outcome in outcomes:
            key = (outcome.place, outcome.nation, outcome.dataset)
            parts = self._parts.setdefault(key, [])
            parts.append(outcome)
            self._awaited[key] -= 1
            if self._awaited[key] <= 0:
                # Only when all forms were asked is it known that none of them is there.
                merged = merge(self._parts.pop(key))
                self.joined.append(merged)
                self.on_outcome(merged)


def _keys(question: SealedQuestion) -> list[_Key]:
    publication = question.asking.terms.publication
    places = {form.place for form in question.forms}
    return [(place, publication.nation, publication.dataset) for place in places]
