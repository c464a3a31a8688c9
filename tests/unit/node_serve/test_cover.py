"""A refusal takes the work of an answer, so that the relay cannot tell them apart by time."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fedquery_node import answers
from fedquery_node.judge import Judged
from fedquery_node.publications import Served
from fedquery_node.service import NodeService
from unit.psi.holding import STATEMENT, identifier, publish, question

from fedquery.psi import holder
from fedquery.psi.question import Claim
from fedquery.transport.claim_reply import ClaimReply
from fedquery.transport.head import AnswerHead, Decision, Refusal

ROWS = [identifier(number) for number in range(60)]
REFUSED = AnswerHead(decision=Decision(), refusal=Refusal("policy-denied", "no"))
CLAIM = Claim(
    dataset="phones",
    version=3,
    tag=bytes(8),
    claim_token=bytes(16),
    level="reference",
    statement=STATEMENT,
)


@pytest.fixture
def holding():
    """Publish a few rows."""
    return publish(ROWS)


@pytest.fixture
def work(monkeypatch):
    """Gather what is evaluated."""
    found, evaluate = [], holder.evaluation_steps

    def watched(asked, key, view, nonce):
        body = yield from evaluate(asked, key, view, nonce)
        found.append((asked.elements, len(body.evaluated), len(body.slots)))
        return body

    monkeypatch.setattr(holder, "evaluation_steps", watched)
    return found


async def answered(holding, asked, head, *, granted, nation="TH"):
    """Let a node go on from what was judged; give the head and the body."""
    publication = holding.publication
    view = SimpleNamespace(key=holding.key, buckets=holding.view, opening=holding.opening)
    served = Served(publication, b"", 0, newest=True, views={"TH": view})
    catalogue = {(publication.dataset, publication.version): served}
    size_class = getattr(asked, "size_class", 1)
    admitted = SimpleNamespace(
        asked=asked,
        asking=SimpleNamespace(agency=SimpleNamespace(nation=nation, name=f"{nation}/police")),
        opened=SimpleNamespace(
            header=SimpleNamespace(fields=SimpleNamespace(size_class=size_class))
        ),
    )
    shape = answers.shape_of(admitted, catalogue)
    with ThreadPoolExecutor(1) as executor:
        service = NodeService(None, None, None, executor, lambda: 0, secrets.token_bytes, None)
        return await service._evaluated(
            SimpleNamespace(catalogue=catalogue),
            admitted,
            Judged(head, granted=granted, version=publication.version),
            shape,
        )


@pytest.mark.parametrize(("size_class", "prefix_len"), [(1, 2), (4, 1), (16, 0)])
async def test_a_refusal_evaluates_and_cuts_as_much_as_an_answer(
    holding, work, size_class, prefix_len
):
    """As many elements, the same buckets; none of the asker's own, and nothing of it goes out."""
    asked = question(holding.ask([ROWS[0]], size_class=size_class, prefix_len=prefix_len))
    granted = AnswerHead(decision=Decision("hit"), version=3)
    _, body = await answered(holding, asked, granted, granted=True)
    assert body is not None
    head, body = await answered(holding, asked, REFUSED, granted=False)
    assert (REFUSED, None) == (head, body)
    (real, *answer), (covered, *refusal) = work
    assert answer == refusal
    own = {real[at : at + 32] for at in range(0, len(real), 32)}
    assert not own & {covered[at : at + 32] for at in range(0, len(covered), 32)}


@pytest.mark.parametrize(
    ("head", "granted"),
    [
        (REFUSED, False),
        (AnswerHead(decision=Decision("reference"), claim=ClaimReply("desk", "R-1")), True),
    ],
)
async def test_a_claim_takes_the_work_of_a_question_for_one_bucket(holding, work, head, granted):
    """It is as long as one, too."""
    asked = question(holding.ask([ROWS[0]], size_class=1, prefix_len=2))
    await answered(holding, asked, AnswerHead(decision=Decision("hit"), version=3), granted=True)
    assert None is (await answered(holding, CLAIM, head, granted=granted))[1]
    assert work[0][1:] == work[1][1:]


async def test_what_no_publication_is_for_is_refused_all_the_same(holding, work):
    """There is nothing that its answer would have taken."""
    asked = question(holding.ask([ROWS[0]], size_class=1, prefix_len=2))
    for other, nation in ((None, "TH"), (replace(asked, dataset="others"), "TH"), (asked, "KH")):
        head, body = await answered(holding, other, REFUSED, granted=False, nation=nation)
        assert (REFUSED, None) == (head, body)
    assert [] == work


async def test_a_prefix_that_is_too_long_is_refused_all_the_same(holding, work):
    """No bucket has such a number."""
    asked = question(holding.ask([ROWS[0]], size_class=1, prefix_len=2))
    asked = replace(asked, prefix_len=20, prefixes=(2**20 - 1,))
    head, _ = await answered(holding, asked, REFUSED, granted=False)
    assert REFUSED == head
    assert [(1, 0)] == [(evaluated // 32, slots) for _, evaluated, slots in work]


async def test_what_fails_after_the_commit_is_logged_and_sealed(holding, monkeypatch):
    """The relay sees an answer like any other; the log says that the question got none."""
    logged = []

    def fail(*_args):
        raise OSError("the index is gone")

    async def log(_service, _admitted, slug):
        logged.append(slug)

    monkeypatch.setattr(holder, "evaluation_steps", fail)
    monkeypatch.setattr(NodeService, "_log_fault", log)
    asked = question(holding.ask([ROWS[0]], size_class=1, prefix_len=2))
    granted = AnswerHead(decision=Decision("hit"), version=3)
    head, body = await answered(holding, asked, granted, granted=True)
    assert (["internal"], "internal", None) == (logged, head.refusal.slug, body)
    assert (Decision(), 0) == (head.decision, head.version)
