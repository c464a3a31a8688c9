"""Names in messengers: Telegram, WeChat, QQ and LINE. Of WhatsApp and Zalo the phone is the name.

A name alone does not say in which messenger it is, and the same name is somebody else's in each: so
the service is written before it, or a link says it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from fedquery.identifiers import messengers
from fedquery.identifiers.defanged import refanged
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean

# How a name of each service is, in lower case. None of them tells cases apart.
_FORMS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        # A user name, or after # the number that stays when the name is changed.
        "telegram": re.compile(r"[a-z][a-z0-9_]{3,31}|#[1-9][0-9]{4,13}"),
        "wechat": re.compile(r"[a-z][a-z0-9_-]{5,19}"),
        "qq": re.compile(r"[1-9][0-9]{4,10}"),
        # With @ before it a business account's, which is another than the person's without it.
        "line": re.compile(r"@?[a-z0-9][a-z0-9._-]{3,19}"),
    }
)
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "telegram": "telegram", "tg": "telegram", "เทเลแกรม": "telegram", "电报": "telegram",
        "wechat": "wechat", "weixin": "wechat", "微信": "wechat", "微信号": "wechat",
        "微信號": "wechat", "wx": "wechat", "วีแชท": "wechat",
        "qq": "qq", "qq号": "qq", "qq號": "qq",
        "line": "line", "ไลน์": "line", "ไอดีไลน์": "line", "ไลน์ไอดี": "line",
    }
)  # fmt: skip
# Between a service and a name, in the words of people.
_ID_WORDS: Final = ("id", "号", "號", "ไอดี")
_WXID = "wxid_"
# LINE's marks for a business and for a person; no name begins with both.
_EITHER = "@~"


@dataclass(frozen=True, slots=True, repr=False)
class Handle(Identifier):
    """A name in a messenger, as `telegram:somebody`; `line:@~somebody` is one with or without @."""

    kind: ClassVar[str] = "handle"

    def _parts(self) -> tuple[str, str]:
        service, _, name = self.canonical.partition(":")
        return service, name

    @property
    def exact(self) -> bool:
        """Whether one account is named, and not a person's or a business's."""
        return not self._parts()[1].startswith(_EITHER)

    def weaker(self) -> tuple[Identifier, ...]:
        """Give the form with or without the at sign, which people leave out or add in LINE."""
        service, name = self._parts()
        if service != "line" or not self.exact:
            return ()
        return (Handle(f"line:{_EITHER}{name.removeprefix('@')}"),)

    def masked(self) -> str:
        """Show the service and the first two characters."""
        service, name = self._parts()
        return f"{service}:{name[:2]}{HIDDEN * 4}"


def _handle(service: str, name: str) -> tuple[Parsed, ...]:
    if "*" in name or HIDDEN in name:
        raise refuse(Reason.MASKED)
    lower = name.lower()
    either = service == "line" and lower.startswith(_EITHER)
    plain = lower.removeprefix(_EITHER if either else "~" if service == "line" else "@")
    if not _FORMS[service].fullmatch(plain) or (either and plain.startswith("@")):
        raise refuse(Reason.HANDLE_FORM)
    if either:
        return (Parsed(Handle(f"{service}:{_EITHER}{plain}"), (Notice.ANY_AT_SIGN.value,)),)
    return (Parsed(Handle(f"{service}:{plain}")),)


def _split(text: str) -> tuple[str, str]:
    """Split a service from a name, at a colon or at spaces."""
    head, mark, name = text.partition(":")
    if not mark:
        head, _, name = text.rpartition(" ")
    words = head.lower().split()
    if len(words) > 1 and words[-1] in _ID_WORDS:
        words.pop()
    service = _WORDS.get(" ".join(words))
    if service is None:
        raise refuse(Reason.NO_SERVICE)
    return service, name.strip(" ")


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the name in a messenger that a text is.

    Args:
        text: as `telegram:@somebody`, `LINE ID: somebody`, `https://t.me/somebody`, `wxid_…`.
        region: not used: a name is the same everywhere.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it says no service, is no name there, or names a phone number.
    """
    del region
    cleaned = refanged(clean(text, keep_spaces=True))
    named = messengers.linked(cleaned)
    if named is not None and named.service == messengers.PHONE:
        raise refuse(Reason.PHONE)
    if named is not None:
        return _handle(named.service, named.name)
    if "/" in cleaned:
        raise refuse(Reason.NO_NAME_IN_LINK)
    if cleaned.lower().startswith(_WXID):
        return _handle("wechat", cleaned)
    return _handle(*_split(cleaned))
