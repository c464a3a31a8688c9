"""Mobile devices: the IMEI, however many of its last digits are written."""

from dataclasses import dataclass
from typing import ClassVar, Final

from fedquery.identifiers import luhn
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import digits

_LENGTH = 14
_WITH_CHECK_DIGIT = 15
_WITH_SOFTWARE_VERSION = 16
_SHOWN = 3
_MARKS = ("IMEI1:", "IMEI2:", "IMEISV", "IMEI")
# Phones with two cards show IMEI1 and IMEI2; no reporting body has numbers that begin so.
_PLACES: Final = ("1", "2")
# GSMA TS.06: the reporting bodies that allocate type codes today, and 3GPP TS 23.003's 00 and 01.
_BODIES: Final = frozenset(("00", "01", "35", "86", "91", "98", "99"))


@dataclass(frozen=True, slots=True, repr=False)
class Imei(Identifier):
    """The 14 digits of an IMEI that name the device: type code and serial number."""

    kind: ClassVar[str] = "imei"

    def masked(self) -> str:
        """Show the last three digits."""
        return HIDDEN * (_LENGTH - _SHOWN) + self.canonical[-_SHOWN:]


def _without_place(number: str) -> str:
    """Take off the 1 or 2 that stood behind the word IMEI, where it is surely that."""
    if len(number) != _WITH_CHECK_DIGIT + 1:
        raise refuse(Reason.AMBIGUOUS)
    return number[1:]


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the device that a text names.

    Args:
        text: 15 digits with the check digit, 14 without it, or the 16 of an IMEISV.
        region: not used: an IMEI is the same everywhere.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it is no IMEI, or a digit of the 15 is wrong.
    """
    del region
    number = digits(text, *_MARKS)
    if number.startswith(_PLACES) and any(map(str.isalpha, text)):
        number = _without_place(number)
    if len(number) == _WITH_CHECK_DIGIT:
        # 3GPP TS 23.003, annex B: the check digit is no part of what the network sees.
        luhn.verify(number)
        return (Parsed(Imei(number[:_LENGTH])),)
    if len(number) == _WITH_SOFTWARE_VERSION:
        # 3GPP TS 23.003, 6.2.2: the last two digits change with each update. Sixteen digits are
        # also a card number, so they must begin as IMEIs do.
        if number[:2] not in _BODIES:
            raise refuse(Reason.ISSUER)
    elif len(number) != _LENGTH:
        raise refuse(Reason.LENGTH)
    return (Parsed(Imei(number[:_LENGTH]), (Notice.UNCHECKED.value,)),)
