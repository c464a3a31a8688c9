"""What lies beside the desk goes with its questions, but what is evidence or under a hold."""

import contextlib
import hashlib
import random as pseudo
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.ask_screening.test_forms import holding
from unit.desk_pages import asked, served
from unit.desk_pages.test_case_pages import make_cards

from fedquery.ask import receipts
from fedquery.ask.case_store import read_case
from fedquery.ask.outcome import Lookup
from fedquery.ask.place import proof_path
from fedquery.audit.asker import AskedEntry
from fedquery.audit.reading import decode_entry
from fedquery.cases.card import DAY_MS
from fedquery.desk import cases, claims, erasing, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.belongings import AgencyFiles, Gone
from fedquery.desk.claims import NewClaim
from fedquery.desk.erasing import Erased
from fedquery.errors import StorageError
from fedquery.identifiers import parse
from fedquery.storage import details

DAYS = 180


@pytest.fixture
def case(desk, officer):
    """Begin a case."""
    return asked.begun(desk, officer)


@pytest.fixture
async def question(desk, officer, case):
    """Ask VN about an identifier that it has."""
    return await asked.ask(desk, officer, case, made.KNOWN)


@pytest.fixture
async def other(desk, officer):
    """Ask the same in another case."""
    kept = asked.begun(desk, officer, number="2")
    return await asked.ask(desk, officer, kept, made.KNOWN, question_id="e" * 16)


def files(desk, later_ms=0):
    """Give what lies beside a desk, at a time."""
    connection = desk.client.session.connection
    return AgencyFiles(desk.home, connection, desk.clock() + later_ms)


def names(desk):
    """List what lies in the directory of receipts."""
    return {path.name for path in desk.home.receipts.iterdir()}


def receipts_of(question):
    """List the receipts of a question."""
    return {one.receipt for one in question.outcomes}


async def claimed(desk, officer, question):
    """Claim the hit of a question, and give the receipt."""
    hit = asked.hit_of(question)
    new = NewClaim(
        act_id=claims.id_of(desk.store, question.question_id, hit.claim_id, 0),
        claim_id=hit.claim_id,
        account_id=officer.account_id,
        level="reference",
    )
    claim, _ = claims.begin(desk.store, question, new, desk.clock())
    came = await desk.client.claim(hit.claim_id)
    claims.finish(desk.store, question.question_id, claim, came)
    return came.receipt


async def test_receipts_go_with_their_questions(desk, officer, question, other):
    """Those of answers and claims, with the proofs of their entries; those of others stay."""
    mine = receipts_of(question) | {await claimed(desk, officer, question)}
    for name in mine:
        proof_path(desk.home.receipts, name).write_bytes(b"proof")
    assert names(desk) > mine | receipts_of(other)
    found = erasing.erase_case(desk.store, question.case_id, files(desk))
    assert Erased(1, 1, Gone(receipts=len(mine))) == found
    assert receipts_of(other) == names(desk)


@pytest.fixture
def accounts(tmp_path):
    """Make a desk whose nation holds accounts, which are asked in two forms each."""
    vn = holding("account", "TH:004:1234567890")
    session = made.asker(tmp_path / "accounts", vn)
    opened = served.desk_of(session)
    with contextlib.closing(session.connection), contextlib.closing(opened.connection):
        yield opened


async def ask_account(desk):
    """Ask about an account that VN holds: its two forms go in a question each."""
    account = served.account(desk)
    encoded = parse("account", "TH:004:1234567890").identifier.encode()
    return await asked.ask(desk, account, asked.begun(desk, account), encoded)


async def test_receipts_that_no_answer_names_go_too(accounts):
    """An answer about an identifier of two forms names the receipt of one of them."""
    question = await ask_account(accounts)
    assert (1, 2) == (len(receipts_of(question)), len(names(accounts)))
    found = erasing.erase_case(accounts.store, question.case_id, files(accounts))
    assert Gone(receipts=2) == found.gone
    assert set() == names(accounts)


