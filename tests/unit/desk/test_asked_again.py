"""Later questions about what was found: of all cases that somebody may read, and of no other."""

import pytest
from unit.desk.conftest import (
    AUDITOR,
    MEMBER,
    NOW_MS,
    OTHER,
    OWNER,
    PHONE,
    SUPERVISOR,
    asked,
    new_question,
    outcome,
)

from fedquery.ask.outcome import Lookup
from fedquery.desk import asked_again, case_members, cases, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.kept_case import NewCase
from fedquery.desk.withdrawn import withdrawn


def keep(store, where, number, at_ms, *outcomes, typed=PHONE, by=OWNER):
    """Keep a question of a case to which answers have come."""
    new = new_question(
        where, question_id=f"{number:016x}", asked=asked(typed), account_id=by.account_id
    )
    kept, _ = questions.begin(store, new, NOW_MS + at_ms)
    questions.finish(store, kept.question_id, Lookup("2" * 16, NOW_MS, outcomes))
    return questions.read(store, by, kept.question_id)


@pytest.fixture
def found(store, case):
    """Keep a question that found something."""
    return keep(store, case, 1, 0, outcome("hit", version=3))


@pytest.fixture
def elsewhere(store):
    """Begin a case of another officer."""
    return cases.begin(store, OTHER, NewCase(number="2"), NOW_MS)


def ids(store, who, question):
    """Give the ids of the questions of which somebody reads what was said."""
    found = asked_again.later(store, who, question)
    return {one.question_id for answers in found.values() for one in answers}


def test_a_case_that_somebody_may_not_read_tells_them_nothing(store, found, elsewhere):
    """Its questions are not there for them; to a supervisor, and once they were added, they are."""
    theirs = keep(store, elsewhere, 2, 5, outcome("no hit", version=4), by=OTHER)
    assert {found.question_id} == ids(store, OWNER, found)
    assert withdrawn(found, found.outcomes[0], asked_again.later(store, OWNER, found)) is None
    both = {found.question_id, theirs.question_id}
    assert both == ids(store, SUPERVISOR, found)
    case_members.add_member(store, OTHER, elsewhere.case_id, OWNER.account_id, NOW_MS)
    assert both == ids(store, OWNER, found)
    gone = withdrawn(found, found.outcomes[0], asked_again.later(store, OWNER, found))
    assert (4, theirs.question_id, True) == (gone.version, gone.question_id, gone.elsewhere)


def test_the_questions_of_the_case_itself_are_told_as_such(store, case, found):
    """Nobody is sent to look for another case."""
    keep(store, case, 2, 5, outcome("no hit", version=4))
    gone = withdrawn(found, found.outcomes[0], asked_again.later(store, OWNER, found))
    assert (4, False) == (gone.version, gone.elsewhere)


def test_only_what_asked_about_the_same_and_not_before_is_read(store, case, found):
    """Earlier questions know no later version; others have nothing to say."""
    keep(store, case, 2, -1, outcome("no hit", version=4))
    keep(store, case, 3, 5, outcome("no hit", version=4), typed="+66 81 234 5679")
    again = keep(store, case, 4, 6, outcome("hit", version=4), typed="0066 81 234 5678")
    assert {found.question_id, again.question_id} == ids(store, OWNER, found)


def test_a_question_without_a_hit_looks_at_nothing(store, case):
    """There is nothing that could have been withdrawn."""
    first = keep(store, case, 1, 0, outcome("no hit"))
    keep(store, case, 2, 5, outcome("no hit", version=4))
    assert set() == ids(store, OWNER, first)


@pytest.mark.parametrize("person", [MEMBER, AUDITOR])
def test_who_may_not_read_the_case_reads_nothing(store, found, person):
    """As if the question were not there."""
    with pytest.raises(NotThereError):
        asked_again.later(store, person, found)


def test_of_other_cases_the_newest_questions_are_opened(store, found, monkeypatch):
    """So that no page waits for all that a supervisor may read; of its own case all are."""
    monkeypatch.setattr(questions, "MOST_ELSEWHERE", 2)
    other = cases.begin(store, OWNER, NewCase(number="3"), NOW_MS)
    for number in (5, 6, 7):
        keep(store, other, number, number, outcome("no hit", version=number))
    newest = {f"{number:016x}" for number in (6, 7)}
    assert newest | {found.question_id} == ids(store, OWNER, found)
