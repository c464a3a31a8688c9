"""Claims: kept before they leave, sent once, and read with what they came to."""

from dataclasses import replace

import pytest
from unit.desk.conftest import AUDITOR, NOW_MS, OWNER, SUPERVISOR, new_question

from fedquery.ask.claiming import ClaimOutcome
from fedquery.desk import acts, cases, claims, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.claims import NewClaim
from fedquery.desk.kept_case import NewCase
from fedquery.desk.refusals import IdReusedError
from fedquery.desk.store import is_id
from fedquery.errors import SealError
from fedquery.transport.claim_reply import Summary

NEW = NewClaim(act_id="7" * 16, claim_id="1" * 16, account_id=OWNER.account_id, level="summary")
RELEASED = ClaimOutcome(
    claim_id="1" * 16,
    nation="VN",
    dataset="phones",
    word="released",
    reasons=("Fraud is punished by both.",),
    policy_ids=("vn-claim",),
    reference="VN-7781",
    contact="desk",
    contact_text="desk@example.org",
    category="mule",
    updated_ms=NOW_MS,
    summary=Summary(NOW_MS, NOW_MS, 2, "Seen in two cases."),
    receipt="a.receipt.json",
)


def only(store, question):
    """Read the one claim of a question."""
    (one,) = claims.of_question(store, OWNER, question.question_id)
    return one


def test_a_claim_is_kept_before_it_leaves(store, question):
    """What came of it is unknown until it is kept; it stands in the case's history."""
    kept, fresh = claims.begin(store, question, NEW, NOW_MS)
    assert fresh
    assert kept == only(store, question)
    assert (None, "") == (kept.outcome, kept.why)
    assert "claimed" == acts.read(store.connection, question.case_id)[-1].what


def test_what_a_claim_came_to_is_read_whole(store, question):
    """With texts, rules and the summary."""
    kept, _ = claims.begin(store, question, NEW, NOW_MS)
    claims.finish(store, question.question_id, kept, RELEASED)
    assert replace(kept, outcome=RELEASED) == only(store, question)


def test_a_claim_that_did_not_leave_says_why(store, question):
    """The slug is kept."""
    kept, _ = claims.begin(store, question, NEW, NOW_MS)
    claims.end(store, question.question_id, kept, "coordinator-down")
    assert replace(kept, why="coordinator-down") == only(store, question)


def test_the_same_form_sent_twice_claims_once(store, question):
    """The holder hears of it once."""
    kept, _ = claims.begin(store, question, NEW, NOW_MS)
    claims.finish(store, question.question_id, kept, RELEASED)
    again, fresh = claims.begin(store, question, NEW, NOW_MS + 5)
    assert (replace(kept, outcome=RELEASED), False) == (again, fresh)


@pytest.mark.parametrize("other", [{"level": "reference"}, {"account_id": "b" * 16}])
def test_whoever_claims_the_same_turn_gets_the_first_one(store, question, other):
    """Two tabs and two officers are one claim, whatever the second one asks for."""
    kept, _ = claims.begin(store, question, NEW, NOW_MS)
    assert (kept, False) == claims.begin(store, question, replace(NEW, **other), NOW_MS + 5)


def test_a_claim_of_another_hit_is_never_taken_for_the_first_one(store, question):
    """Were it to have the same id."""
    claims.begin(store, question, NEW, NOW_MS)
    with pytest.raises(IdReusedError):
        claims.begin(store, question, replace(NEW, claim_id="2" * 16), NOW_MS)


def test_the_id_of_a_claim_is_that_of_its_hit_and_turn(store, question):
    """Each page gives the same one; of another question, hit or turn it is another one."""
    cells = [("5" * 16, "1" * 16, 0), ("6" * 16, "1" * 16, 0), ("5" * 16, "2" * 16, 0)]
    cells.append(("5" * 16, "1" * 16, 1))
    found = [claims.id_of(store, *cell) for cell in cells]
    assert len(cells) == len(set(found))
    assert found == [claims.id_of(store, *cell) for cell in cells]
    assert all(map(is_id, found))


def test_an_id_of_another_questions_claim_is_refused(store, case, question):
    """And nothing of that claim is shown."""
    other, _ = questions.begin(store, new_question(case, question_id="5" * 16), NOW_MS)
    claims.begin(store, question, NEW, NOW_MS)
    with pytest.raises(IdReusedError):
        claims.begin(store, other, NEW, NOW_MS)
    assert [] == claims.of_question(store, OWNER, other.question_id)


def test_claims_of_a_case_are_read_by_their_ids(store, case, question):
    """With their question; those of other cases, and what is no claim, are passed over."""
    kept, _ = claims.begin(store, question, NEW, NOW_MS)
    ids = [NEW.act_id, question.question_id, "f" * 16]
    expected = {NEW.act_id: (question.question_id, kept)}
    assert expected == claims.some_of_case(store, OWNER, case.case_id, ids)
    other = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS)
    assert {} == claims.some_of_case(store, OWNER, other.case_id, ids)


@pytest.mark.parametrize("column", ["claim_id", "account_id"])
def test_a_claim_does_not_pass_to_another_hit_or_officer(store, question, column):
    """A row that is changed on the disk does not open."""
    claims.begin(store, question, NEW, NOW_MS)
    store.connection.execute(f"UPDATE claim SET {column} = ?", ("2" * 16,))  # noqa: S608 -- a column of this test
    with pytest.raises(SealError):
        claims.of_question(store, OWNER, question.question_id)


def test_supervisors_count_the_claims_of_each_officer(store, question):
    """From one moment to before another; nobody else does."""
    claims.begin(store, question, NEW, NOW_MS)
    claims.begin(store, question, replace(NEW, act_id="8" * 16), NOW_MS + 1)
    mine = OWNER.account_id
    assert {mine: 2} == claims.by_account(store, SUPERVISOR, NOW_MS, NOW_MS + 2)
    assert {mine: 1} == claims.by_account(store, SUPERVISOR, NOW_MS, NOW_MS + 1)
    assert {} == claims.by_account(store, SUPERVISOR, NOW_MS + 2, NOW_MS + 3)
    for person in (OWNER, AUDITOR):
        with pytest.raises(NotThereError):
            claims.by_account(store, person, NOW_MS, NOW_MS + 2)
