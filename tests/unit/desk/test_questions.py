"""Questions: kept once, with what came of them, whatever is sent twice or breaks off."""

import sqlite3
from dataclasses import replace

import pytest
from unit.desk.conftest import (
    AUDITOR,
    FACTS,
    NOW_MS,
    OTHER,
    OWNER,
    PHONE,
    SUPERVISOR,
    asked,
    new_question,
    outcome,
)
from unit.desk_pages import full_disk

from fedquery.ask.outcome import Lookup, Witnesses
from fedquery.desk import acts, case_changes, cases, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.asked import NewQuestion
from fedquery.desk.kept_case import NewCase
from fedquery.desk.refusals import IdReusedError
from fedquery.desk.store import DeskStore, Sealing
from fedquery.errors import EncodingError, SealError
from fedquery.identifiers import parse


def test_a_question_is_read_as_it_was_asked(store, question):
    """Identifiers, what was typed, nations and facts come back."""
    kept = questions.read(store, OWNER, question.question_id)
    assert question == kept
    assert ("asking", NOW_MS, ("MM", "VN"), FACTS) == (
        kept.state,
        kept.asked_ms,
        kept.nations,
        kept.facts,
    )
    (one,) = kept.asked
    assert (parse("phone", PHONE).identifier, PHONE) == (one.identifier, one.typed)


def test_the_same_form_sent_twice_asks_once(store, case, question):
    """A double click, a reload and going back show the question that was asked."""
    again, fresh = questions.begin(store, new_question(case), NOW_MS + 5)
    assert (question, False) == (again, fresh)
    assert 2 == len(acts.read(store.connection, case.case_id))


@pytest.mark.parametrize(
    "other",
    [
        {"asked": asked("+66 81 234 5679")},
        {"asked": asked("0066812345678")},
        {"nations": ("VN",)},
        {"facts": replace(FACTS, purpose="trafficking")},
        {"account_id": OTHER.account_id},
        {"case_id": "9" * 16},
    ],
    ids=["identifier", "typed", "nations", "facts", "officer", "case"],
)
def test_another_question_under_the_same_id_is_refused(store, case, question, other):
    """It is never taken for the first one, whatever differs."""
    with pytest.raises(IdReusedError):
        questions.begin(store, new_question(case, **other), NOW_MS)
    assert question == questions.read(store, OWNER, question.question_id)


@pytest.mark.parametrize("wrong", ["", "0" * 15, "../../etc/passwd", "G" * 16])
def test_an_id_out_of_form_is_refused(store, case, wrong):
    """A browser chooses nothing but what a page drew."""
    with pytest.raises(IdReusedError):
        questions.begin(store, new_question(case, question_id=wrong), NOW_MS)


def test_outcomes_are_kept_as_they_come(store, question):
    """A page that is read meanwhile shows what there is."""
    witnesses = Witnesses(cosigned=3, of=5, needed=3)
    first = outcome("hit", claim_id="1" * 16, policy_ids=("vn-1",), witnesses=witnesses)
    questions.add_outcomes(store, question.question_id, [first])
    questions.add_outcomes(store, question.question_id, [second := outcome("refused", nation="MM")])
    kept = questions.read(store, OWNER, question.question_id)
    assert ("asking", (first, second)) == (kept.state, kept.outcomes)


def test_at_the_end_all_outcomes_are_those_of_the_lookup(store, question):
    """What came one by one is not told twice; a hit that cannot be claimed loses its id."""
    questions.add_outcomes(store, question.question_id, [outcome("hit", claim_id="1" * 16)])
    final = (outcome("hit"), outcome(nation="MM"))
    lookup = Lookup("2" * 16, NOW_MS, final, kept=False)
    questions.finish(store, question.question_id, lookup)
    kept = questions.read(store, OWNER, question.question_id)
    assert ("finished", "2" * 16, False, final) == (
        kept.state,
        kept.lookup_id,
        kept.kept,
        kept.outcomes,
    )


def test_what_is_written_late_stands_once(store, question):
    """An outcome whose turn comes when all were written is not written again."""
    came = (outcome("hit"), outcome(nation="MM"))
    questions.finish(store, question.question_id, Lookup("2" * 16, NOW_MS, came))
    questions.add_outcomes(store, question.question_id, came)
    assert came == questions.read(store, OWNER, question.question_id).outcomes


def test_a_question_that_was_not_asked_says_why(store, question):
    """The slug is kept."""
    questions.end(store, question.question_id, "coordinator-down")
    kept = questions.read(store, OWNER, question.question_id)
    assert ("ended", "coordinator-down", ()) == (kept.state, kept.why, kept.outcomes)


