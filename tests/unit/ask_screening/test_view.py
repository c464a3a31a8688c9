"""A search in many buckets finds what a search in each of them finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.psi.holding import identifier, publish

from fedquery.ask.screening.view import View
from fedquery.psi.bucket import Bucket

_HOLDING = publish([identifier(number) for number in range(40)])
_NUMBERS = range(1 << _HOLDING.publication.prefix_bits)
_TAGS = [
    _HOLDING.view.bucket(number)[at : at + 8]
    for number in _NUMBERS
    for at in range(0, len(_HOLDING.view.bucket(number)), 8)
]
tags = st.one_of(st.sampled_from(_TAGS), st.binary(min_size=8, max_size=8))


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    """Hold all buckets of a publication."""
    with View(_HOLDING.publication, tmp_path_factory.mktemp("view")) as made:
        for number in _NUMBERS:
            made.add(number, _HOLDING.view.bucket(number))
        yield made


@given(asked=st.lists(st.tuples(st.sampled_from(_NUMBERS), tags), max_size=30))
def test_a_search_finds_what_bucket_by_bucket_is_found(view, asked):
    """Also tags that lie in another bucket, and the first and last of one."""
    found = view.search([number for number, _ in asked], b"".join(tag for _, tag in asked))
    assert list(found) == [
        tag in Bucket(number, _HOLDING.view.bucket(number)) for number, tag in asked
    ]


def test_a_bucket_that_is_not_there_is_not_searched(tmp_path):
    """Nothing is said of what lies in a bucket that was not fetched."""
    with View(_HOLDING.publication, tmp_path) as made:
        assert made.search([0], bytes(8)) is None
        made.add(0, _HOLDING.view.bucket(0))
        assert made.search([0], _HOLDING.view.bucket(0)[-8:]) == b"\1"
        assert list(tmp_path.iterdir()) == []


def test_a_search_does_not_look_into_the_next_bucket(tmp_path):
    """A tag above all of its bucket would be found there, where the next one begins with it."""
    capacity = _HOLDING.publication.capacity
    low = b"".join(number.to_bytes(8, "big") for number in range(1, capacity + 1))
    high = b"".join(number.to_bytes(8, "big") for number in range(1000, 1000 + capacity))
    with View(_HOLDING.publication, tmp_path) as made:
        made.add(0, low)
        made.add(1, high)
        assert made.search([0, 1, 0], high[:8] + high[:8] + low[-8:]) == b"\0\1\1"
