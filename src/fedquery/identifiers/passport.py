"""Passports: issuer and number, typed or from the machine-readable zone."""

import string
from dataclasses import dataclass
from typing import ClassVar, Final

from fedquery.identifiers import mrz
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.issuers import issuer_of
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean, ungrouped

# Doc 9303 part 4 gives the number nine places; shorter ones are filled up.
_SHORTEST, _LONGEST = 5, 9
_LEAST_DIGITS = 4
_SHOWN = 2
_TWO_LETTERS = 2
_CHARACTERS: Final = frozenset(string.ascii_uppercase + string.digits)


@dataclass(frozen=True, slots=True, repr=False)
class Passport(Identifier):
    """A passport as `ISSUER:NUMBER`, the issuer in three letters."""

    kind: ClassVar[str] = "passport"

    def masked(self) -> str:
        """Show the issuer and the last two characters."""
        issuer, number = self.canonical.split(":")
        return f"{issuer}:{HIDDEN * (len(number) - _SHOWN)}{number[-_SHOWN:]}"


def _number(text: str) -> str:
    number = ungrouped(text)
    if not _CHARACTERS.issuperset(number):
        raise refuse(Reason.CHARACTERS)
    if not _SHORTEST <= len(number) <= _LONGEST:
        raise refuse(Reason.LENGTH)
    # A word is no number: passports of every issuer have digits, and most of them.
    if sum(map(str.isdecimal, number)) < _LEAST_DIGITS:
        raise refuse(Reason.CHARACTERS)
    return number


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the passport that a text names.

    Args:
        text: as `THA:AA1234567`, `TH AA1234567`, both lines of the machine-readable zone, or its
            second line alone.
        region: not used. Officers hold the passports of foreigners, so a number without its issuer
            is refused instead of being taken for one of their own nation.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it names no issuer, is no passport number, or a check digit is wrong.
    """
    del region
    cleaned = clean(text, keep_spaces=True).upper()
    if mrz.is_zone(cleaned):
        return (_of_zone(mrz.read(cleaned)),)
    head, colon, rest = cleaned.partition(":")
    if not colon:
        head, _, rest = cleaned.partition(" ")
    issuer = issuer_of(head.strip(" "))
    # Passports of the six nations begin with a letter, and so these two may be of the number.
    unsure = not colon and len(head) == _TWO_LETTERS and ungrouped(rest).isdecimal()
    if issuer is None or unsure:
        raise refuse(Reason.UNKNOWN_NATION if colon else Reason.NO_NATION)
    return (Parsed(Passport(f"{issuer}:{_number(rest)}"), (Notice.UNCHECKED.value,)),)


def _of_zone(zone: mrz.Zone) -> Parsed:
    notices = () if zone.issuer_written else (Notice.ISSUER_ASSUMED.value,)
    return Parsed(Passport(f"{zone.issuer}:{_number(zone.number)}"), notices)
