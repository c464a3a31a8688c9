"""Card numbers in the ranges that people of a nation pay with."""

from collections.abc import Iterator

from fedquery.identifiers import luhn
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.payment_card import PaymentCard
from fedquery.identifiers.samples.variants import Choose, grouped, local_digits

_WORLDWIDE = (("4", 16), ("51", 16), ("62", 16))
_DOMESTIC = {"CN": ("62", 19), "MM": ("9503", 16), "VN": ("9704", 19)}


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent card numbers of a nation, without end; some may repeat."""
    ranges = (*_WORLDWIDE, _DOMESTIC.get(nation, ("3528", 16)))
    while True:
        prefix, length = ranges[choose(len(ranges))]
        width = length - len(prefix) - 1
        body = f"{prefix}{choose(10**width):0{width}}"
        yield PaymentCard(body + luhn.check_digit(body))


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back anywhere."""
    fours = [canonical[at : at + 4] for at in range(0, len(canonical), 4)]
    forms = (
        canonical,
        " ".join(fours),
        "-".join(fours),
        grouped(canonical, choose),
        local_digits(" ".join(fours), ("CN", "KH", "LA", "MM", "TH")[choose(5)]),
    )
    return forms[choose(len(forms))]
