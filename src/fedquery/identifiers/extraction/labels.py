"""What the words beside a place in a text say: of the kind, the bank, the nation."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers.extraction.word_tables import NOTHING, Label, bank_codes, labels, units
from fedquery.identifiers.extraction.words_pattern import words_pattern

# How far words reach, in characters.
BEFORE: Final = 56
_BEHIND: Final = 28
# A word that says that a number is no identifier stands right before it.
_NEAR: Final = 7
_BETWEEN: Final = " :#.-=()"
_BANK_NEAR: Final = 16
_LINE_BELOW: Final = re.compile(r" {0,4}\r?\n([^\n]{1,48})")
_STOPS: Final = ",;|/()\uff0c\uff1b\u3001"
_NEXT: Final = re.compile(r"[+(]?[0-9][0-9 .-]{5,}")


_LABELS: Final = labels()
_BANKS: Final = bank_codes()
_LABEL: Final = words_pattern(_LABELS)
_BANK: Final = words_pattern(_BANKS)
_UNIT: Final = words_pattern(units())
# What stands before an amount, or before the number of something else.
_SIGNS: Final = frozenset(
    "¥ ￥ $ € £ ฿ ₫ ₭ ៛ № # * = ~ ≈ < > ^ rmb thb usd vnd lak khr mmk cny x v".split()  # noqa: SIM905 - a table is read as a table
)
_NO_LABEL: Final = Label("", "")
_SCRIPTS: Final = (
    ("TH", "\u0e00-\u0e7f"),
    ("LA", "\u0e80-\u0eff"),
    ("KH", "\u1780-\u17ff"),
    ("MM", "\u1000-\u109f"),
    ("CN", "\u4e00-\u9fff"),
    # Letters that of these languages Vietnamese alone has.
    ("VN", "\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9"),
)
_SCRIPT: Final = re.compile("|".join(f"(?P<{nation}>[{span}])" for nation, span in _SCRIPTS))


def is_word(word: str) -> bool:
    """Tell whether a word in lower case may stand directly before a number: a label or a bank."""
    return (word in _LABELS and _LABELS[word].says != NOTHING) or word in _BANKS


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands beside a place.

    Attributes:
        says: the kind that a word names, `promptpay`, `nothing` for what is no identifier, or "".
        near: whether that word stands right before the place.
        label_nation: the nation whose language the word is of, or "".
        bank: nation and code of a bank that is named there; ("", "") where none is.
        bank_near: whether it stands next to the place.
        rival: another bank that is named there as well, or ("", "").
        script: the nation whose script stands there, or "".
        amount: whether a unit stands behind it or a sign before it.
        used: up to where words behind the place were taken as its own, from its end.
    """

    says: str = ""
    near: bool = False
    label_nation: str = ""
    bank: tuple[str, str] = ("", "")
    bank_near: bool = False
    rival: tuple[str, str] = ("", "")
    script: str = ""
    amount: bool = False
    used: int = 0


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return found


def _is_near(label: re.Match[str], before: str) -> bool:
    return len(before[label.end() :].strip(_BETWEEN)) <= _NEAR


def _label(before: str) -> re.Match[str] | None:
    """Find the last word that says something of what follows it."""
    found = None
    for label in _LABEL.finditer(before):
        # Farther away, a word of what is no identifier belongs to something else.
        if _LABELS[label[0]].says != NOTHING or _is_near(label, before):
            found = label
    return found


def _plain(text: str) -> str:
    lower = text if text.isascii() else unicodedata.normalize("NFC", text)
    return lower.lower()


def _own_lines(before: str, *, cut: bool) -> str:
    """Drop of the words before a place those on the line of an earlier identifier."""
    if cut:
        rest, end, line = before.partition("\n")
        return line if end else rest
    return before


def _own_part(behind: str) -> str:
    """Give the words behind a place that are not those of a number that follows."""
    following = _NEXT.search(behind)
    if following is not None:
        # Up to a comma or the like they are of this one, if there is any.
        own = behind[: following.start()]
        behind = own[: max(map(own.rfind, _STOPS)) + 1]
    return _plain(behind)


def _is_amount(before: str, behind: str) -> bool:
    head, tail = before.rstrip(" "), behind.lstrip(" ")
    unit = _UNIT.match(tail)
    if unit is not None:
        return True
    word = head.rpartition(" ")[2].rpartition("\n")[2]
    return bool(head) and (head[-1] in _SIGNS or word in _SIGNS)


@dataclass(frozen=True, slots=True)
class _Banks:
    bank: tuple[str, str] = ("", "")
    rival: tuple[str, str] = ("", "")
    is_near: bool = False
    used: int = 0


def _next_line(text: str, end: int) -> tuple[int, str]:
    """Give the line below a place that ends its line, where that line has no number of its own."""
    line = _LINE_BELOW.match(text, end)
    if line is None or _NEXT.search(line[1]):
        return 0, ""
    return line.start(1) - end, _plain(line[1])


def _banks(before: str, behind: str, text: str, end: int) -> _Banks:
    """Find the bank that is named beside a place, and another where there are two."""
    first, second = _last(_BANK, before), _BANK.search(behind)
    shift = 0
    if second is None and (first is None or "\n" in before[first.end() :]):
        shift, line = _next_line(text, end)
        second = _BANK.search(line)
    if first is None:
        if second is None:
            return _Banks()
        near = not shift and second.start() <= _BANK_NEAR
        return _Banks(_BANKS[second[0]], ("", ""), near, shift + second.end())
    bank = _BANKS[first[0]]
    rival = ("", "") if second is None or _BANKS[second[0]] == bank else _BANKS[second[0]]
    return _Banks(bank, rival, len(before) - first.end() <= _BANK_NEAR)


def look(text: str, start: int, end: int, since: int) -> Surroundings:
    """Read what stands beside a place.

    Args:
        text: a folded text.
        start: where the place begins.
        end: where it ends.
        since: where words begin that are not an earlier identifier's.
    """
    first = max(start - BEFORE, since)
    cut = since > 0 and first == since
    before = _plain(_own_lines(text[first:start], cut=cut))
    behind = _own_part(text[end : end + _BEHIND].partition("\n")[0])
    label = _label(before)
    near = label is not None and _is_near(label, before)
    if label is None:
        label = _LABEL.search(behind)
        # Behind a number a word of what is no identifier begins the next thing.
        if label is not None and _LABELS[label[0]].says == NOTHING:
            label = None
    used = label.end() if label is not None and label.string is behind else 0
    said = _LABELS[label[0]] if label is not None else _NO_LABEL
    banks = _banks(before, behind, text, end)
    if banks.used:
        used = max(used, banks.used)
    script = _SCRIPT.search(before[::-1]) or _SCRIPT.search(behind)
    return Surroundings(
        says=said.says,
        near=near,
        label_nation=said.nation,
        bank=banks.bank,
        bank_near=banks.is_near,
        rival=banks.rival,
        script=(script.lastgroup or "") if script is not None else "",
        amount=_is_amount(before, behind),
        used=used,
    )
