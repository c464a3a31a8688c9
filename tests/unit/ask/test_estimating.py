"""What a lookup would cost is what it then costs, and asking for it changes nothing."""

import secrets

import pytest
from unit.ask import nation as made
from unit.federation import conftest as world
from unit.psi.holding import identifier, publish

from fedquery.ask.case import Case
from fedquery.ask.estimating import estimate
from fedquery.ask.looking import Looking
from fedquery.federation.ceilings import Ceilings, WindowCeilings
from fedquery.identifiers import decode, parse
from fedquery.psi.bucket import bucket_number
from fedquery.seal.envelope import read_request
from fedquery.seal.request import open_request
from fedquery.transport.question import decode_asked

ROWS = [identifier(number) for number in range(300)]


@pytest.fixture
def vn():
    """Make a nation whose buckets are large enough that two bits are told."""
    return made.Nation(made.current(publish(ROWS)))


def case_of(number="C-1", **more):
    """Make a case."""
    facts = {"purpose": "fraud", "maximum_penalty_years": 10, "opened_ms": made.NOW_MS - 1000}
    return Case(number=number, **facts, **more)


async def ask(session, case, *octets):
    """Look identifiers up at VN, and give the questions that VN got."""
    before = len(session.coordinators.sent)
    looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
    await looking.run([decode(one) for one in octets], case, ["VN"], 2000)
    opened = [
        open_request(read_request(one), world.KEM) for one in session.coordinators.sent[before:]
    ]
    return [decode_asked(one.message, one.header.fields.size_class) for one in opened]


@pytest.mark.parametrize(("count", "sensitive"), [(1, False), (3, False), (70, False), (3, True)])
async def test_an_estimate_is_what_the_lookup_then_asks(session, count, sensitive):
    """Questions, elements and the length of the prefixes, for one, some, many, and none told."""
    case = case_of(sensitive=sensitive)
    await session.freshen()
    (told,) = estimate(session, [decode(one) for one in ROWS[:count]], case, ["VN"])
    questions = await ask(session, case, *ROWS[:count])
    assert len(questions) == told.questions
    assert sum(one.size_class for one in questions) == told.elements
    lengths = {one.prefix_len for one in questions}
    assert (lengths == {0}) == (told.bits_told == 0)
    assert told.bits_told <= sum(one.prefix_len * one.size_class for one in questions)


async def test_two_bits_are_told_once_and_not_again(session):
    """What is held is asked without a word about its bucket."""
    await session.freshen()
    one = [decode(ROWS[0])]
    assert 2 == estimate(session, one, case_of(), ["VN"])[0].bits_told
    await ask(session, case_of(), ROWS[0])
    assert 0 == estimate(session, one, case_of("C-2"), ["VN"])[0].bits_told


async def test_what_the_case_has_asked_before_shortens_what_it_may_tell(session):
    """The estimate counts it as the lookup does: two bits for the first, one for the second."""
    await ask(session, case_of(), ROWS[0])
    near = bucket_number(ROWS[0], 2)
    other = next(one for one in ROWS[1:] if bucket_number(one, 2) != near)
    (told,) = estimate(session, [decode(other)], case_of(), ["VN"])
    (question,) = await ask(session, case_of(), other)
    assert (1, 1) == (told.bits_told, question.prefix_len)


async def test_an_estimate_counts_nothing_as_asked(session):
    """Looking at the cost of many must not shorten what a case may tell later."""
    await session.freshen()
    many = [decode(one) for one in ROWS]
    before = estimate(session, many[:1], case_of(), ["VN"])
    estimate(session, many, case_of(), ["VN"])
    assert before == estimate(session, many[:1], case_of(), ["VN"])
    assert [] == session.coordinators.sent
    assert (0,) == session.connection.execute("SELECT count(*) FROM asked").fetchone()


async def test_a_nation_without_the_kind_is_said_so(session):
    """A bank account costs nothing where there are phones only, and it is named as missing."""
    await session.freshen()
    account = parse("account", "TH:004:1234567890", None).identifier
    (told,) = estimate(session, [account, decode(ROWS[0])], case_of(), ["VN"])
    assert ("account",) == told.missing
    assert 1 == told.questions


async def test_a_nation_that_cannot_be_asked_says_why(session):
    """A nation that showed nothing is down, and costs nothing."""
    await session.freshen()
    session.nations.clear()
    (told,) = estimate(session, [decode(ROWS[0])], case_of(), ["VN"])
    assert ("node-down", 0) == (told.why, told.elements)


async def test_what_does_not_fit_under_a_ceiling_is_named(session):
    """The hour has room for three: four do not fit, and one does."""
    await session.freshen()
    trusted = session.nations["VN"]
    few = Ceilings(WindowCeilings(3, 9, 9), WindowCeilings(9, 9, 9), case=9)
    manifest = made.replace(trusted.manifest, ceilings=few)
    session.nations["VN"] = made.replace(trusted, manifest=manifest)
    many = [decode(one) for one in ROWS[:4]]
    (told,) = estimate(session, many, case_of(), ["VN"])
    assert [("hour", told.elements, 3)] == [
        (one.window, one.needs, one.left) for one in told.exceeded
    ]
    (told,) = estimate(session, many[:1], case_of(), ["VN"])
    assert () == told.exceeded