def test_what_was_under_way_has_ended_after_a_restart(home, octets, store, case, question):
    """With what was answered; what is finished stays finished."""
    questions.add_outcomes(store, question.question_id, [came := outcome()])
    done = new_question(case, question_id="5" * 16)
    questions.begin(store, done, NOW_MS)
    questions.finish(store, done.question_id, Lookup("2" * 16, NOW_MS, ()))
    store.connection.close()
    again = DeskStore.open(home, octets)
    assert 1 == questions.end_unfinished(again)
    kept = questions.read(again, OWNER, question.question_id)
    assert ("ended", "", (came,)) == (kept.state, kept.why, kept.outcomes)
    assert "finished" == questions.read(again, OWNER, done.question_id).state
    again.connection.close()


def test_on_a_full_disk_what_was_under_way_ends_later(store, case, question):
    """It is read as ended at once, with what came, and written as soon as there is room."""
    came = outcome("hit")
    questions.add_outcomes(store, question.question_id, [came])
    disk = full_disk.on(store)
    disk.is_full = True
    assert 1 == questions.end_unfinished(store)
    for is_full in (True, False):
        disk.is_full = is_full
        questions.write_held(store)
        kept = questions.read(store, OWNER, question.question_id)
        assert ("ended", "", (came,)) == (kept.state, kept.why, kept.outcomes)
    assert {} == store.unwritten
    assert ("ended",) == store.connection.execute("SELECT state FROM question").fetchone()


def test_another_fault_at_the_start_is_not_taken_for_a_full_disk(store, question):
    """It is raised: a desk that cannot read its questions serves none."""
    store.connection.execute("ALTER TABLE question RENAME TO lost")
    with pytest.raises(sqlite3.OperationalError):
        questions.end_unfinished(store)


def test_questions_of_a_case_are_read_in_their_order(store, case):
    """The oldest first, and those of other cases not at all."""
    other = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS)
    for number, (where, at_ms) in enumerate([(case, 3), (case, 1), (other, 2)]):
        new = new_question(where, question_id=f"{number:016x}")
        questions.begin(store, new, NOW_MS + at_ms)
    ids = [f"{number:016x}" for number in range(3)]
    found = questions.some_of_case(store, OWNER, case.case_id, ids)
    assert [1, 3] == [one.asked_ms - NOW_MS for one in found]
    seen = questions.between(store, SUPERVISOR, NOW_MS + 1, NOW_MS + 3)
    assert [1, 2] == [one.asked_ms - NOW_MS for one in seen]


def test_questions_of_another_case_are_passed_over(store, case, question):
    """Whoever names their ids reads them in no case but their own."""
    other = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS)
    ids = [question.question_id, "f" * 16]
    assert [question.in_brief()] == questions.some_of_case(store, OWNER, case.case_id, ids)
    assert [] == questions.some_of_case(store, OWNER, other.case_id, ids)


def ended(store, case, number, came, *typed):
    """Ask and end a question."""
    new = new_question(case, question_id=f"{number:016x}", asked=asked(*typed))
    questions.begin(store, new, NOW_MS + number)
    lookup = Lookup(f"{number:016x}", NOW_MS + number, tuple(came))
    questions.finish(store, new.question_id, lookup)
    return questions.read(store, OWNER, new.question_id)


SECOND = "+66 81 234 5679"


def test_what_was_said_of_an_identifier_is_found_in_every_question(store, case):
    """At whatever place it stood; what was said of others is left out."""
    mine, others = outcome("hit"), outcome("no hit", place=1)
    ended(store, case, 1, [mine, others], PHONE, SECOND)
    ended(store, case, 2, [outcome("no hit"), replace(mine, place=1)], SECOND, PHONE)
    ended(store, case, 3, [outcome("no hit")], SECOND)
    sought = {asked(PHONE)[0].encoded}
    ids = [case.case_id]
    found = questions.answered_since(store, OWNER, ids, sought, NOW_MS)
    assert sought == set(found)
    told = [(one.question_id[-1], one.asked_ms - NOW_MS, one.outcome) for one in found.popitem()[1]]
    assert [("1", 1, mine), ("2", 2, replace(mine, place=1))] == told
    assert {} == questions.answered_since(store, OWNER, ids, sought, NOW_MS + 3)
    with pytest.raises(NotThereError):
        questions.answered_since(store, OTHER, ids, sought, NOW_MS)


def test_what_has_come_so_far_is_said_too(store, case, question):
    """A question that is still asked has answered what it has answered."""
    questions.add_outcomes(store, question.question_id, [came := outcome("hit")])
    found = questions.answered_since(
        store, OWNER, [case.case_id], {question.asked[0].encoded}, NOW_MS
    )
    assert [came] == [one.outcome for one in found[question.asked[0].encoded]]


