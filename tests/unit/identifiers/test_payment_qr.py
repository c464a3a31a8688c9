"""Payment codes: who is paid, by each scheme's template, and nothing from a damaged one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers.emvco import crc16, fields_of, read_payload
from fedquery.identifiers.payment_qr import payees

# As published; the first in the Bank of Thailand's standard, the second in NAPAS's examples' form.
PROMPTPAY = "00020101021129370016A0000006770101110113006681234567853037645802TH6304823E"


def field(name, value):
    """Write a field."""
    return f"{name}{len(value):02}{value}"


def payload(template, nation="TH", name="29", more=""):
    """Write a payload with one template."""
    body = f"000201010211{field(name, template)}{more}{field('58', nation)}6304"
    return f"{body}{crc16(body.encode()):04X}"


def paid(text):
    """List whom a code pays, by which scheme, and whether that is doubtful."""
    return [
        (one.parsed.identifier.kind, one.parsed.identifier.canonical, one.scheme, one.doubtful)
        for one in payees(text)
    ]


def promptpay(*fields):
    """Write a code of PromptPay."""
    return payload(field("00", "A000000677010111") + "".join(field(*one) for one in fields))


def vietqr(bank, number, service="QRIBFTTA"):
    """Write a code of VietQR."""
    receiver = field("00", bank) + field("01", number)
    template = field("00", "A000000727") + field("01", receiver) + field("02", service)
    return payload(template, "VN", "38")


def test_the_checksum_is_the_standards():
    """ITU-T's check value for this polynomial and beginning."""
    assert 0x29B1 == crc16(b"123456789")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PROMPTPAY, ("phone", "+66812345678", "PromptPay", False)),
        (
            promptpay(("02", "1101700203450")),
            ("national-id", "TH:1101700203450", "PromptPay", False),
        ),
        (
            promptpay(("03", "140000000000001")),
            ("e-wallet", "TH:promptpay:140000000000001", "PromptPay", False),
        ),
        (promptpay(("04", "0041234567890")), ("account", "TH:004:1234567890", "PromptPay", False)),
        (
            payload(field("00", "A000000677010112") + field("01", "110170020345000"), name="30"),
            ("national-id", "TH:1101700203450", "PromptPay", True),
        ),
        (vietqr("970416", "224528479"), ("account", "VN:970416:224528479", "VietQR", False)),
        (
            vietqr("970416", "9704160123456789", "QRIBFTTC"),
            None,
        ),
        (
            vietqr("971025", "99MM24030M12345678"),
            ("e-wallet", "VN:momo:99MM24030M12345678", "VietQR", False),
        ),
        (
            payload(field("00", "somebody_1@aclb"), "KH"),
            ("e-wallet", "KH:bakong:somebody_1@aclb", "KHQR", False),
        ),
        (
            payload(field("00", "abaakhppxxx@abaa") + field("01", "009629445"), "KH"),
            ("account", "KH:ABAAKHPP:009629445", "KHQR", False),
        ),
        (
            payload(field("00", "khqr@aclb") + field("01", "012520266"), "KH"),
            ("account", "KH:ACLBKHPP:012520266", "KHQR", False),
        ),
        (
            payload(field("00", "ppcbkhppxxx@ppcb") + field("01", "0123456789"), "KH"),
            ("account", "KH:PPCBKHPP:0123456789", "KHQR", False),
        ),
        (
            payload(field("00", "khqr@abcd") + field("01", "0123456789"), "KH"),
            ("account", "KH::0123456789", "KHQR", True),
        ),
        (payload(field("00", "cadikhppxxx@cadi"), "KH"), None),
        (
            payload(field("00", "A000000333010101") + field("02", "123456789012"), "CN", "26"),
            ("account", "CN::123456789012", "", True),
        ),
    ],
)
def test_each_scheme_names_who_is_paid(text, expected):
    """As its kind; digits of a scheme that is not known are doubtful; a mistyped card is nobody."""
    if expected is None:
        with pytest.raises(IdentifierError, match="nobody"):
            payees(text)
    else:
        assert [expected] == paid(text)


def test_letters_of_numbers_and_nations_may_be_small():
    """As some programs write them; a name at Bakong is read by its nation."""
    application = field("00", "a000000677010111") + field("01", "0066812345678")
    assert "+66812345678" == paid(payload(application))[0][1]
    assert "KHQR" == paid(payload(field("00", "somebody@aclb"), "kh"))[0][2]
    assert "+66812345678" == paid(PROMPTPAY[:-4] + PROMPTPAY[-4:].lower())[0][1]


def test_of_two_payees_in_one_field_none_is_chosen():
    """An id that stands twice makes a template that is none."""
    doubled = promptpay(("01", "0066812345678"), ("01", "0066899999999"))
    with pytest.raises(IdentifierError, match="nobody"):
        payees(doubled)


def test_a_code_may_name_several():
    """Each once."""
    template = field("00", "A000000677010111") + field("01", "0066812345678")
    other = field("30", field("00", "A000000677010112") + field("01", "110170020345000"))
    assert ["phone", "national-id"] == [one[0] for one in paid(payload(template, more=other))]


@pytest.mark.parametrize("at", range(0, len(PROMPTPAY) - 4, 3))
def test_every_changed_digit_is_refused(at):
    """By the checksum or the form: no part of a damaged code is read."""
    digit = "7" if PROMPTPAY[at] != "7" else "8"
    with pytest.raises(IdentifierError):
        payees(PROMPTPAY[:at] + digit + PROMPTPAY[at + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "000201",
        PROMPTPAY[:-1],
        PROMPTPAY + "0",
        PROMPTPAY[2:],
        "0" * 600,
        f"{PROMPTPAY}\n000201",
    ],
)
def test_what_is_no_payload_is_refused(text):
    """Cut, doubled, too long."""
    with pytest.raises(IdentifierError):
        payees(text)


def test_a_payload_shows_nothing_of_itself():
    """Its repr goes into tracebacks."""
    assert "812345678" not in repr(read_payload(PROMPTPAY)) + repr(payees(PROMPTPAY))


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=200))
def test_any_text_is_split_or_refused(text):
    """What is split comes together again."""
    try:
        found = fields_of(text)
    except IdentifierError:
        return
    assert text == "".join(field(*one) for one in found)
