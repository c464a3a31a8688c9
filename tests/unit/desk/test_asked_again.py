"""Later questions about what was found: of all cases that somebody may read, and of no other."""

from dataclasses import replace

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
    beside,
    new_question,
    outcome,
)

from fedquery.ask.outcome import Lookup
from fedquery.desk import asked_again, case_members, cases, erasing, questions
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
    """Give the ids of what somebody reads."""
    return {one.question_id for one in asked_again.later(store, who, question)}


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
    """By the question itself as by its case."""
    with pytest.raises(NotThereError):
        questions.read(store, person, found.question_id)
    assert set() == ids(store, person, found)


def test_marks_go_with_their_questions(home, store, case, found, elsewhere):
    """Who has the key cannot try identifiers on what is left; other questions stay found."""
    theirs = keep(store, elsewhere, 2, 5, outcome("hit"), typed="+66 81 234 5679", by=OTHER)
    marks = dict(store.connection.execute("SELECT question_id, mark FROM sought").fetchall())
    erasing.erase_case(store, case.case_id, beside(NOW_MS))
    octets = b"".join(path.read_bytes() for path in home.glob("desk.db*"))
    assert (False, True) == (
        marks[found.question_id] in octets,
        marks[theirs.question_id] in octets,
    )
    assert {theirs.question_id} == ids(store, OTHER, theirs)


def test_a_mark_tells_its_identifier_to_nobody_without_the_key(store, found):
    """Under another key it is another one, and it is that of no number of a case."""
    (mark,) = store.connection.execute("SELECT mark FROM sought").fetchone()
    other = replace(store, key=bytes(32))
    encoded = found.asked[0].encoded
    assert mark == store.mark(f"asked\0{encoded}")
    assert mark not in {other.mark(f"asked\0{encoded}"), store.mark(encoded)}
