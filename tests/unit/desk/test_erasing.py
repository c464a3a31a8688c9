"""What is erased can be opened by nobody, and what is kept by all who could."""

import random as pseudo

import pytest
from unit.desk.conftest import NOW_MS, OWNER, beside, new_question, outcome

from fedquery.ask.claiming import ClaimOutcome
from fedquery.ask.outcome import Lookup
from fedquery.desk import acts, cases, claims, erasing, notes, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.belongings import Gone
from fedquery.desk.claims import NewClaim
from fedquery.desk.erasing import DAY_MS, Erased
from fedquery.desk.kept_case import NewCase

DAYS = 180
LATER_MS = NOW_MS + DAYS * DAY_MS


def finished(store, case, number, at_ms):
    """Keep a question to which the answers have come."""
    kept, _ = questions.begin(store, new_question(case, question_id=f"{number:016x}"), at_ms)
    questions.finish(store, kept.question_id, Lookup("2" * 16, at_ms, (outcome("hit"),)))
    return kept


def files(home):
    """Read all files of the database."""
    return b"".join(path.read_bytes() for path in home.glob("desk.db*"))


def test_a_question_is_erased_when_its_time_is_over(store, case):
    """Its case stays where something was done in it since; so do later questions."""
    old, new = finished(store, case, 1, NOW_MS), finished(store, case, 2, NOW_MS + 1)
    assert Erased(0, 0, Gone()) == erasing.erase_due(store, DAYS, beside(LATER_MS - 1))
    assert Erased(0, 1, Gone()) == erasing.due(store, DAYS, beside(LATER_MS))
    assert Erased(0, 1, Gone()) == erasing.erase_due(store, DAYS, beside(LATER_MS))
    with pytest.raises(NotThereError):
        questions.read(store, OWNER, old.question_id)
    assert "finished" == questions.read(store, OWNER, new.question_id).state
    assert ["begun", "asked"] == [one.what for one in acts.read(store.connection, case.case_id)]


def test_a_case_is_erased_with_all_that_is_in_it(store, case):
    """When nothing was done in it for that time; its number may be used anew."""
    finished(store, case, 1, NOW_MS)
    notes.write(store, OWNER, case.case_id, ("1" * 16, "text"), NOW_MS)
    other = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS + 1)
    assert Erased(1, 1, Gone()) == erasing.erase_due(store, DAYS, beside(LATER_MS))
    assert [other] == cases.readable(store, OWNER)
    assert cases.find(store, OWNER, case.number) is None
    for table in ("question", "outcome", "note", "act", "case_member", "salt", "case_change"):
        query = f"SELECT count(*) FROM {table}"  # noqa: S608 -- a table of this test
        assert store.connection.execute(query).fetchone() in {(0,), (1,)}, table


def test_a_question_that_was_claimed_from_later_stays(store, case):
    """What a claim brought is in use."""
    kept = finished(store, case, 1, NOW_MS)
    new = NewClaim(
        act_id="7" * 16, claim_id="1" * 16, account_id=OWNER.account_id, level="reference"
    )
    claim, _ = claims.begin(store, kept, new, NOW_MS + 5)
    claims.finish(
        store,
        kept.question_id,
        claim,
        ClaimOutcome(claim_id="1" * 16, nation="VN", dataset="phones", word="released"),
    )
    assert Erased(0, 0, Gone()) == erasing.erase_due(store, DAYS, beside(LATER_MS))
    notes.write(store, OWNER, case.case_id, ("1" * 16, "later"), NOW_MS + 9)
    assert Erased(0, 1, Gone()) == erasing.erase_due(store, DAYS, beside(LATER_MS + 5))
    assert ["begun", "noted"] == [one.what for one in acts.read(store.connection, case.case_id)]


def test_what_is_still_asked_is_not_erased(store, case, question):
    """Its answers would have no place."""
    assert Erased(0, 0, Gone()) == erasing.erase_due(store, DAYS, beside(LATER_MS))
    questions.end_unfinished(store)
    assert Erased(1, 1, Gone()) == erasing.erase_due(store, DAYS, beside(LATER_MS))


def test_one_case_is_erased_whatever_its_time(store, case, question):
    """And no other."""
    other = cases.begin(store, OWNER, NewCase(number="2"), NOW_MS)
    assert Erased(1, 1, Gone()) == erasing.erase_case(store, case.case_id, beside(NOW_MS))
    assert [other] == cases.readable(store, OWNER)


def many(store, case):
    """Keep so many questions that SQLite moves rows between pages, in an order of chance."""
    order = list(range(1, 400))
    pseudo.Random(3).shuffle(order)  # noqa: S311 -- the same order each time
    for number in order:
        finished(store, case, number, NOW_MS if number % 2 else NOW_MS + DAY_MS)
    rows = store.connection.execute(
        "SELECT salt FROM salt JOIN question ON owner = question_id WHERE asked_ms = ?", (NOW_MS,)
    )
    return [row[0] for row in rows]


def left(home, salts):
    """Count the salts of which a quarter is in a file still."""
    octets = files(home)
    pieces = [[salt[at : at + 8] for at in range(0, 32, 8)] for salt in salts]
    return sum(any(piece in octets for piece in one) for one in pieces)


def test_no_key_of_what_was_erased_is_in_any_file(home, store, case):
    """Not in the database, not beside it: what is left sealed in unused pages opens for nobody."""
    salts = many(store, case)
    assert len(salts) == left(home, salts) == 200
    assert 200 == erasing.erase_due(store, DAYS, beside(LATER_MS)).questions
    assert 0 == left(home, salts)


def test_the_search_finds_what_is_deleted_and_not_overwritten(home, store, case):
    """The twin: without overwriting, the keys stay where they were."""
    salts = many(store, case)
    store.connection.execute("PRAGMA secure_delete = off")
    erasing.erase_due(store, DAYS, beside(LATER_MS))
    assert 0 < left(home, salts)


def test_the_mark_of_a_number_goes_with_its_case(home, store, case):
    """Whoever has the key cannot try numbers on what is left."""
    mark = store.mark(case.number)
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert mark in files(home)
    erasing.erase_case(store, case.case_id, beside(NOW_MS))
    assert mark not in files(home)
