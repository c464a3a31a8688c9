"""What the words beside a place in a text say: of the kind, the bank, the nation."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers.extraction.bank_names import CODES
from fedquery.identifiers.extraction.label_words import NOTHING, SIGNS, UNITS, WORDS
from fedquery.identifiers.extraction.words_pattern import words_pattern

# How far words reach, in characters.
BEFORE: Final = 56
_BEHIND: Final = 28
# A word that says that a number is no identifier stands right before it.
_NEAR: Final = 7
_BETWEEN: Final = " :#.-=()"
_BANK_NEAR: Final = 16
_STOP: Final = re.compile(r"[,;|/()，；、]")
_NEXT: Final = re.compile(r"[+(]?[0-9][0-9 .-]{5,}")


def _listed() -> Iterator[tuple[str, tuple[str, str]]]:
    for says, nation, words in WORDS:
        for word in words.split(","):
            yield unicodedata.normalize("NFC", word.strip()), (says, nation)


_LABELS: Final = dict(_listed())
_LABEL: Final = words_pattern(_LABELS)
_BANK: Final = words_pattern(CODES)
_UNIT: Final = words_pattern(word.strip() for word in UNITS.split(","))
_SIGNS: Final = frozenset(SIGNS)
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
    return (word in _LABELS and _LABELS[word][0] != NOTHING) or word in CODES


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands beside a place.

    Attributes:
        says: the kind that a word names, `promptpay`, `nothing` for what is no identifier, or "".
        near: whether that word stands right before the place.
        label_nation: the nation whose language the word is of, or "".
        bank: nation and code of a bank that is named there; ("", "") where none is.
        bank_near: whether it stands next to the place.
        rivals: whether two banks are named, one before and one behind.
        script: the nation whose script stands there, or "".
        amount: whether a unit stands behind it or a sign before it.
        used: up to where words behind the place were taken as its own, from its end.
    """

    says: str = ""
    near: bool = False
    label_nation: str = ""
    bank: tuple[str, str] = ("", "")
    bank_near: bool = False
    rivals: bool = False
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
        if _LABELS[label[0]][0] != NOTHING or _is_near(label, before):
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
        behind = _STOP.split(behind[: following.start()])[0] if _STOP.search(behind) else ""
    return _plain(behind)


def _is_amount(before: str, behind: str) -> bool:
    head, tail = before.rstrip(" "), behind.lstrip(" ")
    unit = _UNIT.match(tail)
    if unit is not None:
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
    first = max(start - BEFORE, since)
    cut = since > 0 and first == since
    before = _plain(_own_lines(text[first:start], cut=cut))
    behind = _own_part(text[end : end + _BEHIND].partition("\n")[0])
    label = _label(before)
    near = label is not None and _is_near(label, before)
    if label is None:
        label = _LABEL.search(behind)
        # Behind a number a word of what is no identifier begins the next thing.
        if label is not None and _LABELS[label[0]][0] == NOTHING:
            label = None
    used = label.end() if label is not None and label.string is behind else 0
    says, label_nation = _LABELS[label[0]] if label is not None else ("", "")
    bank_before, bank_behind = _last(_BANK, before), _BANK.search(behind)
    bank_near, rivals = False, False
    if bank_before is not None:
        bank_near = len(before) - bank_before.end() <= _BANK_NEAR
        rivals = bank_behind is not None and CODES[bank_before[0]] != CODES[bank_behind[0]]
    elif bank_behind is not None:
        bank_near = bank_behind.start() <= _BANK_NEAR
        used = max(used, bank_behind.end())
    bank = bank_before or bank_behind
    script = _SCRIPT.search(before[::-1]) or _SCRIPT.search(behind)
    return Surroundings(
        says=says,
        near=near,
        label_nation=label_nation,
        bank=CODES[bank[0]] if bank is not None else ("", ""),
        bank_near=bank_near,
        rivals=rivals,
        script=(script.lastgroup or "") if script is not None else "",
        amount=_is_amount(before, behind),
        used=used,
    )
