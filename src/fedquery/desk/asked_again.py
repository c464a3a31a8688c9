"""What was said later of what a question has found, as far as somebody may read it.

A hit says what a version held. What became of it is known from whoever asked the same nation about
the same identifier again, in this case or in another one; a case that somebody may not read tells
them nothing, not even that it is there.
"""

from fedquery.desk import questions
from fedquery.desk.access import Reader
from fedquery.desk.answered import Later
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.store import DeskStore


def later(store: DeskStore, reader: Reader, question: KeptQuestion) -> Later:
    """Read what can tell that a hit of a question was withdrawn; what it said itself is among it.

    Args:
        store: the store.
        reader: who reads.
        question: the question, which they may read.

    Raises:
        NotThereError: if they may not read its case.
    """
    hits = {question.asked[one.place].encoded for one in question.outcomes if one.word == "hit"}
    if not hits:
        return {}
    # A later version is there after the one that was asked about, never before.
    since_ms = question.asked_ms
    found = questions.answered_since(store, reader, (question.case_id,), hits, since_ms)
    elsewhere = questions.answered_elsewhere(store, reader, question.case_id, hits, since_ms)
    for encoded, answers in elsewhere.items():
        found.setdefault(encoded, []).extend(answers)
    return found
