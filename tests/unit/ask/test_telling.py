"""What a holder may learn from a case is not widened by what other cases have fetched before."""

import secrets

import pytest
from unit.ask import nation as made
from unit.federation import conftest as world
from unit.psi.holding import identifier, publish

from fedquery.ask.case import Case
from fedquery.ask.looking import Looking
from fedquery.identifiers import decode
from fedquery.psi.bucket import bucket_number
from fedquery.seal.envelope import read_request
from fedquery.seal.request import open_request
from fedquery.transport.question import decode_asked

ROWS = [identifier(number) for number in range(300)]


@pytest.fixture
def vn():
    """Make a nation whose buckets are large enough that two bits are told."""
    return made.Nation(made.current(publish(ROWS)))


async def ask(session, number, *identifiers, sensitive=False):
    """Look identifiers up at VN for a case, and give the questions that VN got."""
    case = Case(
        number=number,
        purpose="fraud",
        maximum_penalty_years=10,
        opened_ms=made.NOW_MS - 1000,
        sensitive=sensitive,
    )
    before = len(session.coordinators.sent)
    looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
    lookup = await looking.run([decode(one) for one in identifiers], case, ["VN"], 2000)
    questions = []
    for envelope in session.coordinators.sent[before:]:
        opened = open_request(read_request(envelope), world.KEM)
        questions.append(decode_asked(opened.message, opened.header.fields.size_class))
    return questions, [outcome.word for outcome in lookup.outcomes]


async def test_a_bucket_is_not_fetched_twice_for_what_may_tell_it(session):
    """The saving that the rest must not be lost to."""
    (first,), _ = await ask(session, "C-1", ROWS[0])
    assert ("tags", 2) == (first.columns, first.prefix_len)
    (second,), words = await ask(session, "C-2", ROWS[0])
    assert ("none", ()) == (second.columns, second.prefixes)
    assert ["hit"] == words


async def test_a_sensitive_case_does_not_tell_that_its_bucket_was_fetched_before(session):
    """To want no bucket would name the bucket of the question before."""
    await ask(session, "C-1", ROWS[0])
    (question,), words = await ask(session, "C-2", ROWS[0], sensitive=True)
    assert ("tags", 0, (0,)) == (question.columns, question.prefix_len, question.prefixes)
    assert ["hit"] == words
    # Now that the whole view is held, to want nothing tells nothing.
    (question,), _ = await ask(session, "C-3", ROWS[1], sensitive=True)
    assert "none" == question.columns


async def test_a_case_that_may_tell_one_bit_does_not_tell_two(session):
    """Many identifiers, few bits each: the neighbours below the short prefix are wanted too."""
    await ask(session, "C-1", ROWS[0])
    near = bucket_number(ROWS[0], 2)
    same = next(one for one in ROWS[1:] if bucket_number(one, 2) == near)
    questions, _ = await ask(session, "C-2", ROWS[0], same)
    assert {1} == {question.prefix_len for question in questions}
    assert {"tags"} == {question.columns for question in questions}
