"""The asker's checks 4 to 8: each fault is planted alone, and nothing is concluded from it."""

from dataclasses import replace

import pytest
from unit.psi.holding import Holding, identifier, octets, publish

from fedquery.errors import EvaluationProofError, PublicationError
from fedquery.psi.answer import Body, Slot
from fedquery.psi.asker import Terms
from fedquery.psi.bucket import Bucket, bucket_number
from fedquery.psi.key import view_key

ROWS = [identifier(n) for n in range(20)]
PRESENT = ROWS[5]
ABSENT = identifier(9000)


@pytest.fixture(scope="module")
def honest() -> Holding:
    """Publish twenty rows in four buckets."""
    return publish(ROWS)


def with_slot(body: Body, **changes: object) -> Body:
    """Change the only slot of a body."""
    return replace(body, slots=(replace(body.slots[0], **changes),))


@pytest.mark.parametrize("one", [PRESENT, ABSENT])
def test_an_honest_answer_is_concluded(honest: Holding, one: bytes) -> None:
    """Without a fault every check passes, so what the faults below meet is the fault."""
    asking = honest.ask([one])
    concluded = asking.conclude(honest.opening, honest.answer(asking))
    assert [one == PRESENT] == [finding.present for finding in concluded.findings]
    number = bucket_number(one, 2)
    assert {number: honest.view.bucket(number)} == concluded.buckets


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": bytes(32)},
        {"public_key": view_key(bytes(32), "VN", "phones", 3, "view-1").public},
        {"root": bytes(32)},
        {"prefix_bits": 3},
        {"capacity": 10},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_check_4_refuses_a_changed_opening(honest: Holding, changes: dict[str, object]) -> None:
    """No part of an opening can be exchanged under its commitment."""
    asking = honest.ask([PRESENT])
    body = honest.answer(asking)
    with pytest.raises(PublicationError, match="commitment"):
        asking.conclude(replace(honest.opening, **changes), body)


@pytest.mark.parametrize(
    "committed",
    [{"viewer": "LA"}, {"version": 4}, {"holder": "CN"}, {"dataset": "accounts"}],
    ids=lambda committed: next(iter(committed)),
)
def test_check_4_refuses_a_commitment_to_another_view(committed: dict[str, object]) -> None:
    """A commitment for another nation, version, holder or dataset does not serve for this one."""
    other = publish(ROWS, committed=committed)
    asking = other.ask([PRESENT])
    body = other.answer(asking)
    with pytest.raises(PublicationError, match="commitment"):
        asking.conclude(other.opening, body)


@pytest.mark.parametrize("changes", [{"prefix_bits": 3}, {"capacity": 14}])
def test_check_4_refuses_buckets_other_than_the_publication_says(
    honest: Holding, changes: dict[str, int]
) -> None:
    """A commitment that recomputes, but to other buckets than everybody was told of, is refused."""
    said = replace(honest.publication, **changes)
    with pytest.raises(PublicationError, match="other buckets"):
        said.verify_opening("TH", honest.opening)


def test_check_4_refuses_an_asker_without_a_view(honest: Holding) -> None:
    """A nation that the publication does not name is told so before anything is concluded."""
    with pytest.raises(PublicationError, match="no view"):
        honest.publication.verify_opening("KH", honest.opening)


def test_terms_refuse_a_publication_of_another_nation(honest: Holding) -> None:
    """What VN published is no ground to conclude about LA."""
    with pytest.raises(PublicationError, match="another nation"):
        Terms(honest.publication, "LA", "TH")


def test_check_5_refuses_another_key_with_a_valid_proof_for_it(honest: Holding) -> None:
    """A proof that verifies, but under a key that was not published, is worth nothing."""
    other = view_key(octets(99)(32), "VN", "phones", 3, "view-1")
    asking = honest.ask([PRESENT])
    with pytest.raises(EvaluationProofError):
        asking.conclude(honest.opening, honest.answer(asking, other))
    # The twin: under its own key that very body is proved.
    body = honest.answer(asking, other)
    asking._outputs(other.public, body)


