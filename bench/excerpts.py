"""The labelled corpus of pasted excerpts: reading it, and measuring what is found in it.

A file holds excerpts of one language. Each begins with a line `%% NAME REGION`, where the name ends
with `/held` where it is held out; what is to be found stands in brackets:

    ⟦phone¦+66812345678¦081-234-5678⟧

A `?` before the kind says that the text itself does not tell, so that a person has to choose; `qr:`
that it is the payee of a payment code.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fedquery.identifiers.extraction import Certainty, Finding, extract

CORPUS = Path(__file__).parents[1] / "tests" / "corpus"
# Whose language it is; English is in nobody's, and pasted by an agency of Thailand.
NATION_OF = {"en": "TH", "km": "KH", "lo": "LA", "my": "MM", "th": "TH", "vi": "VN", "zh": "CN"}
_MARK = re.compile("⟦([^¦⟧]*)¦([^¦⟧]*)¦([^⟧]*)⟧")
_HELD = "/held"
_QR = "qr:"


@dataclass(frozen=True, slots=True)
class Mark:
    """One identifier that is to be found.

    Attributes:
        start: where it begins.
        end: where it ends.
        sort: what it is counted under: its kind, `account with bank` or `QR payload`.
        kind: its kind.
        canonical: its canonical form.
        is_open: whether the text does not tell, so that it must not be taken for certain or likely.
    """

    start: int
    end: int
    sort: str
    kind: str
    canonical: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One pasted text and what is to be found in it.

    Attributes:
        name: its language and number, as `th-07`.
        region: the region of who pastes it.
        is_held: whether it is held out: nothing was tuned on it.
        text: the text.
        marks: what is to be found.
    """

    name: str
    region: str
    is_held: bool
    text: str
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class Score:
    """What was found of one sort.

    Attributes:
        right: found where it is, as what it is, certain or likely.
        offered: found, but left to a person as doubtful.
        missed: not found, or as something else.
        wrong: said to be there and certain or likely, and is not.
    """

    right: int = 0
    offered: int = 0
    missed: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of what was said that is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is there that was said, doubtful findings not counted."""
        there = self.right + self.offered + self.missed
        return self.right / there if there else 1.0


def read(folder: Path = CORPUS) -> list[Excerpt]:
    """Read all excerpts."""
    return [one for path in sorted(folder.glob("*.txt")) for one in _excerpts(path)]


def _excerpts(path: Path) -> Iterator[Excerpt]:
    for part in path.read_text(encoding="utf-8").split("\n%% ")[1:]:
        head, _, marked = part.partition("\n")
        name, region = head.split()
        text, marks = _unmarked(marked)
        yield Excerpt(name.removesuffix(_HELD), region, name.endswith(_HELD), text, tuple(marks))


def _unmarked(marked: str) -> tuple[str, list[Mark]]:
    text, at, marks = "", 0, []
    for found in _MARK.finditer(marked):
        text += marked[at : found.start()]
        named, canonical, written = found.groups()
        is_open, name = named.startswith("?"), named.removeprefix("?")
        kind = name.removeprefix(_QR)
        marks.append(
            Mark(
                len(text),
                len(text) + len(written),
                _sort(name, canonical),
                kind,
                canonical,
                is_open,
            )
        )
        text += written
        at = found.end()
    return text + marked[at:], marks


def _sort(name: str, canonical: str) -> str:
    if name.startswith(_QR):
        return "QR payload"
    with_bank = name == "account" and "::" not in canonical
    return "account with bank" if with_bank else name


def _sort_of(finding: Finding) -> str:
    if finding.scheme:
        return "QR payload"
    return _sort(finding.kind, finding.parsed.identifier.canonical)


def measure(excerpts: list[Excerpt]) -> dict[str, Score]:
    """Measure what is found in excerpts, by sort."""
    scores: dict[str, Score] = {}
    for excerpt in excerpts:
        _compare(excerpt, extract(excerpt.text, excerpt.region), scores)
    return dict(sorted(scores.items()))


def _compare(excerpt: Excerpt, found: tuple[Finding, ...], scores: dict[str, Score]) -> None:
    said = [one for one in found if one.certainty is not Certainty.DOUBTFUL]
    places = Counter(map(_fact, said))
    for mark in excerpt.marks:
        score = scores.setdefault(mark.sort, Score())
        fact = (mark.start, mark.end, mark.kind, mark.canonical)
        if mark.is_open:
            taken = any(one.start < mark.end and mark.start < one.end for one in said)
            score.right += not taken and _is_offered(mark, found)
            score.missed += not taken and not _is_offered(mark, found)
        elif places[fact]:
            places[fact] -= 1
            score.right += 1
        elif _is_offered(mark, found):
            score.offered += 1
            score.examples.append(f"{excerpt.name} {excerpt.region} offered")
        else:
            score.missed += 1
            score.examples.append(f"{excerpt.name} {excerpt.region} missed")
    for finding in said:
        if places[_fact(finding)]:
            places[_fact(finding)] -= 1
            score = scores.setdefault(_sort_of(finding), Score())
            score.wrong += 1
            score.examples.append(f"{excerpt.name} {excerpt.region} wrong")


def _fact(finding: Finding) -> tuple[int, int, str, str]:
    return finding.start, finding.end, finding.kind, finding.parsed.identifier.canonical


def _is_offered(mark: Mark, found: tuple[Finding, ...]) -> bool:
    return any(
        one.identifier.canonical == mark.canonical
        for finding in found
        if finding.start < mark.end and mark.start < finding.end
        for one in (finding.parsed, *finding.alternatives)
    )
