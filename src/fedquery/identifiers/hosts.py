"""Names of hosts, however they are written, to lower-case A-labels (RFC 5890).

The URL standard decides, by the library that browsers' engines and runtimes use (ADR 0025), because
what a browser opens is what was seen. So names with emoji are names, though IDNA 2008 has none.
"""

import base64
import binascii
import hashlib
import string
import unicodedata
from typing import Final

import ada_url

from fedquery.identifiers.reasons import Reason, refuse

_MAX_CHARACTERS = 253
_MAX_LABEL = 63
_LABEL: Final = frozenset(string.ascii_lowercase + string.digits + "-_")
_ACE = "xn--"
# RFC 6761, RFC 6762, RFC 8375 and ICANN: names that are another host in every network.
_LOCAL_ENDINGS: Final = frozenset(("localhost", "local", "internal", "invalid", "arpa", "lan"))
_ONION_KEY, _ONION_VERSION, _ONION_LENGTH = 32, b"\x03", 56


def _require_label(label: str) -> None:
    if not 0 < len(label) <= _MAX_LABEL:
        raise refuse(Reason.LENGTH)
    # Underscores are no part of host names, and yet scammers' hosting companies serve them.
    if not _LABEL.issuperset(label) or label[0] == "-" or label[-1] == "-":
        raise refuse(Reason.CHARACTERS)


def _require_onion(label: str) -> None:
    """Check the checksum of a Tor address, version 3 (rend-spec-v3, 6)."""
    try:
        octets = base64.b32decode(label.upper()) if len(label) == _ONION_LENGTH else b""
    except binascii.Error:
        octets = b""
    if not octets:
        raise refuse(Reason.LENGTH)
    key, checksum = octets[:_ONION_KEY], octets[_ONION_KEY : _ONION_KEY + 2]
    expected = hashlib.sha3_256(b".onion checksum" + key + _ONION_VERSION).digest()[:2]
    if octets[_ONION_KEY + 2 :] != _ONION_VERSION or checksum != expected:
        raise refuse(Reason.CHECKSUM)


def _is_typed(character: str) -> bool:
    """Tell whether a character is left of pasted text as it is, and is neither dash nor unseen."""
    return character.isascii() or unicodedata.category(character) not in ("Cf", "Pd")


def _require_decodable(host: str, labels: list[str]) -> None:
    """Refuse A-labels that are not the A-labels of the name that they show."""
    shown = ada_url.idna_to_unicode(host.encode("ascii"))
    if shown.rpartition(".")[2].isdecimal():
        # In the digits of another script: a number in groups, and no ending that exists.
        raise refuse(Reason.NO_HOST)
    # An A-label that does not decode is left as it is. Of pasted text joiners are dropped and all
    # dashes are the plain one, so a name that needs another would be asked about as another.
    left = any(
        label.startswith(_ACE) and label == seen
        for label, seen in zip(labels, shown.split("."), strict=False)
    )
    if left or not all(map(_is_typed, shown)) or _to_ascii(shown) != host:
        raise refuse(Reason.CHARACTERS)


def _to_ascii(text: str) -> str:
    try:
        # The library gives nothing for a name that is none (UTS 46, non-transitional).
        return ada_url.idna_to_ascii(text).decode("ascii")
    except UnicodeError:
        return ""


def host_name(text: str) -> str:
    """Bring the name of a host to its canonical form.

    Args:
        text: a name in any script, cleaned with its local digits kept: in a name they are
            characters of their own.

    Returns:
        At least two labels of lower-case ASCII, 253 characters at most, without a last dot.

    Raises:
        IdentifierError: if it is no name of a host on the Internet.
    """
    host = (text.lower() if text.isascii() else _to_ascii(text)).removesuffix(".")
    if not host:
        raise refuse(Reason.CHARACTERS)
    labels = host.split(".")
    if len(host) > _MAX_CHARACTERS:
        raise refuse(Reason.TOO_LONG)
    for label in labels:
        _require_label(label)
    last = labels[-1]
    if last in _LOCAL_ENDINGS:
        raise refuse(Reason.NOT_PUBLIC)
    # What ends with digits is an address in numbers, or half of one.
    if len(labels) == 1 or not (last.isalpha() or last.startswith(_ACE)):
        raise refuse(Reason.NO_HOST)
    if last == "onion":
        _require_onion(labels[-2])
    if any(label.startswith(_ACE) for label in labels):
        _require_decodable(host, labels)
    return host