async def test_the_receipt_of_what_was_false_of_another_form_stays(accounts):
    """The hit beside it passed every check: its own receipt is evidence of nothing, and goes."""
    vn = accounts.client.session.coordinators.nation
    proofs = iter((None, bytes(64)))
    vn.lies.body = lambda body: replace(body, proof=next(proofs) or body.proof)
    question = await ask_account(accounts)
    (hit,) = question.outcomes
    assert ("hit", True) == (hit.word, hit.alarm)
    (false,) = names(accounts) - {hit.receipt}
    found = erasing.erase_case(accounts.store, question.case_id, files(accounts))
    assert (1, 1) == (found.gone.receipts, found.gone.receipts_kept)
    assert {false} == names(accounts)


async def test_what_is_not_due_keeps_its_receipts(desk, officer, question):
    """A claim makes the time of its question longer, and that of its evidence."""
    later = DAYS * erasing.DAY_MS
    desk.clock.now_ms += 5
    await claimed(desk, officer, question)
    before = names(desk)
    assert 2 == len(before)
    at_first = files(desk, later - 5)
    assert 0 == erasing.erase_due(desk.store, DAYS, at_first).questions
    assert before == names(desk)
    assert 2 == erasing.erase_due(desk.store, DAYS, files(desk, later)).gone.receipts
    assert set() == names(desk)


async def test_a_dry_run_counts_and_removes_nothing(desk, question):
    """Neither files nor lookups."""
    due = erasing.due(desk.store, DAYS, files(desk, DAYS * erasing.DAY_MS))
    assert (1, 1) == (due.questions, due.gone.receipts)
    assert receipts_of(question) == names(desk)
    assert 1 == len(looked_up(desk))


def looked_up(desk):
    """List the lookups that the agency keeps."""
    rows = desk.client.session.connection.execute("SELECT lookup_id FROM lookup")
    return {lookup_id for (lookup_id,) in rows}


async def test_lookups_and_hits_go_with_their_questions(desk, question, other):
    """Nothing of the answers is listed any more, and nothing can be claimed; of others all can."""
    connection = desk.client.session.connection
    assert {question.lookup_id, other.lookup_id} == looked_up(desk)
    erasing.erase_case(desk.store, question.case_id, files(desk))
    assert {other.lookup_id} == looked_up(desk)
    hits = connection.execute("SELECT lookup_id FROM hit").fetchall()
    assert [(other.lookup_id,)] == hits


async def test_what_shows_that_something_was_false_stays(desk, officer, case):
    """It is evidence against who said it, and names no identifier."""
    question = await asked.ask(desk, officer, case, made.KNOWN)
    false = tuple(replace(one, alarm=True) for one in question.outcomes)
    questions.finish(
        desk.store, question.question_id, Lookup(question.lookup_id, question.asked_ms, false)
    )
    found = erasing.erase_case(desk.store, case.case_id, files(desk))
    assert Gone(receipts_kept=1) == found.gone
    assert receipts_of(question) == names(desk)


async def test_of_a_hit_beside_something_false_the_false_receipt_stays_alone(desk, officer, case):
    """That of the hit is no evidence against anybody, and goes."""
    question = await asked.ask(desk, officer, case, made.KNOWN)
    hit = asked.hit_of(question)
    false = "f" + hit.receipt[1:]
    (desk.home.receipts / false).write_bytes((desk.home.receipts / hit.receipt).read_bytes())
    told = (replace(hit, alarm=True, false_receipt=false),)
    questions.finish(
        desk.store, question.question_id, Lookup(question.lookup_id, question.asked_ms, told)
    )
    found = erasing.erase_case(desk.store, case.case_id, files(desk))
    assert Gone(receipts=1, receipts_kept=1) == found.gone
    assert {false} == names(desk)


