"""Repeats: what several officers or cases ask about, or one of them often, and nothing else."""

import pytest
from unit.desk.test_runs import question

from fedquery.desk.repeats import repeats

PHONE = "+66812345678"
A, B = "a" * 16, "b" * 16


def made(*asked):
    """Make questions about one phone, of officers and cases."""
    return [
        _in_case(question(place, PHONE, account_id=officer), case)
        for place, (officer, case) in enumerate(asked)
    ]


def _in_case(asked, case):
    return type(asked)(
        **{
            name: getattr(asked, name) if name != "case_id" else case
            for name in asked.__dataclass_fields__
        }
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([(A, "1")], False),
        ([(A, "1"), (A, "1")], False),
        ([(A, "1"), (A, "1"), (A, "1")], True),
        ([(A, "1"), (B, "1")], True),
        ([(A, "1"), (A, "2")], True),
    ],
    ids=["once", "twice", "thrice", "officers", "cases"],
)
def test_what_is_told(asked, told):
    """Each reason alone is enough, and none is none."""
    found = repeats(made(*asked))
    assert told == bool(found)
    if told:
        assert tuple(made(*asked)) == found[0].questions


def test_several_cases_come_before_several_officers_before_often():
    """What most likely belongs together stands first."""
    cases = made((A, "1"), (A, "2"))
    officers = [question(10, "+66812345600"), question(11, "+66812345600", account_id=B)]
    often = [question(number, "+66812345699") for number in (20, 21, 22)]
    found = repeats([*often, *officers, *cases])
    assert [PHONE, "+66812345600", "+66812345699"] == [one.identifier.shown for one in found]


def test_the_same_text_of_two_kinds_is_no_repeat():
    """An account is not the phone that it looks like."""
    first, second = question(1, "12345678", kind="account"), question(2, "12345678", kind="imei")
    assert () == repeats([first, _in_case(second, "2")])
