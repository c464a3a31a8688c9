"""The length of an answer: the question's alone, and bounded before anything is allocated."""

from types import SimpleNamespace

import pytest
from fedquery_node import answers
from unit.psi.holding import identifier, publish, question

MILLIONS = {"prefix_bits": 12, "capacity": 3584}


def asked(prefix_len, size_class=1, columns="tags"):
    """Make what was admitted, and a catalogue of a publication of ten million rows."""
    holding = publish([identifier(number) for number in range(4)])
    made = question(holding.ask([identifier(1)], prefix_len=0))
    opened = SimpleNamespace(header=SimpleNamespace(fields=SimpleNamespace(size_class=size_class)))
    named = SimpleNamespace(
        dataset=made.dataset,
        version=made.version,
        size_class=size_class,
        prefix_len=prefix_len,
        columns=columns,
    )
    served = SimpleNamespace(publication=SimpleNamespace(**MILLIONS, dataset=made.dataset))
    catalogue = {(made.dataset, made.version): served}
    return SimpleNamespace(asked=named, opened=opened), catalogue


@pytest.mark.parametrize(("prefix_len", "slots"), [(12, 1), (8, 16), (2, 1024), (1, 0), (0, 0)])
def test_what_does_not_fit_one_answer_has_no_slots(prefix_len, slots):
    """The whole of ten million rows would be 120 MB for each question."""
    shape = answers.shape_of(*asked(prefix_len))
    assert slots == shape.slots
    assert shape.plaintext_length <= answers.MOST_OCTETS


def test_without_buckets_any_prefix_fits():
    """There is nothing to fetch."""
    assert 0 == answers.shape_of(*asked(0, columns="none")).slots
