"""Addresses of the Internet protocol, with the hour and port that tell their user from others.

Behind a carrier's NAT thousands of people have one IPv4 address at the same time; only address,
port and hour together name a connection (RFC 6302). Each side knows more or less of it than the
other, so records are kept, and questions asked, under every form from what is known down to the
bare address: they meet in the closest form that both know.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import ClassVar

from fedquery.identifiers.address_blocks import is_public, unmapped
from fedquery.identifiers.defanged import refanged
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.moment import Moment, moment
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean

_MAX_PORT = 65_535
_MAX_PORT_DIGITS = 5
_SITE_BITS = 64
_SEPARATORS = ",;|"
# RFC 6943, 3.1.1: no leading zero, which some read as octal.
_OCTETS = {str(octet): octet for octet in range(256)}


@dataclass(frozen=True, slots=True, repr=False)
class Ip(Identifier):
    """An address as `203.0.113.5/2026-11-25T13Z/443`, or less of it; or `2001:db8::1`.

    Of IPv4 there are four forms: with hour and port, with the hour, with the day, and bare; of IPv6
    the address and its network of 64 bits, `2001:db8::/64`.
    """

    kind: ClassVar[str] = "ip"

    @property
    def exact(self) -> bool:
        """Whether it names one connection or device."""
        parts = self.canonical.split("/")
        return len(parts) == (1 if ":" in parts[0] else 3)

    def weaker(self) -> tuple[Identifier, ...]:
        """List the forms with less, closest first: three at most."""
        address, *known = self.canonical.split("/")
        if ":" in address:
            return () if known else (Ip(_site(IPv6Address(address))),)
        if not known:
            return ()
        day, has_hour, _ = known[0].partition("T")
        forms = [address]
        if has_hour:
            forms.insert(0, f"{address}/{day}")
        if len(known) > 1:
            forms.insert(0, f"{address}/{known[0]}")
        return tuple(Ip(form) for form in forms)

    def masked(self) -> str:
        """Show the first half of the address, and the time."""
        address, *known = self.canonical.split("/")
        mark = ":" if ":" in address else "."
        shown = mark.join((*address.split(mark)[:2], HIDDEN * 3))
        return "/".join((shown, *known[:1]))


def _site(address: IPv6Address) -> str:
    # RFC 6177, RFC 4291 2.5.4: a network of 64 bits is the least that one customer has.
    network = int(address) >> _SITE_BITS << _SITE_BITS
    return f"{IPv6Address(network)}/{_SITE_BITS}"


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address without anything beside it, or give None."""
    try:
        if ":" in text:
            return unmapped(IPv6Address(text))
        first, second, third, fourth = map(_OCTETS.__getitem__, text.split("."))
    except (ValueError, KeyError):
        return None
    return IPv4Address(first << 24 | second << 16 | third << 8 | fourth)


def _address(text: str) -> IPv4Address | IPv6Address:
    address = read_address(text)
    if address is None:
        raise refuse(Reason.IP_FORM)
    scoped = isinstance(address, IPv6Address) and address.scope_id is not None
    if scoped or not is_public(address):
        raise refuse(Reason.NOT_PUBLIC)
    return address


def _port(text: str) -> int:
    if not (text.isdecimal() and len(text) <= _MAX_PORT_DIGITS and 0 < int(text) <= _MAX_PORT):
        raise refuse(Reason.PORT)
    return int(text)


def _endpoint(text: str) -> tuple[IPv4Address | IPv6Address, int | None]:
    """Read an address, with a port behind it or none."""
    if text.startswith("["):
        address, closed, port = text.partition("]")
        if not closed or (port and not port.startswith(":")):
            raise refuse(Reason.IP_FORM)
        return _address(address[1:]), _port(port[1:]) if port else None
    if text.count(":") == 1:
        address, _, port = text.partition(":")
        return _address(address), _port(port)
    return _address(text), None


def _is_endpoint(word: str) -> bool:
    # No time has three dots, two colons side by side, or six colons.
    head = word.partition("/")[0]
    return head.count(".") == 3 or "::" in head or head.count(":") >= 6  # noqa: PLR2004 - said in the line above


def _network(address: IPv4Address | IPv6Address, bits: str) -> Parsed:
    """Read an address with the length of its network: one address, or one site."""
    if bits == str(address.max_prefixlen):
        return _parsed(address, None, None)
    if bits != str(_SITE_BITS) or _site_or_none(address) is None:
        raise refuse(Reason.RANGE)
    return Parsed(Ip(f"{address}/{bits}"), (Notice.SITE.value,))


def _site_or_none(address: IPv4Address | IPv6Address) -> str | None:
    """Give the site of an address that is the first of it."""
    if isinstance(address, IPv4Address) or _site(address) != f"{address}/{_SITE_BITS}":
        return None
    return _site(address)


def _parsed(address: IPv4Address | IPv6Address, when: Moment | None, port: int | None) -> Parsed:
    if isinstance(address, IPv6Address):
        left_out = when is not None or port is not None
        return Parsed(Ip(str(address)), (Notice.TIME_NOT_NEEDED.value,) if left_out else ())
    if when is None or when.hour is None:
        notices = [Notice.BARE_ADDRESS if when is None else Notice.DAY_BY_UTC]
        if port is not None:
            notices.append(Notice.PORT_LEFT_OUT)
        text = str(address) if when is None else f"{address}/{when}"
        return Parsed(Ip(text), tuple(notice.value for notice in notices))
    if port is None:
        return Parsed(Ip(f"{address}/{when}"), (Notice.NO_PORT.value,))
    return Parsed(Ip(f"{address}/{when}/{port}"))


def _take_port(words: list[str]) -> int | None:
    """Take the port out of the words beside an address: `port 443`, `port=443` or `:443`."""
    for at, word in enumerate(words):
        name, mark, number = word.lower().replace("=", ":").partition(":")
        if name not in ("", "port") or not (mark or name):
            continue
        del words[at]
        return _port(number or (words.pop(at) if at < len(words) else ""))
    return None


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the address that a text is, with its time and port where they stand beside it.

    Args:
        text: as `203.0.113.5`, `203.0.113.5:51234 2026-11-25T20:15:07+07:00`, `[2001:db8::1]:443`.
        region: not used: a time without its zone is refused, and never taken for local time.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it is no address, is nobody's on the public Internet, or its time has no
            zone.
    """
    del region
    cleaned = clean(text, keep_spaces=True)
    for separator in _SEPARATORS:
        cleaned = cleaned.replace(separator, " ")
    words = refanged(cleaned).split()
    if not words:
        raise refuse(Reason.IP_FORM)
    at = next((at for at, word in enumerate(words) if _is_endpoint(word)), 0)
    written, slash, known = words.pop(at).partition("/")
    address, port = _endpoint(written)
    if slash and known.isdecimal() and not words and port is None:
        return (_network(address, known),)
    if slash:
        time, _, behind = known.partition("/")
        words = [time, *([f":{behind}"] if behind else []), *words]
    named = _take_port(words)
    if named is not None and port is not None:
        raise refuse(Reason.PORT)
    when = moment(" ".join(words)) if words else None
    return (_parsed(address, when, port if named is None else named),)
