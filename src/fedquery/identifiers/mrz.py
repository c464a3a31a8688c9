"""The machine-readable zone of a passport: two lines of 44 characters (ICAO Doc 9303, part 4)."""

import string
from dataclasses import dataclass
from typing import Final

from fedquery.identifiers.issuers import is_stateless, issuer_of
from fedquery.identifiers.reasons import Reason, refuse

FILLER: Final = "<"
_LINE = 44
_LENGTHS = (_LINE, 2 * _LINE)
_WEIGHTS = (7, 3, 1)
# Doc 9303 part 3, 4.9: a digit counts as itself, A to Z as 10 to 35, the filler as 0.
_VALUES: Final = {
    character: value for value, character in enumerate(string.digits + string.ascii_uppercase)
} | {FILLER: 0}


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone says of the passport itself.

    Attributes:
        issuer: the issuer's three letters.
        number: the passport's number without fillers.
        issuer_written: whether the first line named the issuer; else it is the nationality.
    """

    issuer: str
    number: str
    issuer_written: bool


def is_zone(cleaned: str) -> bool:
    """Tell whether a text is meant as a zone: it has fillers, or the length of one without any."""
    return FILLER in cleaned or len(cleaned.replace(" ", "")) in _LENGTHS


def check_digit(field: str) -> str:
    """Compute the check digit of a field of the zone (Doc 9303, part 3, 4.9).

    Args:
        field: upper-case letters, digits and fillers.
    """
    total = sum(_VALUES[one] * _WEIGHTS[at % 3] for at, one in enumerate(field))
    return str(total % 10)


def _verify(line: str) -> None:
    """Verify the five check digits of a second line."""
    # Doc 9303 part 4, 4.2.2.2: number, birth, expiry; then personal number, whose own digit may be
    # a filler where nothing stands there; then all of them together.
    personal = line[28:42]
    for field, digit in (
        (line[0:9], line[9]),
        (line[13:19], line[19]),
        (line[21:27], line[27]),
        (personal, "0" if line[42] == FILLER and not personal.strip(FILLER) else line[42]),
        (line[0:10] + line[13:20] + line[21:43], line[43]),
    ):
        if check_digit(field) != digit:
            raise refuse(Reason.CHECKSUM)


def _issuer(written: str) -> str:
    code = written.rstrip(FILLER)
    if is_stateless(code):
        raise refuse(Reason.NO_NATION)
    issuer = issuer_of(code)
    # Two letters are no code of a zone, though people write them.
    if issuer is None or len(code) == 2:  # noqa: PLR2004 - said in the line above
        raise refuse(Reason.UNKNOWN_NATION)
    return issuer


def read(cleaned: str) -> Zone:
    """Read both lines of a zone, or the second alone.

    Args:
        cleaned: upper-case characters; white space anywhere counts for nothing.

    Raises:
        IdentifierError: if it is no zone of a passport, its issuer is unknown, or a check digit is
            wrong.
    """
    zone = cleaned.replace(" ", "")
    if any(character not in _VALUES for character in zone):
        raise refuse(Reason.CHARACTERS)
    if len(zone) not in _LENGTHS:
        raise refuse(Reason.LENGTH)
    first, second = zone[:-_LINE], zone[-_LINE:]
    if first and not first.startswith("P"):
        raise refuse(Reason.DOCUMENT)
    _verify(second)
    issuer = _issuer(first[2:5] if first else second[10:13])
    return Zone(issuer, second[0:9].rstrip(FILLER), bool(first))
