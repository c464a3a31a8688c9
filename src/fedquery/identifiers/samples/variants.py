"""The ways in which people vary digits, whatever the kind."""

from collections.abc import Callable
from typing import TypeAlias

Choose: TypeAlias = Callable[[int], int]
"""Draws an integer from 0 up to, and not including, its argument: as `Random(seed).randrange`."""

_FULL_WIDTH = "\N{FULLWIDTH DIGIT ZERO}"
_ZEROS = {
    "CN": _FULL_WIDTH,
    "KH": "\N{KHMER DIGIT ZERO}",
    "LA": "\N{LAO DIGIT ZERO}",
    "MM": "\N{MYANMAR DIGIT ZERO}",
    "TH": "\N{THAI DIGIT ZERO}",
    "VN": _FULL_WIDTH,
}


def grouped(digits: str, choose: Choose) -> str:
    """Set groups of digits apart, or not, in one of the ways that people do."""
    separator = (" ", "-", "", ".", "\N{EN DASH}", "\N{ZERO WIDTH SPACE}")[choose(6)]
    first, then = 2 + choose(2), 3 + choose(2)
    return separator.join(
        part
        for part in (digits[:first], digits[first : first + then], digits[first + then :])
        if part
    )


def local_digits(text: str, nation: str) -> str:
    """Write digits in the script of a nation; full-width where that is ASCII."""
    zero = ord(_ZEROS[nation])
    return text.translate({ord("0") + value: zero + value for value in range(10)})
