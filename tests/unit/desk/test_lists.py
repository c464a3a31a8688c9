"""Lists as they are kept: whose they are, in what state, and who decides on them."""

from dataclasses import replace

import pytest
from unit.desk.conftest import AUDITOR, FACTS, MEMBER, NOW_MS, OTHER, OWNER, SUPERVISOR, Person
from unit.desk_pages import full_disk

from fedquery.desk import acts, cases, interrupted_lists, list_verdicts, lists
from fedquery.desk.access import NotThereError
from fedquery.desk.case_members import add_member
from fedquery.desk.kept_case import CaseError, NewCase
from fedquery.desk.kept_list import BY_OFFICER, INTERRUPTED, Judgement, ListError, NewList
from fedquery.errors import InputError, ProofError

ID = "1" * 16
APPROVED = Judgement("approved", "One call centre.")
ABOVE = 32
DAY_MS = 86_400_000


def new_list(case, list_id=ID, **changes):
    """Say what is to be asked."""
    fields = {
        "list_id": list_id,
        "case_id": case.case_id,
        "account_id": OWNER.account_id,
        "facts": FACTS,
        "nations": ("VN", "LA"),
        "places": 41,
        "distinct": 40,
        "unread": 1,
        "kinds": (("phone", 41),),
        "digest": bytes(32),
    }
    return NewList(**{**fields, **changes})


@pytest.fixture
def kept(store, case):
    """Keep a list."""
    return lists.keep(store, new_list(case), NOW_MS)


def done(store, case):
    """List what was done in a case since it was begun."""
    return [one.what for one in acts.read(store.connection, case.case_id)[1:]]


def test_a_list_is_read_as_it_was_kept(store, case, kept):
    """By those who may read its case, and nobody learns of it otherwise."""
    assert (new_list(case), "ready", 0, "") == (kept.new, kept.state, kept.asked_ms, kept.why)
    assert kept == lists.read(store, OWNER, ID) == lists.read(store, SUPERVISOR, ID)
    for other in (OTHER, AUDITOR):
        with pytest.raises(NotThereError):
            lists.read(store, other, ID)
        assert [] == lists.ids_readable(store, other)
    assert [ID] == lists.ids_readable(store, SUPERVISOR)
    assert [kept] == lists.of_case(store, OWNER, case.case_id)
    with pytest.raises(NotThereError):
        lists.read(store, OWNER, "2" * 16)
    assert [] == done(store, case)


@pytest.mark.parametrize("list_id", ["", "x" * 16, "A" * 16, "1" * 17])
def test_only_an_id_names_a_list(store, case, list_id):
    """As all ids of the desk."""
    with pytest.raises(InputError):
        lists.keep(store, new_list(case, list_id), NOW_MS)


@pytest.mark.parametrize("column", ["case_id", "account_id", "begun_ms"])
def test_a_row_that_was_changed_does_not_open(store, case, kept, column):
    """Nobody who writes to the disk gives a list to another case, officer or time."""
    values = {"account_id": OTHER.account_id, "begun_ms": NOW_MS + 1}
    if column == "case_id":
        second = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS)
        values["case_id"] = second.case_id
    store.connection.execute(f"UPDATE kept_list SET {column} = ?", (values[column],))  # noqa: S608 -- a name of this test
    with pytest.raises(ProofError):
        lists.read(store, SUPERVISOR, kept.list_id)


def test_only_who_made_a_list_asks_it(store, case, kept):
    """An officer who was added reads it; a closed case asks nothing."""
    add_member(store, OWNER, case.case_id, MEMBER.account_id, NOW_MS)
    assert kept == lists.read(store, MEMBER, ID)
    with pytest.raises(ListError):
        lists.read_to_ask(store, MEMBER, ID)
    assert kept == lists.read_to_ask(store, OWNER, ID)
    cases.close(store, OWNER, case.case_id, NOW_MS)
    with pytest.raises(CaseError):
        lists.read_to_ask(store, OWNER, ID)


