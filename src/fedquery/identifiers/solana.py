"""Solana addresses: 32 octets in base58, without a checksum."""

from fedquery.identifiers import base58

_LENGTHS = range(32, 45)
_OCTETS = 32


def is_address(text: str) -> bool:
    """Tell whether a text is 32 octets in base58, as no address with a checksum is."""
    if len(text) not in _LENGTHS:
        return False
    octets = base58.decode(text)
    # Octets of zero are the system's own program, and a row of ones is nobody's.
    return octets is not None and len(octets) == _OCTETS and any(octets)
