"""Long questions: decided once by another person, a supervisor, and asked as they were approved."""

from dataclasses import replace

import pytest
from unit.desk.conftest import (
    AUDITOR,
    MEMBER,
    NOW_MS,
    OTHER,
    OWNER,
    SUPERVISOR,
    Person,
    asked,
    beside,
    new_question,
)

from fedquery.ask.second_person import LASTS_MS
from fedquery.desk import acts, approvals, case_members, cases, erasing, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.approval import ApprovalError, Verdict
from fedquery.desk.kept_case import NewCase
from fedquery.desk.refusals import IdReusedError
from fedquery.errors import SealError

YES, NO = Verdict("approved", "one ring"), Verdict("declined", "too many")
LATER = NOW_MS + 1_000


@pytest.fixture
def new(case):
    """Say what is to be asked."""
    return new_question(case, asked=asked("+66 81 234 5678", "+66 81 234 5679"))


@pytest.fixture
def wanted(store, new):
    """Want it."""
    return approvals.want(store, new, NOW_MS)


def test_what_was_approved_is_what_is_asked(store, new, wanted):
    """It comes back as it was confirmed, and what was decided stands in the case."""
    decided = approvals.decide(store, SUPERVISOR, wanted.approval_id, YES, LATER)
    assert ("approved", SUPERVISOR.account_id, LATER, "one ring") == (
        decided.state,
        decided.decided_by,
        decided.decided_ms,
        decided.reason,
    )
    assert new == approvals.approved(store, OWNER, wanted.approval_id, LATER)
    written = [one.what for one in acts.read(store.connection, new.case_id)]
    assert ["begun", "wanted", "approved"] == written


def test_nothing_is_asked_before_or_against_a_decision(store, wanted):
    """Waiting is no approval, and declined is none for ever."""
    with pytest.raises(ApprovalError):
        approvals.approved(store, OWNER, wanted.approval_id, LATER)
    approvals.decide(store, SUPERVISOR, wanted.approval_id, NO, LATER)
    with pytest.raises(ApprovalError):
        approvals.approved(store, OWNER, wanted.approval_id, LATER)
    with pytest.raises(ApprovalError):
        approvals.decide(store, SUPERVISOR, wanted.approval_id, YES, LATER)
    assert "declined" == approvals.read(store, OWNER, wanted.approval_id).state


def test_nobody_decides_on_their_own_question(store):
    """A supervisor who asks needs another one."""
    case = cases.begin(store, SUPERVISOR, NewCase(number="9"), NOW_MS)
    new = new_question(case, account_id=SUPERVISOR.account_id)
    wanted = approvals.want(store, new, NOW_MS)
    with pytest.raises(ApprovalError):
        approvals.decide(store, SUPERVISOR, wanted.approval_id, YES, LATER)
    second = Person("f" * 16, "supervisor")
    assert "approved" == approvals.decide(store, second, wanted.approval_id, YES, LATER).state


@pytest.mark.parametrize("person", [OWNER, MEMBER])
def test_no_officer_decides(store, case, wanted, person):
    """Whether it is theirs or that of another officer of the case."""
    case_members.add_member(store, SUPERVISOR, case.case_id, MEMBER.account_id, NOW_MS)
    with pytest.raises(ApprovalError):
        approvals.decide(store, person, wanted.approval_id, YES, LATER)


@pytest.mark.parametrize("person", [OTHER, AUDITOR])
def test_to_others_it_is_not_there(store, wanted, person):
    """Neither to read, nor to decide on, nor to ask, nor in a list."""
    for deed in (
        lambda: approvals.read(store, person, wanted.approval_id),
        lambda: approvals.decide(store, person, wanted.approval_id, YES, LATER),
        lambda: approvals.approved(store, person, wanted.approval_id, LATER),
        lambda: approvals.waiting(store, person),
        lambda: approvals.read(store, person, "0" * 16),
    ):
        with pytest.raises(NotThereError):
            deed()


def test_only_who_wanted_it_asks_it(store, case, wanted):
    """What stands in the agency's log as the officer is who asks."""
    case_members.add_member(store, SUPERVISOR, case.case_id, MEMBER.account_id, NOW_MS)
    approvals.decide(store, SUPERVISOR, wanted.approval_id, YES, LATER)
    with pytest.raises(ApprovalError):
        approvals.approved(store, MEMBER, wanted.approval_id, LATER)


