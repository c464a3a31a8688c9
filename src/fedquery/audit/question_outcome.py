"""Whether what the entry of a question says of its outcome makes sense by itself."""

from typing import Final

from fedquery.audit.node import QuestionEntry

_HEIGHT: Final = {"": 0, "hit": 1, "reference": 2, "summary": 3}
# A refused claim is charged as well: who guesses tokens pays for each guess.
_CHARGED: Final = ("answer", "claim")


def wrong_with(entry: QuestionEntry) -> str:
    """Say what is wrong about the outcome of a question by itself, or nothing."""
    granted = bool(entry.granted_level)
    answers = granted if entry.type == "claim" else entry.type == "answer"
    if granted == bool(entry.reason) or granted != answers:
        return "it is granted and refused, or neither"
    # By what it was decided is said in full or not at all, and what was granted was decided.
    decided = bool(entry.policy_digest)
    whole = bool(entry.schema_digest) == bool(entry.situation) == bool(entry.engine) == decided
    if not whole or decided < granted:
        return "it does not say in full by what it was decided"
    if _HEIGHT[entry.granted_level] > _HEIGHT[entry.asked_level]:
        return "more was granted than asked"
    if entry.grant is not None and entry.type not in _CHARGED:
        return "a grant has paid for what is not charged"
    return ""
