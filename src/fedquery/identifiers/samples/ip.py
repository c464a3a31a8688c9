"""Addresses that are kept for documentation, and so are nobody's (RFC 5737, RFC 3849)."""

from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import Final

from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.ip import Ip
from fedquery.identifiers.samples.variants import Choose
from fedquery.identifiers.samples.words import dressed, full_width

_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")
_SITES: Final = IPv6Address("2001:db8::")


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent addresses, those of IPv4 with hour and port, without end; some may repeat."""
    del nation
    while True:
        if choose(4) == 0:
            yield Ip(str(_SITES + (choose(1 << 16) << 64) + 1 + choose(1 << 16)))
            continue
        address = f"{_NETWORKS[choose(3)]}.{1 + choose(254)}"
        day = f"2026-{1 + choose(12):02}-{1 + choose(28):02}"
        yield Ip(f"{address}/{day}T{choose(24):02}Z/{1024 + choose(64_512)}")


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back."""
    address, *known = canonical.split("/")
    if not known:
        v6 = (address, address.upper(), f"[{address}]", IPv6Address(address).exploded)
        return dressed(v6[choose(len(v6))], choose)
    time, port = known
    day, hour = time.removesuffix("Z").split("T")
    forms = (
        canonical,
        f"{address}:{port} {day}T{hour}:59:59Z",
        f"{address} port {port}, {day} {hour}:00 UTC",
        f"{day}T{hour}:07:08.123+00:00 {address}:{port}",
        f"{address.replace('.', '[.]')}:{port} {day}T{hour}Z",
        f"::ffff:{address} {day} {hour}:30:00Z port={port}",
        full_width(f"{address}:{port}") + f" {day}T{hour}:00Z",
    )
    return dressed(forms[choose(len(forms))], choose)
