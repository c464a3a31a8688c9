"""A receipt shows later, to others, what was answered: no more than the asker saw, and no less."""

import secrets
from dataclasses import replace
from typing import get_args

import pytest
from unit.ask import nation as made
from unit.ask.test_telling import ROWS
from unit.federation import conftest as world
from unit.psi.holding import publish

from fedquery.ask import receipts
from fedquery.ask.cards import Cards
from fedquery.ask.case import Case
from fedquery.ask.looking import Looking
from fedquery.ask.receipt import Check, Receipt, verify
from fedquery.ask.sealing import seal_claim
from fedquery.errors import EncodingError, ProofError, PublicationError
from fedquery.federation.trust import Trust
from fedquery.identifiers import decode
from fedquery.psi.answer import Slot
from fedquery.psi.question import Claim
from fedquery.seal.answer import seal_answer
from fedquery.seal.envelope import read_request
from fedquery.seal.request import open_request
from fedquery.transport.answer import encode_head
from fedquery.transport.claim_reply import ClaimReply
from fedquery.transport.head import AnswerHead, Decision

TRUST = Trust(world.four_nations().federation)
CASE = Case(number="C-1", purpose="fraud", maximum_penalty_years=10, opened_ms=made.NOW_MS - 1000)


@pytest.fixture
def vn():
    """Make a nation of four buckets."""
    return made.Nation(made.current(publish(ROWS)))


async def receipt_of(session):
    """Look an identifier up, and read the receipt that was kept."""
    looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
    lookup = await looking.run([decode(ROWS[0])], CASE, ["VN"], 2000)
    return receipts.read(session.home.receipts / lookup.outcomes[0].receipt)


async def test_a_receipt_verifies(session):
    """So that every test below can fail."""
    shown = verify(await receipt_of(session), TRUST)
    assert (1, 3, made.NOW_MS) == (shown.buckets, shown.asked.version, shown.published_ms)


async def test_each_check_that_is_passed_is_told(session):
    """All of them, in their order; of the one that fails, and of those behind it, none is."""
    receipt, passed = await receipt_of(session), []
    verify(receipt, TRUST, passed.append)
    assert list(get_args(Check)) == passed
    for name, wrong in {
        "question": replace(receipt, salt=bytes(32)),
        "signature": replace(receipt, answer=receipt.answer[:-1] + bytes([receipt.answer[-1] ^ 1])),
        "checkpoint": replace(receipt, checkpoint=receipt.checkpoint.replace(b"\n\n", b"\nx\n\n")),
        "log": replace(receipt, index=receipt.index + 1),
    }.items():
        passed.clear()
        with pytest.raises((ProofError, EncodingError)):
            verify(wrong, TRUST, passed.append)
        assert list(get_args(Check))[: len(passed)] == passed, name
        assert name not in passed


async def test_an_answer_with_other_buckets_is_no_receipt(session, vn):
    """Its bucket is genuine and was not asked for: the asker refused it, and so does a reader."""

    def neighbour(body):
        number = body.slots[0].number ^ 1
        slot = Slot(number, vn.holding.view.bucket(number), vn.holding.view.path(number))
        return replace(body, slots=(slot,))

    vn.lies.body = neighbour
    receipt = await receipt_of(session)
    with pytest.raises(PublicationError):
        verify(receipt, TRUST)


async def test_an_answer_without_its_bucket_is_no_receipt(session, vn):
    """An empty slot is as long as a full one."""
    vn.lies.body = lambda body: replace(body, slots=())
    receipt = await receipt_of(session)
    with pytest.raises(PublicationError):
        verify(receipt, TRUST)


async def claimed(session, version):
    """Claim a hit of a version, and make the receipt of the node's answer."""
    await session.freshen(force=True)
    card = Cards.of(session.home, CASE, made.NOW_MS).for_holder("VN")
    statement = CASE.told_with(card, session.home.pseudonym_key)
    claim = Claim(
        dataset="phones",
        version=version,
        tag=bytes(8),
        claim_token=bytes(16),
        level="reference",
        statement=statement,
    )
    sealed = seal_claim(
        session.home,
        session.nations["VN"],
        claim,
        now_ms=made.NOW_MS,
        random=secrets.token_bytes,
    )
    head = AnswerHead(decision=Decision("reference"), claim=ClaimReply("desk", "VN-1"))
    answer = seal_answer(
        open_request(read_request(sealed.envelope), world.KEM),
        encode_head(head),
        length=20_000,
        signing_key=world.node_key("VN"),
        nation="VN",
        answered_ms=made.NOW_MS,
        random=secrets.token_bytes,
    )
    return sealed.receipt(answer)


@pytest.mark.parametrize(("version", "published_ms"), [(4, made.NOW_MS), (3, 0)])
async def test_the_receipt_of_a_claim_verifies_after_another_publication(
    session, vn, version, published_ms
):
    """A hit can be claimed for days, and a dataset is published each day."""
    vn.publish(made.current(publish(ROWS, version=4)))
    shown = verify(await claimed(session, version), TRUST)
    assert (version, "VN-1") == (shown.document()["version"], shown.head.claim.reference)
    assert published_ms == shown.published_ms


async def test_a_claim_of_a_version_that_is_not_yet_is_no_receipt(session):
    """No node could have answered it."""
    receipt = await claimed(session, 9)
    with pytest.raises(PublicationError):
        verify(receipt, TRUST)


@pytest.mark.parametrize("octets", [b"", b"[]", b"{}", b"[" * 100_000, b'{"form":1}', b"\xff"])
def test_what_is_no_receipt_is_malformed(octets):
    """A receipt comes from others: reading it ends in one error."""
    with pytest.raises(EncodingError):
        Receipt.decode(octets)
