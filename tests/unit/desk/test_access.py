"""Who may read and act in which case, row by row; whoever is not named may not."""

import pytest
from unit.desk.conftest import AUDITOR, MEMBER, NOW_MS, OTHER, OWNER, SUPERVISOR, Person

from fedquery.desk import case_members, cases, claims, notes, questions
from fedquery.desk.access import NotThereError, may_act, may_add, may_read, may_supervise
from fedquery.desk.kept_case import CaseError

MEMBERS = (OWNER.account_id, MEMBER.account_id)


@pytest.mark.parametrize(
    ("person", "reads", "acts", "adds", "supervises"),
    [
        (OWNER, True, True, True, False),
        (MEMBER, True, True, False, False),
        (OTHER, False, False, False, False),
        (SUPERVISOR, True, False, True, True),
        (AUDITOR, False, False, False, False),
        (Person(OWNER.account_id, "auditor"), False, False, False, False),
        (Person(OWNER.account_id, "clerk"), False, False, False, False),
        (Person(OWNER.account_id, ""), False, False, False, False),
        (Person(MEMBER.account_id, "supervisor"), True, True, True, True),
    ],
)
def test_the_rules(person, reads, acts, adds, supervises):
    """A role that nobody has thought of may do nothing, also where it was a member."""
    found = (
        may_read(person, MEMBERS),
        may_act(person, MEMBERS),
        may_add(person, OWNER.account_id),
        may_supervise(person),
    )
    assert (reads, acts, adds, supervises) == found


READERS = {
    "cases.read": lambda store, who, question: cases.read(store, who, question.case_id),
    "cases.read_to_act": lambda store, who, question: cases.read_to_act(
        store, who, question.case_id
    ),
    "cases.close": lambda store, who, question: cases.close(store, who, question.case_id, NOW_MS),
    "case_members.add_member": lambda store, who, question: case_members.add_member(
        store, who, question.case_id, OTHER.account_id, NOW_MS
    ),
    "case_members.remove_member": lambda store, who, question: case_members.remove_member(
        store, who, question.case_id, MEMBER.account_id, NOW_MS
    ),
    "questions.read": lambda store, who, question: questions.read(store, who, question.question_id),
    "questions.answered_since": lambda store, who, question: questions.answered_since(
        store, who, [question.case_id], {question.asked[0].encoded}, 0
    ),
    "questions.some_of_case": lambda store, who, question: questions.some_of_case(
        store, who, question.case_id, [question.question_id]
    ),
    "cases.readable": lambda store, who, question: cases.readable(store, who, [question.case_id]),
    "questions.between": lambda store, who, _question: questions.between(store, who, 0, 2**60),
    "notes.write": lambda store, who, question: notes.write(
        store, who, question.case_id, ("f" * 16, "text"), NOW_MS
    ),
    "notes.of_case": lambda store, who, question: notes.of_case(store, who, question.case_id),
    "claims.some_of_case": lambda store, who, question: claims.some_of_case(
        store, who, question.case_id, []
    ),
    "claims.of_question": lambda store, who, question: claims.of_question(
        store, who, question.question_id
    ),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@pytest.mark.parametrize("person", [OTHER, AUDITOR], ids=["another officer", "an auditor"])
def test_whoever_is_not_of_a_case_finds_nothing_there(store, question, person, read):
    """Every way to a case says the same of it as of one that does not exist."""
    with pytest.raises(NotThereError) as denied:
        read(store, person, question)
    with pytest.raises(NotThereError) as missing:
        cases.read(store, person, "0123456789abcdef")
    assert str(missing.value) == str(denied.value)


def test_a_case_of_others_is_in_no_list(store, case):
    """A supervisor sees it."""
    assert [] == cases.readable(store, OTHER) == cases.readable(store, AUDITOR)
    assert [case] == cases.readable(store, OWNER) == cases.readable(store, SUPERVISOR)


def test_a_supervisor_acts_as_a_member_alone(store, case):
    """That they did stands in the case, because they add themselves first."""
    with pytest.raises(CaseError):
        cases.read_to_act(store, SUPERVISOR, case.case_id)
    case_members.add_member(store, SUPERVISOR, case.case_id, SUPERVISOR.account_id, NOW_MS)
    assert SUPERVISOR.account_id in cases.read_to_act(store, SUPERVISOR, case.case_id).members


def test_a_member_does_not_add_others(store, case):
    """The owner does, and takes them out again."""
    case_members.add_member(store, OWNER, case.case_id, MEMBER.account_id, NOW_MS)
    with pytest.raises(CaseError):
        case_members.add_member(store, MEMBER, case.case_id, OTHER.account_id, NOW_MS)
    case_members.remove_member(store, OWNER, case.case_id, MEMBER.account_id, NOW_MS)
    with pytest.raises(NotThereError):
        cases.read(store, MEMBER, case.case_id)


def test_the_owner_stays(store, case):
    """A case that nobody is in could be acted in by nobody."""
    with pytest.raises(CaseError):
        case_members.remove_member(store, SUPERVISOR, case.case_id, OWNER.account_id, NOW_MS)
