"""Which bank a number is led at, by the names of banks beside it.

A wrong bank makes another account of it, so a name between two numbers is given to one of them
alone, and two names beside one number make it doubtful.
"""

import re
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers.extraction.sides import Sides
from fedquery.identifiers.extraction.word_tables import bank_names, labels
from fedquery.identifiers.extraction.words_pattern import words_pattern

Bank = tuple[str, str]
"""Nation and canonical code, "" where it is not certain; two empty texts for no bank."""
NO_BANK: Final[Bank] = ("", "")
_BANKS: Final = bank_names()
_LABELS: Final = labels()
_NAME: Final = words_pattern(_BANKS)
_NEAR: Final = 16
# What may stand between a number and a name that is a bank's only there.
_AT: Final = " :.,-=()#|\t"
_WORDS: Final = frozenset("no number เลข เลขที่ 号 号码 số so ເລກ ເລກທີ លេខ နံပါတ်".split())  # noqa: SIM905 - a table is read as a table


@dataclass(frozen=True, slots=True)
class BanksBeside:
    """The banks that are named beside a place.

    Attributes:
        bank: the bank.
        rival: another one that is named as well.
        is_near: whether the bank stands next to the place.
        is_sure: whether its name is a bank's and nothing else's.
        is_before: whether it stands before it.
        used: up to where words behind the place name its bank, from its end.
    """

    bank: Bank = NO_BANK
    rival: Bank = NO_BANK
    is_near: bool = False
    is_sure: bool = True
    is_before: bool = False
    used: int = 0


def _is_at(between: str) -> bool:
    """Tell whether a name stands at a number: with signs or a word for an account between."""
    plain = between.strip(_AT)
    if not plain or plain in _WORDS:
        return True
    return plain in _LABELS and _LABELS[plain].says == "account"


def _before(text: str) -> re.Match[str] | None:
    found = None
    for name in _NAME.finditer(text):
        if not _BANKS[name[0]].at_number or _is_at(text[name.end() :]):
            found = name
    return found


def _first(text: str) -> re.Match[str] | None:
    for name in _NAME.finditer(text):
        if not _BANKS[name[0]].at_number or _is_at(text[: name.start()]):
            return name
    return None


def _behind(sides: Sides) -> re.Match[str] | None:
    """Find the name behind a place that is not that of a number which follows."""
    found = _first(sides.own)
    if found is None and sides.is_followed:
        found = _first(sides.behind)
        # Between two numbers it is the closer one's, and in the middle that of the next.
        if found is not None and found.start() >= len(sides.behind) - found.end():
            return None
    return found


def _banks_of(name: str, homes: tuple[str, ...]) -> tuple[Bank, Bank]:
    """Give the bank of a name, and a rival where the text does not tell of two which it is."""
    banks = _BANKS[name].banks
    at_home = [bank for home in homes for bank in banks if bank[0] == home]
    if at_home or len(banks) == 1:
        return (at_home or banks)[0], NO_BANK
    return banks[0], banks[1]


def _is_sure(name: str, bank: Bank, homes: tuple[str, ...]) -> bool:
    # A short name in Latin letters is a bank's at home; words of a language are words there.
    return not _BANKS[name].at_number or (name.isascii() and bank[0] in homes)


def banks_beside(sides: Sides, homes: tuple[str, ...]) -> BanksBeside:
    """Find the bank that is named beside a place, and another where there are two.

    Args:
        sides: the words beside the place.
        homes: the nations whose text it may be, the likeliest first.
    """
    first, shift = _before(sides.before), 0
    # Where each number has its bank before it, a name behind this one is that of the next.
    second = _first(sides.own) if first is not None and sides.is_followed else _behind(sides)
    if second is None and (first is None or "\n" in sides.before[first.end() :]):
        second, shift = _first(sides.below), sides.below_at
    if first is not None:
        bank, rival = _banks_of(first[0], homes)
        other = NO_BANK if second is None else _banks_of(second[0], homes)[0]
        near = len(sides.before) - first.end() <= _NEAR
        sure = _is_sure(first[0], bank, homes)
        rival = other if other not in (NO_BANK, bank) else rival
        return BanksBeside(bank, rival, near, sure, is_before=True)
    if second is None:
        return BanksBeside()
    near = not shift and second.start() <= _NEAR
    bank, rival = _banks_of(second[0], homes)
    sure = _is_sure(second[0], bank, homes)
    return BanksBeside(bank, rival, near, sure, used=shift + second.end())
