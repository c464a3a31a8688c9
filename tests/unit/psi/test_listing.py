"""A question of a list shows what a lookup's would show, and refuses what a lookup refuses."""

from dataclasses import replace

import pytest
from unit.psi.holding import STATEMENT, identifier, octets, publish

from fedquery.errors import BatchError, EvaluationProofError, InputError, PublicationError
from fedquery.psi.holder import evaluate
from fedquery.psi.listing import prepare
from fedquery.psi.question import Question

_HOLDING = publish([identifier(number) for number in range(40)])
_BITS = _HOLDING.publication.prefix_bits
_INPUTS = [identifier(number) for number in (3, 900, 5)]


def listed(inputs=_INPUTS, size_class=4, prefixes=(), **changes):
    """Prepare a question of a list."""
    values = {"prefix_len": 1 if prefixes else 0, "random": octets(3)} | changes
    return prepare(inputs, _HOLDING.terms, size_class=size_class, prefixes=prefixes, **values)


def answered(one, holding=_HOLDING):
    """Answer it honestly."""
    question = Question(
        dataset="phones",
        version=_HOLDING.publication.version,
        columns=one.columns,
        prefix_len=one.prefix_len,
        statement=STATEMENT,
        elements=one.elements,
        prefixes=one.prefixes,
    )
    return evaluate(question, holding.key, holding.view, bytes(32))


def test_its_tags_are_those_of_lookups():
    """In the order of the inputs, whatever order they were sent in."""
    one = listed()
    found = one.check(_HOLDING.opening, answered(one))
    for index, each in enumerate(_INPUTS):
        asking = _HOLDING.ask([each])
        (finding,) = asking.conclude(_HOLDING.opening, _HOLDING.answer(asking)).findings
        assert found.tags[8 * index : 8 * index + 8] == finding.tag
        assert found.tokens[16 * index : 16 * index + 16] == finding.claim_token
    assert found.buckets == {}


@pytest.mark.parametrize("inputs", [_INPUTS[:1], []])
def test_it_brings_the_buckets_of_its_prefixes(inputs):
    """Whether its elements lie in them or not, and with pads alone."""
    assert _BITS >= 1
    one = listed(inputs, 1, (1,))
    found = one.check(_HOLDING.opening, answered(one))
    assert found.buckets == {
        number: _HOLDING.view.bucket(number) for number in range(1 << (_BITS - 1), 1 << _BITS)
    }
    assert len(found.tags) == 8 * len(inputs)


def test_false_answers_are_refused():
    """Another key, exchanged evaluations, other buckets, a changed bucket, another opening."""
    one = listed(size_class=4, prefixes=(0, 0, 1, 1))
    body = answered(one)
    swapped = body.evaluated[32:64] + body.evaluated[:32] + body.evaluated[64:]
    with pytest.raises(EvaluationProofError):
        one.check(_HOLDING.opening, replace(body, evaluated=swapped))
    with pytest.raises(EvaluationProofError):
        one.check(_HOLDING.opening, replace(body, evaluated=body.evaluated[32:]))
    other = publish([identifier(number) for number in range(40)], version=9)
    with pytest.raises(EvaluationProofError):
        one.check(_HOLDING.opening, answered(one, replace(_HOLDING, key=other.key)))
    with pytest.raises(PublicationError):
        one.check(_HOLDING.opening, replace(body, slots=body.slots[1:]))
    first, *rest = body.slots
    for tags in (bytes(len(first.tags)), first.tags[8:] + b"\xff" * 8):
        with pytest.raises(PublicationError):
            one.check(_HOLDING.opening, replace(body, slots=(replace(first, tags=tags), *rest)))
    with pytest.raises(PublicationError):
        one.check(replace(_HOLDING.opening, salt=bytes(32)), body)


def test_what_does_not_fit_a_question_is_refused():
    """Too many inputs, buckets in a large class, prefixes that are not one for each element."""
    with pytest.raises(BatchError):
        listed(size_class=1)
    for large in (512, 4096):
        with pytest.raises(BatchError):
            listed(size_class=large, prefixes=(0,) * large)
    with pytest.raises(BatchError):
        listed(prefixes=(0,))
    with pytest.raises(BatchError):
        listed([_INPUTS[0]] * 2)
    with pytest.raises(InputError):
        listed(size_class=5)
    with pytest.raises(InputError):
        listed(prefix_len=_BITS + 1)