@pytest.mark.parametrize("sort", ["question", "claim"])
async def test_what_is_under_a_legal_hold_stays(desk, officer, question, other, sort):
    """With the entry of the agency's log; with that of a claim also its question's receipt."""
    by_claim = await claimed(desk, officer, question)
    connection, log = desk.client.session.connection, desk.home.log
    entries = log.entries(connection, 0, log.size(connection))
    digest = hashlib.sha256(
        receipts.read(desk.home.receipts / asked.hit_of(question).receipt).request
    ).digest()
    (index,) = [
        index
        for index, entry in enumerate(map(decode_entry, entries))
        if isinstance(entry, AskedEntry)
        and digest == (entry.request_digest if sort == "question" else entry.follows)
    ]
    details.hold(connection, index, desk.clock())
    found = erasing.erase_case(desk.store, question.case_id, files(desk))
    kept = receipts_of(question) | ({by_claim} if sort == "claim" else set())
    assert Gone(receipts=2 - len(kept), receipts_kept=len(kept)) == found.gone
    assert kept | receipts_of(other) == names(desk)


async def test_a_receipt_that_cannot_be_read_stays_while_there_is_a_hold(desk, question):
    """Nobody can say that it is not held."""
    connection = desk.client.session.connection
    details.hold(connection, 0, desk.clock())
    (name,) = receipts_of(question)
    (desk.home.receipts / name).write_bytes(b"torn")
    assert 1 == erasing.erase_case(desk.store, question.case_id, files(desk)).gone.receipts_kept
    assert {name} == names(desk)


async def test_where_a_file_cannot_be_removed_no_row_goes(desk, officer, question, monkeypatch):
    """The rows still name what is left; run again, all of it goes."""
    path = desk.home.receipts / asked.hit_of(question).receipt

    def refuse(found, **_given):
        assert found.parent == path.parent
        raise PermissionError(13, "no")

    with monkeypatch.context() as changed:
        changed.setattr(type(path), "unlink", refuse)
        with pytest.raises(StorageError):
            erasing.erase_case(desk.store, question.case_id, files(desk))
    assert question == questions.read(desk.store, officer, question.question_id)
    assert 1 == erasing.erase_case(desk.store, question.case_id, files(desk)).gone.receipts
    with pytest.raises(NotThereError):
        questions.read(desk.store, officer, question.question_id)


async def test_what_was_broken_off_is_done_again(desk, question):
    """Where the receipts went, and the process ended before the rows did."""
    (desk.home.receipts / asked.hit_of(question).receipt).unlink()
    assert Erased(1, 1, Gone()) == erasing.erase_case(desk.store, question.case_id, files(desk))


async def test_cards_go_once_nothing_can_go_out_with_them(desk, browser, officer, case):
    """Closed or over; the cards of an open case can still be asked with from elsewhere."""
    await browser.sign_in(officer)
    address = f"/desk/cases/{case.case_id}"
    await make_cards(browser, address, days="1")
    assert 0 == erasing.due(desk.store, 0, files(desk, DAY_MS - 3_600_000)).gone.cards
    assert 1 == erasing.due(desk.store, 0, files(desk, DAY_MS)).gone.cards
    await browser.post(f"{address}/close", page=address, sure="1")
    assert "closed" == read_case(desk.home, case.number).state
    assert 1 == erasing.erase_case(desk.store, case.case_id, files(desk)).gone.cards
    assert read_case(desk.home, case.number) is None


async def test_what_nobody_can_open_is_erased_all_the_same(desk, officer, question, other):
    """It names nothing that could go with it; everything else does."""
    random = pseudo.Random(5)  # noqa: S311 -- the same order each time
    desk.connection.execute(
        "UPDATE question SET sealed = ? WHERE question_id = ?",
        (random.randbytes(200), question.question_id),
    )
    found = erasing.erase_due(desk.store, 0, files(desk, 1))
    assert (2, 2, 1) == (found.cases, found.questions, found.gone.receipts)
    assert [] == cases.readable(desk.store, officer)