def test_a_list_goes_from_state_to_state_and_the_case_says_so(store, case, kept):
    """Asked, stopped, gone on with, ended; the first time it was asked stays."""
    lists.begin(store, kept, NOW_MS + 1)
    asking = lists.read(store, OWNER, ID)
    assert ("asking", NOW_MS + 1) == (asking.state, asking.asked_ms)
    lists.stop(store, asking, BY_OFFICER, NOW_MS + 2)
    stopped = lists.read(store, OWNER, ID)
    assert ("stopped", BY_OFFICER) == (stopped.state, stopped.why)
    lists.begin(store, stopped, NOW_MS + 3)
    lists.stop(store, lists.read(store, OWNER, ID), "", NOW_MS + 4)
    ended = lists.read(store, OWNER, ID)
    assert ("ended", "", NOW_MS + 1) == (ended.state, ended.why, ended.asked_ms)
    assert ["list-asked", "list-stopped", "list-resumed"] == done(store, case)


def test_a_list_that_was_moved_meanwhile_is_not_moved_again(store, kept):
    """Two windows that begin it at once begin it once."""
    lists.begin(store, kept, NOW_MS)
    for move in (lists.begin, lists.want):
        with pytest.raises(ListError):
            move(store, kept, NOW_MS)


def test_what_was_asked_when_the_desk_ended_is_interrupted(store, kept):
    """And nothing else is."""
    assert 0 == interrupted_lists.stop_unfinished(store)
    lists.begin(store, kept, NOW_MS)
    assert 1 == interrupted_lists.stop_unfinished(store)
    found = lists.read(store, OWNER, ID)
    assert ("stopped", INTERRUPTED) == (found.state, found.why)


def test_supervisors_count_what_was_first_asked_in_a_time(store, case, kept):
    """Not what was never asked, and nobody else counts."""
    assert [] == lists.between(store, SUPERVISOR, 0, NOW_MS + 9)
    lists.begin(store, kept, NOW_MS + 5)
    assert [ID] == [one.list_id for one in lists.between(store, SUPERVISOR, NOW_MS, NOW_MS + 6)]
    assert [] == lists.between(store, SUPERVISOR, NOW_MS, NOW_MS + 5)
    with pytest.raises(NotThereError):
        lists.between(store, OWNER, 0, NOW_MS + 9)


def waiting(store, kept):
    """Have a list wait, and read it."""
    lists.want(store, kept, NOW_MS)
    return lists.read(store, OWNER, ID)


def test_a_long_list_is_begun_only_as_somebody_else_approved_it(store, case, kept):
    """Once, with a reason, for a day."""
    with pytest.raises(ListError):
        list_verdicts.require_may_begin(store, kept, ABOVE, NOW_MS)
    list_verdicts.require_may_begin(store, kept, 40, NOW_MS)
    assert [] == list_verdicts.to_approve(store, SUPERVISOR)
    wanted = waiting(store, kept)
    assert [wanted] == list_verdicts.to_approve(store, SUPERVISOR)
    made = list_verdicts.judge(store, SUPERVISOR, ID, APPROVED, NOW_MS)
    assert made == list_verdicts.find(store, ID, "approval")
    assert [] == list_verdicts.to_approve(store, SUPERVISOR)
    approved = lists.read(store, OWNER, ID)
    list_verdicts.require_may_begin(store, approved, ABOVE, NOW_MS + 86_400_000)
    with pytest.raises(ListError):
        list_verdicts.require_may_begin(store, approved, ABOVE, NOW_MS + 86_400_001)
    lists.begin(store, approved, NOW_MS)
    # What was begun in time does not go on for ever.
    begun = lists.read(store, OWNER, ID)
    list_verdicts.require_may_begin(store, begun, ABOVE, NOW_MS + DAY_MS)
    with pytest.raises(ListError):
        list_verdicts.require_may_begin(store, begun, ABOVE, NOW_MS + DAY_MS + 1)
    assert ["list-wanted", "list-approved", "list-asked"] == done(store, case)


def asked_by_approval(store, kept, why=BY_OFFICER):
    """Have a list approved, asked and stopped at once."""
    waiting(store, kept)
    list_verdicts.judge(store, SUPERVISOR, ID, APPROVED, NOW_MS)
    lists.begin(store, lists.read(store, OWNER, ID), NOW_MS)
    lists.stop(store, lists.read(store, OWNER, ID), why, NOW_MS)
    return lists.read(store, OWNER, ID)


