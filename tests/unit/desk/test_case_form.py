"""What a person types of a case is said to be wrong beside its field, or can be asked with."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask.case import Case
from fedquery.cases.card import PERSON_ROLES
from fedquery.desk.case_form import (
    AIM_NAMES,
    PURPOSE_NAMES,
    ROLE_NAMES,
    CaseFields,
    faults_of,
    opened_ms,
)
from fedquery.psi.question import AIMS, PURPOSES

NOW_MS = 1_795_651_200_000  # 2026-11-26
GOOD = CaseFields(number="2026/118", purpose="fraud", penalty="10", opened="2026-11-21")


def case_of(fields):
    """Make the case as it would be asked with."""
    return Case(
        number=fields.number.strip(),
        purpose=fields.purpose,
        offence=fields.offence,
        maximum_penalty_years=int(fields.penalty),
        opened_ms=opened_ms(fields),
        transnational=not fields.domestic,
        sensitive=fields.sensitive,
        person_role=fields.role,
        aim=fields.aim,
        justification=fields.justification,
    )


def test_each_word_of_the_wire_has_a_name():
    """A purpose, role or aim that is added is on the page too."""
    assert PURPOSES == tuple(PURPOSE_NAMES)
    assert PERSON_ROLES == tuple(ROLE_NAMES)
    assert AIMS == tuple(AIM_NAMES)


def test_good_facts_have_no_fault():
    """The day begins at midnight UTC, as the command line takes it."""
    assert {} == faults_of(GOOD, NOW_MS)
    assert 1_795_219_200_000 == opened_ms(GOOD)


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
        case_of(fields).check_opened(NOW_MS)
