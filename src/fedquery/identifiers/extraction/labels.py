"""What the words beside a place in a text say: of the kind, the bank, the nation."""

import re
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers.extraction.banks_beside import NO_BANK, Bank, banks_beside
from fedquery.identifiers.extraction.sides import sides
from fedquery.identifiers.extraction.word_tables import NOTHING, Label, bank_codes, labels, units
from fedquery.identifiers.extraction.words_pattern import words_pattern

# A word that says that a number is no identifier stands right before it.
_NEAR: Final = 7
_BETWEEN: Final = " :#.-=()"

_LABELS: Final = labels()
_LABEL: Final = words_pattern(_LABELS)
_UNIT: Final = words_pattern(units())
# What stands before an amount, or before the number of something else.
_SIGNS: Final = frozenset(
    "¥ ￥ $ € £ ฿ ₫ ₭ ៛ № # * = ~ ≈ < > ^ rmb thb usd vnd lak khr mmk cny x v".split()  # noqa: SIM905 - a table is read as a table
)
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
    return (word in _LABELS and _LABELS[word].says != NOTHING) or word in bank_codes()


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
    bank: Bank = NO_BANK
    bank_near: bool = False
    rival: Bank = NO_BANK
    script: str = ""
    amount: bool = False
    used: int = 0


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
    return bool(head) and (head[-1] in _SIGNS or word in _SIGNS)


def look(text: str, start: int, end: int, since: int) -> Surroundings:
    """Read what stands beside a place.

    Args:
        text: a folded text.
        start: where the place begins.
        end: where it ends.
        since: where words begin that are not an earlier identifier's.
    """
    beside = sides(text, start, end, since)
    banks = banks_beside(beside)
    label, used = _label(beside.before), banks.used
    near = label is not None and _is_near(label, beside.before)
    if label is None and not banks.is_before:
        label = _LABEL.search(beside.own)
        # Behind a number a word of what is no identifier begins the next thing.
        if label is not None and _LABELS[label[0]].says == NOTHING:
            label = None
        used = max(used, label.end() if label is not None else 0)
    said = _LABELS[label[0]] if label is not None else _NO_LABEL
    script = _SCRIPT.search(beside.before[::-1]) or _SCRIPT.search(beside.behind)
    return Surroundings(
        says=said.says,
        near=near,
        label_nation=said.nation,
        bank=banks.bank,
        bank_near=banks.is_near,
        rival=banks.rival,
        script=(script.lastgroup or "") if script is not None else "",
        amount=_is_amount(beside.before, beside.behind),
        used=used,
    )
