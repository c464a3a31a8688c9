"""The timeline tells each act once, the newest first, with what came of it."""

from dataclasses import replace

import pytest
from unit.desk.conftest import NOW_MS, outcome
from unit.desk.test_claims import NEW, RELEASED
from unit.desk.test_withdrawn import made
from unit.desk.voices import ENGLISH

from fedquery.desk.acts import Act
from fedquery.desk.claims import KeptClaim
from fedquery.desk.timeline import Case, counts_of, timeline

QUESTION = made(1, 0, outcome("hit"))
CLAIM = KeptClaim(
    act_id=NEW.act_id,
    claim_id=NEW.claim_id,
    account_id="a" * 16,
    claimed_ms=NOW_MS,
    level="summary",
    outcome=RELEASED,
)
CASE = Case(
    acts=(
        Act(NOW_MS, "a" * 16, "begun", ""),
        Act(NOW_MS + 1, "a" * 16, "added", "b" * 16),
        Act(NOW_MS + 2, "b" * 16, "asked", QUESTION.question_id),
        Act(NOW_MS + 3, "b" * 16, "claimed", CLAIM.act_id),
        Act(NOW_MS + 4, "b" * 16, "exported", QUESTION.question_id),
        Act(NOW_MS + 5, "c" * 16, "noted", "9" * 16),
    ),
    questions={QUESTION.question_id: QUESTION},
    claims={CLAIM.act_id: (QUESTION.question_id, CLAIM)},
    notes={"9" * 16: "Spoke to the bank."},
    names={"a" * 16: "Officer One", "b" * 16: "Officer Two"},
)


def test_each_act_is_told_the_newest_first():
    """Who, what, and where more of it is."""
    where = f"/desk/questions/{QUESTION.question_id}"
    told = [(one.who, one.what, one.came, one.address) for one in timeline(CASE, ENGLISH)]
    assert told == [
        ("an account that is gone", "Note", "", ""),
        ("Officer Two", "Exported", "", where),
        ("Officer Two", "Claim", "released", f"{where}/claim/{CLAIM.claim_id}"),
        ("Officer Two", "Question", "", where),
        ("Officer One", "Officer added: Officer Two", "", ""),
        ("Officer One", "Case begun", "", ""),
    ]
    assert "Spoke to the bank." == timeline(CASE, ENGLISH)[0].text


def test_a_claim_of_which_nothing_is_known_says_so():
    """Neither silence nor a refusal is taken for the other."""
    for claim, word in (
        (replace(CLAIM, outcome=None), "not known"),
        (replace(CLAIM, outcome=None, why="coordinator-down"), "not sent"),
        (replace(CLAIM, outcome=replace(RELEASED, word="refused")), "refused"),
    ):
        case = replace(CASE, claims={CLAIM.act_id: (QUESTION.question_id, claim)})
        assert word == timeline(case, ENGLISH)[2].came


def test_answers_are_counted_by_identifier_and_nation():
    """Several datasets of a nation are one answer; whoever has not answered is counted too."""
    question = replace(
        made(
            1,
            0,
            outcome("no hit"),
            outcome("hit", dataset="other"),
            outcome("hit", nation="MM", weak=True),
            outcome("refused", nation="KH"),
        ),
        nations=("KH", "LA", "MM", "VN"),
    )
    asking = replace(question, state="asking")
    for one, last in ((question, "unavailable"), (asking, "waiting")):
        counted = {count.shape: count.number for count in counts_of(one, ENGLISH)}
        assert {"hit": "1", "possible": "1", "refused": "1", last: "1"} == counted


@pytest.mark.parametrize(("state", "word"), [("asking", "waiting"), ("ended", "unavailable")])
def test_no_hit_of_one_dataset_is_not_counted_before_all_have_answered(state, word):
    """Another one may have said more, which comes yet or which nobody saw; a hit counts at once."""
    found = (outcome("no hit"), outcome("hit", nation="MM"))
    question = replace(made(1, 0, *found), nations=("MM", "VN"), state=state)
    counted = {count.shape: count.number for count in counts_of(question, ENGLISH)}
    assert {"hit": "1", word: "1"} == counted


def test_what_was_erased_is_passed_over():
    """An act whose question is gone leads nowhere."""
    entry = timeline(replace(CASE, questions={}, claims={}), ENGLISH)[3]
    assert ("Question", (), "") == (entry.what, entry.counts, entry.address)
