"""What a screening came to, counted as its lines go by: words, reasons, and the first hits."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.lists.report import Entry
from fedquery.ask.outcome import NationOutcome, Outcome, Word, fold
from fedquery.cli.wording import exit_of
from fedquery.config.exit_codes import ExitCode

HITS_SHOWN: Final = 10


@dataclass(slots=True)
class Tally:
    """Counts of the lines of a list.

    Attributes:
        words: for each nation, lines by word.
        weak: for each nation, hits that are possible hits only.
        reasons: what was said other than hit and no hit: an example of each, with its count.
        hits: the first lines with a hit.
        hit_lines: how many lines have one, from any nation.
        read: how many lines could be read.
        unread: how many could not.
    """

    words: dict[str, Counter[Word]] = field(default_factory=dict)
    weak: Counter[str] = field(default_factory=Counter)
    reasons: dict[tuple[str, str, str, str], tuple[Outcome, int]] = field(default_factory=dict)
    hits: list[Entry] = field(default_factory=list, repr=False)
    hit_lines: int = 0
    read: int = 0
    unread: int = 0

    def count(self, found: Iterable[Entry]) -> Iterator[Entry]:
        """Count lines as they go by."""
        for entry in found:
            if entry.identifier is None:
                self.unread += 1
            else:
                self.read += 1
                self._add(entry)
            yield entry

    def exit_code(self, *, kept: bool) -> ExitCode:
        """Choose the exit code: as that of a lookup, and 3 where a line could not be read.

        Args:
            kept: whether receipts of all answers are on the disk.
        """
        examples = [outcome for outcome, _ in self.reasons.values()]
        folded = [
            NationOutcome(
                0,
                nation,
                word,
                tuple(one for one in examples if (one.nation, one.word) == (nation, word)),
            )
            for nation, words in self.words.items()
            for word in words
        ]
        code = exit_of(folded, kept=kept)
        return ExitCode.SOME if code is ExitCode.OK and self.unread else code

    def _add(self, entry: Entry) -> None:
        found = False
        for nation in fold(entry.outcomes):
            self.words.setdefault(nation.nation, Counter())[nation.word] += 1
            if nation.word == "hit":
                found = True
                hits = [one for one in nation.outcomes if one.word == "hit"]
                self.weak[nation.nation] += all(one.weak for one in hits)
        for outcome in entry.outcomes:
            if outcome.word not in {"hit", "no hit"} or outcome.alarm:
                key = (outcome.nation, outcome.dataset or outcome.kind, outcome.word, outcome.why)
                first, count = self.reasons.get(key, (outcome, 0))
                self.reasons[key] = (first, count + 1)
        if found:
            self.hit_lines += 1
            if len(self.hits) < HITS_SHOWN:
                self.hits.append(entry)
