"""Clean what people type and paste, alike for all kinds, before any kind looks at it.

Chats and spreadsheets bring zero-width and bidirectional marks, full-width forms, local digits and
typographic dashes. None of them carries meaning in an identifier, so none may change its hash.
"""

import unicodedata

from fedquery.identifiers.reasons import Reason, refuse

MAX_CHARACTERS = 512

_ASCII_SPACES = dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D), " ")
_ASCII_DROPPED = dict.fromkeys([*range(0x20), 0x7F])
_ASCII_KEEPING_SPACES = _ASCII_DROPPED | _ASCII_SPACES
_SPACES = frozenset(("Zs", "Zl", "Zp"))
_DROPPED = frozenset(("Cc", "Cf"))
# Surrogates, private use and unassigned code points mean different things on different machines.
_REFUSED = frozenset(("Cs", "Co", "Cn"))
_DECIMAL = "Nd"  # codespell:ignore nd - the Unicode category of decimal digits
_MINUS_SIGN = "\N{MINUS SIGN}"
# What people set between groups of digits.
_BETWEEN_GROUPS = str.maketrans("", "", "-. ")
_DIGITS = frozenset("0123456789")
# Marks that chats and spreadsheets bring along most, all of them format characters.
_UNSEEN_MARKS = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)
_ASCII_OR_UNSEEN = frozenset(map(chr, (*range(0x80), *_UNSEEN_MARKS, *range(0x2066, 0x206A))))
_MASKS = frozenset("*xX?#\N{BULLET}\N{BLACK CIRCLE}")
_ELLIPSIS = ".."
# Of so many digits on no group is a single zero or two.
_LEAST_WHOLE = 6


def _clean_unicode(text: str, space: str, *, digits: bool) -> str:
    kept: list[str] = []
    zeros: set[int] = set()
    for character in text:
        if "!" <= character <= "~":
            # Nothing below would change these, and most of any text is these.
            kept.append(character)
            continue
        category = unicodedata.category(character)
        if character in "\t\n\v\f\r" or category in _SPACES:
            kept.append(space)
        elif category == _DECIMAL and digits:
            value = unicodedata.decimal(character)
            zeros.add(ord(character) - value)
            kept.append(str(value))
        elif category == "Pd" or character == _MINUS_SIGN:
            kept.append("-")
        elif category in _REFUSED:
            raise refuse(Reason.CHARACTERS)
        elif category not in _DROPPED:
            kept.append(character)
    # Local digits beside ASCII ones are common; two local scripts in one number are damage.
    if len(zeros - {ord("0")}) > 1:
        raise refuse(Reason.MIXED_DIGITS)
    return "".join(kept)


def _plain(text: str) -> str:
    """Bring forms to plain ones; what is then ASCII but for unseen marks, to ASCII."""
    # NFKC turns full-width and circled forms into plain ones (UAX 15); it grows a text 18-fold at
    # most, so the cap on the input bounds all that follows.
    seen = _ASCII_OR_UNSEEN.issuperset(text)
    plain = text if seen else unicodedata.normalize("NFKC", text)
    if seen or _ASCII_OR_UNSEEN.issuperset(plain):
        return plain.encode("ascii", "ignore").decode("ascii")
    return plain


def _clean_ascii(text: str, *, keep_spaces: bool) -> str:
    if not text.isprintable():
        text = text.translate(_ASCII_KEEPING_SPACES)
    return text if keep_spaces else text.replace(" ", "")


def _require_whole(cleaned: str) -> None:
    """Refuse what a spreadsheet or a program wrote as a fraction: `812345678.0`.

    Without its dot it would be another number, ten times as large.
    """
    number, dot, zeros = cleaned.partition(".")
    if dot and zeros in ("0", "00"):
        number = number.removeprefix("+")
        if len(number) >= _LEAST_WHOLE and number.isdecimal():
            raise refuse(Reason.DECIMAL)


def clean(
    text: str, *, keep_spaces: bool = False, keep_digits: bool = False, cap: int = MAX_CHARACTERS
) -> str:
    """Bring a text to plain characters and ASCII digits.

    Args:
        text: what was typed or pasted.
        keep_spaces: whether white space becomes one plain space per character instead of nothing;
            for kinds whose fields it separates.
        keep_digits: whether local digits stay as they are; for names in which they are characters
            of their own, as in domains.
        cap: how many characters the text may have, before and after.

    Returns:
        At most `cap` characters without control and format characters; at least one.

    Raises:
        IdentifierError: if it is too long, empty, a number written as a fraction, or holds
            characters without a fixed meaning.
    """
    if len(text) > cap:
        raise refuse(Reason.TOO_LONG)
    plain = text if text.isascii() else _plain(text)
    if plain.isascii():
        cleaned = _clean_ascii(plain, keep_spaces=keep_spaces)
    else:
        cleaned = _clean_unicode(plain, " " if keep_spaces else "", digits=not keep_digits)
    cleaned = cleaned.strip(" ")
    if not cleaned:
        raise refuse(Reason.EMPTY)
    if len(cleaned) > cap:
        raise refuse(Reason.TOO_LONG)
    if cleaned[-1] == "0":
        _require_whole(cleaned)
    return cleaned


def ungrouped(cleaned: str) -> str:
    """Drop what people set between groups of characters: dashes, dots and spaces.

    Args:
        cleaned: a text that `clean` has brought to plain characters.
    """
    return cleaned.translate(_BETWEEN_GROUPS)


def digits(text: str, *marks: str) -> str:
    """Bring a text to the digits that it consists of.

    Args:
        text: digits of any script, in groups or not.
        marks: words in upper case that may stand before them, the longest first.

    Raises:
        IdentifierError: if it holds anything else, says that a part of it is masked, or is refused
            by `clean`.
    """
    # What nearly all texts of a file are needs no cleaning.
    if len(text) <= MAX_CHARACTERS and text.isascii() and text.isdecimal():
        return text
    cleaned = clean(text)
    found = _unmarked(ungrouped(cleaned), marks)
    if found.isascii() and found.isdecimal() and _ELLIPSIS not in cleaned:
        return found
    rest = set(found) - _DIGITS
    masked = rest <= _MASKS and not _DIGITS.isdisjoint(found)
    raise refuse(Reason.MASKED if masked else Reason.CHARACTERS)


def _unmarked(found: str, marks: tuple[str, ...]) -> str:
    for mark in marks:
        if found[: len(mark)].upper() == mark:
            return found[len(mark) :].lstrip(":")
    return found
