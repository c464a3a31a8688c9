import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Reason, parse, recognise

DIGITS = st.text("0123456789", min_size=15, max_size=15)


def canonical(text, region=None):
    """Give the canonical form of a wallet."""
    return parse("e-wallet", text, region).identifier.canonical


def refused(text, region=None):
    """Give the reason why a wallet is refused."""
    with pytest.raises(IdentifierError) as caught:
        parse("e-wallet", text, region)
    return caught.value.reason


@given(DIGITS)
def test_fifteen_digits_are_promptpays_only_where_it_is_said(digits):
    """By the service's name anywhere, alone in Thailand and with a doubt, elsewhere not."""
    expected = f"TH:promptpay:{digits}"
    assert expected == canonical(f"PromptPay: {digits[:3]}-{digits[3:]}")
    if digits[0] in "01":
        read = parse("e-wallet", digits, "TH")
        assert (expected, (Notice.UNCHECKED.value,)) == (read.identifier.canonical, read.warnings)
    for region in (None, "KH", "VN") if digits[0] in "01" else ("TH", None, "KH", "VN"):
        assert Reason.NO_SERVICE.value == refused(digits, region)


@given(st.text("0123456789", max_size=20).filter(lambda text: len(text) != 15))
def test_other_lengths_are_refused(digits):
    """A number of another length is a phone, a national id, or a typing error."""
    assert refused(f"promptpay:{digits}") in {
        Reason.LENGTH.value,
        Reason.OTHER_KIND.value,
        Reason.CHARACTERS.value,
    }


@given(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,15}@[a-z]{4}", fullmatch=True))
def test_accounts_of_bakong_are_no_mail_addresses(text):
    """A text is one of the two at most: participants have no dot, domains have one."""
    assert f"KH:bakong:{text}" == canonical(text.upper())
    assert {"e-wallet"} == {read.identifier.kind for read in recognise(text)}
    assert Reason.OTHER_KIND.value == refused(f"{text}.example")


def test_a_wallet_by_phone_is_sent_to_the_kind_phone():
    """One fact has one place."""
    assert Reason.PHONE.value == refused("momo:+84912345678")


def test_masked_wallets_show_their_ends():
    """Nation, service, the last two characters, and the participant."""
    masked = parse("e-wallet", "promptpay:140000812345678").identifier.masked()
    assert "TH:promptpay:••••78" == masked
    assert "KH:bakong:••••dy@aclb" == parse("e-wallet", "somebody@aclb").identifier.masked()
    assert "KH:bakong:••••@aclb" == parse("e-wallet", "abc@aclb").identifier.masked()
