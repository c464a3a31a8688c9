"""Which addresses of the Internet protocol can be somebody's on the public Internet.

From IANA's special-purpose address registries (RFC 6890), written out here: the language's own
judgement of what is global changes with its version, and both sides have to refuse alike. Addresses
for documentation are let through, so that examples, tests and demonstrations have some that are
nobody's.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final, TypeAlias

_Block: TypeAlias = tuple[int, int]
"""The first address of a block, and the mask that leaves it."""


def _blocks(texts: Iterable[str]) -> tuple[_Block, ...]:
    networks = map(ip_network, texts)
    return tuple((int(one.network_address), int(one.netmask)) for one in networks)


_SPECIAL_4: Final = _blocks(
    (
        "0.0.0.0/8",  # this network, RFC 791
        "10.0.0.0/8",  # private, RFC 1918
        "100.64.0.0/10",  # the inside of a carrier's NAT, RFC 6598
        "127.0.0.0/8",  # loopback, RFC 1122
        "169.254.0.0/16",  # link-local, RFC 3927
        "172.16.0.0/12",  # private, RFC 1918
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "192.168.0.0/16",  # private, RFC 1918
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "224.0.0.0/4",  # multicast, RFC 5771
        "240.0.0.0/4",  # reserved and broadcast, RFC 1112
    )
)
# All that IANA has given out for single hosts.
_UNICAST_6: Final = _blocks(("2000::/3",))
_SPECIAL_6: Final = _blocks(
    (
        "2001::/23",  # IETF protocol assignments, Teredo among them, RFC 2928
        "2002::/16",  # 6to4, RFC 7526
    )
)
# Forms of an IPv4 address: mapped (RFC 4291, 2.5.5.2) and translated (RFC 6052).
_MAPPED: Final = _blocks(("::ffff:0:0/96", "64:ff9b::/96"))
_LOW_32 = 0xFFFF_FFFF


def _meeting(octet: int) -> tuple[_Block, ...]:
    first = octet << 24
    return tuple(one for one in _SPECIAL_4 if (one[0] ^ first) & one[1] & 0xFF00_0000 == 0)


# By the first octet, since most have none and a file of addresses asks about each.
_SPECIAL_4_BY_OCTET: Final = tuple(map(_meeting, range(256)))


def _within(number: int, blocks: Iterable[_Block]) -> bool:
    return any(number & mask == first for first, mask in blocks)


def unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 one only carries, or the same address."""
    if isinstance(address, IPv6Address) and _within(int(address), _MAPPED):
        return IPv4Address(int(address) & _LOW_32)
    return address


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address can be somebody's on the public Internet, or is for examples."""
    number = int(address)
    if isinstance(address, IPv4Address):
        return not _within(number, _SPECIAL_4_BY_OCTET[number >> 24])
    return _within(number, _UNICAST_6) and not _within(number, _SPECIAL_6)
