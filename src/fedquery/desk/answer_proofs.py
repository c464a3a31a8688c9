"""The proof drawer of a cell: each answer that it rests on, with its proof, and if it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fedquery.ask.outcome import Outcome
from fedquery.ask.place import proof_path
from fedquery.desk.answered import Later
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.language import N_
from fedquery.desk.outcome_words import Said, Shape, said_of, shape_of, word_of
from fedquery.desk.proof import Checked, Proof, proof_of
from fedquery.desk.voice import Voice
from fedquery.desk.withdrawn import Withdrawn, withdrawn

_WITHDRAWN: Final = N_(
    "Withdrawn: version %(version)s no longer has it. That is known because it was asked again in"
    " this case."
)
_WEAKER: Final = N_(
    "Version %(version)s has a less exact form of it alone. That is known because it was asked"
    " again in this case."
)
_WITHDRAWN_ELSEWHERE: Final = N_(
    "Withdrawn: version %(version)s no longer has it. That is known because it was asked again in"
    " another case that you may read."
)
_WEAKER_ELSEWHERE: Final = N_(
    "Version %(version)s has a less exact form of it alone. That is known because it was asked"
    " again in another case that you may read."
)


@dataclass(frozen=True, slots=True)
class AnswerProof:
    """One dataset's answer with its proof, in the language of the visitor.

    Attributes:
        outcome: the answer.
        shape: its shape.
        word: the same in words.
        said: what it means, and what to do.
        withdrawn: that a later version no longer has it; "" where nothing says so.
        proof: what was verified.
        receipt: the name of the receipt that can be downloaded; "" for none.
        entry: that of the proof of its entry in the log, where one was collected; "" for none.
    """

    outcome: Outcome
    shape: Shape
    word: str
    said: Said
    withdrawn: str
    proof: Proof
    receipt: str
    entry: str = ""


def of_cell(question: KeptQuestion, place: int, nation: str) -> tuple[Outcome, ...]:
    """Give what all datasets of a nation said of one identifier."""
    return tuple(one for one in question.outcomes if (one.place, one.nation) == (place, nation))


def answer_proofs(
    question: KeptQuestion,
    outcomes: Sequence[Outcome],
    checked: Mapping[str, Checked],
    later: Later,
    voice: Voice,
) -> tuple[AnswerProof, ...]:
    """Tell the proof of each of some answers.

    Args:
        question: the question.
        outcomes: those of its answers that are told.
        checked: by the name of a receipt, what became of verifying it.
        later: what was said of its identifiers since.
        voice: of the visitor.
    """
    return tuple(
        AnswerProof(
            outcome=outcome,
            shape=shape_of(outcome),
            word=word_of(shape_of(outcome), voice),
            said=said_of(outcome, question.asked_ms, voice),
            withdrawn=withdrawn_words(withdrawn(question, outcome, later), voice),
            proof=proof_of(_checked(outcome, checked), outcome.nation, voice),
            receipt=outcome.receipt if _is_there(outcome, checked) else "",
            entry=_entry(outcome, checked),
        )
        for outcome in outcomes
    )


def withdrawn_words(gone: Withdrawn | None, voice: Voice) -> str:
    """Say that a hit was withdrawn; "" where nothing says so."""
    if gone is None:
        return ""
    if gone.elsewhere:
        text = _WEAKER_ELSEWHERE if gone.weaker else _WITHDRAWN_ELSEWHERE
    else:
        text = _WEAKER if gone.weaker else _WITHDRAWN
    return voice.say(text, version=voice.number(gone.version))


def _checked(outcome: Outcome, checked: Mapping[str, Checked]) -> Checked:
    if outcome.receipt:
        return checked[outcome.receipt]
    # Words that only an answer brings, without a receipt: it could not be kept.
    answered = outcome.word in {"hit", "no hit", "refused"} or outcome.alarm
    return Checked(missing="not-kept" if answered else "no-answer")


def _entry(outcome: Outcome, checked: Mapping[str, Checked]) -> str:
    if not outcome.receipt or checked[outcome.receipt].place != "proved":
        return ""
    return proof_path(Path(), outcome.receipt).name


def _is_there(outcome: Outcome, checked: Mapping[str, Checked]) -> bool:
    return bool(outcome.receipt) and checked[outcome.receipt].missing is None
