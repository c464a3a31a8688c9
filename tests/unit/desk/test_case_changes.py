"""What a case says is changed, and what it said before stays in its history."""

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
)
from unit.desk.voices import ENGLISH

from fedquery.desk import acts, case_changes, cases
from fedquery.desk.access import NotThereError
from fedquery.desk.facts_words import Changed, changed, told
from fedquery.desk.kept_case import CaseError, NewCase, Said
from fedquery.errors import SealError

LATER = replace(FACTS, purpose="trafficking", offence="people held in compounds")


def made(store, case):
    """Read the changes of a case, the oldest first."""
    ids = [one.subject for one in acts.read(store.connection, case.case_id) if one.what == "facts"]
    return list(case_changes.some_of_case(store, OWNER, case.case_id, ids).values())


def day(moment):
    """Write a day."""
    return moment.isoformat()


def test_the_first_facts_change_nothing(store, case):
    """There is nothing that somebody could want to read again."""
    case_changes.remember(store, OWNER.account_id, case.case_id, FACTS, NOW_MS)
    assert [] == made(store, case)


def test_old_values_stay_with_who_changed_them_and_when(store, case):
    """By a question with other facts as by the page of facts."""
    case_changes.remember(store, OWNER.account_id, case.case_id, FACTS, NOW_MS)
    case_changes.remember(store, MEMBER.account_id, case.case_id, LATER, NOW_MS + 5)
    case_changes.edit(store, OWNER, case.case_id, Said("Compound", LATER), NOW_MS + 6)
    first, second = made(store, case)
    assert (MEMBER.account_id, NOW_MS + 5) == (first.account_id, first.changed_ms)
    assert (Said(case.title, FACTS), Said(case.title, LATER)) == (first.before, first.after)
    assert (case.title, "Compound") == (second.before.title, second.after.title)
    kept = cases.read(store, OWNER, case.case_id)
    assert ("Compound", LATER, case.number) == (kept.title, kept.facts, kept.number)


def test_what_has_waited_does_not_take_back_what_was_changed_meanwhile(store, case):
    """A question that was approved a day later, and a list that goes on, say what they said."""
    case_changes.remember(store, OWNER.account_id, case.case_id, FACTS, NOW_MS)
    case_changes.edit(store, OWNER, case.case_id, Said(case.title, LATER), NOW_MS + 5)
    for said_ms, facts in ((NOW_MS + 4, LATER), (NOW_MS + 6, FACTS)):
        case_changes.remember(
            store, OWNER.account_id, case.case_id, FACTS, NOW_MS + 7, said_ms=said_ms
        )
        assert facts == cases.read(store, OWNER, case.case_id).facts


def test_the_same_sent_twice_is_one_change(store, case):
    """A double click leaves one line."""
    case_changes.remember(store, OWNER.account_id, case.case_id, FACTS, NOW_MS)
    for _ in range(2):
        case_changes.edit(store, OWNER, case.case_id, Said(case.title, LATER), NOW_MS)
    assert 1 == len(made(store, case))


def test_no_threat_to_life_takes_the_place_of_facts(store, case):
    """Whoever asks under one says so each time."""
    case_changes.remember(store, OWNER.account_id, case.case_id, FACTS, NOW_MS)
    urgent = replace(FACTS, purpose="threat to life")
    case_changes.edit(store, OWNER, case.case_id, Said(case.title, urgent), NOW_MS)
    assert FACTS == cases.read(store, OWNER, case.case_id).facts
    assert [] == made(store, case)


@pytest.mark.parametrize("person", [OTHER, AUDITOR])
def test_others_change_nothing(store, case, person):
    """A case that is not theirs is not there."""
    with pytest.raises(NotThereError):
        case_changes.edit(store, person, case.case_id, Said("x", FACTS), NOW_MS)
    with pytest.raises(NotThereError):
        case_changes.some_of_case(store, person, case.case_id, [])


def test_neither_a_supervisor_who_is_not_of_it_nor_anybody_in_a_closed_case(store, case):
    """They act in it as members alone; and closed cases stay as they are."""
    with pytest.raises(CaseError):
        case_changes.edit(store, SUPERVISOR, case.case_id, Said("x", FACTS), NOW_MS)
    cases.close(store, OWNER, case.case_id, NOW_MS)
    with pytest.raises(CaseError):
        case_changes.edit(store, OWNER, case.case_id, Said("x", FACTS), NOW_MS)


def test_a_change_does_not_pass_to_another_case_or_officer(store, case):
    """A row that is changed on the disk does not open; no other case has it."""
    case_changes.edit(store, OWNER, case.case_id, Said("x", None), NOW_MS)
    (one,) = made(store, case)
    other = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS)
    assert {} == case_changes.some_of_case(store, OWNER, other.case_id, [one.change_id])
    store.connection.execute("UPDATE case_change SET account_id = ?", ("b" * 16,))
    with pytest.raises(SealError):
        made(store, case)


def test_nothing_of_a_change_stands_on_the_disk(home, store, case):
    """Neither the old values nor the new ones."""
    case_changes.edit(store, OWNER, case.case_id, Said("Compound", FACTS), NOW_MS)
    octets = b"".join(path.read_bytes() for path in home.glob("desk.db*"))
    assert not any(text in octets for text in (b"Compound", b"Call centre", b"telecom"))


def test_only_what_differs_is_told():
    """In words, the title among it; what was not there before is told as nothing."""
    found = changed(Said("a", FACTS), Said("a", LATER), ENGLISH, day)
    assert found == (
        Changed("Purpose", "fraud", "trafficking"),
        Changed("Offence", "telecom fraud", "people held in compounds"),
    )
    assert (Changed("Title", "a", "b"),) == changed(
        Said("a", FACTS), Said("b", FACTS), ENGLISH, day
    )
    first = changed(Said("a", None), Said("a", FACTS), ENGLISH, day)
    assert {"fraud", "yes", "10"} <= {one.after for one in first}
    assert {""} == {one.before for one in first}


def test_each_fact_is_told_differently_where_it_differs():
    """No fact can change without a line that says so."""
    others = {
        "purpose": "trafficking",
        "offence": "x",
        "maximum_penalty_years": 99,
        "opened_ms": FACTS.opened_ms - 2 * 86_400_000,
        "transnational": False,
        "sensitive": True,
        "person_role": "victim",
        "aim": "known",
        "justification": "y",
    }
    for name, value in others.items():
        other = replace(FACTS, **{name: value})
        assert 1 == len(changed(Said("", FACTS), Said("", other), ENGLISH, day)), name
    assert len(others) == len(told(FACTS, ENGLISH, day)) == len(FACTS.__dataclass_fields__)
