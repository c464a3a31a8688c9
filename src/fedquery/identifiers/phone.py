"""Phone numbers: any spelling of the six nations and of the world, to E.164.

libphonenumber's tables say what exists, but they lag behind the networks: a number that is possible
and not in them is taken with a warning. Ahead of it stand the traps of the region that it misses.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from fedquery.identifiers import messengers
from fedquery.identifiers.defanged import refanged
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.numbering import PLANS, is_ordinary, renumber
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean

_SEPARATORS = str.maketrans("", "", "-().")
_EXTENSION_MARKS = ("#", ";ext", "ext", "x", "доб", "ต่อ", "转", "轉")
# E.164 has 15 digits; an international prefix and a trunk zero may stand before and between them.
_MAX_DIGITS = 20
_MAX_SHORT_CODE = 6
_HOME_CODES: Final = tuple(f"+{plan.country_code}" for plan in PLANS.values())


@dataclass(frozen=True, slots=True, repr=False)
class Phone(Identifier):
    """A phone number in E.164, with its plus."""

    kind: ClassVar[str] = "phone"

    def masked(self) -> str:
        """Show country code, the first two digits and the last two, as `+66 81 ••• ••78`."""
        number = phonenumbers.parse(self.canonical)
        code = f"+{number.country_code}"
        national = self.canonical[len(code) :]
        # Of a short number four digits would be most of it.
        head = national[:2] if len(national) > 7 else ""  # noqa: PLR2004 - said in the line above
        rest = HIDDEN * (len(national) - len(head) - 2) + national[-2:]
        return " ".join(part for part in (code, head, rest[:3], rest[3:]) if part)


@dataclass(frozen=True, slots=True, repr=False)
class _Reading:
    e164: str
    valid: bool
    renumbered: bool

    def parsed(self, *, rival: bool = False) -> Parsed:
        notices = (
            *((Notice.RENUMBERED,) if self.renumbered else ()),
            *(() if self.valid else (Notice.NOT_IN_PLAN,)),
            *((Notice.RIVAL_READING,) if rival else ()),
        )
        return Parsed(Phone(self.e164), tuple(notice.value for notice in notices))


def _of_link(text: str) -> str:
    """Give the number that a link of a messenger names, or the text itself."""
    if "/" not in text:
        return text
    named = messengers.linked(refanged(clean(text)))
    return text if named is None or named.service != messengers.PHONE else named.name


def _digits(text: str) -> str:
    """Strip a text to its digits, with a leading plus where it has one."""
    cleaned = clean(_of_link(text)).translate(_SEPARATORS).lower().removeprefix("tel:")
    number = cleaned.removeprefix("+")
    if number.isascii() and number.isdecimal():
        return cleaned
    body = number.lstrip("0123456789")
    if len(body) < len(number) and body.startswith(_EXTENSION_MARKS):
        raise refuse(Reason.EXTENSION)
    # Letters on a keypad would give a number, but a text with letters is a note and not a number.
    raise refuse(Reason.CHARACTERS)


def _numbers(written: str, region: str | None) -> tuple[tuple[str, str | None], ...]:
    """List what to ask the library, best first: texts, each with the region it is read in."""
    if written.startswith("+"):
        return ((written, None),)
    if written.startswith("00"):
        # 00 is written by everybody, also where another prefix is dialled: the library reads
        # Thailand's 0066... as 006 and +6..., because Thailand dials 001 to 009.
        everywhere = ("+" + written[2:], None)
        return (everywhere,) if region is None else (everywhere, (written, region))
    if region is None:
        raise refuse(Reason.NO_NATION)
    if region == "LA" and len(written) == 8 and written[0] in "2579":  # noqa: PLR2004 - numbering
        # Eight digits are a mobile number without its 20, or a fixed line without its zero.
        return ((written, region), ("+85620" + written, None))
    return ((written, region),)


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _read(text: str, region: str | None) -> _Reading | None:
    """Read digits through the library, or give None where no plan has such a number."""
    number = _parse(text, region)
    if number is None:
        return None
    e164 = _e164(number)
    if is_ordinary(e164):
        return _Reading(e164, valid=True, renumbered=False)
    valid = phonenumbers.is_valid_number(number)
    renumbered = False
    if not valid and number.country_code is not None:
        national = phonenumbers.national_significant_number(number)
        today = renumber(number.country_code, national)
        moved = None if today == national else _parse(f"+{number.country_code}{today}", None)
        if moved is not None:
            number, valid, renumbered = moved, phonenumbers.is_valid_number(moved), True
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    e164 = _e164(number)
    # Some plans read a number that they do not know differently the second time; such a number has
    # no canonical form, and a hash of it would match by chance.
    again = _parse(e164, None)
    if again is None or _e164(again) != e164:
        return None
    return _Reading(e164, valid, renumbered)


def _prefixed_readings(found: tuple[_Reading, ...]) -> tuple[Parsed, ...]:
    """Choose among the readings of a text that begins with 00.

    A number that exists in a nation which fedquery knows is what is meant, plain 00 first; where a
    carrier's prefix fits the same digits this is said beside it. Where the number of such a nation
    may not exist nobody is guessed at: 001 95... is Myanmar from Thailand, and America elsewhere.
    """
    home = [read for read in found if read.e164.startswith(_HOME_CODES)]
    valid = [read for read in found if read.valid]
    for read in home:
        if read.valid:
            return (read.parsed(rival=len(valid) > 1),)
    return tuple(read.parsed() for read in (found if home else valid or found))


def _lacks_plus(written: str) -> bool:
    """Say whether digits are a number that exists once a plus stands before them."""
    if written.startswith(("+", "0")) or len(written) <= _MAX_SHORT_CODE:
        return False
    abroad = _read(f"+{written}", None)
    return abroad is not None and abroad.valid


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """List the numbers that a text can mean.

    Args:
        text: any spelling, up to 512 characters; or a link of WhatsApp, Zalo or Telegram that
            holds a number.
        region: the asker's nation, for national spellings.

    Returns:
        One reading, or several that are equally good.

    Raises:
        IdentifierError: if it is no phone number, or has no country code and no region is given.
    """
    if is_ordinary(text):
        return (Parsed(Phone(text)),)
    if region is not None and region not in phonenumbers.SUPPORTED_REGIONS:
        raise refuse(Reason.UNKNOWN_NATION)
    written = _digits(text)
    if len(written) > _MAX_DIGITS:
        raise refuse(Reason.NOT_POSSIBLE)
    found: dict[str, _Reading] = {}
    for number, where in _numbers(written, region):
        read = _read(number, where)
        if read is not None:
            found.setdefault(read.e164, read)
    reads = tuple(found.values())
    # A number of another country that lost its plus may be possible here as well, though no plan
    # has it: taken, it would be asked about as another number, and never hit.
    if not any(read.valid for read in reads) and _lacks_plus(written):
        raise refuse(Reason.NO_PLUS)
    if not reads:
        short = len(written) <= _MAX_SHORT_CODE and not written.startswith(("+", "00"))
        raise refuse(Reason.SHORT_CODE if short else Reason.NOT_POSSIBLE)
    if written.startswith("00"):
        return _prefixed_readings(reads)
    return tuple(read.parsed() for read in reads if read.valid) or tuple(
        read.parsed() for read in reads
    )
