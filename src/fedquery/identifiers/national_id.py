"""National identity numbers of the six nations.

China's, Thailand's and Myanmar's say of themselves what they are, by a check digit or by their
form. Vietnam's and Cambodia's are digits like others: they are read where the text or the region
names the nation. Of Laos no form is published, so the text itself has to name it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from fedquery.identifiers import nrc
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.national_numbers import NUMBERS
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean, ungrouped

_SHOWN = 2
_NATION = 2
_MYANMAR = "MM"
_CN_LENGTH, _TH_LENGTH = 18, 13
_OF_REGION: Final = frozenset(("CN", "KH", "TH", "VN"))
_BY_LENGTH: Final = {_CN_LENGTH: "CN", _TH_LENGTH: "TH"}


@dataclass(frozen=True, slots=True, repr=False)
class NationalId(Identifier):
    """A national identity number as `NATION:NUMBER`."""

    kind: ClassVar[str] = "national-id"

    def masked(self) -> str:
        """Show the nation, in Myanmar also what stands before the six digits, and two digits."""
        head, bracket, number = self.canonical.rpartition(")")
        if not bracket:
            head, bracket, number = self.canonical.partition(":")
        return f"{head}{bracket}{HIDDEN * (len(number) - _SHOWN)}{number[-_SHOWN:]}"


def _registrations(text: str) -> Iterator[Parsed]:
    for one in nrc.readings(text):
        notice = Notice.UNCHECKED if one.listed else Notice.TOWNSHIP_NOT_LISTED
        yield Parsed(NationalId(f"{_MYANMAR}:{one.canonical}"), (notice.value,))


def _of(nation: str, text: str) -> tuple[Parsed, ...]:
    if nation == _MYANMAR:
        return tuple(_registrations(text))
    number, checked = NUMBERS[nation](ungrouped(text))
    return (Parsed(NationalId(f"{nation}:{number}"), () if checked else (Notice.UNCHECKED.value,)),)


def _named(text: str) -> tuple[str, str] | None:
    """Cut the nation off a text that begins with it."""
    head, colon, rest = text.partition(":")
    if colon:
        if head not in NUMBERS and head != _MYANMAR:
            raise refuse(Reason.UNKNOWN_NATION)
        return head, rest
    head, rest = text[:_NATION], text[_NATION:]
    known = head in NUMBERS or head == _MYANMAR
    return (head, rest) if known and rest[:1].isdecimal() else None


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """List the identity numbers that a text can mean.

    Args:
        text: as `TH:1-1017-00203-45-0`, a bare number, or a registration number of Myanmar in
            Burmese or Latin.
        region: the asker's nation, for numbers that do not say of which nation they are.

    Returns:
        One reading, or several that are equally good.

    Raises:
        IdentifierError: if it is no identity number, or does not tell of which nation.
    """
    if nrc.UNDECIDED in text:
        raise refuse(Reason.CHARACTERS)
    cleaned = clean(text).upper()
    named = _named(cleaned)
    if named is not None:
        return _of(*named)
    if "/" in cleaned or "\\" in cleaned:
        return _of(_MYANMAR, cleaned)
    number = ungrouped(cleaned)
    by_length = _BY_LENGTH.get(len(number))
    if by_length is not None and "(" not in number:
        return _of(by_length, number)
    if region is not None and region in _OF_REGION:
        return _of(region, number)
    raise refuse(Reason.NO_NATION if number.isascii() and number.isdecimal() else Reason.CHARACTERS)