@pytest.mark.parametrize("why", ["", BY_OFFICER])
def test_what_is_left_of_a_list_waits_for_another_decision_after_a_day(store, case, kept, why):
    """Bound to the same list; who approved before stays with it, and it is asked for a day more."""
    stopped = asked_by_approval(store, kept, why)
    assert not list_verdicts.want_if_needed(store, stopped, ABOVE, NOW_MS + DAY_MS)
    late = NOW_MS + 40 * DAY_MS
    assert list_verdicts.want_if_needed(store, stopped, ABOVE, late)
    again = lists.read(store, OWNER, ID)
    assert ("waiting", kept.new, NOW_MS) == (again.state, again.new, again.asked_ms)
    (over,) = again.ended
    assert ("approved", SUPERVISOR.account_id, NOW_MS) == (
        over.finding,
        over.account_id,
        over.at_ms,
    )
    assert "One call centre." == over.reason
    assert [again] == list_verdicts.to_approve(store, SUPERVISOR)
    with pytest.raises(ListError):
        list_verdicts.require_may_begin(store, again, ABOVE, late)
    with pytest.raises(ListError):
        lists.begin(store, again, late)
    list_verdicts.judge(store, SUPERVISOR, ID, APPROVED, late)
    approved = lists.read(store, OWNER, ID)
    assert (over,) == approved.ended
    list_verdicts.require_may_begin(store, approved, ABOVE, late + DAY_MS)
    lists.begin(store, approved, late)
    assert "list-resumed" == done(store, case)[-1]
    # And it ends again.
    lists.stop(store, lists.read(store, OWNER, ID), BY_OFFICER, late)
    third = lists.read(store, OWNER, ID)
    assert list_verdicts.want_if_needed(store, third, ABOVE, late + DAY_MS + 1)
    assert [NOW_MS, late] == [one.at_ms for one in lists.read(store, OWNER, ID).ended]


def test_an_approval_that_was_put_back_is_over(store, kept):
    """Who can write to the disk makes nobody's old word a new one."""
    stopped = asked_by_approval(store, kept)
    (row,) = store.connection.execute("SELECT * FROM list_verdict").fetchall()
    late = NOW_MS + 40 * DAY_MS
    assert list_verdicts.want_if_needed(store, stopped, ABOVE, late)
    store.connection.execute("INSERT INTO list_verdict VALUES (?, ?, ?, ?, ?, ?)", row)
    store.connection.execute("UPDATE kept_list SET state = 'approved'")
    with pytest.raises(ListError):
        list_verdicts.require_may_begin(store, lists.read(store, OWNER, ID), ABOVE, late)


def test_an_approval_that_is_over_before_anything_was_asked_makes_no_list_wait(store, kept):
    """It is made again; and a declined one, or a short one, waits for nobody."""
    wanted = waiting(store, kept)
    assert not list_verdicts.want_if_needed(store, wanted, ABOVE, NOW_MS)
    list_verdicts.judge(store, SUPERVISOR, ID, APPROVED, NOW_MS)
    approved = lists.read(store, OWNER, ID)
    assert not list_verdicts.want_if_needed(store, approved, ABOVE, NOW_MS + DAY_MS + 1)
    begun = replace(approved, state="stopped", asked_ms=NOW_MS)
    assert not list_verdicts.want_if_needed(store, begun, 40, NOW_MS + DAY_MS + 1)
    declined = replace(begun, state="declined")
    assert not list_verdicts.want_if_needed(store, declined, ABOVE, NOW_MS + DAY_MS + 1)


def test_on_a_full_disk_what_was_interrupted_is_noted_later(store, kept):
    """And what goes on meanwhile is not interrupted by that."""
    lists.begin(store, kept, NOW_MS)
    disk = full_disk.on(store)
    disk.is_full = True
    assert 1 == interrupted_lists.stop_unfinished(store)
    assert "asking" == lists.read(store, OWNER, ID).state
    interrupted_lists.note_held(store)
    assert {ID} == store.unstopped
    disk.is_full = False
    interrupted_lists.note_held(store)
    stopped = lists.read(store, OWNER, ID)
    assert ("stopped", INTERRUPTED, set()) == (stopped.state, stopped.why, store.unstopped)
    lists.begin(store, stopped, NOW_MS)
    disk.is_full = True
    interrupted_lists.stop_unfinished(store)
    disk.is_full = False
    lists.stop(store, lists.read(store, OWNER, ID), INTERRUPTED, NOW_MS)
    lists.begin(store, lists.read(store, OWNER, ID), NOW_MS)
    interrupted_lists.note_held(store)
    assert "asking" == lists.read(store, OWNER, ID).state


