"""What the words beside a place in a text say: of the kind, the bank, the nation."""

import re
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers.extraction.banks_beside import NO_BANK, Bank, banks_beside
from fedquery.identifiers.extraction.sides import sides
from fedquery.identifiers.extraction.word_tables import NOTHING, Label, bank_names, labels, units
from fedquery.identifiers.extraction.words_pattern import words_pattern

# A word that says that a number is no identifier stands right before it.
_NEAR: Final = 7
_BETWEEN: Final = " :#.-=()"

_LABELS: Final = labels()
_LABEL: Final = words_pattern(_LABELS)
_UNIT: Final = words_pattern(units())
# What stands before an amount, or before the number of something else.
_SIGNS: Final = frozenset("¥￥$€£฿₫₭៛№#*=~≈<>^")
_SIGNING: Final = frozenset(("rmb", "thb", "usd", "vnd", "lak", "khr", "mmk", "cny", "x", "v"))
# Arrows lead to what is meant, and behind a word these signs stand for a colon.
_ARROWS: Final = ("=>", "->", ">>")
_NAMES_FOLLOW: Final = frozenset("=#№")
_AMOUNT_FOLLOWS: Final = re.compile(r" ?[0-9]")
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
    return (word in _LABELS and _LABELS[word].says != NOTHING) or word in bank_names()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands beside a place.

    Attributes:
        says: the kind that a word names, `promptpay`, `nothing` for what is no identifier, or "".
        near: whether that word stands right before the place.
        label_nation: the nation whose language the word is of, or "".
        bank: nation and code of a bank that is named there, the code "" where it is not certain;
            ("", "") where none is.
        bank_near: whether it stands next to the place.
        bank_sure: whether its name is a bank's and nothing else's.
        rival: another bank that is named there as well, or ("", "").
        script: the nation whose script stands there, or "".
        amount: whether a unit stands behind it or a sign before it.
        used: up to where words behind the place were taken as its own, from its end.
        bank_used: the same of the name of its bank.
    """

    says: str = ""
    near: bool = False
    label_nation: str = ""
    bank: Bank = NO_BANK
    bank_near: bool = False
    bank_sure: bool = True
    rival: Bank = NO_BANK
    script: str = ""
    amount: bool = False
    used: int = 0
    bank_used: int = 0


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


def _is_amount(before: str, behind: str) -> bool:
    head, tail = before.rstrip(" "), behind.lstrip(" ")
    unit = _UNIT.match(tail)
    if unit is not None and not _AMOUNT_FOLLOWS.match(tail, unit.end()):
        return True
    word = head.rpartition(" ")[2].rpartition("\n")[2]
    if not head or head.endswith(_ARROWS):
        return False
    if head[-1] in _NAMES_FOLLOW and _ends_with_a_word(head[:-1].rstrip(" ")):
        return False
    return head[-1] in _SIGNS or word in _SIGNING


def _ends_with_a_word(text: str) -> bool:
    """Tell whether a word that says what follows ends a text."""
    found = _label(text)
    return found is not None and found.end() == len(text) and _LABELS[found[0]].says != NOTHING


def look(text: str, start: int, end: int, since: int, region: str | None) -> Surroundings:
    """Read what stands beside a place.

    Args:
        text: a folded text.
        start: where the place begins.
        end: where it ends.
        since: where words begin that are not an earlier identifier's.
        region: the asker's nation, or None.
    """
    beside = sides(text, start, end, since)
    found = _SCRIPT.search(beside.before[::-1]) or _SCRIPT.search(beside.behind)
    script = (found.lastgroup or "") if found is not None else ""
    banks = banks_beside(beside, tuple(filter(None, (script, region))))
    label, used = _label(beside.before), 0
    near = label is not None and _is_near(label, beside.before)
    if label is None and not banks.is_before:
        label = _LABEL.search(beside.own)
        # Behind a number a word of what is no identifier begins the next thing.
        if label is not None and _LABELS[label[0]].says == NOTHING:
            label = None
        used = label.end() if label is not None else 0
    said = _LABELS[label[0]] if label is not None else _NO_LABEL
    return Surroundings(
        says=said.says,
        near=near,
        label_nation=said.nation,
        bank=banks.bank,
        bank_near=banks.is_near,
        bank_sure=banks.is_sure,
        rival=banks.rival,
        script=script,
        amount=_is_amount(beside.before, beside.behind),
        used=used,
        bank_used=banks.used,
    )
