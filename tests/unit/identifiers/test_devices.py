"""Devices, subscriptions and SIM cards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import imei as imei_oracle
from stdnum import numdb
from stdnum.exceptions import ValidationError

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Reason, luhn, parse
from fedquery.identifiers.imsi import COUNTRIES

DIGITS = "0123456789"
UNCHECKED = (Notice.UNCHECKED.value,)


def outcome(kind, text):
    """Give the canonical form, or None where the text is refused."""
    try:
        return parse(kind, text).identifier.canonical
    except IdentifierError:
        return None


@given(st.text(DIGITS, min_size=13, max_size=17))
def test_devices_are_those_of_the_oracle(digits):
    """What python-stdnum takes for an IMEI is one here, cut to the device; more is not.

    It gives 14, 15 or 16 digits back as they came, and takes any 16 of them.
    """
    try:
        expected = imei_oracle.validate(digits)[:14]
    except ValidationError:
        expected = None
    if len(digits) == 16:
        assert outcome("imei", digits) in {None, expected}
    else:
        assert expected == outcome("imei", digits)


@given(st.text(DIGITS, min_size=12, max_size=12), st.sampled_from(["35", "86", "01", "99"]))
def test_every_spelling_of_a_device_is_one(serial, body):
    """Without check digit, with it, and with the software version of any day."""
    device = body + serial
    spelled = (device, device + luhn.check_digit(device), device + "00", device + "77")
    assert {device} == {outcome("imei", text) for text in spelled}
    assert [1, 0, 1, 1] == [len(parse("imei", text).warnings) for text in spelled]


@given(st.text(DIGITS, min_size=14, max_size=14), st.data())
def test_a_wrong_digit_of_fifteen_is_found(body, data):
    """Of 14 and 16 digits nobody can tell, and the reading says so."""
    text = body + luhn.check_digit(body)
    at = data.draw(st.integers(0, 14))
    other = data.draw(st.sampled_from([one for one in DIGITS if one != text[at]]))
    assert outcome("imei", text[:at] + other + text[at + 1 :]) is None


def test_country_codes_are_those_of_the_oracle():
    """But for tests and what is no country, the five islands, and four newer codes."""
    known = {first for length, first, *_ in numdb.get("imsi").prefixes if length == 3}
    assert {"406", "430", "431", "461"} == COUNTRIES - known
    islands = {"350", "352", "354", "356", "358"}
    assert {"001", "902", "991", "995", "999", *islands} == known - COUNTRIES


@given(st.text(DIGITS, min_size=15, max_size=15))
def test_no_device_of_today_is_taken_for_a_subscription(digits):
    """What begins as the IMEIs of today do is in no list of countries."""
    for body in ("35", "86", "01", "99"):
        assert outcome("imsi", (body + digits)[:15]) is None


@given(st.sampled_from(sorted(COUNTRIES)), st.text(DIGITS, min_size=12, max_size=12))
def test_a_subscription_says_that_nothing_checks_it(country, rest):
    """And is otherwise taken as it is."""
    read = parse("imsi", country + rest)
    assert (country + rest, UNCHECKED) == (read.identifier.canonical, read.warnings)


@given(st.integers(17, 19), st.data())
def test_sim_cards_are_verified(length, data):
    """By the check digit of ITU-T E.118, with the filler and without."""
    body = "89" + data.draw(st.text(DIGITS, min_size=length - 2, max_size=length - 2))
    number = body + luhn.check_digit(body)
    assert number == outcome("iccid", number)
    if len(number) == 19:
        assert number == outcome("iccid", f"{number}F")
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    chinese = len(number) == 20 and number.startswith("8986")
    assert (wrong if chinese else None) == outcome("iccid", wrong)


@given(st.text("0123456789ABCDEFGHJKSTWY", min_size=16, max_size=16))
def test_chinese_sim_cards_keep_their_letters(rest):
    """Letters of ranges and makers are a part of the number, in upper case."""
    number = f"8986{rest}"
    expected = number[:-1] if outcome("iccid", number[:-1]) and number[-1] == "F" else number
    assert expected == outcome("iccid", number) == outcome("iccid", number.lower())


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("imei", "490154203237518", "•••••••••••751"),
        ("imsi", "520031234567890", "520••••••••••90"),
        ("iccid", "8991101200003204514", "89••••••••••••••514"),
    ],
)
def test_little_is_shown(kind, text, masked):
    """Enough to know it again, and too little to ask about it."""
    assert masked == parse(kind, text).identifier.masked()


def test_sixteen_digits_that_begin_as_no_device_are_refused():
    """They are a card or an account, and the refusal is for the issuer."""
    with pytest.raises(IdentifierError) as caught:
        parse("imei", "4111111111111111")
    assert Reason.ISSUER.value == caught.value.reason
