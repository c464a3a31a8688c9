"""Payment cards: the number that is printed on a card, verified by its check digit.

Only lengths that an issuer's range has are taken, so that a device or a document whose digits pass
the check by chance is not taken for a card.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from fedquery.identifiers import luhn
from fedquery.identifiers.account import Account
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Reason, refuse
from fedquery.identifiers.spelling import digits

_SHOWN = 4
_PREFIX = 4


@dataclass(frozen=True, slots=True, repr=False)
class PaymentCard(Identifier):
    """A card number, 12 to 19 digits."""

    kind: ClassVar[str] = "payment-card"

    def masked(self) -> str:
        """Show the last four digits; PCI DSS 3.4.1 would allow the first six as well."""
        return HIDDEN * (len(self.canonical) - _SHOWN) + self.canonical[-_SHOWN:]

    def weaker(self) -> tuple[Identifier, ...]:
        """Give the account of that number, where banks lead accounts by the numbers of cards.

        It is of the kind `account`: where a nation has recorded accounts, a card is looked for
        among them as well.
        """
        nation = _ACCOUNTS.get(self.canonical[:_PREFIX])
        return () if nation is None else (Account(f"{nation}::{self.canonical}"),)


# Issuers' ranges by their first four digits, with the lengths of their numbers: ISO/IEC 7812-1 and
# the networks' own manuals; the domestic networks of the region stand last.
RANGES: Final = (
    ("Visa", ((4000, 4999),), (13, 16, 19)),
    ("Mastercard", ((2221, 2720), (5100, 5599)), (16,)),
    ("American Express", ((3400, 3499), (3700, 3799)), (15,)),
    ("Diners Club", ((3000, 3059), (3095, 3095), (3600, 3699), (3800, 3999)), (14, 16, 17, 18, 19)),
    ("JCB", ((3528, 3589),), (16, 17, 18, 19)),
    ("Discover", ((6011, 6011), (6440, 6599)), (16, 17, 18, 19)),
    ("UnionPay", ((6200, 6299), (8100, 8171)), (16, 17, 18, 19)),
    ("Maestro", ((5018, 5018), (5020, 5020), (5038, 5038), (5893, 5893)), (12, 13, 16, 17, 18, 19)),
    ("Maestro", ((6304, 6304), (6759, 6759), (6761, 6763)), (12, 13, 16, 17, 18, 19)),
    ("Mir", ((2200, 2204),), (16, 17, 18, 19)),
    ("banks of China", ((6013, 6013), (9558, 9559)), (16, 19)),
    ("NAPAS, Vietnam", ((9704, 9704),), (16, 19)),
    ("MPU, Myanmar", ((9503, 9503),), (16,)),
)


def _lengths() -> Iterator[tuple[str, frozenset[int]]]:
    for _, ranges, lengths in RANGES:
        for first, last in ranges:
            for prefix in range(first, last + 1):
                yield str(prefix), frozenset(lengths)


_LENGTHS: Mapping[str, frozenset[int]] = MappingProxyType(dict(_lengths()))
# People in China give the number of their card as that of their account, and NAPAS pays to both.
_LED_BY_CARD: Final = {"UnionPay": "CN", "banks of China": "CN", "NAPAS, Vietnam": "VN"}
_ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        str(prefix): _LED_BY_CARD[network]
        for network, ranges, _ in RANGES
        if network in _LED_BY_CARD
        for first, last in ranges
        for prefix in range(first, last + 1)
    }
)


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the card number that a text is.

    Args:
        text: the digits, in groups or not.
        region: not used: a card names its issuer.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if no issuer has such numbers, or a digit is wrong.
    """
    del region
    number = digits(text)
    lengths = _LENGTHS.get(number[:_PREFIX])
    if lengths is None:
        raise refuse(Reason.ISSUER)
    if len(number) not in lengths:
        raise refuse(Reason.LENGTH)
    luhn.verify(number)
    return (Parsed(PaymentCard(number)),)
