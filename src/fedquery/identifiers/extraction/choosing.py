"""Which groups of digits are one number: the longest that is something, from the left."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.identifiers.extraction.banks_beside import NO_BANK
from fedquery.identifiers.extraction.borders import is_begun, is_bordered, with_check_letter
from fedquery.identifiers.extraction.certainty import judge
from fedquery.identifiers.extraction.columns import Columns
from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.folding import Folded
from fedquery.identifiers.extraction.labels import Surroundings, look
from fedquery.identifiers.extraction.numbers import Number, Run, is_lone
from fedquery.identifiers.extraction.possible import Judged, in_plan
from fedquery.identifiers.extraction.reading import Reader

# What stands between the numbers of a list that one word names.
_LIST: Final = re.compile(
    r"(?:[\s,;/|&\u3001\uff0c\uff1b•-]|and|or|và|hoặc|และ|หรือ|和|或|及|ແລະ|ຫຼື|និង|ឬ|နှင့်|[0-9]{1,2}[.)]){1,16}"
)
_LONGEST_GAP = 24
# Numbers that begin with one of the groups before, each with as many ends.
_OVERLAPPING = 49
_TWO = 2

Chosen = tuple[Number, Judged]


@dataclass(slots=True)
class Beside:
    """What stands beside the numbers of a text, in its order.

    Attributes:
        folded: the text.
        region: the asker's nation, or None.
    """

    folded: Folded = field(repr=False)
    region: str | None
    _columns: Columns = field(init=False, repr=False)
    _since: int = 0
    _end: int = 0
    _last: Surroundings = field(default_factory=Surroundings)
    _seen: dict[tuple[int, int], Surroundings] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Look for tables."""
        self._columns = Columns(self.folded.text)

    def of(self, number: Number) -> Surroundings:
        """Read what stands beside a number; in a list what stood beside the one before it."""
        place = number.start, number.end
        if place not in self._seen:
            self._seen[place] = self._look(number)
        return self._seen[place]

    def _look(self, number: Number) -> Surroundings:
        around = look(self.folded.text, number.start, number.end, self._since, self.region)
        cell = self._columns.of(number.start)
        if cell is not None:
            # In a table the heading of the column says it, and words of other cells do not.
            label = cell.label
            return replace(
                around,
                says=label.says,
                near=bool(label.says),
                label_nation=label.nation,
                bank=cell.bank or around.bank,
                bank_near=True,
                bank_sure=True,
                rival=NO_BANK if cell.bank else around.rival,
                used=0,
                bank_used=0,
            )
        if around.says or around.bank[0] or not self._continues(number.start):
            return around
        return replace(
            around,
            says=self._last.says,
            near=self._last.near,
            label_nation=self._last.label_nation,
            script=around.script or self._last.script,
        )

    def _continues(self, start: int) -> bool:
        between = self.folded.text[self._end : start]
        return (
            self._end > 0
            and 0 < len(between) <= _LONGEST_GAP
            and _LIST.fullmatch(between.lower()) is not None
        )

    def passed(self, chosen: Chosen) -> None:
        """Go past a number: the words beside it are not those of the next."""
        number, judged = chosen
        around = self.of(number)
        # The name of a bank is the next one's where this one is led at none.
        is_account = judged.parsed.identifier.kind == "account"
        used = max(around.used, around.bank_used) if is_account else around.used
        self._since, self._end = number.end + used, number.end
        self._last = around
        self._seen.clear()


def numbers_of(run: Run, beside: Beside, reader: Reader) -> Iterator[Chosen]:
    """List the numbers of a run.

    Args:
        run: groups of digits that stand together.
        beside: what stands beside them.
        reader: reads texts as kinds.
    """
    if not is_begun(run.text, run.groups[0][0]):
        # Its beginning is a part of something, so its rest is no number of its own.
        return
    first, doubtful = 0, list[Chosen]()
    while first < len(run.groups):
        for behind, number in run.windows(first):
            chosen = _judged(number, beside, reader)
            if chosen is None:
                continue
            # Those that reach so far begin a few groups before, and are the last of all.
            part = any(
                number.start < other.end and _is_part(chosen[1], of)
                for other, of in doubtful[-_OVERLAPPING:]
            )
            if chosen[1].certainty is not Certainty.DOUBTFUL and not part:
                yield _doubted(chosen, _shorter(run, first, behind), beside, reader)
                beside.passed(chosen)
                doubtful.clear()
                first = behind - 1
                break
            doubtful.append(chosen)
        first += 1
    if doubtful:
        # Nothing else stands here, so all of it together is what a person looks at.
        yield doubtful[0]
        beside.passed(doubtful[0])


def _is_part(judged: Judged, whole: Judged) -> bool:
    """Tell whether a number is none because more of it may be one."""
    # An account has no form, and a phone number without its area is another's.
    kinds = (judged.parsed.identifier.kind, whole.parsed.identifier.kind)
    return kinds[0] == "account" or (kinds == ("phone", "phone") and in_plan(whole.parsed))


def _shorter(run: Run, first: int, behind: int) -> Number | None:
    """Give groups without their last one, where that is a single digit set apart by a blank."""
    start = run.groups[behind - 1][0]
    if behind - first < _TWO or not is_lone(run.groups[behind - 1]) or run.text[start - 1] != " ":
        return None
    return run.window(first, behind - 2)


def _doubted(chosen: Chosen, shorter: Number | None, beside: Beside, reader: Reader) -> Chosen:
    """Doubt a number that would be one without its last digit as well."""
    other = None if shorter is None else _judged(shorter, beside, reader)
    if other is None or other[1].certainty is Certainty.DOUBTFUL:
        return chosen
    if other[1].parsed.identifier == chosen[1].parsed.identifier:
        # The check digit of a device, which is no part of what it is known by.
        return chosen
    number, judged = chosen
    alternatives = (other[1].parsed, *judged.alternatives)
    return number, Judged(judged.parsed, Certainty.DOUBTFUL, alternatives)


def _judged(plain: Number, beside: Beside, reader: Reader) -> Chosen | None:
    folded = beside.folded
    number = with_check_letter(folded.text, plain)
    if not is_bordered(folded.text, number) or folded.mixes_digits(number.start, number.end):
        return None
    judged = judge(number, beside.of(number), reader)
    return None if judged is None else (number, judged)
