"""What supervisors see: the right numbers of each officer, and no identifier."""

from dataclasses import replace

from unit.desk.conftest import FACTS, outcome
from unit.desk.test_runs import question
from unit.desk.voices import ENGLISH

from fedquery.desk.oversight import GONE, MOST_LINES, MOST_LINKS, oversight

A, B = "a" * 16, "b" * 16
NAMES = {A: "officer one", B: "officer two"}
RUN = [f"+6681234567{digit}" for digit in range(5)]


def test_the_numbers_of_an_officer():
    """Identifiers count once, hits once for each nation and question, claims as they were made."""
    first = replace(
        question(1, RUN[0], RUN[1]),
        outcomes=(
            outcome("hit"),
            outcome("hit", dataset="others"),
            outcome("hit", nation="LA"),
            outcome("no hit", place=1),
        ),
    )
    urgent = replace(FACTS, purpose="threat to life")
    second = replace(question(2, RUN[0]), case_id="d" * 16, facts=urgent)
    (line,) = oversight([first.in_brief(), second.in_brief()], {A: 3}, NAMES, ENGLISH).officers
    assert ("officer one", "2", "2", "2", "2", "2", "3", "1") == (
        line.name,
        line.questions,
        line.identifiers,
        line.largest,
        line.cases,
        line.hits,
        line.claims,
        line.urgent,
    )


def test_most_questions_first_and_claims_alone_count():
    """Who claimed what others asked stands there too; an account that is gone is told as such."""
    asked = [question(1, RUN[0]), question(2, RUN[0])]
    claims = {B: 1, "e" * 16: 2}
    found = oversight([one.in_brief() for one in asked], claims, NAMES, ENGLISH).officers
    assert ["officer one", "officer two", GONE] == [one.name for one in found]
    assert ["0", "0"] == [one.questions for one in found[1:]]


def test_no_identifier_is_shown():
    """Runs and repeats are told by what is masked."""
    asked = [question(1, *RUN), question(2, *RUN, account_id=B)]
    found = oversight([one.in_brief() for one in asked], {}, NAMES, ENGLISH)
    assert ("…70", "…74", 5) == (
        found.runs[0].first,
        found.runs[0].last,
        found.runs[0].count,
    )
    assert 5 == len(found.repeats)
    assert not any(number in repr(found) for number in RUN)


def test_what_is_cut_is_said():
    """A page of a year stays a page."""
    numbers = [f"+6681234{number:04}" for number in range(0, 60 * 100, 100)]
    asked = [question(1, *numbers), question(2, *numbers, account_id=B)]
    found = oversight([one.in_brief() for one in asked], {}, NAMES, ENGLISH)
    assert (MOST_LINES, "10") == (len(found.repeats), found.more_repeats)
    assert ((), "") == (found.runs, found.more_runs)


def test_of_many_questions_the_newest_are_told():
    """A page stays one that can be read; how many more there are is said."""
    asked = [question(number, RUN[0]).in_brief() for number in range(1, MOST_LINKS + 4)]
    (line,) = oversight(asked, {}, NAMES, ENGLISH).repeats
    assert (MOST_LINKS, "3", "23") == (len(line.links), line.more, line.times)
    assert asked[-1].question_id == line.links[-1].question_id
