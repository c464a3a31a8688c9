"""Figures that are no identifiers by their form: dates, moments, amounts, decimals."""

import re
from typing import Final

_DATE: Final = re.compile(
    r"(?<![0-9])(?:([0-9]{4})([-.])([0-9]{1,2})\2([0-9]{1,2})"
    r"|([0-9]{1,2})([-.])([0-9]{1,2})\6([0-9]{4}|[0-9]{2}))(?![0-9]|\2[0-9]|\6[0-9])"
)
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4}")
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]{0,2})\.[0-9]+")
_COMPACT: Final = re.compile(
    r"(?:19|20|25)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[01][0-9]|2[0-3])?(?:[0-5][0-9])?(?:[0-5][0-9])?(?:[0-9]{3})?"
)
# Years of the Christian and of the Buddhist era.
_YEARS: Final = (range(1900, 2101), range(2440, 2645))
_MONTHS, _DAYS = range(1, 13), range(1, 32)
_SHORT_YEAR = 2


def _is_date(found: re.Match[str]) -> bool:
    if found[1] is not None:
        year, month, day = found[1], int(found[3]), int(found[4])
    else:
        year, month, day = found[8], int(found[7]), int(found[5])
    plausible = len(year) == _SHORT_YEAR or any(int(year) in years for years in _YEARS)
    return plausible and (
        (month in _MONTHS and day in _DAYS) or (day in _MONTHS and month in _DAYS)
    )


def dates(text: str) -> tuple[tuple[int, int], ...]:
    """List where dates stand in a run of digits, dots and dashes."""
    return tuple(found.span() for found in _DATE.finditer(text) if _is_date(found))


def is_quantity(text: str) -> bool:
    """Tell whether digits, perhaps with dots, have the form of an amount or of decimals.

    A phone or an account may have it too, so a word beside it counts for more.
    """
    decimals = all(map(_DECIMAL.fullmatch, text.split(" ")))
    return decimals or _THOUSANDS.fullmatch(text) is not None


def is_moment(digits: str) -> bool:
    """Tell whether digits are a day or a moment in one piece, as `20261125` or `20261125201507`."""
    return len(digits) in {8, 12, 14, 17} and _COMPACT.fullmatch(digits) is not None
