"""SIM cards of a nation."""

from collections.abc import Iterator

from fedquery.identifiers import luhn
from fedquery.identifiers.iccid import Iccid
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.numbering import PLANS
from fedquery.identifiers.samples.variants import Choose, grouped, local_digits

_LENGTH = 19


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent SIM cards of a nation, without end; some may repeat."""
    # ITU-T E.118: 89, the country code of E.164, the issuer.
    head = f"89{PLANS[nation].country_code}0"
    width = _LENGTH - len(head) - 1
    while True:
        body = f"{head}{choose(10**width):0{width}}"
        yield Iccid(body + luhn.check_digit(body))


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back anywhere."""
    fours = " ".join(canonical[at : at + 4] for at in range(0, len(canonical), 4))
    forms = (
        canonical,
        fours,
        f"{canonical}F",
        f"ICCID: {fours}",
        grouped(canonical, choose),
        local_digits(canonical, ("CN", "KH", "LA", "MM", "TH")[choose(5)]),
    )
    return forms[choose(len(forms))]
