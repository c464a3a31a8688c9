"""Subscriptions of the networks of a nation."""

from collections.abc import Iterator

from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.imsi import Imsi
from fedquery.identifiers.samples.variants import Choose, grouped, local_digits

# ITU-T E.212: country and network codes of one operator each.
_NETWORKS = {
    "CN": "46000",
    "KH": "45601",
    "LA": "45701",
    "MM": "41401",
    "TH": "52003",
    "VN": "45204",
}


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent subscriptions of a nation, without end; some may repeat."""
    while True:
        yield Imsi(f"{_NETWORKS[nation]}{choose(10**10):010}")


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back anywhere."""
    forms = (
        canonical,
        f"IMSI {canonical}",
        f"{canonical[:3]} {canonical[3:5]} {canonical[5:]}",
        grouped(canonical, choose),
        local_digits(canonical, ("CN", "KH", "LA", "MM", "TH")[choose(5)]),
    )
    return forms[choose(len(forms))]
