"""Devices of the type codes that are allocated today."""

from collections.abc import Iterator

from fedquery.identifiers import luhn
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.imei import Imei
from fedquery.identifiers.samples.variants import Choose, grouped, local_digits

_BODIES = ("35", "86")


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent devices, without end and whatever the nation; some may repeat."""
    del nation
    while True:
        yield Imei(f"{_BODIES[choose(len(_BODIES))]}{choose(10**12):012}")


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back anywhere."""
    whole = canonical + luhn.check_digit(canonical)
    forms = (
        canonical,
        whole,
        f"{whole[:2]}-{whole[2:8]}-{whole[8:14]}-{whole[14]}",
        f"{canonical}{choose(100):02}",
        f"IMEI: {whole}",
        grouped(whole, choose),
        local_digits(whole, ("CN", "KH", "LA", "MM", "TH")[choose(5)]),
    )
    return forms[choose(len(forms))]
