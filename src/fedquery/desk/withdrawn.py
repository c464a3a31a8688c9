"""Whether a hit still stands, as far as the questions of its case tell.

A hit says what a version held. It is withdrawn where the same identifier was asked again in this
case, the newest version of that dataset that answered is a later one, and it no longer has it.
Nothing else tells it: a nation announces no withdrawal, and questions of other cases are not looked
at, because who asked there is not for everybody to see. So a hit without the mark may be withdrawn
as well; only asking again shows it.
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
    """

    version: int
    as_of_ms: int | None
    question_id: str
    weaker: bool = False


def withdrawn(question: KeptQuestion, hit: Outcome, later: Later) -> Withdrawn | None:
    """Tell whether a hit was withdrawn; None where nothing of this case says so.

    Args:
        question: the question that found it.
        hit: the hit.
        later: what the questions of its case said of its identifiers, in any order.
    """
    if hit.word != "hit" or hit.version is None or hit.alarm:
        return None
    sought = question.asked[hit.place].encoded
    answers = [
        (one.outcome.version or 0, one.asked_ms, one.question_id, one.outcome)
        for one in later.get(sought, ())
        if (one.outcome.nation, one.outcome.dataset) == (hit.nation, hit.dataset)
        and _answers(one.outcome)
    ]
    newest = max(answers, key=lambda one: one[:3], default=None)
    if newest is None:
        return None
    version, _, question_id, outcome = newest
    gone = outcome.word == "no hit" or (outcome.weak and not hit.weak)
    if version <= hit.version or not gone:
        return None
    return Withdrawn(version, outcome.as_of_ms, question_id, outcome.word == "hit")


def _answers(outcome: Outcome) -> bool:
    # A refusal, and data past their time, say nothing of what a version holds.
    return outcome.word in {"hit", "no hit"} and outcome.version is not None and not outcome.alarm
