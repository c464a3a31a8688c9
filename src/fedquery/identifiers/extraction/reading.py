"""What digits may be: the readings of every kind of number, each asked for once in a text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.errors import IdentifierError
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.numbering import PLANS, is_ordinary
from fedquery.identifiers.phone import Phone
from fedquery.identifiers.reasons import Notice
from fedquery.identifiers.registry import kinds

# The lengths that numbers of each kind have, so that most readers need not be asked.
_LENGTHS: Final = (
    ("payment-card", range(12, 20)),
    ("national-id", (9, 12, 13, 15, 18)),
    ("imei", (14, 15, 16)),
    ("imsi", (15,)),
    ("iccid", range(18, 21)),
    ("e-wallet", (15,)),
)
_CHINA_MOBILE = 11


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


Readings = dict[str, tuple[Parsed, ...]]


@dataclass(slots=True)
class Reader:
    """Reads texts as kinds, and remembers; a text repeats its numbers, and so do its quotes.

    Attributes:
        region: the asker's nation, or None.
    """

    region: str | None
    _known: dict[tuple[str, str, str | None], tuple[Parsed, ...]] = field(
        default_factory=dict, repr=False
    )

    def read(self, kind: str, text: str, region: str | None) -> tuple[Parsed, ...]:
        """List what a text means as one kind; nothing where it is none of it."""
        key = (kind, text, region)
        found = self._known.get(key)
        if found is None:
            try:
                found = kinds()[kind].readings(text, region)
            except IdentifierError:
                found = ()
            self._known[key] = found
        return found

    def phones(self, text: str, digits: str, regions: Sequence[str | None]) -> tuple[Parsed, ...]:
        """List the phone numbers that a text means, those of existing plans first.

        Args:
            text: as it was written.
            digits: its digits.
            regions: nations in which it may be dialled, the likeliest first.
        """
        if "+" in text[:3]:
            # A trunk zero in brackets is no digit of the number.
            e164 = f"+{digits}" if "(0)" not in text else "+" + _digits(text.replace("(0)", ""))
            return (Parsed(Phone(e164)),) if is_ordinary(e164) else self.read("phone", text, None)
        found: dict[str, Parsed] = {}
        for region in regions:
            for parsed in self._national(text, digits, region):
                found.setdefault(parsed.identifier.canonical, parsed)
        listed = [one for one in found.values() if Notice.NOT_IN_PLAN.value not in one.warnings]
        return tuple(listed) or tuple(found.values())

    def _national(self, text: str, digits: str, region: str | None) -> tuple[Parsed, ...]:
        # A number of a plain block, with its trunk zero, is what the library would make of it; it
        # is looked up in the plan first, since the library takes much longer.
        if region is not None and region in PLANS and text.isascii():
            china = region == "CN" and len(digits) == _CHINA_MOBILE and digits[0] == "1"
            code = PLANS[region].country_code
            if china or (digits[0] == "0" and digits[1:2] != "0"):
                e164 = f"+{code}{digits if china else digits[1:]}"
                if is_ordinary(e164):
                    return (Parsed(Phone(e164)),)
        return self.read("phone", text, region)

    def without_plus(self, digits: str) -> Parsed | None:
        """Give the number of one of the six nations that digits are with a plus before them."""
        e164 = f"+{digits}"
        return Parsed(Phone(e164)) if is_ordinary(e164) else None

    def numbers(self, text: str, digits: str, nation: str | None) -> Readings:
        """List what digits may be but phone and account, by kind.

        Args:
            text: as it was written.
            digits: its digits, and the X that ends some.
            nation: the nation whose number it may be.
        """
        found: Readings = {}
        for kind, lengths in _LENGTHS:
            if len(digits) in lengths:
                read = self.read(kind, text, nation)
                if read:
                    found[kind] = read
        return found

    def accounts(self, digits: str, nation: str, bank: str) -> tuple[Parsed, ...]:
        """Give the account of a nation and a bank, or of a bank that is not known."""
        return self.read("account", f"{nation}:{bank}:{digits}" if nation else digits, None)
