"""What stands directly at a number: whether it is a number of its own, or a part of something."""

import re
from typing import Final

from fedquery.identifiers.extraction.labels import is_word
from fedquery.identifiers.extraction.numbers import Number

_LETTERS_BEFORE: Final = re.compile(r"[A-Za-z]{1,16}$")
_LONGEST_WORD = 16
_PARTS: Final = frozenset("*_@•●\\^~$")
# A group of three behind a comma is the rest of an amount, and few digits behind a colon or slash
# are of a time or a ratio, where no other groups follow.
_MORE: Final = re.compile(
    r",[0-9]{3}(?![0-9])|[:/][0-9]{1,5}(?![0-9]|[ .-]{1,2}[0-9]{2})"
    r"|-?[A-Za-z0-9_@]|[*•●°]| ?[x*•]{2}"
)
_NAME_FOLLOWS: Final = re.compile(r"-[A-Za-z]{2,16}(?![A-Za-z0-9])")
_CN_BODY = 17


def with_check_letter(text: str, number: Number) -> Number:
    """Take the X into a number that ends with it, as one in eleven of China's does."""
    end = number.end
    if len(number.digits) != _CN_BODY or text[end : end + 1] not in ("X", "x"):
        return number
    if text[end + 1 : end + 2].isascii() and text[end + 1 : end + 2].isalnum():
        return number
    return Number(number.start, end + 1, text[number.start : end + 1], number.digits + "X")


def is_bordered(text: str, number: Number) -> bool:
    """Tell whether a number is a whole, and no part of a code, an amount or a masked number."""
    return is_begun(text, number.start) and _ends(text, number)


def is_begun(text: str, start: int) -> bool:
    """Tell whether a number can begin at a place."""
    before = text[max(0, start - _LONGEST_WORD) : start]
    if not before:
        return True
    last, rest = before[-1], before[-2:-1]
    if last.isascii() and last.isalpha():
        word = _LETTERS_BEFORE.search(before)
        return word is not None and is_word(word[0].lower())
    if last in _PARTS:
        return False
    if last in ".-" and rest.isascii() and rest.isalnum():
        # Letters before a dash make a code, but for words that name what follows.
        return is_word(_word_before(before[:-1]))
    # The figures before a colon or slash belong to it, as in a time or a ratio.
    return not (last in ":/" and _SHORT_BEFORE.search(before[:-1]))


_SHORT_BEFORE: Final = re.compile(r"(?<![0-9])[0-9]{1,4}$")


def _word_before(text: str) -> str:
    word = _LETTERS_BEFORE.search(text)
    return "" if word is None else word[0].lower()


def _ends(text: str, number: Number) -> bool:
    if _MORE.match(text, number.end) is None:
        return True
    # BANK-NUMBER-NAME: dashes that set apart what the word before them begins.
    dashed = number.start and text[number.start - 1] == "-"
    return bool(dashed) and _NAME_FOLLOWS.match(text, number.end) is not None
