"""The check digit of cards and devices."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn as oracle

from fedquery.errors import IdentifierError
from fedquery.identifiers import Reason, luhn

WRONG = Reason.CHECKSUM.value
BODIES = st.text("0123456789", min_size=1, max_size=19)


def refused(digits):
    """Give the reason for which digits are refused, if they are."""
    try:
        luhn.verify(digits)
    except IdentifierError as error:
        return error.reason
    return None


@given(BODIES)
def test_the_check_digit_is_the_oracle_s(body):
    """Of any length, leading zeros included."""
    assert oracle.calc_check_digit(body) == luhn.check_digit(body)
    assert refused(body + luhn.check_digit(body)) is None


@given(BODIES, st.data())
def test_one_wrong_digit_is_found(body, data):
    """Wherever it stands."""
    digits = body + luhn.check_digit(body)
    at = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([one for one in "0123456789" if one != digits[at]]))
    assert WRONG == refused(digits[:at] + other + digits[at + 1 :])


@given(BODIES, st.data())
def test_two_neighbours_that_are_swapped_are_found(body, data):
    """Except 0 and 9, as the formula is known for."""
    digits = body + luhn.check_digit(body)
    at = data.draw(st.integers(0, len(digits) - 2))
    pair = digits[at : at + 2]
    assume(pair[0] != pair[1] and set(pair) != {"0", "9"})
    assert WRONG == refused(digits[:at] + pair[::-1] + digits[at + 2 :])


@pytest.mark.parametrize(("digits", "expected"), [("79927398713", None), ("79927398710", WRONG)])
def test_the_example_that_everybody_quotes(digits, expected):
    """And the same with a wrong digit."""
    assert expected == refused(digits)
