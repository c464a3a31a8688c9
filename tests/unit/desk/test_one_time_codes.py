"""One-time codes against RFC 6238, and the three steps in which one is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.desk.one_time_codes import code_at, enrolment_uri, matching_step, step_of

# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
SECRET = b"12345678901234567890"
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("at_s", "code"), VECTORS)
def test_codes_are_those_of_the_standard(at_s, code):
    """Each vector of RFC 6238, appendix B."""
    assert code == code_at(SECRET, step_of(at_s * 1000))
    assert step_of(at_s * 1000) == matching_step(SECRET, code, at_s * 1000)


@given(step=st.integers(10, 2**40), away=st.integers(-3, 3))
def test_a_code_is_taken_in_its_step_and_those_beside_it(step, away):
    """One step early, one late, and no further; where two codes are alike the newer counts."""
    found = matching_step(SECRET, code_at(SECRET, step), (step + away) * 30_000)
    steps = range(step + away - 1, step + away + 2)
    right = [one for one in steps if code_at(SECRET, one) == code_at(SECRET, step)]
    assert (right[-1] if right else None) == found
    assert (abs(away) <= 1) == (step in right)


@pytest.mark.parametrize(
    "typed", ["", "28708", "2870822", "\u0e52\u0e58\u0e57\u0e50\u0e58\u0e52", "28708x", "-287082"]
)
def test_what_is_no_code_is_in_no_step(typed):
    """Too few digits, too many, digits of other scripts, letters, signs."""
    assert matching_step(SECRET, typed, 59_000) is None


def test_blanks_in_a_code_do_not_matter():
    """Authenticators show it in two groups."""
    assert 1 == matching_step(SECRET, " 287 082 ", 59_000)


def test_the_address_of_an_enrolment_names_account_and_agency():
    """As authenticators read it."""
    uri = enrolment_uri(SECRET, "officer 7", "TH/cyber-police")
    assert uri.startswith("otpauth://totp/fedquery%20TH/cyber-police:officer%207?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in uri
