"""Electronic wallets that are known by an identifier of their own, and not by a phone number.

Wallets whose name is the owner's phone (MoMo, ZaloPay, TrueMoney, KBZPay, Wave, M-Money, PromptPay
by mobile number) are asked about as phones: one fact has one place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from fedquery.identifiers.banks import bic_nation
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean

# Bank of Thailand, Thai QR Payment Standard: sub-tag 03 of PromptPay, of which the first three
# digits name the issuer.
_PROMPTPAY: Final = re.compile(r"[0-9]{15}")
# Alone, digits are taken only where they begin as the codes of banks and of issuers of electronic
# money do, so far as they are known: most other numbers of 15 digits do not.
_BARE: Final = re.compile(r"[01][0-9]{14}")
# National Bank of Cambodia, KHQR: an account of up to 32 characters, with its participant after @.
_BAKONG: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,29}@[a-z0-9]{2,15}")
_MAX_BAKONG = 32
# ACLEDA's name in the payment codes of all its customers; other banks have their BIC there.
_OF_ALL: Final = "khqr"
# NAPAS, VietQR: the account by which MoMo's wallets are paid from banks.
_MOMO: Final = re.compile(r"99MM[0-9A-Z]{6,20}")
_SERVICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "promptpay": "TH:promptpay",
        "พร้อมเพย์": "TH:promptpay",
        "bakong": "KH:bakong",
        "khqr": "KH:bakong",
        "បាគង": "KH:bakong",
        "momo": "VN:momo",
    }
)
_MOBILE = re.compile(r"\+?[0-9]{8,14}")
_SEPARATORS = str.maketrans("", "", " -.")


@dataclass(frozen=True, slots=True, repr=False)
class EWallet(Identifier):
    """A wallet as `TH:promptpay:…`, `KH:bakong:name@bank` or `VN:momo:99MM…`."""

    kind: ClassVar[str] = "e-wallet"

    def masked(self) -> str:
        """Show nation, service and the last two characters of the name."""
        nation, service, name = self.canonical.split(":")
        name, at, bank = name.partition("@")
        return f"{nation}:{service}:{HIDDEN * 4}{name[-2:] if len(name) > 4 else ''}{at}{bank}"  # noqa: PLR2004 - of a short name two characters would be half


def _promptpay(text: str) -> str:
    digits = text.translate(_SEPARATORS)
    if not (digits.isascii() and digits.isdecimal()):
        raise refuse(Reason.CHARACTERS)
    if len(digits) in (9, 10, 13):
        # A mobile number or a national id is PromptPay's as well, and another kind here.
        raise refuse(Reason.OTHER_KIND)
    if not _PROMPTPAY.fullmatch(digits):
        raise refuse(Reason.LENGTH)
    return digits


def _bakong(text: str) -> str:
    lower = text.lower()
    name, at, bank = lower.partition("@")
    if "." in bank:
        # No participant has a dot, and every mail address has one.
        raise refuse(Reason.OTHER_KIND)
    if not at or not name or not _BAKONG.fullmatch(lower):
        raise refuse(Reason.CHARACTERS)
    if len(lower) > _MAX_BAKONG:
        raise refuse(Reason.LENGTH)
    if is_of_all(name):
        # As a wallet it would be a hit on every customer of the bank.
        raise refuse(Reason.BANKS_NAME)
    return lower


def is_of_all(name: str) -> bool:
    """Tell whether what stands before the @ is a bank's own, which all its customers have."""
    return name == _OF_ALL or bic_nation(name.upper()) == "KH"


def _momo(text: str) -> str:
    upper = text.translate(_SEPARATORS).upper()
    if _MOBILE.fullmatch(upper):
        raise refuse(Reason.PHONE)
    if not _MOMO.fullmatch(upper):
        raise refuse(Reason.LENGTH)
    return upper


_READERS: Final = MappingProxyType(
    {"TH:promptpay": _promptpay, "KH:bakong": _bakong, "VN:momo": _momo}
)


def _of_service(head: str, rest: str) -> tuple[str, str]:
    """Find the service that a text names, with or without its nation."""
    nation, mark, name = rest.partition(":")
    if mark and (named := f"{head.upper()}:{nation.lower().strip(' ')}") in _READERS:
        return named, name
    service = _SERVICES.get(head.lower())
    if service is None:
        raise refuse(Reason.NO_SERVICE)
    return service, rest


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the wallet that a text is.

    Args:
        text: as `promptpay:140…` with 15 digits, `name@bank`, `99MM…`, or with its nation before.
        region: the asker's nation: in Thailand 15 digits alone are read as PromptPay's, where they
            begin with 0 or 1.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it is no such wallet, or its identifier is a phone number, a mail
            address or a national id.
    """
    cleaned = clean(text, keep_spaces=True)
    if "*" in cleaned or HIDDEN in cleaned:
        raise refuse(Reason.MASKED)
    head, mark, rest = cleaned.partition(":")
    warnings: tuple[str, ...] = ()
    if mark:
        service, rest = _of_service(head.strip(" "), rest)
    elif "@" in cleaned:
        service, rest = "KH:bakong", cleaned
    elif cleaned[:4].upper() == "99MM":
        service, rest = "VN:momo", cleaned
    elif region == "TH" and _BARE.fullmatch(cleaned.translate(_SEPARATORS)):
        service, rest, warnings = "TH:promptpay", cleaned, (Notice.UNCHECKED.value,)
    else:
        raise refuse(Reason.NO_SERVICE)
    name = _READERS[service](rest.strip(" "))
    return (Parsed(EWallet(f"{service}:{name}"), warnings),)
