"""National identity numbers that are digits: China, Thailand, Vietnam, Cambodia, Laos."""

import string
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from fedquery.identifiers.reasons import Reason, refuse

Number: TypeAlias = Callable[[str], tuple[str, bool]]
"""Brings a number to its canonical form and says whether a check digit has confirmed it."""

# GB/T 2260: the first two digits of a place are its province; 8x stands for residents from Hong
# Kong, Macao and Taiwan, and a 9 before the province for foreigners (GB/T 44261).
_CN_PROVINCES: Final = frozenset(
    (
        *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
        *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54"),
        *("61", "62", "63", "64", "65", "71", "81", "82", "83"),
    )
)
_CN_OLD, _CN_LENGTH = 15, 18
_CN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_TH_LENGTH = 13
_VN_OLD, _VN_LENGTH = 9, 12
_KH_LENGTH = 9
_LA_SHORTEST, _LA_LONGEST = 6, 15
_UPPER: Final = frozenset(string.ascii_uppercase + string.digits)


def require_digits(text: str) -> str:
    """Give back digits.

    Raises:
        IdentifierError: if there is anything else.
    """
    if not (text.isascii() and text.isdecimal()):
        raise refuse(Reason.CHARACTERS)
    return text


def cn_check(body: str) -> str:
    """Compute the last character of a Chinese number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _CN_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def _cn_date(year: int, month: int, day: int) -> None:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    in_month = 1 <= month <= len(_MONTHS) and 1 <= day <= _MONTHS[month - 1]
    # The rules have no clock, so that they are the same for ever: any century is one.
    if not in_month or not 1800 <= year < 2100 or ((month, day) == (2, 29) and not leap):  # noqa: PLR2004 - said in the line above
        raise refuse(Reason.DATE)


def china(text: str) -> tuple[str, bool]:
    """Read 18 characters, or the 15 digits of before 1999, which become the same 18."""
    body = require_digits(text[:-1] if len(text) == _CN_LENGTH else text)
    if len(text) == _CN_OLD:
        # GB 11643-1999: the century before the year of birth, and a check digit.
        body = f"{text[:6]}19{text[6:]}"
    elif len(text) != _CN_LENGTH:
        raise refuse(Reason.LENGTH)
    place = body[1:3] if body[0] == "9" else body[:2]
    if place not in _CN_PROVINCES:
        raise refuse(Reason.PLACE)
    _cn_date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    checked = len(text) == _CN_LENGTH
    if checked and cn_check(body) != text[-1]:
        raise refuse(Reason.CHECKSUM)
    return body + cn_check(body), checked


def th_check(body: str) -> str:
    """Compute the last digit of a Thai number (weights 13 to 2, modulo 11)."""
    total = sum(int(digit) * (13 - at) for at, digit in enumerate(body))
    return str((11 - total % 11) % 10)


def thailand(text: str) -> tuple[str, bool]:
    """Read 13 digits of a person, or of a company, whose numbers begin with 0."""
    require_digits(text)
    if len(text) != _TH_LENGTH:
        raise refuse(Reason.LENGTH)
    # 9 is no class of persons.
    if text[0] == "9":
        raise refuse(Reason.ISSUER)
    if th_check(text[:-1]) != text[-1]:
        raise refuse(Reason.CHECKSUM)
    return text, True


def vietnam(text: str) -> tuple[str, bool]:
    """Read 12 digits, or the nine of cards of before 2016, which are another number."""
    require_digits(text)
    if len(text) not in (_VN_OLD, _VN_LENGTH):
        raise refuse(Reason.LENGTH)
    # Circular 59/2021/TT-BCA: a province up to 096, or from 101 on the country of birth.
    if len(text) == _VN_LENGTH and not (1 <= int(text[:3]) <= 96 or 101 <= int(text[:3]) <= 399):  # noqa: PLR2004 - said in the line above
        raise refuse(Reason.PLACE)
    return text, False


def cambodia(text: str) -> tuple[str, bool]:
    """Read nine digits; the edition of the card may stand behind them in brackets."""
    number, bracket, edition = text.partition("(")
    if bracket and not (len(edition) == 3 and edition[2] == ")" and edition[:2].isdecimal()):  # noqa: PLR2004 - two digits and a bracket
        raise refuse(Reason.CHARACTERS)
    if len(require_digits(number)) != _KH_LENGTH:
        raise refuse(Reason.LENGTH)
    return number, False


def laos(text: str) -> tuple[str, bool]:
    """Read letters and digits, of which no form is published."""
    if not _UPPER.issuperset(text):
        raise refuse(Reason.CHARACTERS)
    if not _LA_SHORTEST <= len(text) <= _LA_LONGEST or not any(map(str.isdecimal, text)):
        raise refuse(Reason.LENGTH)
    return text, False


NUMBERS: Final[Mapping[str, Number]] = MappingProxyType(
    {"CN": china, "KH": cambodia, "LA": laos, "TH": thailand, "VN": vietnam}
)
