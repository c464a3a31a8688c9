"""A version that was replaced while it was asked: that alone is asked again, and once."""

import secrets
from collections import Counter
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.ask.test_concluding import CASE
from unit.federation import conftest as world
from unit.psi.holding import identifier

from fedquery.ask.clock import ClockError
from fedquery.ask.looking import Looking
from fedquery.ask.session import Distrusted
from fedquery.errors import PeerError
from fedquery.federation.offer import Offer
from fedquery.federation.signed_manifest import sign_manifest
from fedquery.identifiers import decode
from fedquery.seal.envelope import read_request
from fedquery.seal.request import open_request
from fedquery.transport.head import AnswerHead, Decision, Refusal
from fedquery.transport.question import decode_asked

GONE = AnswerHead(decision=Decision(), refusal=Refusal("epoch-unknown", "replaced"))


@pytest.fixture
def two(session, vn):
    """Let VN offer a second dataset of phones beside the first."""
    publication = replace(vn.holding.publication, dataset="others")
    place = vn.log.add(publication.encode())

    def note():
        offering = world.Offering(vn.log, place, vn.kem)
        datasets = tuple(
            Offer(name, "phone", (vn.log.logged(at),))
            for name, at in (("others", place), ("phones", vn.places[-1]))
        )
        kem = replace(
            offering.manifest().kem_keys[0],
            not_before_ms=made.NOW_MS - 1000,
            not_after_ms=made.NOW_MS + made.KEM_LIFE_MS,
        )
        return sign_manifest(
            offering.manifest(datasets=datasets, kem_keys=(kem,)), world.node_key("VN")
        )

    vn.note = note


def refuse_first(vn, count):
    """Let VN say of its first answers that the version is gone."""
    left = [count]

    def head(honest):
        left[0] -= 1
        return GONE if left[0] >= 0 else honest

    vn.lies.head = head


def asked_of(session):
    """Open what VN got: datasets and size classes, in their order."""
    opened = [open_request(read_request(one), world.KEM) for one in session.coordinators.sent]
    questions = [decode_asked(one.message, one.header.fields.size_class) for one in opened]
    return [(question.dataset, question.size_class) for question in questions]


async def look(session, *identifiers):
    """Look identifiers up at VN, and give every outcome as it came."""
    said = []
    looking = Looking(session, secrets.token_bytes, said.append)
    lookup = await looking.run([decode(one) for one in identifiers], CASE, ["VN"], 2000)
    assert Counter(said) == Counter(lookup.outcomes)
    return lookup.outcomes


async def test_another_dataset_is_not_asked_and_charged_again(session, vn, two):
    """It answered: a second question about it would cost the agency's quota, and tell it twice."""
    refuse_first(vn, 1)
    outcomes = await look(session, made.KNOWN)
    refused = asked_of(session)[0]
    assert sorted([("others", 1), ("phones", 1), refused]) == sorted(asked_of(session))
    assert ["others", "phones"] == [outcome.dataset for outcome in outcomes]


@pytest.mark.parametrize(
    "failing",
    [(PeerError("no coordinator answers"), "coordinator-down"), (ClockError("behind"), "clock")],
)
async def test_what_others_answered_is_kept_where_manifests_cannot_be_fetched_again(
    session, vn, two, monkeypatch, failing
):
    """It was counted and logged there; only what was refused has no answer."""
    refuse_first(vn, 1)
    freshen = session.freshen
    error, why = failing

    async def once(*, force=False):
        if force:
            raise error
        await freshen()

    monkeypatch.setattr(type(session), "freshen", lambda _self, force=False: once(force=force))
    outcomes = await look(session, made.KNOWN)
    assert {("hit", ""), ("unavailable", why)} == {(one.word, one.why) for one in outcomes}
    assert 2 == len(asked_of(session))


async def test_only_the_forms_that_were_refused_are_asked_again(session, vn):
    """Five identifiers go as four and one: where the four are refused, four are asked again."""
    refuse_first(vn, 1)
    asked = [identifier(number) for number in (1, 2, 3, 4, 900)]
    outcomes = await look(session, *asked)
    assert [("phones", 4), ("phones", 1), ("phones", 4)] == asked_of(session)
    assert ["hit"] * 4 + ["no hit"] == [outcome.word for outcome in outcomes]


@pytest.mark.parametrize("why", ["node-down", "equivocation"])
async def test_a_nation_that_cannot_be_asked_again_is_named_once(session, vn, monkeypatch, why):
    """Never a no hit, and one outcome for each identifier."""
    refuse_first(vn, 2)
    freshen = session.freshen

    async def once(*, force=False):
        await freshen(force=force)
        if force:
            session.nations["VN"] = Distrusted(why)

    monkeypatch.setattr(type(session), "freshen", lambda _self, force=False: once(force=force))
    outcomes = await look(session, *(identifier(number) for number in (1, 2, 3, 4, 900)))
    assert [("unavailable", why, "phones")] * 5 == [
        (outcome.word, outcome.why, outcome.dataset) for outcome in outcomes
    ]
