"""The page of a question: what is unknown is never shown as an answer."""

from dataclasses import replace

from unit.desk.conftest import FACTS, NOW_MS, asked, outcome
from unit.desk.test_withdrawn import said
from unit.desk.voices import ENGLISH

from fedquery.desk.asked import KeptQuestion
from fedquery.desk.question_view import Answers, answers_of, view_of

KEPT = KeptQuestion(
    question_id="0" * 16,
    case_id="1" * 16,
    account_id="a" * 16,
    asked_ms=NOW_MS,
    asked=asked("+66 81 234 5678", "+84 855501990"),
    nations=("MM", "VN"),
    facts=FACTS,
    state="finished",
)


def view(kept, *outcomes):
    """Lay out a question that nobody asks any more."""
    kept = replace(kept, outcomes=outcomes)
    return view_of(kept, answers_of(kept), ENGLISH)


def shapes(found):
    """Give the shapes, row by row."""
    return [[cell.shape for cell in row.cells] for row in found.matrix.rows]


def all_said(word, **more):
    """Have both nations say a word of both identifiers."""
    return [
        outcome(word, place=place, nation=nation, **more)
        for place in (0, 1)
        for nation in KEPT.nations
    ]


def test_identifiers_are_shown_in_the_form_in_which_they_were_asked():
    """By the octets that went into the question, whatever rules there are today."""
    found = view(KEPT, *all_said("no hit"))
    assert ["+66812345678", "+84855501990"] == [row.text for row in found.matrix.rows]
    assert ["phone number"] * 2 == [row.kind for row in found.matrix.rows]


def test_a_question_that_never_ended_has_no_answer_without_a_doubt():
    """A hit stands; "no hit" of one dataset may be half of what the nation would have said."""
    kept = replace(KEPT, state="asking")
    found = view(kept, outcome("hit", place=0), outcome("no hit", place=1))
    assert [["unavailable", "hit"], ["unavailable", "unavailable"]] == shapes(found)
    assert "What came of it is not known." in found.warnings[0]
    assert "ended" == found.state


def test_a_question_that_was_never_asked_says_so():
    """With why, and what to do."""
    found = view(replace(KEPT, state="ended", why="coordinator-down"))
    assert [["unavailable"] * 2] * 2 == shapes(found)
    assert (
        "Nothing was asked.",
        "No coordinator carried the question.",
        "Tell the operator of this desk.",
    ) == found.warnings


def test_hits_are_leads_and_all_else_is_remarked_once_with_its_count():
    """Twelve refusals of one nation for one reason are one sentence."""
    refused = [
        outcome("refused", place=place, nation="MM", why="policy-denied", policy_ids=("MM-01",))
        for place in (0, 1)
    ]
    hits = [outcome("hit", place=0), outcome("hit", place=1, weak=True)]
    found = view(KEPT, *refused, *hits)
    assert ["hit", "possible"] == [lead.cell.shape for lead in found.leads]
    (remark,) = found.remarks
    assert ("MM", 2) == (remark.cell.nation, remark.count)


def test_missing_receipts_and_false_proofs_come_first():
    """They change what everything else is worth."""
    false = outcome("unavailable", why="proof-failed", alarm=True)
    found = view(replace(KEPT, kept=False), false)
    assert "Something that was shown is false. Stop, and do not ask again." == found.alarm
    assert "Receipts of these answers are missing" in found.warnings[0]
    assert "" == view(KEPT, *all_said("no hit")).alarm


def test_while_answers_come_what_has_not_come_waits():
    """And nothing is said to be missing."""
    found = view_of(KEPT, Answers("asking", (outcome("hit"),), {}), ENGLISH)
    assert [["waiting", "hit"], ["waiting", "waiting"]] == shapes(found)
    assert () == found.warnings


def test_a_hit_that_a_later_version_no_longer_has_says_so():
    """As far as the questions of its case tell; what stands says nothing."""
    first = replace(KEPT, outcomes=(outcome("hit", version=1), outcome("hit", place=1, version=1)))
    later = replace(
        KEPT,
        question_id="2" * 16,
        asked_ms=NOW_MS + 1,
        outcomes=(outcome("no hit", version=2), outcome("hit", place=1, version=2)),
    )
    found = view_of(first, answers_of(first), ENGLISH, later=said(first, later))
    gone, stands = (lead.parts[0].withdrawn for lead in found.leads)
    assert "2" in gone
    assert "" == stands
