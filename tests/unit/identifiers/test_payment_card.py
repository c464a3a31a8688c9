"""Payment cards: whose they can be, how long, and what is shown of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Reason, luhn, parse
from fedquery.identifiers.payment_card import RANGES

FLAT = [(first, last, lengths) for _, ranges, lengths in RANGES for first, last in ranges]


def outcome(text):
    """Give the canonical form, or the reason of the refusal."""
    try:
        return parse("payment-card", text).identifier.canonical
    except IdentifierError as error:
        return error.reason


def faults(ranges):
    """List what is wrong with a table of ranges."""
    found = []
    taken = set()
    for first, last, lengths in ranges:
        prefixes = set(range(first, last + 1))
        if not prefixes or not 1000 <= first <= last <= 9999:
            found.append(f"{first}-{last} is no range")
        if prefixes & taken:
            found.append(f"{first}-{last} stands twice")
        if not set(lengths) <= set(range(12, 20)):
            found.append(f"{first}-{last} has impossible lengths")
        taken |= prefixes
    return found


def test_the_table_of_issuers_is_consistent():
    """Each prefix stands once, with lengths that ISO/IEC 7812 allows."""
    assert [] == faults(FLAT)


def test_a_wrong_table_is_noticed():
    """The check above finds an overlap, a reversed range and a length of eleven."""
    wrong = [(4000, 4999, (16,)), (4500, 4500, (16,)), (5500, 5100, (16,)), (6000, 6000, (11,))]
    assert 3 == len(faults(wrong))


@given(st.sampled_from(FLAT), st.data())
def test_numbers_of_a_range_are_taken_in_its_lengths_alone(one, data):
    """A length that the issuer does not have is refused, though the check digit is right."""
    first, last, lengths = one
    prefix = str(data.draw(st.integers(first, last)))
    length = data.draw(st.integers(12, 20))
    body = data.draw(st.text("0123456789", min_size=length - 5, max_size=length - 5))
    number = prefix + body + luhn.check_digit(prefix + body)
    assert (number if length in lengths else Reason.LENGTH.value) == outcome(number)


@given(st.text("0123456789", min_size=12, max_size=19))
def test_no_device_of_today_is_taken_for_a_card(digits):
    """Type codes begin with 35 and 86, and 15 digits are an IMEI, which has the same check."""
    for body in ("35", "86", "01", "99"):
        text = (body + digits)[:14]
        assert outcome(text + luhn.check_digit(text)) in {Reason.LENGTH.value, Reason.ISSUER.value}


@pytest.mark.parametrize(
    ("card", "account"),
    [
        ("6212345678901234569", "CN:102:6212345678901234569"),
        ("6212345678901234569", "CN::6212345678901234569"),
        ("9704198526191432198", "VN:970419:9704198526191432198"),
        ("4111111111111111", None),
    ],
)
def test_a_card_is_looked_for_among_accounts_that_are_led_by_cards(card, account):
    """A Chinese account is mostly told by the number of its card; elsewhere they are two."""
    weaker = parse("payment-card", card).identifier.weaker()
    kept = parse("account", account).identifier.kept_under() if account else ()
    assert bool(account) == bool(set(weaker) & set(kept))
    assert not any(form.exact for form in weaker)
    assert [card] == [one.canonical for one in parse("payment-card", card).identifier.kept_under()]


def test_only_the_last_four_digits_are_shown():
    """Fewer than PCI DSS allows: the first six say which bank, and that is half a secret."""
    assert "••••••••••••1111" == parse("payment-card", "4111111111111111").identifier.masked()


@pytest.mark.parametrize("text", ["4111 11** **** 1111", "411111XXXXXX1111", "4111…1111"])
def test_a_masked_card_is_refused_as_masked(text):
    """What is on a receipt cannot be matched, and the refusal says so."""
    assert Reason.MASKED.value == outcome(text)
