"""Which buckets a list fetches: all of a view or as few bits as a lookup would tell, each once."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st
from unit.psi.holding import publish

from fedquery.ask.screening import walking
from fedquery.ask.screening.purse import Purse
from fedquery.psi.bucket import MAX_PREFIX_BITS, capacity_for
from fedquery.psi.prefix import numbers_below
from fedquery.psi.publication import Publication
from fedquery.seal.size import LARGEST_WITH_BUCKETS, SIZE_CLASSES

_PUBLICATION = publish([b"phone:v1:+66855500001"]).publication


def shaped(prefix_bits: int, fullest: int) -> Publication:
    """Give a publication of some shape."""
    values = {name: getattr(_PUBLICATION, name) for name in Publication.__slots__}
    return Publication(**values | {"prefix_bits": prefix_bits, "capacity": capacity_for(fullest)})


def planned(forms, length, prefixes, *, walks=True, padded=False):
    """Plan the questions of a list for which there is room."""
    return walking.questions(
        forms,
        length,
        prefixes,
        walks=walks,
        padded=padded,
        pad=lambda _index: 0,
        cover=partial(Purse().cover, "phones"),
    )


shapes = st.builds(shaped, st.integers(0, 12), st.integers(8, 20_000))
few = st.sets(st.integers(0, 2**12 - 1), max_size=40)


@given(shapes, st.integers(0, 3000), few)
def test_a_walk_fetches_what_is_missing_of_the_view_and_depends_on_nothing_else(
    publication, forms, held
):
    """Every bucket comes once, in answers of bounded length; the list decides none of it."""
    bits = publication.prefix_bits
    held = {number for number in held if number < 1 << bits}
    one = walking.wanted_prefixes(publication, {0}, held, 0)
    other = walking.wanted_prefixes(publication, set(range(min(5, 1 << bits))), held, 0)
    assert one == other
    length, missing = one
    asks = planned(forms, length, missing)
    fetched = [
        number for ask in asks for number in numbers_below(ask.prefixes, ask.prefix_len, bits)
    ]
    assert len(fetched) == len(set(fetched))
    assert set(fetched) | held == set(range(1 << bits))
    assert all(
        walking.octets_down(publication, ask) <= walking.MOST_OCTETS + 2**14
        or ask.prefix_len == bits
        for ask in asks
    )


@given(
    st.integers(0, 9000),
    st.lists(st.integers(0, 31), max_size=34, unique=True),
    st.booleans(),
    st.booleans(),
)
def test_questions_have_room_for_the_list_and_no_more_than_is_asked(forms, prefixes, walks, padded):
    """Without padding exactly the forms are charged, and pads only for buckets beyond them."""
    prefixes = sorted(prefixes)
    if not walks:
        prefixes = prefixes[: max(forms, 0)] if forms else prefixes
    asks = planned(forms, 5, prefixes, walks=walks, padded=padded)
    elements = sum(ask.size_class for ask in asks)
    assert elements >= max(forms, len(prefixes) if not forms else 0)
    if not padded:
        assert elements == max(forms, len(prefixes))
    assert all(ask.size_class in SIZE_CLASSES for ask in asks)
    assert all(len(ask.prefixes) in {0, ask.size_class} for ask in asks)
    assert all(ask.size_class <= LARGEST_WITH_BUCKETS or not ask.prefixes for ask in asks)
    told = {prefix for ask in asks for prefix in ask.prefixes}
    assert set(prefixes) <= told <= {*prefixes, 0}


def test_padding_hides_the_count():
    """Lists of other lengths below the same class go out alike."""

    def classes(forms):
        asks = planned(forms, 0, [0], padded=True)
        return [ask.size_class for ask in asks]

    assert classes(100) == classes(400) == [1, 512]
    assert classes(514) == [1, 512, 1]
    assert classes(600) == classes(900) == [1, 512, 512]


@given(st.integers(0, 20_000))
def test_padding_costs_what_it_did_in_questions_of_512(forms):
    """The rest of a list is padded to its class, and not to the 4,096 of a larger question."""
    asks = planned(forms, 0, [], padded=True)
    rest = forms % 512
    pads = next(size for size in (0, 1, 4, 16, 64, 512) if rest <= size) - rest
    assert sum(ask.size_class for ask in asks) == forms + pads
    assert sum(ask.size_class == 4096 for ask in asks) == (forms + pads) // 4096


def test_the_largest_view_can_be_walked():
    """A bucket of its own is the longest walk there can be."""
    assert walking.walk_len(shaped(MAX_PREFIX_BITS, 20)) <= MAX_PREFIX_BITS
