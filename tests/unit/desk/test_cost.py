"""What a question would cost, in words that a person can decide by."""

from unit.desk.voices import ENGLISH

from fedquery.ask.allowance import Allowance, Exceeded, Window
from fedquery.ask.estimating import NationEstimate
from fedquery.desk.cost import costs_of, renews_in_s


def one(**more):
    """Give the cost at VN in words."""
    return costs_of([NationEstimate(nation="VN", **more)], ENGLISH)[0]


def test_every_ceiling_and_every_grant_is_told():
    """What is left, and when it is more again."""
    windows = (Window("hour", 990, 5), Window("day", 1_990), Window("year", 9), Window("case", 0))
    found = one(elements=4, bits_told=2, allowance=Allowance(windows, (("phones", 50),)))
    assert ("4", "2", True) == (found.elements, found.bits, found.is_reachable)
    assert (
        "990 left this hour; renews [5]",
        "1,990 left today",
        "9 left this year",
        "0 left for this case",
        "50 of grants",
    ) == found.left


def test_a_nation_that_has_not_told_yet_says_so():
    """Nothing known is not nothing left."""
    assert ("It tells with its first answer what is left.",) == one(elements=1).left


def test_a_nation_that_cannot_be_asked_says_why_and_nothing_of_its_quota():
    """An officer unticks it, or waits."""
    found = one(why="node-down")
    assert (False, (), ("Its node does not answer.", "Ask again later.")) == (
        found.is_reachable,
        found.left,
        found.remarks,
    )


def test_kinds_that_a_nation_has_not_are_named():
    """What is not asked is said before it is not answered."""
    assert ("It offers nothing of: bank account, IP address.",) == one(
        missing=("account", "ip")
    ).remarks


def test_what_does_not_fit_is_told_with_its_numbers():
    """And when all of it fits again: after the last of them has renewed."""
    exceeded = (Exceeded("hour", 64, 10, 61_001), Exceeded("day", 64, 60, 1_000))
    estimate = NationEstimate(nation="VN", exceeded=exceeded)
    (found,) = costs_of([estimate], ENGLISH)
    assert ("It needs 64, and there are 10.", "It needs 64, and there are 60.") == found.too_much
    assert 62 == renews_in_s([estimate], 0)
    assert 61 == renews_in_s([estimate], 1)
    assert 0 == renews_in_s([NationEstimate(nation="LA")], 1)
