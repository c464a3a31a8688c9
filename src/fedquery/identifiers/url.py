"""Pages of the Web, in the normal form of the URL standard, and less exactly their host.

Whether a page was opened by http or https, on 80 or 443, before which fragment and under whose
name, does not make it another page to whoever looks for it: these are left out.
"""

import string
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar, Final

import ada_url

from fedquery.identifiers import messengers
from fedquery.identifiers.address_blocks import is_public, unmapped
from fedquery.identifiers.defanged import refanged
from fedquery.identifiers.domain import below_registered
from fedquery.identifiers.hosts import host_name
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse

MAX_CHARACTERS: Final = 2048

_ANY_PAGE = "*"
_SCHEMES: Final = ("http", "https")
_COMMON_PORTS: Final = ("", "80", "443")
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# RFC 3986, 2.3: these mean the same with and without their percent sign.
_UNRESERVED: Final = frozenset(string.ascii_letters + string.digits + "-._~")
_ESCAPE_DIGITS = 2


@dataclass(frozen=True, slots=True, repr=False)
class Url(Identifier):
    """A page as `//example.com/path?query`, or `//example.com/*`: some page of the host."""

    kind: ClassVar[str] = "url"

    def _parts(self) -> tuple[str, str]:
        authority, _, path = self.canonical[2:].partition("/")
        return authority, path

    @property
    def exact(self) -> bool:
        """Whether one page is named."""
        return self._parts()[1] != _ANY_PAGE

    def weaker(self) -> tuple[Identifier, ...]:
        """Give the form of all pages of the host, and that of all hosts of its domain.

        The second is of the kind `domain`: where a nation keeps domains and no pages, a page is
        looked for there. Invitations to groups of one messenger share neither.
        """
        host = _without_port(self._parts()[0])
        if messengers.is_messenger(host):
            return ()
        pages = (_pages_of(host),) if self.exact else ()
        below = None if _is_number(host) else below_registered(host)
        return pages if below is None else (*pages, below)

    def masked(self) -> str:
        """Show the ends of the host, and nothing of the page."""
        host = _without_port(self._parts()[0])
        return f"//{host[0]}{HIDDEN * 4}{host[-4:]}/{HIDDEN * 4}"


def _is_number(host: str) -> bool:
    return host.startswith("[") or host.rpartition(".")[2].isdecimal()


def _without_port(authority: str) -> str:
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    return authority.partition(":")[0]


def _pages_of(host: str) -> Url:
    # People leave www. out, and most hosts answer alike without it.
    plain = host.removeprefix("www.") if host.count(".") > 1 and not _is_number(host) else host
    return Url(f"//{plain}/{_ANY_PAGE}")


def _cleaned(text: str) -> str:
    """Take out what pasting brings in, and make full-width forms of ASCII plain.

    NFKC would change Thai and Lao vowels in a path, which a browser sends as they are.
    """
    if len(text) > MAX_CHARACTERS:
        raise refuse(Reason.TOO_LONG)
    kept = text.strip()
    if not kept.isascii():
        kept = "".join(one for one in kept if unicodedata.category(one) != "Cf").strip()
    if kept.startswith("<") and kept.endswith(">"):
        kept = kept[1:-1]
    if not kept:
        raise refuse(Reason.EMPTY)
    # What is not printable: control characters, every space but the plain one, lone surrogates.
    if " " in kept or not kept.isprintable():
        raise refuse(Reason.CHARACTERS)
    plain = kept if kept.isascii() else kept.translate(_FULL_WIDTH)
    start = plain.find("//") + 2 if "//" in plain else 0
    ends = [at for mark in "/?#" if (at := plain.find(mark, start)) >= 0]
    end = min(ends, default=len(plain)) + 1
    return refanged(plain[:end]) + plain[end:]


def _unescaped(text: str) -> str:
    """Write escapes in upper case, and none where none is needed (RFC 3986, 6.2.2)."""
    if "%" not in text:
        return text
    first, *rest = text.split("%")
    parts = [first]
    for part in rest:
        digits = part[:_ESCAPE_DIGITS]
        if len(digits) < _ESCAPE_DIGITS or not set(digits) <= set(string.hexdigits):
            parts.append(f"%{part}")
            continue
        character = chr(int(digits, 16))
        escape = character if character in _UNRESERVED else f"%{digits.upper()}"
        parts.append(escape + part[_ESCAPE_DIGITS:])
    return "".join(parts)


def _host(hostname: str) -> str:
    if _is_number(hostname):
        address = unmapped(ip_address(hostname.strip("[]")))
        if not is_public(address):
            raise refuse(Reason.NOT_PUBLIC)
        return f"[{address}]" if ":" in str(address) else str(address)
    return host_name(hostname)


def _with_scheme(text: str) -> str:
    """Put a scheme before a page that lacks it."""
    scheme, mark, _ = text.partition("://")
    if mark and "/" not in scheme and "?" not in scheme:
        if scheme.lower() not in _SCHEMES:
            raise refuse(Reason.SCHEME)
        return text
    if text.startswith("//"):
        return f"https:{text}"
    if "/" not in text:
        # A host alone is a domain, and no page.
        raise refuse(Reason.DOMAIN)
    if _is_number(_without_port(text.partition("/")[0])):
        # An address before a slash is itself, with its time or its network behind it.
        raise refuse(Reason.SCHEME)
    return f"https://{text}"


def _page(text: str) -> ada_url.URL | None:
    try:
        return ada_url.URL(text)
    except ValueError:
        return None


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the page that a text is the address of.

    Args:
        text: an address with or without its scheme, up to 2,048 characters; its host may be
            written so that it cannot be clicked.
        region: not used: a page is the same everywhere.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it is no address of a page on the public Internet, is a host alone, or
            names somebody in a messenger.
    """
    del region
    cleaned = _with_scheme(_cleaned(text))
    page = _page(cleaned)
    if page is None:
        raise refuse(Reason.NO_HOST)
    host, written_port, query = _host(page.hostname), page.port, _unescaped(page.search)
    if messengers.is_messenger(host) and messengers.linked(cleaned) is not None:
        raise refuse(Reason.MESSENGER)
    port = "" if written_port in _COMMON_PORTS else f":{written_port}"
    path = _unescaped(page.pathname)
    if path == f"/{_ANY_PAGE}" and not query:
        return (Parsed(_pages_of(host), (Notice.ANY_PAGE.value,)),)
    canonical = f"//{host}{port}{path}{query}"
    if len(canonical) > MAX_CHARACTERS:
        raise refuse(Reason.TOO_LONG)
    named = "@" in cleaned and (page.username or page.password)
    return (Parsed(Url(canonical), (Notice.USER_LEFT_OUT.value,) if named else ()),)