def test_an_approval_lasts_for_a_day(store, wanted):
    """To the millisecond, and it can be read afterwards."""
    approvals.decide(store, SUPERVISOR, wanted.approval_id, YES, LATER)
    approvals.approved(store, OWNER, wanted.approval_id, LATER + LASTS_MS)
    with pytest.raises(ApprovalError):
        approvals.approved(store, OWNER, wanted.approval_id, LATER + LASTS_MS + 1)
    assert approvals.read(store, OWNER, wanted.approval_id).has_lapsed(LATER + LASTS_MS + 1)


def test_a_form_that_is_sent_twice_wants_it_once(store, new, wanted):
    """Also after it was decided and asked; with other content it is refused."""
    assert wanted == approvals.want(store, new, LATER)
    with pytest.raises(IdReusedError):
        approvals.want(store, replace(new, asked=asked("+66 81 234 5670")), LATER)
    with pytest.raises(IdReusedError):
        approvals.want(store, replace(new, account_id=OTHER.account_id), LATER)
    approvals.decide(store, SUPERVISOR, wanted.approval_id, YES, LATER)
    questions.begin(store, new, LATER)
    approvals.was_asked(store, wanted.approval_id)
    again = approvals.want(store, new, LATER)
    assert ("asked", None, "one ring") == (again.state, again.question, again.reason)


def test_an_id_that_no_page_drew_is_refused(store, new):
    """A browser chooses nothing."""
    with pytest.raises(IdReusedError):
        approvals.want(store, replace(new, question_id="../x"), NOW_MS)


def test_the_oldest_waits_first_and_what_was_decided_does_not(store, case, wanted):
    """The list of the supervisors."""
    earlier = new_question(case, question_id="1" * 16)
    first = approvals.want(store, earlier, NOW_MS - 1)
    assert [first, wanted] == approvals.waiting(store, SUPERVISOR)
    approvals.decide(store, SUPERVISOR, first.approval_id, NO, LATER)
    assert [wanted] == approvals.waiting(store, SUPERVISOR)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved', decided_by = 'd', decided_ms = 1",
        "account_id = 'bbbbbbbbbbbbbbbb'",
        "question_id = 'bbbbbbbbbbbbbbbb'",
    ],
)
def test_nobody_approves_by_writing_to_the_disk(store, wanted, change):
    """What was changed there does not open."""
    store.connection.execute(f"UPDATE approval SET {change}")  # noqa: S608 -- of this test
    with pytest.raises((SealError, NotThereError)):
        approvals.approved(store, Person("b" * 16, "supervisor"), wanted.approval_id, LATER)


def test_a_decision_is_not_turned_round_on_the_disk(store, wanted):
    """Declined stays declined."""
    approvals.decide(store, SUPERVISOR, wanted.approval_id, NO, LATER)
    store.connection.execute("UPDATE approval SET state = 'approved'")
    with pytest.raises(SealError):
        approvals.approved(store, OWNER, wanted.approval_id, LATER)


def test_nothing_that_was_typed_stands_in_the_clear(store, home, wanted):
    """Neither what is to be asked nor why it was decided so."""
    approvals.decide(store, SUPERVISOR, wanted.approval_id, NO, LATER)
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    octets = (home / "desk.db").read_bytes()
    assert not any(text in octets for text in (b"812345678", b"too many", b"telecom"))
    assert "812345678" not in repr(wanted)


@pytest.mark.parametrize(("days", "left"), [(1, 0), (2, 1)])
def test_it_is_erased_with_its_time_and_with_its_case(store, case, wanted, days, left):
    """Its key goes too."""
    approvals.decide(store, SUPERVISOR, wanted.approval_id, NO, LATER)
    acts.write(
        store.connection, case.case_id, acts.Act(NOW_MS + 2 * erasing.DAY_MS, "a", "noted", "")
    )
    erasing.erase_due(store, days, beside(NOW_MS + erasing.DAY_MS))
    salts = store.connection.execute(
        "SELECT count(*) FROM salt WHERE owner = ?", (wanted.approval_id,)
    ).fetchone()
    assert (left,) == salts
    erasing.erase_case(store, case.case_id, beside(NOW_MS))
    assert (0,) == store.connection.execute("SELECT count(*) FROM salt").fetchone()
    assert (0,) == store.connection.execute("SELECT count(*) FROM approval").fetchone()
