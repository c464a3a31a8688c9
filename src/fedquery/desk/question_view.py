"""The page of one question, from what is kept of it: pure.

A question whose end nobody has seen is never shown as if it were whole: what may be missing is
"unavailable, outcome unknown", also beside a dataset that said "no hit".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from fedquery.ask.outcome import Outcome
from fedquery.desk.answer_proofs import withdrawn_words
from fedquery.desk.answered import Later
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.matrix import Asked, Awaited, Cell, Matrix, Part, Row, Titles, matrix
from fedquery.desk.outcome_words import Shape, shape_of, word_of
from fedquery.desk.voice import Voice
from fedquery.desk.why_words import why_and_what_to_do
from fedquery.desk.withdrawn import withdrawn

State: TypeAlias = Literal["asking", "finished", "ended"]

_UNKNOWN: Final = "outcome-unknown"
_UNKEPT: Final = N_(
    "Receipts of these answers are missing: the disk could not be written. Copy what is shown."
)
_UNWRITTEN: Final = N_(
    "Not saved yet: the disk of this desk is full. Tell its operator. It is saved as soon as there"
    " is room, and lost if the desk is stopped before."
)
_ALARM: Final = N_("Something that was shown is false. Stop, and do not ask again.")
_NOTHING_ASKED: Final = N_("Nothing was asked.")


@dataclass(frozen=True, slots=True)
class Answers:
    """What has come of a question, whoever knows it: the store, or the task that asks.

    Attributes:
        state: whether more comes.
        outcomes: what came.
        awaited: while more comes, which datasets have to answer.
    """

    state: State
    outcomes: tuple[Outcome, ...] = field(repr=False)
    awaited: Awaited | None = None


@dataclass(frozen=True, slots=True)
class LeadPart:
    """What one dataset has.

    Attributes:
        part: what it said.
        withdrawn: that a later version no longer has it; "" where nothing says so.
    """

    part: Part
    withdrawn: str


@dataclass(frozen=True, slots=True)
class Lead:
    """A hit, with what can be done about it.

    Attributes:
        row: the identifier.
        cell: the nation that has it.
        parts: the datasets that have it.
    """

    row: Row = field(repr=False)
    cell: Cell
    parts: tuple[LeadPart, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What one nation said of several identifiers alike, such as a refusal.

    Attributes:
        cell: one of the cells; the others say the same.
        part: one of the datasets.
        shape: of what it said.
        word: the same in a word.
        kinds: the kinds of the identifiers, in words.
        count: of how many identifiers.
    """

    cell: Cell
    part: Part
    shape: Shape
    word: str
    kinds: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What the page of a question shows.

    Attributes:
        state: whether more comes.
        matrix: the table.
        leads: the hits.
        remarks: why others said nothing, each once.
        warnings: what is to be known before anything else.
        alarm: that something is false; "" where nothing is.
    """

    state: State
    matrix: Matrix
    leads: tuple[Lead, ...]
    remarks: tuple[Remark, ...]
    warnings: tuple[str, ...]
    alarm: str


def answers_of(kept: KeptQuestion) -> Answers:
    """Say what came of a question that no task is asking any more.

    Args:
        kept: the question.
    """
    if kept.state == "finished":
        return Answers("finished", kept.outcomes)
    return Answers("ended", (*kept.outcomes, *_missing(kept)))


def as_told(kept: KeptQuestion) -> KeptQuestion:
    """Give a question as files and proofs tell it: what may be missing is among its outcomes.

    Args:
        kept: the question.
    """
    return replace(kept, outcomes=answers_of(kept).outcomes)


def view_of(
    kept: KeptQuestion,
    answers: Answers,
    voice: Voice,
    titles: Titles | None = None,
    later: Later = MappingProxyType({}),
) -> QuestionView:
    """Lay out the page of a question.

    Args:
        kept: the question.
        answers: what has come of it.
        voice: of the visitor.
        titles: of rules, where they are known.
        later: what was said since, by which a hit may be known to be withdrawn.
    """
    table = matrix(asked_of(kept, answers.awaited), answers.outcomes, voice, titles)
    is_false = any(cell.is_alarm for cell in table.cells())
    return QuestionView(
        state=answers.state,
        matrix=table,
        leads=tuple(_leads(table, kept, later, voice)),
        remarks=_remarks(table.cells(), voice),
        warnings=tuple(_warnings(kept, answers.state, voice)),
        alarm=voice.say(_ALARM) if is_false else "",
    )


def asked_of(kept: KeptQuestion, awaited: Awaited | None = None) -> Asked:
    """Give a question as its table needs it."""
    # The input of the OPRF is kind, version and canonical text (protocol.md, 1).
    identifiers = tuple((one.kind, one.encoded.split(":", 2)[2]) for one in kept.asked)
    return Asked(identifiers, kept.nations, kept.asked_ms, awaited)


def _missing(kept: KeptQuestion) -> Iterator[Outcome]:
    settled = {(one.place, one.nation) for one in kept.outcomes if one.word == "hit" or one.alarm}
    for place, one in enumerate(kept.asked):
        for nation in kept.nations:
            if (place, nation) not in settled:
                yield Outcome(
                    place=place,
                    nation=nation,
                    dataset="",
                    kind=one.kind,
                    word="unavailable",
                    why=kept.why or _UNKNOWN,
                )


def _leads(table: Matrix, kept: KeptQuestion, later: Later, voice: Voice) -> Iterator[Lead]:
    for row, cell in table.hits():
        parts = tuple(
            LeadPart(part, withdrawn_words(withdrawn(kept, part.outcome, later), voice))
            for part in cell.parts
            if part.outcome.word == "hit"
        )
        yield Lead(row, cell, parts)


def _remarks(cells: Sequence[Cell], voice: Voice) -> tuple[Remark, ...]:
    found: dict[tuple[object, ...], Remark] = {}
    for cell in cells:
        for part in cell.parts:
            one = part.outcome
            if one.word in {"hit", "no hit"}:
                continue
            kind, shape = kind_name(one.kind, voice.say), shape_of(one)
            new = Remark(cell, part, shape, word_of(shape, voice), (kind,))
            # What is said in the same words of several kinds is said once.
            same = found.setdefault((one.nation, one.word, part.said), new)
            if same is not new:
                kinds = tuple(dict.fromkeys((*same.kinds, kind)))
                found[one.nation, one.word, part.said] = replace(
                    same, kinds=kinds, count=same.count + 1
                )
    return tuple(sorted(found.values(), key=lambda one: one.cell.nation))


def _warnings(kept: KeptQuestion, state: State, voice: Voice) -> Iterator[str]:
    if state == "ended":
        if kept.why:
            yield voice.say(_NOTHING_ASKED)
        yield from map(voice.say, why_and_what_to_do(kept.why or _UNKNOWN))
    if not kept.is_written:
        yield voice.say(_UNWRITTEN)
    if not kept.kept:
        yield voice.say(_UNKEPT)
