"""TON addresses: raw, and the user-friendly form of TEP-2 in its four spellings, to one of them.

The flags say whether a transfer may bounce and not whose the wallet is, so they are not part of it.
"""

import base64
import binascii
import string
from typing import Final

from fedquery.identifiers.reasons import Reason, refuse

_LENGTH = 48
_HASH_DIGITS = 64
_HEX: Final = frozenset(string.hexdigits)
_URL_SAFE: Final = frozenset(string.ascii_letters + string.digits + "-_")
_STANDARD: Final = frozenset(string.ascii_letters + string.digits + "+/")
# TEP-2: bounceable or not; the highest bit is for test networks.
_BOUNCEABLE, _FLAGS, _TEST_ONLY = 0x11, (0x11, 0x51), 0x80
# The base chain and the master chain, as one octet with a sign.
_CHAINS: Final = {"0": 0x00, "-1": 0xFF}


def encode(chain: int, account: bytes) -> str:
    """Encode the octet of a chain and the 32 octets of an account: bounceable, safe in URLs."""
    octets = bytes((_BOUNCEABLE, chain)) + account
    # CRC-16/XMODEM, most significant octet first.
    checked = octets + binascii.crc_hqx(octets, 0).to_bytes(2, "big")
    return base64.urlsafe_b64encode(checked).decode("ascii")


def is_raw(text: str) -> bool:
    """Tell whether a text has the raw form, `0:` and 64 hexadecimal digits."""
    chain, _, digits = text.partition(":")
    return chain in _CHAINS and len(digits) == _HASH_DIGITS and _HEX.issuperset(digits)


def is_friendly(text: str) -> bool:
    """Tell whether a text has the length and the characters of the user-friendly form."""
    characters = _STANDARD if "+" in text or "/" in text else _URL_SAFE
    return len(text) == _LENGTH and characters.issuperset(text)


def canonical(text: str) -> str:
    """Bring an address to the bounceable form that is safe in URLs.

    Raises:
        IdentifierError: if it has neither form, a wrong checksum, or is of a test network.
    """
    if is_raw(text):
        chain, _, digits = text.partition(":")
        return encode(_CHAINS[chain], bytes.fromhex(digits))
    if not is_friendly(text):
        raise refuse(Reason.ADDRESS_FORM)
    octets = base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_"))
    flags, chain_octet, account = octets[0], octets[1], octets[2:-2]
    if flags & ~_TEST_ONLY not in _FLAGS or chain_octet not in _CHAINS.values():
        raise refuse(Reason.ADDRESS_FORM)
    if binascii.crc_hqx(octets, 0):
        raise refuse(Reason.CHECKSUM)
    if flags & _TEST_ONLY:
        raise refuse(Reason.OTHER_NETWORK)
    return encode(chain_octet, account)
