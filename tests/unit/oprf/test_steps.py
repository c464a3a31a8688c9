"""An evaluation in steps is the evaluation, and none of its steps is long."""

import pytest
from unit.psi.holding import octets

from fedquery.errors import EncodingError
from fedquery.oprf import backends, dleq, steps
from fedquery.oprf.client import verify_evaluation
from fedquery.oprf.keys import derive_key_pair
from fedquery.oprf.server import evaluate, evaluation_steps

KEY = derive_key_pair(bytes(32), b"steps")
COUNT = 2_500


class Watched:
    """A back end that notes how many elements each call was given."""

    def __init__(self, group, seen):
        self._group = group
        self._seen = seen

    def __getattr__(self, name):
        """Give the method of the back end, watched where it multiplies."""
        method = getattr(self._group, name)
        if name not in {"multiply", "combine"}:
            return method

        def called(elements, scalars):
            self._seen.append((name, len(elements) // 32))
            return method(elements, scalars)

        return called


@pytest.fixture(params=sorted({backends.LIBSODIUM, backends.names()[0]}))
def group(request):
    """Give libsodium, and the fastest back end."""
    return backends.make(request.param, 1)


@pytest.fixture
def elements(group):
    """Make blinded elements."""
    return group.from_uniform(octets(3)(64 * COUNT))


def test_steps_come_to_what_one_call_comes_to(group, elements):
    """The same evaluations, and a proof that verifies over all of them."""
    done = steps.finish(evaluation_steps(KEY, elements, bytes(32), group=group))
    assert done.elements == group.multiply(elements, KEY.secret.scalar)
    verify_evaluation(KEY.public, elements, done.elements, done.proof, group=group)
    assert done == evaluate(KEY, elements, bytes(32), group=group)


def test_a_sum_in_steps_is_the_sum(group, elements):
    """Whatever the number of elements in the last step."""
    scalars = group.reduce(octets(4)(64 * COUNT))
    for count in (1, steps.COMBINED, steps.COMBINED + 1, COUNT):
        some, factors = elements[: 32 * count], scalars[: 32 * count]
        assert steps.finish(steps.combine(group, some, factors)) == group.combine(some, factors)


def test_no_step_multiplies_more_than_some_hundred_elements(group, elements):
    """Between two steps whoever computes may do something else."""
    seen = []
    watched = evaluation_steps(KEY, elements, bytes(32), group=Watched(group, seen))
    made = [len(seen) for _ in watched]
    assert max(count for name, count in seen if name == "multiply") == steps.MULTIPLIED
    assert max(count for name, count in seen if name == "combine") == steps.COMBINED
    # Five steps multiply, one weighs, two of the three sums end with a step.
    assert made == [1, 2, 3, 4, 5, 5, 6, 7]


@pytest.mark.parametrize("count", [1, 64, 512])
def test_a_question_of_a_lookup_is_one_step(group, elements, count):
    """It is done in the turn that it has waited for."""
    some = elements[: 32 * count]
    assert [] == list(evaluation_steps(KEY, some, bytes(32), group=group))


def test_what_does_not_decode_is_refused_in_whatever_step_it_stands(group, elements):
    """A bad element at the end of a large question gets no answer and no proof."""
    bad = elements[:-32] + b"\xff" * 32
    with pytest.raises(EncodingError):
        evaluate(KEY, bad, bytes(32), group=group)
    with pytest.raises(EncodingError):
        evaluate(KEY, elements[:-1], bytes(32), group=group)


def test_a_proof_in_one_go_is_that_in_steps(group, elements):
    """Both are for the same nonce."""
    evaluated = group.multiply(elements, KEY.secret.scalar)
    arguments = group, KEY, elements, evaluated, bytes(31) + b"\x01"
    assert dleq.generate_proof(*arguments) == steps.finish(dleq.proof_steps(*arguments))
