"""Which bank a number is led at, by the names of banks beside it.

A wrong bank makes another account of it, so a name between two numbers is given to one of them
alone, and two names beside one number make it doubtful.
"""

import re
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers.extraction.sides import Sides
from fedquery.identifiers.extraction.word_tables import bank_codes
from fedquery.identifiers.extraction.words_pattern import last, words_pattern

Bank = tuple[str, str]
"""Nation and canonical code; two empty texts for none."""
NO_BANK: Final[Bank] = ("", "")
_BANKS: Final = bank_codes()
_NAME: Final = words_pattern(_BANKS)
_NEAR: Final = 16


@dataclass(frozen=True, slots=True)
class BanksBeside:
    """The banks that are named beside a place.

    Attributes:
        bank: the bank.
        rival: another one that is named as well.
        is_near: whether the bank stands next to the place.
        is_before: whether it stands before it.
        used: up to where words behind the place name its bank, from its end.
    """

    bank: Bank = NO_BANK
    rival: Bank = NO_BANK
    is_near: bool = False
    is_before: bool = False
    used: int = 0


def _behind(sides: Sides) -> re.Match[str] | None:
    """Find the name behind a place that is not that of a number which follows."""
    found = _NAME.search(sides.own)
    if found is None and sides.is_followed:
        found = _NAME.search(sides.behind)
        # Between two numbers it is the closer one's, and in the middle that of the next.
        if found is not None and found.start() >= len(sides.behind) - found.end():
            return None
    return found


def banks_beside(sides: Sides) -> BanksBeside:
    """Find the bank that is named beside a place, and another where there are two."""
    first, second, shift = last(_NAME, sides.before), _behind(sides), 0
    if second is None and (first is None or "\n" in sides.before[first.end() :]):
        second, shift = _NAME.search(sides.below), sides.below_at
    if first is not None:
        bank = _BANKS[first[0]]
        rival = NO_BANK if second is None or _BANKS[second[0]] == bank else _BANKS[second[0]]
        near = len(sides.before) - first.end() <= _NEAR
        return BanksBeside(bank, rival, near, is_before=True)
    if second is None:
        return BanksBeside()
    near = not shift and second.start() <= _NEAR
    return BanksBeside(_BANKS[second[0]], NO_BANK, near, used=shift + second.end())
