"""Myanmar's registration numbers, in Burmese and in Latin: `12/OUKAMA(N)123456`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers import townships
from fedquery.identifiers.reasons import Reason, refuse

_STATES: Final = frozenset(map(str, range(1, 15)))
_DIGITS = 6
# In brackets: citizen, associate and naturalised citizen, monk or nun, temporary, and S.
_LATIN_CLASSES: Final = {
    "N": "N", "NAING": "N", "E": "E", "EH": "E", "EI": "E", "P": "P", "PYU": "P",
    "T": "T", "TH": "T", "THA": "T", "THATHANA": "T", "Y": "Y", "YA": "Y", "S": "S", "SA": "S",
}  # fmt: skip
# As sets of characters: vowel signs of one syllable are typed in any order, and look alike.
_BURMESE_CLASSES: Final = {
    frozenset(text): word
    for text, word in (
        ("\u1014\u102d\u102f\u1004\u103a", "N"),  # NAING
        ("\u1014", "N"),
        ("\u108f\u102d\u102f\u1004\u1039", "N"),  # the same in Zawgyi's encoding
        ("\u1014\u102d\u102f\u1004\u1039", "N"),
        ("\u1027\u100a\u1037\u103a", "E"),  # EH
        ("\u1027", "E"),
        ("\u1015\u103c\u102f", "P"),  # PYU
        ("\u1015", "P"),
        ("\u101e\u102c\u101e\u1014\u102c", "T"),  # THATHANA
        ("\u101e", "T"),
        ("\u101a\u102c\u101a\u102e", "Y"),  # YAYI
        ("\u101a", "Y"),
        ("\u1005", "S"),
    )
}
# Letters that are typed for the digits 0 and 7, which they look like.
_AS_DIGITS: Final = str.maketrans({"\u101d": "0", "\u101b": "7"})

# In Zawgyi's encoding this is RA, and in Unicode a zero, which WA looks like: it says nothing.
UNDECIDED: Final = "\u1090"


@dataclass(frozen=True, slots=True, repr=False)
class Registration:
    """One reading of a registration number.

    Attributes:
        canonical: as `12/OU_KA_MA(N)123456`.
        listed: whether its township is in the table.
    """

    canonical: str
    listed: bool


def _class(text: str) -> str:
    found = _LATIN_CLASSES.get(text) or _BURMESE_CLASSES.get(frozenset(text))
    if found is None:
        raise refuse(Reason.CHARACTERS)
    return found


def _codes(state: str, text: str) -> tuple[str, ...]:
    """List the townships that a text can mean, in Burmese letters."""
    if text.isascii() and not text.isdecimal():
        written = townships.of_canonical(text) if "_" in text else None
        return (written,) if written else townships.of_latin(state, text)
    code = townships.of_burmese(text)
    return (code,) if code else ()


def readings(cleaned: str) -> Iterator[Registration]:
    """List the registration numbers that a text can mean.

    Args:
        cleaned: upper-case, without spaces: state, slash, township, class in brackets, six digits.

    Raises:
        IdentifierError: if it is no such number, or its township is unknown.
    """
    state, slash, rest = cleaned.replace("\\", "/").partition("/")
    township, opened, rest = rest.partition("(")
    written, closed, number = rest.partition(")")
    number = number.lstrip("-").translate(_AS_DIGITS)
    if not (slash and opened and closed):
        raise refuse(Reason.CHARACTERS)
    state = state.translate(_AS_DIGITS).removeprefix("0")
    if state not in _STATES:
        raise refuse(Reason.PLACE)
    if not (number.isascii() and number.isdecimal()):
        raise refuse(Reason.CHARACTERS)
    if len(number) != _DIGITS:
        raise refuse(Reason.LENGTH)
    word = _class(written)
    found = _codes(state, township.replace("-", "").replace(".", ""))
    if not found:
        raise refuse(Reason.PLACE)
    for code in found:
        listed = (state, code) in townships.listed()
        yield Registration(f"{state}/{townships.canonical(code)}({word}){number}", listed)