def test_nobody_decides_twice_on_their_own_or_without_the_role(store, case, kept):
    """Nor on what waits for nothing."""
    with pytest.raises(ListError):
        list_verdicts.judge(store, SUPERVISOR, ID, APPROVED, NOW_MS)
    waiting(store, kept)
    own = Person(OWNER.account_id, "supervisor")
    for reader in (own, OWNER):
        with pytest.raises(ListError):
            list_verdicts.judge(store, reader, ID, APPROVED, NOW_MS)
    with pytest.raises(NotThereError):
        list_verdicts.judge(store, OTHER, ID, APPROVED, NOW_MS)
    list_verdicts.judge(store, SUPERVISOR, ID, Judgement("declined", "Why?"), NOW_MS)
    with pytest.raises(ListError):
        list_verdicts.judge(store, SUPERVISOR, ID, APPROVED, NOW_MS)
    declined = lists.read(store, OWNER, ID)
    assert "declined" == declined.state
    with pytest.raises(ListError):
        list_verdicts.require_may_begin(store, declined, ABOVE, NOW_MS)
    with pytest.raises(ListError):
        lists.begin(store, declined, NOW_MS)


@pytest.mark.parametrize(
    ("column", "value"),
    [("finding", "approved"), ("account_id", OTHER.account_id), ("at_ms", NOW_MS + 1)],
)
def test_a_verdict_that_was_changed_does_not_open(store, kept, column, value):
    """Nobody who writes to the disk turns a decision round."""
    waiting(store, kept)
    list_verdicts.judge(store, SUPERVISOR, ID, Judgement("declined", "Why?"), NOW_MS)
    store.connection.execute(f"UPDATE list_verdict SET {column} = ?", (value,))  # noqa: S608 -- a name of this test
    with pytest.raises(ProofError):
        list_verdicts.find(store, ID, "approval")


def test_a_verdict_is_bound_to_exactly_one_list(store, case, kept):
    """What was approved of another list does not open as one of this, even under its id."""
    waiting(store, kept)
    list_verdicts.judge(store, SUPERVISOR, ID, APPROVED, NOW_MS)
    store.connection.execute("DELETE FROM kept_list")
    store.connection.execute("PRAGMA foreign_keys = OFF")
    other = replace(new_list(case), digest=b"x" * 32)
    row = store.connection.execute("SELECT salt FROM salt WHERE owner = ?", (ID,)).fetchone()
    assert row is not None
    store.connection.execute("DELETE FROM salt WHERE owner = ?", (ID,))
    lists.keep(store, other, NOW_MS)
    assert list_verdicts.find(store, ID, "approval") is None


def test_an_urgent_list_waits_for_nobody_and_is_reviewed_once_it_was_asked(store, case):
    """By somebody else."""
    facts = replace(FACTS, purpose="threat to life")
    kept = lists.keep(store, new_list(case, facts=facts), NOW_MS)
    list_verdicts.require_may_begin(store, kept, ABOVE, NOW_MS)
    assert [] == list_verdicts.to_review(store, SUPERVISOR)
    lists.begin(store, kept, NOW_MS + 1)
    assert [ID] == [one.list_id for one in list_verdicts.to_review(store, SUPERVISOR)]
    justified = Judgement("justified", "A person was held.")
    with pytest.raises(ListError):
        list_verdicts.judge(store, OWNER, ID, justified, NOW_MS)
    list_verdicts.judge(store, SUPERVISOR, ID, justified, NOW_MS)
    assert [] == list_verdicts.to_review(store, SUPERVISOR)
    with pytest.raises(NotThereError):
        list_verdicts.to_review(store, OWNER)
