"""Links of messengers that name a person: by the name there, or by a phone number.

Links that only a messenger can resolve (invitations, short links, QR tickets) name nobody here; as
pages they can still be asked about.
"""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PHONE: Final = "phone"

# First parts of Telegram links that are no user names (core.telegram.org/api/links).
_TELEGRAM_WORDS: Final = frozenset(
    ("a", "addemoji", "addlist", "addstickers", "addstyle", "addtheme", "auction", "auth", "bg",
     "boost", "c", "call", "confirmphone", "contact", "giftcode", "invoice", "iv", "joinchat", "k",
     "login", "m", "nft", "proxy", "setlanguage", "share", "socks", "web", "www", "z")
)  # fmt: skip
# Telegram gives each user name a host of its own.
_OWN_HOST = ".t.me"
_LINE_PATHS: Final = (("ti", "p"), ("r", "ti", "p"))
_MAX_PHONE_DIGITS, _MIN_PHONE_DIGITS = 15, 7
_NAME: Final = frozenset(string.ascii_letters + string.digits + "_")


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a link names.

    Attributes:
        service: the messenger, or `phone`.
        name: the name there, or the digits of the number, with a plus where the link is
            international by its rules.
    """

    service: str
    name: str

    def __repr__(self) -> str:
        """Show the service alone."""
        return f"Named({self.service!r})"


def _phone(text: str) -> Named | None:
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    if not _MIN_PHONE_DIGITS <= len(digits) <= _MAX_PHONE_DIGITS:
        return None
    return Named(PHONE, digits if digits.startswith("0") else f"+{digits}")


def _value(query: str, name: str) -> str:
    """Give the value of a field of a query, or nothing."""
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key.lower() == name:
            return value.replace("%2B", "+").replace("%2b", "+").strip(" +")
    return ""


def _telegram_path(parts: list[str]) -> Named | None:
    if parts[:1] == ["s"]:
        # The preview of a channel.
        parts = parts[1:]
    if not parts:
        return None
    if parts[0].startswith("+"):
        return _phone(parts[0])
    name = parts[0].removeprefix("@")
    if name.lower() in _TELEGRAM_WORDS or not _NAME.issuperset(name):
        return None
    return Named("telegram", name)


def _line(parts: list[str], _query: str) -> Named | None:
    *before, last = parts or [""]
    name = last.replace("%40", "@")
    # Without ~ or @ it is a ticket that only LINE can resolve.
    if tuple(part.lower() for part in before) not in _LINE_PATHS or not name.startswith(("~", "@")):
        return None
    return Named("line", name)


def _only_phone(parts: list[str], _query: str) -> Named | None:
    return _phone(parts[0]) if len(parts) == 1 else None


def _phone_field(_parts: list[str], query: str) -> Named | None:
    return _phone(_value(query, "phone"))


def _telegram(parts: list[str], _query: str) -> Named | None:
    return _telegram_path(parts)


# By host, without `www.`: what reads the parts of the path and the query.
_PAGES: Final[Mapping[str, Callable[[list[str], str], Named | None]]] = MappingProxyType(
    {
        "t.me": _telegram,
        "telegram.me": _telegram,
        "telegram.dog": _telegram,
        "line.me": _line,
        "wa.me": _only_phone,
        "api.whatsapp.com": _phone_field,
        "web.whatsapp.com": _phone_field,
        # Zalo writes the number as at home, or with its country code and no plus.
        "zalo.me": _only_phone,
    }
)


def _of_scheme(scheme: str, rest: str) -> Named | None:
    """Read a link that opens a program."""
    action, _, query = rest.partition("?")
    action = action.strip("/").lower()
    if scheme == "whatsapp" and action == "send":
        return _phone(_value(query, "phone"))
    if scheme != "tg":
        return None
    if action == "user":
        number = _value(query, "id")
        return Named("telegram", f"#{number}") if number else None
    if action != "resolve":
        return None
    name = _value(query, "domain")
    return _telegram_path([name]) if name else _phone(_value(query, "phone"))


def is_messenger(host: str) -> bool:
    """Tell whether a canonical host is a messenger's own, whose pages have nothing in common."""
    return host.endswith(_OWN_HOST) or host.removeprefix("www.") in _PAGES


def linked(text: str) -> Named | None:
    """Read whom a link of a messenger names.

    Args:
        text: a link, cleaned; with or without its scheme.

    Returns:
        Whom it names; None where it is no link of a messenger, or names nobody.
    """
    scheme, mark, rest = text.partition("://")
    if not mark and text[:3].lower() == "tg:":
        scheme, mark, rest = text.partition(":")
    if mark and scheme.lower() not in ("http", "https"):
        return _of_scheme(scheme.lower(), rest)
    body = (rest if mark else text).partition("#")[0]
    path, _, query = body.partition("?")
    host, *parts = path.split("/")
    host = host.lower().removesuffix(".").removeprefix("www.")
    named = [part for part in parts if part]
    if host.endswith(_OWN_HOST):
        return _telegram_path([host.removesuffix(_OWN_HOST)])
    page = _PAGES.get(host)
    return None if page is None else page(named, query)
