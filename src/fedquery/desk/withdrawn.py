"""Whether a hit still stands, as far as the questions tell that somebody may read.

A hit says what a version held. It is withdrawn where the same identifier was asked again, the
newest version of that dataset that answered is a later one, and it no longer has it. Nothing else
tells it: a nation announces no withdrawal, and cases that somebody may not read are not looked at
(`asked_again`). So a hit without the mark may be withdrawn as well; only asking again shows it.
"""

from dataclasses import dataclass

from fedquery.ask.outcome import Outcome
from fedquery.desk.answered import Later
from fedquery.desk.asked import KeptQuestion


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """That a later version no longer has what was found.

    Attributes:
        version: that version.
        as_of_ms: when it was published.
        question_id: the question that showed it.
        weaker: whether it still has a less exact form, where the exact one was found.
        elsewhere: whether that question is of another case.
    """

    version: int
    as_of_ms: int | None
    question_id: str
    weaker: bool = False
    elsewhere: bool = False


def withdrawn(question: KeptQuestion, hit: Outcome, later: Later) -> Withdrawn | None:
    """Tell whether a hit was withdrawn; None where nothing of it says so.

    Args:
        question: the question that found it.
        hit: the hit.
        later: what was said of its identifiers since, in any order.
    """
    if hit.word != "hit" or hit.version is None:
        return None
    sought = question.asked[hit.place].encoded
    answers = [
        (one.outcome.version or 0, one.asked_ms, one.question_id, one.case_id, one.outcome)
        for one in later.get(sought, ())
        if (one.outcome.nation, one.outcome.dataset) == (hit.nation, hit.dataset)
        and _answers(one.outcome, hit)
    ]
    newest = max(answers, key=lambda one: one[:3], default=None)
    if newest is None:
        return None
    version, _, question_id, case_id, outcome = newest
    gone = outcome.word == "no hit" or (outcome.weak and not hit.weak)
    if version <= hit.version or not gone:
        return None
    return Withdrawn(
        version=version,
        as_of_ms=outcome.as_of_ms,
        question_id=question_id,
        weaker=outcome.word == "hit",
        elsewhere=case_id != question.case_id,
    )


def _answers(outcome: Outcome, hit: Outcome) -> bool:
    # A refusal, and data past their time, say nothing of what a version holds. A hit was verified,
    # whatever else was false; but a less exact form says that the exact one is gone only where
    # nothing is said beside it: otherwise that one was false, not answered or could not be asked.
    if outcome.version is None:
        return False
    if outcome.word == "hit":
        return not outcome.weak or hit.weak or not (outcome.alarm or outcome.why)
    return outcome.word == "no hit" and not outcome.alarm
