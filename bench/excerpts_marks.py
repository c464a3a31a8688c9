"""How the corpus marks what is to be found, and the payment codes in it."""

import unicodedata

from fedquery.identifiers import parse
from fedquery.identifiers.emvco import crc16
from fedquery.identifiers.identifier import Identifier


def mark(identifier: Identifier, written: str, sort: str = "") -> str:
    """Mark an identifier as it is written, without the blanks around it."""
    start, end = 0, len(written)
    while _is_blank(written[start]):
        start += 1
    while _is_blank(written[end - 1]):
        end -= 1
    if written.startswith("tel:", start):
        start += len("tel:")
    kind = f"{sort}{identifier.kind}"
    inner = f"⟦{kind}¦{identifier.canonical}¦{written[start:end]}⟧"
    return written[:start] + inner + written[end:].rstrip("\n")


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


def _field(name: str, value: str) -> str:
    return f"{name}{len(value):02}{value}"


def _payload(template: str, nation: str, currency: str) -> str:
    body = "000201010211" + template + _field("53", currency) + _field("58", nation)
    body += _field("59", "TEST SHOP") + _field("60", "CITY") + "6304"
    return f"{body}{crc16(body.encode()):04X}"


def promptpay(phone: Identifier) -> str:
    """Write a code of PromptPay that pays to a phone of Thailand."""
    inner = _field("00", "A000000677010111") + _field("01", f"0066{phone.canonical[3:]}")
    return mark(phone, _payload(_field("29", inner), "TH", "764"), "qr:")


def vietqr(account: Identifier) -> str:
    """Write a code of VietQR that pays to an account."""
    _, bank, number = account.canonical.split(":")
    inner = _field("00", "A000000727") + _field("01", _field("00", bank) + _field("01", number))
    template = _field("38", inner + _field("02", "QRIBFTTA"))
    return mark(account, _payload(template, "VN", "704"), "qr:")


def khqr(wallet: Identifier) -> str:
    """Write a code of KHQR that pays to a wallet of Bakong."""
    inner = _field("00", wallet.canonical.rpartition(":")[2])
    return mark(wallet, _payload(_field("29", inner), "KH", "116"), "qr:")


def another(number: str) -> str:
    """Write a code of a scheme that is not known, in which digits may be an account."""
    inner = _field("00", "A000000333010101") + _field("02", number)
    identifier = parse("account", f"CN::{number}").identifier
    return mark(identifier, _payload(_field("26", inner), "CN", "156"), "?qr:")


def zone(number: str) -> str:
    """Write the machine-readable zone of a passport of Thailand."""
    born, expires = "900101", "300101"
    person = f"{born}{_check(born)}M{expires}{_check(expires)}{'<' * 14}0"
    second = f"{number}{_check(number)}THA{person}"
    checked = second[0:10] + second[13:20] + second[21:43]
    text = f"P<THATHODSOB<<SOMMUT{'<' * 24}\n{second}{_check(checked)}"
    return mark(parse("passport", text).identifier, text)


def _check(text: str) -> str:
    # ICAO Doc 9303, part 3, 4.9.
    values = [int(one, 36) if one != "<" else 0 for one in text]
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)
