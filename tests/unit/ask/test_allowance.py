"""What a list takes of a quota: the ceilings that it does not fit under are named, with numbers."""

from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask.allowance import Allowance, Exceeded, Window
from fedquery.transport.head import NO_LIMIT, GrantLeft, QuotaLeft

GRANTS = (
    GrantLeft(1, "phones", 90, 5, this_case=False),
    GrantLeft(2, "accounts", 7, 6, this_case=True),
    GrantLeft(3, "phones", 10, 7, this_case=True),
)
LEFT = QuotaLeft(10, 20, NO_LIMIT, 40, 1, 2, 3, GRANTS)


def test_what_was_told_is_read():
    """A window without a limit is none; grants are added up for the datasets that are asked."""
    found = Allowance.of(LEFT, ["phones"])
    assert (Window("hour", 10, 1), Window("day", 20, 2), Window("case", 40)) == found.windows
    assert ((("phones", 100),), 100) == (found.grants, found.granted)


def test_a_grant_pays_for_its_own_dataset_alone():
    """What is left of one for phones does not help a list of accounts."""
    both = Allowance.of(LEFT, ["phones", "accounts"])
    assert () == both.exceeded_by({"phones": 110})
    assert (Exceeded("hour", 111, 110, 1),) == both.exceeded_by({"phones": 111})
    assert (Exceeded("hour", 18, 17, 1),) == both.exceeded_by({"accounts": 18})
    assert () == both.exceeded_by({"phones": 100, "accounts": 17})


@given(
    st.tuples(*[st.integers(0, 50)] * 3),
    st.dictionaries(st.sampled_from("ab"), st.integers(0, 50)),
    st.dictionaries(st.sampled_from("ab"), st.integers(0, 50)),
)
def test_what_fits_is_what_can_be_paid(rooms, granted, needs):
    """A list fits where what its grants do not pay is within the room of every window."""
    windows = tuple(Window(name, room) for name, room in zip("hdc", rooms, strict=True))
    allowance = Allowance(windows, tuple(granted.items()))
    rest = sum(max(0, count - granted.get(name, 0)) for name, count in needs.items())
    exceeded = allowance.exceeded_by(needs)
    assert (rest <= min(rooms)) == (not exceeded)
    assert {one.window for one in exceeded} == {w.name for w in windows if rest > w.left}