def test_check_5_refuses_the_answer_for_other_elements(honest: Holding) -> None:
    """The valid answer to another question, even of the same input, is refused."""
    asking, other = honest.ask([PRESENT], seed=1), honest.ask([PRESENT], seed=2)
    body = honest.answer(other)
    other.conclude(honest.opening, body)
    with pytest.raises(EvaluationProofError):
        asking.conclude(honest.opening, body)


def test_check_5_refuses_exchanged_evaluations(honest: Holding) -> None:
    """Two evaluations that change places are refused, though each of them is right."""
    asking = honest.ask([PRESENT, ABSENT], size_class=4)
    body = honest.answer(asking)
    exchanged = body.evaluated[32:64] + body.evaluated[:32] + body.evaluated[64:]
    with pytest.raises(EvaluationProofError):
        asking.conclude(honest.opening, replace(body, evaluated=exchanged))


@pytest.mark.parametrize("count", [0, 3, 5])
def test_check_5_refuses_another_number_of_evaluations(honest: Holding, count: int) -> None:
    """There is one evaluation for each element, none less and none more."""
    asking = honest.ask([PRESENT], size_class=4)
    body = honest.answer(asking)
    evaluated = (body.evaluated * 2)[: 32 * count]
    with pytest.raises(EvaluationProofError, match="one evaluation"):
        asking.conclude(honest.opening, replace(body, evaluated=evaluated))


def test_check_6_refuses_the_bucket_of_another_prefix(honest: Holding) -> None:
    """A bucket of the view, with its right path, is refused where another one was asked for."""
    asking = honest.ask([PRESENT])
    other = bucket_number(PRESENT, 2) ^ 1
    slot = Slot(other, honest.view.bucket(other), honest.view.path(other))
    body = replace(honest.answer(asking), slots=(slot,))
    with pytest.raises(PublicationError, match="not those of the question"):
        asking.conclude(honest.opening, body)


def test_check_6_refuses_another_bucket_under_the_right_number(honest: Holding) -> None:
    """A bucket of the view under the number that was asked for has no path there."""
    asking = honest.ask([PRESENT])
    body = honest.answer(asking)
    other = bucket_number(PRESENT, 2) ^ 1
    for path in (body.slots[0].path, honest.view.path(other)):
        changed = with_slot(body, tags=honest.view.bucket(other), path=path)
        with pytest.raises(PublicationError, match="not shown"):
            asking.conclude(honest.opening, changed)


def test_check_6_refuses_the_path_of_another_bucket(honest: Holding) -> None:
    """The right bucket with a path that leads to the root from elsewhere is refused."""
    asking = honest.ask([PRESENT])
    path = honest.view.path(bucket_number(PRESENT, 2) ^ 1)
    body = with_slot(honest.answer(asking), path=path)
    with pytest.raises(PublicationError, match="not shown"):
        asking.conclude(honest.opening, body)


@pytest.mark.parametrize("length", [0, 1, 3])
def test_check_6_refuses_a_path_of_another_length(honest: Holding, length: int) -> None:
    """A path has exactly prefix_bits hashes."""
    asking = honest.ask([PRESENT])
    body = honest.answer(asking)
    path = (*body.slots[0].path, bytes(32))[:length]
    with pytest.raises(PublicationError, match="not shown"):
        asking.conclude(honest.opening, with_slot(body, path=path))


def test_check_6_refuses_missing_doubled_and_further_buckets(honest: Holding) -> None:
    """The buckets are exactly those that were asked for."""
    asking = honest.ask([PRESENT])
    body = honest.answer(asking)
    further = (bucket_number(PRESENT, 2) + 1) % 4
    slot = Slot(further, honest.view.bucket(further), honest.view.path(further))
    for slots in ((), body.slots * 2, (*body.slots, slot)):
        with pytest.raises(PublicationError, match="not those of the question"):
            asking.conclude(honest.opening, replace(body, slots=slots))


def test_check_6_refuses_buckets_that_were_not_asked_for(honest: Holding) -> None:
    """Where the bucket is held, an answer that brings one all the same is refused."""
    first = honest.ask([PRESENT])
    brought = honest.answer(first)
    held = dict(first.conclude(honest.opening, brought).buckets)
    asking = honest.ask([PRESENT], held=held)
    assert asking.columns == "none"
    body = replace(honest.answer(asking), slots=brought.slots)
    with pytest.raises(PublicationError, match="not those of the question"):
        asking.conclude(honest.opening, body)


