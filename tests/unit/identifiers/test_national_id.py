"""National identity numbers that are digits; Myanmar's have a file of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import ValidationError
from stdnum.th import moa, pin

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Reason, parse, recognise
from fedquery.identifiers.national_numbers import cn_check, th_check

DIGITS = "0123456789"
BODIES_CN = st.builds(
    "{}{}{}{:02}{:02}{:03}".format,
    st.sampled_from(["11", "44", "53", "45", "65", "81"]),
    st.text(DIGITS, min_size=4, max_size=4),
    st.integers(1900, 2025),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)


def outcome(text, region=None):
    """Give the canonical form, or the reason of the refusal."""
    try:
        return parse("national-id", text, region).identifier.canonical
    except IdentifierError as error:
        return error.reason


def valid(oracle, text):
    """Tell whether the oracle takes a text."""
    try:
        oracle.validate(text)
    except ValidationError:
        return False
    return True


@given(BODIES_CN)
def test_chinese_check_characters_are_the_oracle_s(body):
    """ISO 7064 MOD 11-2; whatever the oracle takes is taken, as it knows the counties besides."""
    number = body + cn_check(body)
    assert number[-1] == ric.calc_check_digit(body + "0")
    assert f"CN:{number}" == outcome(number) == outcome(number.lower(), "TH")


@given(BODIES_CN, st.data())
def test_a_wrong_character_in_a_chinese_number_is_found(body, data):
    """Wherever it stands."""
    number = body + cn_check(body)
    at = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from([one for one in DIGITS if one != number[at]]))
    assert not outcome(number[:at] + other + number[at + 1 :]).startswith("CN:")


@given(BODIES_CN.filter(lambda body: body[6:8] == "19"))
def test_fifteen_digits_become_the_eighteen(body):
    """The old number and the new one name one person; of the old one nothing is verified."""
    old = body[:6] + body[8:]
    read = parse("national-id", old, "CN")
    assert f"CN:{body}{cn_check(body)}" == read.identifier.canonical == outcome(f"CN:{old}")
    assert (Notice.UNCHECKED.value,) == read.warnings
    assert Reason.NO_NATION.value == outcome(old)


@given(st.text(DIGITS, min_size=13, max_size=13))
def test_thai_numbers_are_the_oracle_s(digits):
    """Persons by one module of python-stdnum, companies by another."""
    expected = valid(pin, digits) or valid(moa, digits)
    assert expected == outcome(digits).startswith("TH:")


@given(st.text("012345678", min_size=1, max_size=1), st.text(DIGITS, min_size=11, max_size=11))
def test_thai_numbers_read_in_every_region(first, rest):
    """The check digit says what they are."""
    body = first + rest
    number = body + th_check(body)
    for region in (None, "TH", "CN", "KH", "LA", "MM", "VN"):
        assert f"TH:{number}" == outcome(number, region)


@given(st.text(DIGITS, min_size=6, max_size=17))
def test_digits_without_a_check_are_read_where_a_nation_is_named(digits):
    """Never by their length alone: what is nine digits in two nations is nobody's in a third."""
    if len(digits) == 13:
        return
    for region in (None, "LA", "MM", "US", "XX"):
        assert Reason.NO_NATION.value == outcome(digits, region)
    for nation in ("KH", "VN"):
        assert outcome(digits, nation) == outcome(f"{nation}:{digits}")


@given(st.text(DIGITS, min_size=9, max_size=9))
def test_one_number_in_two_nations_is_two_identifiers(digits):
    """The nation is a part of the canonical form."""
    assert {f"VN:{digits}", f"KH:{digits}"} == {outcome(digits, nation) for nation in ("VN", "KH")}


def test_an_unknown_nation_is_refused():
    """There are rules of six nations, and none is guessed."""
    assert Reason.UNKNOWN_NATION.value == outcome("US:123456789")


def test_what_may_be_a_phone_as_well_is_listed_as_both():
    """Nine digits in Cambodia: both readings are given, and the sure one stands first."""
    found = [(one.identifier.kind, len(one.warnings)) for one in recognise("012345678", "KH")]
    assert [("phone", 0), ("national-id", 1), ("account", 1)] == found


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("TH:1101700230708", "TH:•••••••••••08"),
        ("KH:012345678", "KH:•••••••78"),
        ("MM:12/OU_KA_MA(N)123456", "MM:12/OU_KA_MA(N)••••56"),
    ],
)
def test_two_digits_are_shown(text, masked):
    """With the nation, and in Myanmar with the township, which many people share."""
    assert masked == parse("national-id", text).identifier.masked()
