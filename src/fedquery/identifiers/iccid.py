"""SIM cards: the number that is printed on the card and stored in it."""

import string
from dataclasses import dataclass
from typing import ClassVar, Final

from fedquery.identifiers import luhn
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean, ungrouped

# ITU-T E.118, 4.1: telecommunication cards begin with 89.
_INDUSTRY = "89"
_CHINA = "8986"
_SHORTEST, _LONGEST = 18, 20
_SHOWN = 3
_CHARACTERS: Final = frozenset(string.ascii_uppercase + string.digits)


@dataclass(frozen=True, slots=True, repr=False)
class Iccid(Identifier):
    """A SIM card's number, 18 to 20 characters with its check digit where it has one."""

    kind: ClassVar[str] = "iccid"

    def masked(self) -> str:
        """Show what all SIM cards begin with, and the last three characters."""
        rest = len(self.canonical) - len(_INDUSTRY) - _SHOWN
        return _INDUSTRY + HIDDEN * rest + self.canonical[-_SHOWN:]


def _checked(number: str) -> bool:
    return number.isdecimal() and luhn.check_digit(number[:-1]) == number[-1]


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the SIM card that a text names.

    Args:
        text: the number, in groups or not, with or without the filler F of ETSI TS 102 221, 13.2.
        region: not used: it names its country.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it is no SIM card's number, or a digit is wrong.
    """
    del region
    number = ungrouped(clean(text)).upper().removeprefix("ICCID").lstrip(":")
    if not _CHARACTERS.issuperset(number):
        raise refuse(Reason.CHARACTERS)
    if not number.startswith(_INDUSTRY):
        raise refuse(Reason.ISSUER)
    # A card stores 20 half-octets; one that is not used is F, and no part of the number.
    if len(number) == _LONGEST and number.endswith("F") and _checked(number[:-1]):
        number = number[:-1]
    if not _SHORTEST <= len(number) <= _LONGEST:
        raise refuse(Reason.LENGTH)
    if _checked(number):
        return (Parsed(Iccid(number)),)
    # China's 20 characters hold letters of makers and ranges, and not every operator ends them with
    # a check digit.
    if len(number) == _LONGEST and number.startswith(_CHINA):
        return (Parsed(Iccid(number), (Notice.UNCHECKED.value,)),)
    raise refuse(Reason.CHECKSUM if number.isdecimal() else Reason.CHARACTERS)
