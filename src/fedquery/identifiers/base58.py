"""Base58, and Base58Check: as Bitcoin, TRON and Solana write addresses."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fedquery.identifiers.reasons import Reason, refuse

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES: Mapping[str, int] = MappingProxyType(
    {character: value for value, character in enumerate(ALPHABET)}
)
_CHECKSUM_LENGTH = 4
# The longest address of any coin in this alphabet is far shorter; this bounds the big integer.
MAX_CHARACTERS = 64


def _checksum(payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:_CHECKSUM_LENGTH]


def encode(octets: bytes) -> str:
    """Encode octets; each leading octet of zero is one leading 1."""
    number = int.from_bytes(octets, "big")
    characters: list[str] = []
    while number:
        number, digit = divmod(number, 58)
        characters.append(ALPHABET[digit])
    zeros = len(octets) - len(octets.lstrip(b"\0"))
    return ALPHABET[0] * zeros + "".join(reversed(characters))


def encode_check(payload: bytes) -> str:
    """Encode a version and a hash with their checksum."""
    return encode(payload + _checksum(payload))


def decode(text: str) -> bytes | None:
    """Decode a text, or give None where it has other characters or is longer than any address."""
    if len(text) > MAX_CHARACTERS:
        return None
    number = 0
    for character in text:
        value = _VALUES.get(character)
        if value is None:
            return None
        number = number * 58 + value
    # Each leading 1 is one leading octet of zero, so that one payload has one text.
    zeros = len(text) - len(text.lstrip(ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_check(text: str, *, mismatch: Reason = Reason.CHECKSUM) -> bytes:
    """Decode an address to its version and hash.

    Args:
        text: the address.
        mismatch: the reason to give where the checksum is wrong.

    Returns:
        The payload; encoding it gives the text again.

    Raises:
        IdentifierError: if it has other characters, is too long, or its checksum is wrong.
    """
    octets = decode(text)
    if octets is None:
        raise refuse(Reason.ADDRESS_FORM)
    payload, checksum = octets[:-_CHECKSUM_LENGTH], octets[-_CHECKSUM_LENGTH:]
    if not payload:
        raise refuse(Reason.ADDRESS_FORM)
    if _checksum(payload) != checksum:
        raise refuse(mismatch)
    return payload
