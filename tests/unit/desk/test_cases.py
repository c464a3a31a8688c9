"""Cases: begun once, found by their number, closed for ever; and notes."""

from dataclasses import replace

import pytest
from unit.desk.conftest import FACTS, MEMBER, NOW_MS, OTHER, OWNER

from fedquery.desk import acts, case_changes, case_members, cases, notes
from fedquery.desk.kept_case import CaseError, NewCase
from fedquery.errors import InputError, SealError


def test_a_case_is_read_as_it_was_begun(store, case):
    """Number and title come back; the owner is a member."""
    assert ("FIR 12/2026", "Call centre") == (case.number, case.title)
    assert (OWNER.account_id, (OWNER.account_id,)) == (case.owner, case.members)
    assert ("open", NOW_MS, None) == (case.state, case.begun_ms, case.facts)
    assert case == cases.read(store, OWNER, case.case_id)


def test_a_case_is_found_by_its_number(store, case):
    """By whoever may read it; others are told whom to ask, and begin no second one."""
    assert case == cases.find(store, OWNER, "FIR 12/2026")
    assert cases.find(store, OWNER, "FIR 13/2026") is None
    with pytest.raises(CaseError):
        cases.find(store, OTHER, "FIR 12/2026")
    with pytest.raises(CaseError):
        cases.begin(store, OTHER, NewCase(number="FIR 12/2026"), NOW_MS)


def test_facts_are_remembered(store, case):
    """They are those of the last question."""
    case_changes.remember(store, OWNER.account_id, case.case_id, FACTS, NOW_MS)
    later = replace(FACTS, purpose="trafficking")
    case_changes.remember(store, OWNER.account_id, case.case_id, later, NOW_MS)
    assert replace(case, facts=later) == cases.read(store, OWNER, case.case_id)


def test_facts_are_those_that_a_holder_takes():
    """The same that the SDK refuses is refused here, before it is kept."""
    with pytest.raises(InputError):
        replace(FACTS, purpose="curiosity")


@pytest.mark.parametrize(
    "wrong", [{"number": ""}, {"number": "a\nb"}, {"number": "1", "title": "x" * 121}]
)
def test_a_number_or_title_out_of_form_is_refused(wrong):
    """Before anything is kept."""
    with pytest.raises(InputError):
        NewCase(**wrong)


def test_a_closed_case_stays_closed(store, case):
    """Nothing is asked, claimed, noted or closed in it again."""
    closed = cases.close(store, OWNER, case.case_id, NOW_MS + 1)
    assert closed == cases.read(store, OWNER, case.case_id)
    with pytest.raises(CaseError):
        cases.read_to_act(store, OWNER, case.case_id)
    with pytest.raises(CaseError):
        notes.write(store, OWNER, case.case_id, ("1" * 16, "late"), NOW_MS)


def test_the_case_of_the_last_act_is_first(store, case):
    """Officers find what they work on at the top."""
    newer = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS + 1)
    assert [newer, case] == cases.readable(store, OWNER)
    notes.write(store, OWNER, case.case_id, ("1" * 16, "text"), NOW_MS + 2)
    assert [case.case_id, newer.case_id] == [one.case_id for one in cases.readable(store, OWNER)]


def test_what_was_done_stands_in_its_order(store, case):
    """Who, what and when."""
    case_members.add_member(store, OWNER, case.case_id, MEMBER.account_id, NOW_MS + 1)
    notes.write(store, MEMBER, case.case_id, ("1" * 16, "text"), NOW_MS + 2)
    cases.close(store, OWNER, case.case_id, NOW_MS + 3)
    found = [
        (one.what, one.account_id, one.at_ms) for one in acts.read(store.connection, case.case_id)
    ]
    assert found == [
        ("begun", OWNER.account_id, NOW_MS),
        ("added", OWNER.account_id, NOW_MS + 1),
        ("noted", MEMBER.account_id, NOW_MS + 2),
        ("closed", OWNER.account_id, NOW_MS + 3),
    ]


def test_a_note_that_is_sent_twice_is_written_once(store, case):
    """A double click writes one, and one line of history."""
    for _ in range(2):
        notes.write(store, OWNER, case.case_id, ("1" * 16, "Spoke to the bank."), NOW_MS)
    (note,) = notes.of_case(store, OWNER, case.case_id)
    assert "Spoke to the bank." == note.text
    assert 2 == len(acts.read(store.connection, case.case_id))


@pytest.mark.parametrize("text", ["", "x" * 4_001])
def test_a_note_out_of_form_is_refused(store, case, text):
    """It is neither cut nor kept."""
    with pytest.raises(InputError):
        notes.write(store, OWNER, case.case_id, ("1" * 16, text), NOW_MS)


def test_a_case_does_not_pass_to_another_owner_on_the_disk(store, case):
    """What is sealed says who owns it."""
    store.connection.execute("UPDATE kept_case SET owner = ?", (OTHER.account_id,))
    with pytest.raises(SealError):
        cases.read(store, OWNER, case.case_id)


def test_a_note_does_not_move_to_another_case(store, case):
    """A row that is moved on the disk opens nowhere."""
    other = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS)
    notes.write(store, OWNER, case.case_id, ("1" * 16, "text"), NOW_MS)
    store.connection.execute("UPDATE note SET case_id = ?", (other.case_id,))
    with pytest.raises(SealError):
        notes.of_case(store, OWNER, other.case_id)


def test_a_threat_to_life_is_not_kept_for_the_next_question(store):
    """Neither by the question that began the case nor by a later one: ordinary facts stay."""
    urgent = replace(FACTS, purpose="threat to life")
    new = cases.begin(store, OWNER, NewCase(number="2", facts=urgent), NOW_MS)
    assert new.facts is None
    case_changes.remember(store, OWNER.account_id, new.case_id, FACTS, NOW_MS)
    case_changes.remember(store, OWNER.account_id, new.case_id, urgent, NOW_MS)
    assert FACTS == cases.read(store, OWNER, new.case_id).facts
