"""A hit of a list, opened as a question of its own: with its proof, its claim and its exports.

Nothing is asked for it, and nothing counted: it was asked with the list. Its id follows from the
list and its place, so that it is one question however often it is opened.
"""

from dataclasses import replace

from fedquery.ask.outcome import Lookup
from fedquery.ask.screening.values import Row
from fedquery.desk import questions
from fedquery.desk.access import Reader
from fedquery.desk.acts import Act
from fedquery.desk.asked import AskedIdentifier, KeptQuestion, NewQuestion
from fedquery.desk.kept_list import KeptList
from fedquery.desk.store import ID_OCTETS, DeskStore


def open_hit(
    store: DeskStore, reader: Reader, kept: KeptList, row: Row, now_ms: int
) -> KeptQuestion:
    """Open a hit; whoever calls has read the list.

    Args:
        store: the store.
        reader: who opens it.
        kept: the list.
        row: what came of one of its identifiers.
        now_ms: the time.
    """
    new = NewQuestion(
        question_id=question_id_of(store, kept.list_id, row.place),
        case_id=kept.case_id,
        account_id=kept.account_id,
        asked=(AskedIdentifier.of(row.identifier, row.identifier.canonical),),
        nations=kept.new.nations,
        facts=kept.new.facts,
    )
    outcomes = tuple(replace(one, place=0) for one in row.outcomes)
    lookup = Lookup(lookup_id=kept.list_id, asked_ms=kept.asked_ms, outcomes=outcomes)
    act = Act(now_ms, reader.account_id, "found", new.question_id)
    return questions.take_over(store, new, lookup, act)


def question_id_of(store: DeskStore, list_id: str, place: int) -> str:
    """Say under which id the identifier of a place is a question of its own."""
    return store.mark(f"list {list_id} {place}")[:ID_OCTETS].hex()
