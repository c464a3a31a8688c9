"""The later questions about what a question has found, as far as somebody may read them.

A hit says what a version held. What became of it is known from whoever asked the same nation about
the same identifier again, in this case or in another one; a case that somebody may not read tells
them nothing, not even that it is there.
"""

from fedquery.desk import cases, questions, sought
from fedquery.desk.access import NotThereError, Reader
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.store import DeskStore


def later(store: DeskStore, reader: Reader, question: KeptQuestion) -> list[KeptQuestion]:
    """Read what can tell that a hit of a question was withdrawn; itself is among it.

    Args:
        store: the store.
        reader: who reads.
        question: the question, which they may read.
    """
    hits = {question.asked[one.place].encoded for one in question.outcomes if one.word == "hit"}
    # A later version is there after the one that was asked about, never before.
    found = sought.since(store, hits, question.asked_ms)
    readable = {case_id for case_id in set(found.values()) if _may_read(store, reader, case_id)}
    return [
        questions.read(store, reader, question_id)
        for question_id, case_id in found.items()
        if case_id in readable
    ]


def _may_read(store: DeskStore, reader: Reader, case_id: str) -> bool:
    try:
        cases.read(store, reader, case_id)
    except NotThereError:
        return False
    return True