def cut(buckets: list[bytes]) -> None:
    """Publish buckets that are one tag short."""
    buckets[:] = [bucket[:-8] for bucket in buckets]


def lengthen(buckets: list[bytes]) -> None:
    """Publish buckets that are one tag long."""
    buckets[:] = [bucket + b"\xff" * 8 for bucket in buckets]


def exchange(buckets: list[bytes]) -> None:
    """Publish buckets whose first two tags changed places."""
    buckets[:] = [bucket[8:16] + bucket[:8] + bucket[16:] for bucket in buckets]


def exchange_last(buckets: list[bytes]) -> None:
    """Publish buckets whose last two tags changed places."""
    buckets[:] = [bucket[:-16] + bucket[-8:] + bucket[-16:-8] for bucket in buckets]


def double(buckets: list[bytes]) -> None:
    """Publish buckets whose second tag is the first once more."""
    buckets[:] = [bucket[:8] * 2 + bucket[16:] for bucket in buckets]


@pytest.mark.parametrize("tamper", [cut, lengthen])
def test_check_7_refuses_a_published_bucket_of_another_length(tamper) -> None:
    """Even with a commitment and paths to it, a bucket of another length is refused."""
    cheat = publish(ROWS, tamper=tamper)
    asking = cheat.ask([PRESENT])
    body = cheat.answer(asking)
    with pytest.raises(PublicationError, match="length"):
        asking.conclude(cheat.opening, body)


@pytest.mark.parametrize("tamper", [exchange, exchange_last, double])
def test_check_7_refuses_a_published_bucket_that_does_not_ascend(tamper) -> None:
    """Even with a commitment and paths to it, tags out of order or doubled are refused."""
    cheat = publish(ROWS, tamper=tamper)
    asking = cheat.ask([PRESENT])
    body = cheat.answer(asking)
    with pytest.raises(PublicationError, match="ascend"):
        asking.conclude(cheat.opening, body)


def test_check_7_refuses_a_held_bucket_that_was_changed(honest: Holding) -> None:
    """A bucket that was kept is no more trusted to ascend than a fetched one."""
    number = bucket_number(PRESENT, 2)
    held = {number: honest.view.bucket(number)[::-1]}
    asking = honest.ask([PRESENT], held=held)
    body = honest.answer(asking)
    with pytest.raises(PublicationError, match="ascend"):
        asking.conclude(honest.opening, body)


def test_check_8_finds_a_tag_in_every_place(honest: Holding) -> None:
    """Each row is found, wherever its tag stands; its neighbours by one are not."""
    for bucket in honest.view.buckets:
        for at in range(0, len(bucket), 8):
            tag = bucket[at : at + 8]
            beside = (int.from_bytes(tag, "big") ^ 1).to_bytes(8, "big")
            assert tag in Bucket(0, bucket)
            assert beside not in Bucket(0, bucket)


def test_check_8_tells_present_from_absent(honest: Holding) -> None:
    """The same question about a row and about no row differs in the finding alone."""
    asking = honest.ask([PRESENT, ABSENT], size_class=4)
    findings = asking.conclude(honest.opening, honest.answer(asking)).findings
    assert [(f.input, f.present) for f in findings] == [(PRESENT, True), (ABSENT, False)]


def test_the_faults_are_met_in_the_order_of_the_protocol(honest: Holding) -> None:
    """With every fault at once, the first check of the protocol is the one that speaks."""
    asking = honest.ask([PRESENT])
    other = view_key(octets(99)(32), "VN", "phones", 3, "view-1")
    body = with_slot(honest.answer(asking, other), number=99, tags=b"", path=())
    with pytest.raises(PublicationError, match="commitment"):
        asking.conclude(replace(honest.opening, salt=bytes(32)), body)
    with pytest.raises(EvaluationProofError):
        asking.conclude(honest.opening, body)
    with pytest.raises(PublicationError, match="not those of the question"):
        asking.conclude(honest.opening, replace(honest.answer(asking), slots=body.slots))
