"""What a person types of a case is said to be wrong beside its field, or can be asked with."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask.case import Case, Teller
from fedquery.cases.card import PERSON_ROLES
from fedquery.cases.case_file import CaseFile
from fedquery.cases.signed import issue
from fedquery.desk.case_form import (
    AIM_NAMES,
    PURPOSE_NAMES,
    ROLE_NAMES,
    CaseFields,
    facts_of,
    faults_of,
    fields_of,
    with_card,
)
from fedquery.psi.question import AIMS, PURPOSES
from fedquery.seal.signing import SigningKey

NOW_MS = 1_795_651_200_000  # 2026-11-26
GOOD = CaseFields(number="2026/118", purpose="fraud", penalty="10", opened="2026-11-21")


def test_each_word_of_the_wire_has_a_name():
    """A purpose, role or aim that is added is on the page too."""
    assert PURPOSES == tuple(PURPOSE_NAMES)
    assert PERSON_ROLES == tuple(ROLE_NAMES)
    assert AIMS == tuple(AIM_NAMES)


def card_file(**facts):
    """Make the file of a case that the agency has opened with a signed card."""
    case = Case(number="2026/118", purpose="fraud", maximum_penalty_years=7, **facts)
    teller = Teller("mekong", "TH/cyber-police", bytes(32))
    card = case.card("VN", teller, NOW_MS - NOW_MS % 3_600_000)
    signed = issue(card, SigningKey(bytes(32)))
    return CaseFile(number=case.number, purpose=case.purpose, cards=(signed,))


def test_the_facts_of_a_signed_card_go_before_what_is_typed():
    """Nothing goes out under its number but what was signed, to the second."""
    opened_ms = NOW_MS - 3_601_000
    file = card_file(
        opened_ms=opened_ms, offence="fraud", transnational=False, person_role="victim"
    )
    typed = replace(GOOD, purpose="", penalty="99", opened="", offence="murder")
    fields = with_card(typed, file)
    assert {} == faults_of(fields, NOW_MS)
    facts = facts_of(fields, file)
    assert ("fraud", "fraud", 7) == (facts.purpose, facts.offence, facts.maximum_penalty_years)
    assert (opened_ms, False, "victim") == (
        facts.opened_ms,
        facts.transnational,
        facts.person_role,
    )


def test_words_of_khmer_and_burmese_may_have_invisible_borders():
    """They are not parted by spaces, and keyboards write the borders of words."""
    assert {} == faults_of(replace(GOOD, offence="ក\u200bខ", justification="က\u200bခ"), NOW_MS)


def test_good_facts_have_no_fault():
    """The day begins at midnight UTC, as the command line takes it."""
    assert {} == faults_of(GOOD, NOW_MS)
    assert 1_795_219_200_000 == facts_of(GOOD).opened_ms


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("number", " "),
        ("number", "a\nb"),
        ("number", "9" * 201),
        ("purpose", ""),
        ("purpose", "curiosity"),
        ("penalty", ""),
        ("penalty", "-1"),
        ("penalty", "100"),
        ("penalty", "\u0667"),
        ("penalty", "9" * 4_000),
        ("opened", "yesterday"),
        ("opened", "0001-01-01"),
        ("opened", "2026-11-28"),
        ("offence", "x" * 81),
        ("offence", "a\u202eb"),
        ("role", "king"),
        ("aim", "fun"),
        ("justification", "x" * 401),
        ("justification", "a\u0000b"),
    ],
)
def test_each_fault_stands_beside_its_field_and_does_not_repeat_it(field, typed):
    """One fault, one field, and nothing of what was typed."""
    faults = faults_of(replace(GOOD, **{field: typed}), NOW_MS)
    assert [field] == list(faults)
    assert not typed.strip() or typed not in faults[field]


@pytest.mark.parametrize("field", ["offence", "justification"])
@pytest.mark.parametrize(
    "said", ["he calls from +66 81 234 5678", "0812345678", "1A1zP1eP5QGefi2DMPTfTL5SLmv7"]
)
def test_no_identifier_goes_out_with_the_words_of_a_case(field, said):
    """Each nation that is asked reads them in the clear."""
    faults = faults_of(replace(GOOD, **{field: said}), NOW_MS)
    assert [field] == list(faults)
    assert {} == faults_of(replace(GOOD, **{field: "section 343, act of 2560"}), NOW_MS)


def test_a_year_of_the_buddhist_calendar_is_noticed():
    """543 years too late is a habit, and no case of the future."""
    faults = faults_of(replace(GOOD, opened="2569-11-21"), NOW_MS)
    assert {"opened": "Write the year as 2026, not as 2569."} == faults


@given(
    st.builds(
        CaseFields,
        number=st.text(string.printable, max_size=6),
        purpose=st.sampled_from([*PURPOSES, ""]),
        penalty=st.text("0123456789-", max_size=4),
        opened=st.one_of(st.dates().map(str), st.just("x")),
        offence=st.text(max_size=90),
        role=st.sampled_from(PERSON_ROLES),
        aim=st.sampled_from(AIMS),
        justification=st.text(max_size=4),
    )
)
def test_what_has_no_fault_can_be_asked_with(fields):
    """Whatever passes here is refused by nobody for its form."""
    if not faults_of(fields, NOW_MS):
        again = facts_of(fields_of(facts_of(fields)))
        assert facts_of(fields) == again
        facts_of(fields).case_of(fields.number.strip(), "").check_opened(NOW_MS)
