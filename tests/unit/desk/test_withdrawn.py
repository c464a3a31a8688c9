"""A hit is withdrawn where a later version that answered no longer has it, and not else."""

from dataclasses import replace

import pytest
from unit.desk.conftest import FACTS, NOW_MS, asked, outcome

from fedquery.desk.answered import Answered
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.withdrawn import Withdrawn, withdrawn

HIT = outcome("hit", version=3)


def made(number, at_ms, *outcomes, typed="+66 81 234 5678"):
    """Make a question of the case."""
    return KeptQuestion(
        question_id=f"{number:016x}",
        case_id="c" * 16,
        account_id="a" * 16,
        asked_ms=NOW_MS + at_ms,
        asked=asked(typed),
        nations=("VN",),
        facts=FACTS,
        state="finished",
        outcomes=outcomes,
    )


def said(*questions):
    """Give what questions said, by the encoded form of each identifier."""
    found = {}
    for one in questions:
        for came in one.outcomes:
            answered = Answered(one.question_id, one.asked_ms, came, one.case_id)
            found.setdefault(one.asked[came.place].encoded, []).append(answered)
    return found


FIRST = made(1, 0, HIT)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([], None),
        ([outcome("no hit", version=4)], (4, False)),
        ([outcome("no hit", version=4), outcome("hit", version=5)], None),
        ([outcome("hit", version=4), outcome("no hit", version=5)], (5, False)),
        ([outcome("hit", version=4, weak=True)], (4, True)),
        ([outcome("no hit", version=3)], None),
        ([outcome("no hit", version=2)], None),
        ([outcome("refused", version=4)], None),
        ([outcome("unavailable", version=None)], None),
        ([outcome("stale", version=4)], None),
        ([outcome("no hit", version=4, alarm=True)], None),
        # The exact form was false, not answered, not looked for, or its data are past their time.
        ([outcome("hit", version=4, alarm=True, weak=True)], None),
        ([outcome("hit", version=4, why="quota", weak=True)], None),
        ([outcome("hit", version=4, why="rules-differ", weak=True)], None),
        ([outcome("hit", version=4, why="overdue", weak=True)], None),
        ([outcome("hit", version=4, alarm=True)], None),
        ([outcome("no hit", version=4, dataset="other")], None),
        ([outcome("no hit", version=4, nation="MM")], None),
    ],
)
def test_what_later_questions_say(later, expected):
    """The newest version that answered counts; a refusal and old data say nothing."""
    of_case = [FIRST, *(made(2 + at, 1 + at, one) for at, one in enumerate(later))]
    found = withdrawn(FIRST, HIT, said(*of_case))
    assert expected == (found and (found.version, found.weaker))
    # In whatever order they are read.
    assert found == withdrawn(FIRST, HIT, said(*reversed(of_case)))


def test_it_names_the_question_that_showed_it():
    """With the time of the publication."""
    gone = outcome("no hit", version=4, as_of_ms=NOW_MS)
    found = withdrawn(FIRST, HIT, said(FIRST, made(7, 1, gone)))
    assert Withdrawn(4, NOW_MS, f"{7:016x}") == found


def test_another_identifier_says_nothing():
    """Its answer is not that of this one."""
    other = made(2, 1, outcome("no hit", version=4), typed="+66 81 234 5679")
    assert withdrawn(FIRST, HIT, said(FIRST, other)) is None


def test_another_spelling_of_it_does():
    """What was typed is not what is compared."""
    other = made(2, 1, outcome("no hit", version=4), typed="0066 81 234 5678")
    assert withdrawn(FIRST, HIT, said(FIRST, other)) is not None


def test_a_possible_hit_is_withdrawn_by_none_at_all():
    """A later possible hit is the same one."""
    weak = replace(HIT, weak=True)
    first = made(1, 0, weak)
    assert withdrawn(first, weak, said(made(2, 1, outcome("hit", version=4, weak=True)))) is None
    assert withdrawn(first, weak, said(made(2, 1, outcome("no hit", version=4)))) is not None


def test_a_possible_hit_beside_what_was_not_answered_is_still_there():
    """It is one: what an older version did not have is there again."""
    weak = replace(HIT, weak=True)
    gone, again = outcome("no hit", version=4), outcome("hit", version=5, weak=True, why="quota")
    first = made(1, 0, weak)
    assert withdrawn(first, weak, said(made(2, 1, gone), made(3, 2, again))) is None


def test_a_hit_beside_something_false_is_withdrawn_as_another_one():
    """It was verified."""
    hit = replace(HIT, alarm=True)
    gone = made(2, 1, outcome("no hit", version=4))
    assert withdrawn(made(1, 0, hit), hit, said(gone)) is not None


@pytest.mark.parametrize(
    "not_a_hit",
    [outcome("no hit", version=1), replace(HIT, version=None)],
)
def test_only_a_hit_is_withdrawn(not_a_hit):
    """Nothing else was said that could be taken back."""
    later = made(2, 1, outcome("no hit", version=4))
    assert withdrawn(made(1, 0, not_a_hit), not_a_hit, said(later)) is None
