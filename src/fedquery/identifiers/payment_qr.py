"""Who is paid by a payment QR code: the identifiers that a scheme's template holds.

PromptPay, VietQR and KHQR are read by what their operators publish. Of any other scheme the digits
in a merchant's template may be an account, and are given as doubtful: a person decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from fedquery.errors import IdentifierError
from fedquery.identifiers.e_wallet import is_of_all
from fedquery.identifiers.emvco import Fields, Payload, fields_of, read_payload
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.reasons import Reason, refuse
from fedquery.identifiers.registry import kinds

# EMV QRCPS MPM, 4.7.7: templates of merchant accounts.
_TEMPLATES: Final = tuple(f"{number:02}" for number in range(26, 52))
_APPLICATION: Final = "00"
# Bank of Thailand, Thai QR Payment Standard: credit transfers, shown by merchant or by customer.
_PROMPTPAY: Final = ("A000000677010111", "A000000677010114")
_BILL_PAYMENT: Final = "A000000677010112"
_TAX_ID: Final = 13
_THAI_BANK: Final = 3
_BIC: Final = 8
# NAPAS, Format Specification of QR switching: transfers to accounts and to cards.
_VIETQR: Final = "A000000727"
_TO_CARD: Final = "QRIBFTTC"
_ACCOUNT_DIGITS: Final = range(6, 21)
# National Bank of Cambodia, KHQR: participants whose codes name an account and not a wallet.
_KHQR_BANKS: Final = MappingProxyType(
    {"abaa": "ABAAKHPP", "aclb": "ACLBKHPP", "cadi": "CADIKHPP", "wing": "WIGCKHPP"}
)


@dataclass(frozen=True, slots=True)
class Payee:
    """One identifier of who is paid.

    Attributes:
        parsed: the identifier, with what is to be known about it.
        scheme: "PromptPay", "VietQR", "KHQR", or "" for another.
        doubtful: whether the scheme is not known, so that it may be something else.
    """

    parsed: Parsed = field(repr=False)
    scheme: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    """What a template says, before it is read as a kind."""

    scheme: str
    kind: str
    text: str = field(repr=False)
    doubtful: bool = False


def payees(text: str) -> tuple[Payee, ...]:
    """Read who is paid by the text of a payment QR code.

    Args:
        text: the payload, up to 512 characters.

    Returns:
        At least one identifier, each once, in the order of the payload.

    Raises:
        IdentifierError: if it is no payload, its checksum is wrong, or it names nobody by an
            identifier of a known kind.
    """
    payload = read_payload(text)
    found: dict[bytes, Payee] = {}
    for named in _named(payload):
        kind = kinds().get(named.kind)
        if kind is None:
            continue
        try:
            parsed = kind.parse(named.text)
        except IdentifierError:
            # Of what a scheme says wrongly, nothing is guessed; other fields may still be right.
            continue
        octets = parsed.identifier.encode()
        found.setdefault(octets, Payee(parsed, named.scheme, named.doubtful))
    if not found:
        raise refuse(Reason.NO_PAYEE)
    return tuple(found.values())


def _named(payload: Payload) -> Iterator[_Named]:
    for name, value in payload.fields:
        if name not in _TEMPLATES:
            continue
        try:
            template = dict(fields_of(value))
        except IdentifierError:
            # EMV leaves 02 to 25 to the card networks and 26 to 51 to templates; what is no
            # template here names nobody.
            continue
        application = template.pop(_APPLICATION, "")
        # ISO 7816-5: a number in hexadecimal, whose letters some programs write small.
        number = application.upper()
        if number in _PROMPTPAY:
            yield from _of_promptpay(template)
        elif number == _BILL_PAYMENT:
            yield from _of_biller(template)
        elif number == _VIETQR:
            yield from _of_vietqr(template)
        elif payload.nation == "KH" and "@" in application:
            yield _of_khqr(application, template)
        else:
            yield from _of_another(payload.nation, tuple(template.items()))


def _of_promptpay(template: dict[str, str]) -> Iterator[_Named]:
    for name, value in template.items():
        match name:
            case "01":
                # 0066 and nine digits: an international number with its 00.
                yield _Named("PromptPay", "phone", value)
            case "02":
                yield _Named("PromptPay", "national-id", f"TH:{value}")
            case "03":
                yield _Named("PromptPay", "e-wallet", f"TH:promptpay:{value}")
            case "04":
                bank, number = value[:_THAI_BANK], value[_THAI_BANK:]
                yield _Named("PromptPay", "account", f"TH:{bank}:{number}")
            case _:
                continue


def _of_biller(template: dict[str, str]) -> Iterator[_Named]:
    # The tax id of the biller and two digits of its own; a company's tax id is in the same number
    # space as the ids of persons. Many shops are paid under the tax id of their bank, so that who
    # is paid is left to a person.
    biller = template.get("01", "")
    yield _Named("PromptPay", "national-id", f"TH:{biller[:_TAX_ID]}", doubtful=True)


def _of_khqr(application: str, template: dict[str, str]) -> _Named:
    # KHQR, tag 29: 00 is the name at Bakong, 01 the account. Where the name is the bank's own, as
    # `abaakhppxxx@abaa`, all its customers have it, and the account alone says who is paid.
    name, _, participant = application.lower().partition("@")
    if not is_of_all(name):
        return _Named("KHQR", "e-wallet", f"KH:bakong:{application}")
    bank = _KHQR_BANKS.get(participant, name[:_BIC].upper() if len(name) >= _BIC else "")
    number = template.get("01", "")
    return _Named("KHQR", "account", f"KH:{bank}:{number}", doubtful=not bank)


def _of_vietqr(template: dict[str, str]) -> Iterator[_Named]:
    try:
        receiver = dict(fields_of(template.get("01", "")))
    except IdentifierError:
        return
    bank, number = receiver.get("00", ""), receiver.get("01", "")
    if template.get("02") == _TO_CARD:
        yield _Named("VietQR", "payment-card", number)
    elif number.startswith("99MM"):
        yield _Named("VietQR", "e-wallet", f"VN:momo:{number}")
    else:
        yield _Named("VietQR", "account", f"VN:{bank}:{number}")


def _of_another(nation: str, template: Fields) -> Iterator[_Named]:
    for _, value in template:
        if value.isascii() and value.isdecimal() and len(value) in _ACCOUNT_DIGITS:
            yield _Named("", "account", f"{nation}::{value}", doubtful=True)
