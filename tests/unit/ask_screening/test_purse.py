"""Questions of a list are as large as what pays for them, and nothing that is left goes unused."""

from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask.screening.purse import Purse
from fedquery.seal.size import SIZE_CLASSES, smallest_cover
from fedquery.transport.head import NO_LIMIT, GrantLeft, QuotaLeft

rooms = st.integers(0, 9_000)


def pays(ordinary, grants, size_class):
    """Charge a question whole to one, as a holder does; say whether anything paid."""
    if size_class <= ordinary[0]:
        ordinary[0] -= size_class
        return True
    for index, left in enumerate(grants):
        if size_class <= left:
            grants[index] -= size_class
            return True
    return False


def purse(ordinary, grants):
    """Fill a purse."""
    told = tuple(
        GrantLeft(number, "phones", left, number, this_case=False)
        for number, left in enumerate(grants)
    )
    return Purse.of(QuotaLeft(NO_LIMIT, ordinary, NO_LIMIT, ordinary + 1, 1, 2, 3, told))


@given(rooms, st.lists(st.integers(1, 5_000), max_size=4), st.integers(0, 25_000))
def test_a_list_that_fits_is_paid_to_its_last_element(ordinary, grants, elements):
    """Each question is paid where the quota and each grant end between its size class and none."""
    one = purse(ordinary, grants)
    planned = one.cover("phones", elements, 4096)
    assert sum(planned) == elements
    assert set(planned) <= set(SIZE_CLASSES)
    room = ordinary + sum(grants)
    assert one.short == max(0, elements - room)
    if not one.short:
        left, rest = [ordinary], list(grants)
        assert all(pays(left, rest, size_class) for size_class in planned)


@given(st.integers(0, 25_000), st.sampled_from(SIZE_CLASSES))
def test_where_nothing_is_known_there_are_as_few_questions_as_can_be(elements, largest):
    """So they are where there is room for all."""
    expected = smallest_cover(elements, largest=largest) if elements else []
    assert expected == Purse.of(None).cover("phones", elements, largest)
    assert expected == purse(10**6, []).cover("phones", elements, largest)


def test_what_nothing_pays_for_is_asked_as_if_there_were_room():
    """The cost then says what all of it takes."""
    one = purse(5, [])
    assert [4, 1, 4096, 4, 1] == one.cover("phones", 4106, 4096)
    assert 4101 == one.short


def test_datasets_share_the_quota_and_no_grant():
    """What one has taken is not there for the next."""
    one = purse(600, [512])
    assert [512] == one.cover("accounts", 512, 4096)
    assert [512, 64, 16, 4, 4] == one.cover("phones", 600, 4096)
    assert 0 == one.short
    assert [1] == one.cover("accounts", 1, 4096)
    assert 1 == one.short


def test_the_room_for_one_question_is_the_most_that_one_payer_has():
    """A question is never paid by two."""
    one = purse(600, [512, 700])
    assert (700, 600, None) == (one.room("phones"), one.room("accounts"), Purse().room("phones"))