def test_many_questions_are_read_without_opening_an_answer(store, case, monkeypatch):
    """Neither the page of a case nor the one of the supervisors opens what came."""
    kept = ended(store, case, 1, [outcome("hit"), outcome("no hit", nation="MM")], PHONE)
    opened = []
    unseal = Sealing.unseal

    def counted(sealing, place, sealed):
        opened.append(place.split()[0])
        return unseal(sealing, place, sealed)

    monkeypatch.setattr(Sealing, "unseal", counted)
    assert [kept.in_brief()] == questions.between(store, SUPERVISOR, 0, NOW_MS + 2)
    assert ["question", "came"] == opened
    assert ({"hit": 1, "no-hit": 1}, 1) == (kept.tally, kept.in_brief().hits)
    opened.clear()
    other = {asked(SECOND)[0].encoded}
    assert {} == questions.answered_since(store, OWNER, [case.case_id], other, NOW_MS)
    assert ["case", "question"] == opened


@pytest.mark.parametrize("state", ["asking", "ended"])
def test_a_question_without_an_end_is_counted_by_what_came(store, case, question, state):
    """Nobody has counted it when it ended."""
    questions.add_outcomes(store, question.question_id, [outcome("hit")])
    if state == "ended":
        questions.end_unfinished(store)
    (brief,) = questions.between(store, SUPERVISOR, 0, NOW_MS + 1)
    rest = "waiting" if state == "asking" else "unavailable"
    assert (state, {"hit": 1, rest: 1}) == (brief.state, brief.tally)


def test_answers_do_not_pass_to_another_identifier(store, case):
    """A row that is changed on the disk does not open."""
    kept = ended(store, case, 1, [outcome("hit"), outcome("no hit", place=1)], PHONE, SECOND)
    store.connection.execute("UPDATE outcome SET number = number + 10")
    store.connection.execute("UPDATE outcome SET number = 11 - number")
    with pytest.raises(SealError):
        questions.read(store, OWNER, kept.question_id)


def test_a_question_of_other_spelling_rules_is_shown(store, case):
    """Its masked form was kept; only reading it again fails."""
    old = replace(asked(PHONE)[0], encoded="phone:v0:66812345678")
    kept, _ = questions.begin(store, new_question(case, asked=(old,)), NOW_MS)
    assert asked(PHONE)[0].masked == kept.asked[0].masked
    with pytest.raises(EncodingError):
        _ = kept.asked[0].identifier


@pytest.mark.parametrize("column", ["account_id", "asked_ms", "case_id"])
def test_a_question_does_not_pass_to_another_officer_time_or_case(store, case, question, column):
    """A row that is changed on the disk does not open."""
    values = {"account_id": OTHER.account_id, "asked_ms": NOW_MS + 1}
    values["case_id"] = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS).case_id
    store.connection.execute(f"UPDATE question SET {column} = ?", (values[column],))  # noqa: S608 -- a column of this test
    with pytest.raises(SealError):
        questions.read(store, OWNER, question.question_id)


def test_an_outcome_does_not_pass_to_another_question(store, case, question):
    """A hit cannot be put under another identifier."""
    other, _ = questions.begin(store, new_question(case, question_id="5" * 16), NOW_MS)
    questions.add_outcomes(store, question.question_id, [outcome("hit")])
    store.connection.execute("UPDATE outcome SET question_id = ?", (other.question_id,))
    with pytest.raises(SealError):
        questions.read(store, OWNER, other.question_id)


def test_nothing_that_was_typed_stands_on_the_disk(home, store, case):
    """Neither identifiers nor numbers, titles, offences or what came of it, in any file."""
    case_changes.remember(store, OWNER.account_id, case.case_id, FACTS, NOW_MS)
    kept, _ = questions.begin(store, new_question(case), NOW_MS)
    questions.add_outcomes(store, kept.question_id, [outcome("hit", claim_id="1" * 16)])
    octets = b"".join(path.read_bytes() for path in home.glob("desk.db*"))
    secrets = ["66812345678", PHONE, "812345678", "FIR 12/2026", "Call centre", "telecom", "hit"]
    assert [] == [one for one in secrets if one.encode() in octets]
    # The twin: what stands in clear is found by this search.
    assert kept.question_id.encode() in octets


def test_no_identifier_is_printed_by_accident(question):
    """Logs and tracebacks print what they can reach."""
    shown = f"{question!r} {question.new!r} {question.asked!r}"
    assert "81234" not in shown
    assert NewQuestion.__name__ in shown


def test_only_supervisors_look_over_all_questions(store, question):
    """What an auditor reads is the agency's log."""
    assert [question.in_brief()] == questions.between(store, SUPERVISOR, 0, NOW_MS + 1)
    for person in (OWNER, AUDITOR):
        with pytest.raises(NotThereError):
            questions.between(store, person, 0, NOW_MS + 1)
