"""Reviews: each question under a threat to life waits for one, of another person who supervises."""

from dataclasses import replace

import pytest
from unit.desk.conftest import (
    AUDITOR,
    FACTS,
    MEMBER,
    NOW_MS,
    OTHER,
    OWNER,
    SUPERVISOR,
    Person,
    new_question,
)

from fedquery.desk import acts, case_members, questions, reviews
from fedquery.desk.access import NotThereError
from fedquery.desk.reviews import ReviewError, Verdict
from fedquery.errors import SealError

URGENT = replace(FACTS, purpose="threat to life")
THERE_WAS = Verdict("justified", "a child was held")
LATER = NOW_MS + 1_000


@pytest.fixture
def urgent(store, case):
    """Ask under a threat to life."""
    kept, _ = questions.begin(store, new_question(case, "1" * 16, facts=URGENT), NOW_MS)
    return kept


def test_it_waits_until_somebody_has_reviewed_it(store, question, urgent):
    """Only what was asked under a threat to life does, and it is found and written once."""
    assert [urgent] == reviews.waiting(store, SUPERVISOR)
    assert reviews.read(store, SUPERVISOR, urgent.question_id) is None
    made = reviews.write(store, SUPERVISOR, urgent.question_id, THERE_WAS, LATER)
    assert made == reviews.read(store, OWNER, urgent.question_id)
    assert ("justified", "a child was held", SUPERVISOR.account_id, LATER) == (
        made.finding,
        made.reason,
        made.account_id,
        made.reviewed_ms,
    )
    assert [] == reviews.waiting(store, SUPERVISOR)
    assert "reviewed" == acts.read(store.connection, urgent.case_id)[-1].what
    with pytest.raises(ReviewError):
        reviews.write(store, Person("f" * 16, "supervisor"), urgent.question_id, THERE_WAS, LATER)
    with pytest.raises(ReviewError):
        reviews.write(store, SUPERVISOR, question.question_id, THERE_WAS, LATER)


def test_what_was_never_sent_broke_no_glass(store, urgent):
    """Where it is not known, it did."""
    questions.end(store, urgent.question_id, "coordinator-down")
    assert [] == reviews.waiting(store, SUPERVISOR)
    with pytest.raises(ReviewError):
        reviews.write(store, SUPERVISOR, urgent.question_id, THERE_WAS, LATER)


def test_what_came_of_it_may_be_unknown(store, urgent):
    """The desk stopped while it was asked: it is reviewed."""
    questions.end_unfinished(store)
    assert [urgent.question_id] == [one.question_id for one in reviews.waiting(store, SUPERVISOR)]


def test_nobody_reviews_their_own_question(store, case):
    """Another supervisor has to."""
    case_members.add_member(store, SUPERVISOR, case.case_id, SUPERVISOR.account_id, NOW_MS)
    new = new_question(case, "2" * 16, facts=URGENT, account_id=SUPERVISOR.account_id)
    questions.begin(store, new, NOW_MS)
    with pytest.raises(ReviewError):
        reviews.write(store, SUPERVISOR, "2" * 16, THERE_WAS, LATER)
    second = Person("f" * 16, "supervisor")
    assert reviews.write(store, second, "2" * 16, THERE_WAS, LATER)


def test_officers_of_the_case_read_it_and_write_none(store, case, urgent):
    """To all others it is not there."""
    case_members.add_member(store, SUPERVISOR, case.case_id, MEMBER.account_id, NOW_MS)
    for person in (OWNER, MEMBER):
        with pytest.raises(ReviewError):
            reviews.write(store, person, urgent.question_id, THERE_WAS, LATER)
    for person in (OTHER, AUDITOR):
        with pytest.raises(NotThereError):
            reviews.write(store, person, urgent.question_id, THERE_WAS, LATER)
        with pytest.raises(NotThereError):
            reviews.read(store, person, urgent.question_id)
    for person in (OWNER, OTHER, AUDITOR):
        with pytest.raises(NotThereError):
            reviews.waiting(store, person)


def test_a_finding_is_not_turned_round_on_the_disk(store, urgent):
    """It does not open then."""
    reviews.write(store, SUPERVISOR, urgent.question_id, Verdict("not justified", "no"), LATER)
    store.connection.execute("UPDATE review SET finding = 'justified'")
    with pytest.raises(SealError):
        reviews.read(store, SUPERVISOR, urgent.question_id)
