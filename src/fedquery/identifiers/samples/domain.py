"""Domains of a nation's endings and of common ones."""

from collections.abc import Iterator
from typing import Final

from fedquery.identifiers.domain import Domain
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.samples.variants import Choose
from fedquery.identifiers.samples.words import dressed, full_width, word

_ENDINGS: Final = {
    "CN": ("com.cn", "cn"),
    "KH": ("com.kh", "org.kh"),
    "LA": ("la", "com.la"),
    "MM": ("com.mm", "net.mm"),
    "TH": ("co.th", "in.th"),
    "VN": ("vn", "com.vn"),
}
_EVERYWHERE: Final = ("com", "top", "vip", "xn--o3cw4h", "xyz")
_HOSTS: Final = ("", "", "www.", "login.", "m.")


def host(nation: str, choose: Choose) -> str:
    """Draw the name of a host."""
    endings = (*_ENDINGS[nation], *_EVERYWHERE)
    name = f"{word(choose, 3)}{choose(1000):03}"
    return f"{_HOSTS[choose(len(_HOSTS))]}{name}.{endings[choose(len(endings))]}"


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent domains, without end; some may repeat."""
    while True:
        yield Domain(host(nation, choose))


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back."""
    forms = (
        canonical,
        canonical.upper(),
        f"{canonical}.",
        canonical.replace(".", "[.]"),
        canonical.replace(".", "\N{IDEOGRAPHIC FULL STOP}"),
        full_width(canonical),
        canonical.replace("xn--o3cw4h", "ไทย"),
    )
    return dressed(forms[choose(len(forms))], choose)
